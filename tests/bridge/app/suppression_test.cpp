// Silences and maintenance through the API of a running bridge.
#include <catch2/catch.hpp>

#include "running_app.h"

using namespace tocsin;
using namespace tocsin::bridge::test;
namespace json = boost::json;

namespace {

std::string silence(const std::string& matchers, const std::string& more = "") {
    return R"({"matchers": [)" + matchers + R"(], "startsAt": "2026-01-01T00:00:00Z",)" +
           R"("endsAt": "2090-01-01T00:00:00Z", "createdBy": "li.na", "comment": "new disk")" +
           more + "}";
}

const std::string kWeb1 = R"({"name": "host", "value": "web-1", "isRegex": false})";

std::string made(const RunningApp& app, const std::string& body) {
    const net::Response answer = app.post("/api/v2/silences", body);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return std::string(json::parse(answer.body).at("silenceID").as_string());
}

}  // namespace

TEST_CASE("a silence is made, read, changed and expired as Alertmanager's clients do it") {
    RunningApp app;
    const std::string id = made(app, silence(kWeb1));
    CHECK(app.alert("web-1", "warning").status == 200);
    CHECK(app.alert("web-2", "warning").status == 200);
    CHECK(app.json("/api/v1/incidents").at("incidents").as_array().size() == 1);

    const json::value all = app.json("/api/v2/alerts");
    REQUIRE(all.as_array().size() == 2);
    int suppressed = 0;
    for (const json::value& alert : all.as_array()) {
        const json::value& status = alert.at("status");
        const bool silenced = alert.at_pointer("/labels/host").as_string() == "web-1";
        CHECK(status.at("state").as_string() == (silenced ? "suppressed" : "active"));
        CHECK(status.at("silencedBy").as_array().size() == (silenced ? 1 : 0));
        suppressed += silenced ? 1 : 0;
    }
    CHECK(suppressed == 1);
    const auto count = [&](const char* query) {
        return app.json(std::string("/api/v2/alerts?") + query).as_array().size();
    };
    CHECK(count("silenced=false") == 1);
    CHECK(count("active=false") == 1);
    CHECK(count("active=false&silenced=false") == 0);
    CHECK(count("inhibited=false") == 2);
    CHECK(app.json("/api/v2/alerts/groups").as_array().size() == 2);
    CHECK(app.json("/api/v2/alerts/groups?silenced=false").as_array().size() == 1);

    const json::value one = app.json("/api/v2/silence/" + id);
    CHECK(one.at_pointer("/status/state").as_string() == "active");
    CHECK(one.at("matchers").as_array().at(0).at("isEqual").as_bool());
    CHECK(app.json("/api/v2/silences?filter=host%3Dweb-1").as_array().size() == 1);
    CHECK(app.json("/api/v2/silences?filter=host%3Dweb-2").as_array().empty());

    // Other matchers: a new one, and the old one is over; what it hid comes out.
    const std::string other =
        made(app, silence(R"({"name": "host", "value": "web-9", "isRegex": false})",
                          R"(, "id": ")" + id + "\""));
    CHECK(other != id);
    CHECK(app.json("/api/v2/silence/" + id).at_pointer("/status/state").as_string() == "expired");
    CHECK(app.json("/api/v1/incidents").at("incidents").as_array().size() == 2);
    CHECK(app.request("DELETE", "/api/v2/silence/" + other).status == 200);
    CHECK(app.request("DELETE", "/api/v2/silence/" + other).status == 200);
    CHECK(app.request("DELETE", "/api/v2/silence/00000000-0000-4000-8000-000000000000").status ==
          500);
    CHECK(app.get("/api/v2/silence/00000000-0000-4000-8000-000000000000").status == 404);
    CHECK(app.get("/api/v2/silence/x").status == 422);
}

TEST_CASE("a silence that is wrong is refused with Alertmanager's status and words") {
    RunningApp app;
    struct Case {
        std::string body;
        int status;
        std::string expected;
    };
    const std::vector<Case> cases = {
        {"x", 400, R"({"code":400,"message":"parsing silence body)"},
        {"{}", 422, R"({"code":602,"message":"comment in body is required"})"},
        {silence(""), 422,
         R"({"code":612,"message":"matchers in body should have at least 1 items"})"},
        {silence(R"({"name": "a", "value": "b"})"), 422,
         R"({"code":602,"message":"matchers.0.isRegex in body is required"})"},
        {silence(R"({"name": "a", "value": "", "isRegex": false})"), 400,
         R"("silence invalid: at least one matcher must not match the empty string")"},
        {silence(R"({"name": "a-b", "value": "x", "isRegex": false})"), 400,
         R"("silence invalid: invalid label matcher 0: invalid label name \"a-b\"")"},
        {silence(R"({"name": "a", "value": "[", "isRegex": true})"), 400,
         R"("silence invalid: invalid label matcher 0: invalid regular expression \"[\")"},
        {silence(kWeb1, R"(, "id": "nobody's")"), 404, R"("silence not found")"},
    };
    for (const Case& c : cases) {
        INFO(c.body);
        const net::Response answer = app.post("/api/v2/silences", c.body);
        CHECK(answer.status == c.status);
        CHECK(answer.body.substr(0, c.expected.size()) == c.expected);
    }
    CHECK(app.json("/api/v2/silences").as_array().empty());
}

TEST_CASE("an incident is silenced until it clears, and lists say what is held back by what") {
    RunningApp app;
    app.alert("web-1", "warning");
    const std::string key(app.json("/api/v1/incidents").at_pointer("/incidents/0/key").as_string());
    const net::Response done =
        app.post("/api/v1/incidents/" + key + "/silence", R"({"actor": "li.na", "text": "known"})");
    INFO(done.body);
    REQUIRE(done.status == 200);
    const std::string id(json::parse(done.body).at("silence_id").as_string());
    const json::value incident = app.json("/api/v1/incidents/" + key);
    CHECK(incident.at_pointer("/suppressed/id").as_string() == id);
    CHECK(incident.at_pointer("/suppressed/kind").as_string() == "silence");
    CHECK(incident.at_pointer("/alerts/0/status").as_string() == "suppressed");
    const json::value held = app.json("/api/v1/suppressed");
    REQUIRE(held.at("alerts").as_array().size() == 1);
    CHECK(held.at_pointer("/alerts/0/incident").as_string() == key);
    const json::value listed = app.json("/api/v1/silences").at_pointer("/silences/0");
    CHECK(listed.at("until_clear").as_bool());
    CHECK(listed.at("alerts").as_int64() == 1);
    CHECK(listed.at("by").as_string() == "li.na");

    app.post("/api/v2/alerts", R"([{"labels": {"alertname": "DiskFull", "host": "web-1",
                                  "severity": "warning"}, "endsAt": "2026-01-01T00:00:00Z"}])");
    CHECK(app.json("/api/v1/silences").at_pointer("/silences/0/state").as_string() == "expired");
    CHECK(app.post("/api/v1/incidents/" + key + "/silence", "{}").status == 409);
    CHECK(app.post("/api/v1/incidents/INC-2026-999999/silence", "{}").status == 404);
    CHECK(app.post("/api/v1/incidents/" + key + "/silence", R"({"for": "8d"})").status == 400);
}

TEST_CASE("a maintenance window is started, listed and ended, planned ones stand beside it") {
    RunningApp app(R"(
people: [{name: wang.wei}]
maintenance:
  - {name: patch night, match: ['env="prod"'], every: "monthly sat#2 01:00", for: 3h, by: wang.wei}
)");
    const net::Response started =
        app.post("/api/v1/maintenance",
                 R"({"host": "web-1", "for": "30m", "by": "li.na", "change": "CHG-7"})");
    INFO(started.body);
    REQUIRE(started.status == 200);
    const std::string id(json::parse(started.body).at("id").as_string());
    app.alert("web-1", "critical");
    CHECK(app.json("/api/v1/incidents").at("incidents").as_array().empty());
    REQUIRE(eventually(
        [&] { return app.json("/api/v1/maintenance").at("maintenance").as_array().size() == 3; }));
    const json::value list = app.json("/api/v1/maintenance");
    CHECK(list.at_pointer("/maintenance/0/id").as_string() == id);
    CHECK(list.at_pointer("/maintenance/0/name").as_string() == "by li.na, CHG-7");
    CHECK(list.at_pointer("/maintenance/0/alerts").as_int64() == 1);
    CHECK(list.at_pointer("/maintenance/1/name").as_string() == "patch night");
    CHECK(list.at_pointer("/maintenance/1/by").as_string() == "wang.wei");
    // Clients of Alertmanager see silences alone, and the alert as what it is.
    CHECK(app.json("/api/v2/silences").as_array().empty());
    const json::value shown = app.json("/api/v2/alerts").at_pointer("/0/status");
    CHECK(shown.at("state").as_string() == "suppressed");
    CHECK(shown.at("silencedBy").as_array().empty());

    const json::value ended = json::parse(app.post("/api/v1/maintenance/" + id + "/end").body);
    CHECK(ended.at("state").as_string() == "expired");
    CHECK(app.json("/api/v1/incidents").at("incidents").as_array().empty());  // it settles
    CHECK(app.post("/api/v1/maintenance/nobodys/end").status == 404);
    struct Case {
        const char* body;
        const char* expected;
    };
    for (const Case& c : {Case{R"({"for": "1h"})", "name what is being worked on"},
                          Case{R"({"host": "a"})", "how long it lasts"},
                          Case{R"({"host": "a", "for": "31d"})", "a window lasts 30d at most"},
                          Case{R"({"host": "a", "ends_at": "2020-01-01T00:00:00Z"})",
                               "the end must be after the start"},
                          Case{R"({"match": ["nonsense"], "for": "1h"})", "is not a matcher"}}) {
        const net::Response refused = app.post("/api/v1/maintenance", c.body);
        INFO(refused.body);
        CHECK(refused.status == 400);
        CHECK(refused.body.find(c.expected) != std::string::npos);
    }
}

TEST_CASE("amtool reads the routes from the status, in the words of Alertmanager's configuration") {
    RunningApp app(R"(
people: [{name: li.na}]
policies: [{name: web, response: [{tell: [person:li.na]}]}]
routes:
  - {match: ['team="web"'], policy: web, group_by: [alertname]}
  - {}
)");
    const json::value status = app.json("/api/v2/status");
    CHECK(status.at_pointer("/versionInfo/version").as_string() == "0.25.0");
    CHECK(status.at_pointer("/cluster/status").as_string() == "disabled");
    CHECK(status.at_pointer("/config/original").as_string() ==
          "route:\n  receiver: \"page\"\n  group_by: [\"alertname\", \"host\", \"instance\"]\n"
          "  routes:\n  - receiver: \"web\"\n    group_by: [\"alertname\"]\n    matchers:\n"
          "    - \"team=\\\"web\\\"\"\nreceivers:\n- name: \"web\"\n- name: \"page\"\n");
}
