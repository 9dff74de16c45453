// Who is on call, over HTTP: the view, overrides that change who is told, tests of contacts.
#include <catch2/catch.hpp>
#include <mutex>

#include "base/net/file.h"
#include "running_app.h"

using namespace tocsin;
using namespace tocsin::bridge;
using Catch::Matchers::Contains;
using tocsin::bridge::test::eventually;
using tocsin::bridge::test::RunningApp;

namespace {

// Gets what the webhook channel sends.
struct Hook {
    std::mutex lock;
    std::vector<boost::json::value> bodies;
    int status = 200;
    tocsin::test::HttpTestServer server{
        [this](const net::Request& request, const net::Reply& reply) {
            const std::lock_guard guard(lock);
            bodies.push_back(boost::json::parse(request.body));
            reply.send(net::Response::text(status, "seen"));
        }};
    std::size_t count() {
        const std::lock_guard guard(lock);
        return bodies.size();
    }
};

// Everybody's turn is a week; it began on Monday, January 5, 2026, with li.na.
std::string config(const Hook& hook) {
    return "calendars: {office: 7x24}\n"
           "people:\n"
           "  - {name: li.na, display: 李娜, contacts: [{channel: hook}]}\n"
           "  - {name: zhao.lei, contacts: [{channel: hook}]}\n"
           "  - {name: mute}\n"
           "teams: [{name: web, members: [li.na]}, {name: dba, members: [mute]}]\n"
           "rotations:\n"
           "  - {name: web-primary, team: web, weekly: \"mon 09:00\", people: [li.na, zhao.lei], "
           "starts: 2026-01-05}\n"
           "  - {name: spare, daily: \"09:00\", people: [], starts: 2026-01-05}\n"
           "policies:\n"
           "  - {name: web, response: [{tell: [rotation:web-primary]}]}\n"
           "  - {name: dba, response: [{tell: [rotation:spare]}]}\n"
           "channels:\n  - {name: hook, type: webhook, url: \"" +
           hook.server.url("/hook?secret=1") +
           "\"}\n"
           "routes: [{team: web}]\n";
}

std::string at_of(const std::string& moment) {
    return "at=" + moment;
}

const boost::json::object& rotation(const boost::json::value& answer, std::string_view name) {
    for (const auto& one : answer.at("rotations").as_array()) {
        if (one.at("name").as_string() == name) return one.as_object();
    }
    throw std::runtime_error("no such rotation");
}

std::string whose(const boost::json::value& shift) {
    const auto& person = shift.at("person");
    return person.is_null() ? "nobody" : std::string(person.as_string());
}

}  // namespace

TEST_CASE("the view: who is on call at a moment, who comes then, and shifts that tile a time") {
    Hook hook;
    const RunningApp app(config(hook));
    const auto answer = app.json("/api/v1/oncall?" + at_of("2026-01-13T00:00:00Z") +
                                 "&from=2026-01-04T00:00:00Z&to=2026-01-20T00:00:00Z");
    const auto& web = rotation(answer, "web-primary");
    CHECK(web.at("team").as_string() == "web");
    CHECK(whose(web.at("now")) == "zhao.lei");
    CHECK(web.at("now").at("start").as_string() == "2026-01-12T09:00:00.000Z");
    CHECK(web.at("now").at("end").as_string() == "2026-01-19T09:00:00.000Z");
    CHECK(whose(web.at("next")) == "li.na");
    CHECK(web.at("next").at("display").as_string() == "李娜");
    const auto& shifts = web.at("shifts").as_array();
    REQUIRE(shifts.size() == 4);
    CHECK(whose(shifts[0]) == "nobody");
    CHECK(shifts[0].at("start").as_string() == "2026-01-04T00:00:00.000Z");
    CHECK(whose(shifts[1]) == "li.na");
    CHECK(shifts[3].at("end").as_string() == "2026-01-26T09:00:00.000Z");  // as long as it is
    CHECK(whose(rotation(answer, "spare").at("now")) == "nobody");
    // By team: its own, and those that its policy asks.
    CHECK(app.json("/api/v1/oncall?team=web").at("rotations").as_array().size() == 1);
    CHECK(rotation(app.json("/api/v1/oncall?team=dba"), "spare").at("team").is_null());
    const std::vector<std::pair<std::string, int>> refused = {
        {"?team=none", 404},
        {"?rotation=none", 404},
        {"?at=yesterday", 400},
        {"?from=2026-01-04T00:00:00Z", 400},
        {"?from=2026-01-04T00:00:00Z&to=2026-01-03T00:00:00Z", 400},
        {"?from=2026-01-04T00:00:00Z&to=2028-01-03T00:00:00Z", 400},
        {"/none.ics", 404},
    };
    for (const auto& [query, status] : refused) {
        INFO(query);
        const net::Response response = app.get("/api/v1/oncall" + query);
        CHECK(response.status == status);
        CHECK_THAT(response.body, Contains("\"message\""));
    }
    const net::Response calendar = app.get("/api/v1/oncall/web-primary.ics");
    CHECK(calendar.status == 200);
    CHECK(calendar.headers.get("Content-Type") == "text/calendar; charset=utf-8");
    CHECK_THAT(calendar.body, Contains("SUMMARY:李娜 – web-primary"));
    CHECK_THAT(app.get("/api/v1/oncall/web-primary.ics?person=zhao.lei").body,
               !Contains("SUMMARY:李娜"));
}

TEST_CASE("a calendar program needs no token: the address that the bridge signs is enough") {
    Hook hook;
    const tocsin::test::FixtureTree files;
    REQUIRE(net::write_file_atomic(files.at("viewer"), "secret-of-viewer\n", 0600));
    const RunningApp app(config(hook) +
                             "access: {tokens: [{name: boss-eye, role: viewer, token_file: " +
                             files.at("viewer") + "}]}\n",
                         LoopbackWithoutToken::kRefuse);
    const std::string plain = "/api/v1/oncall/web-primary.ics";
    CHECK(app.get(plain).status == 401);
    CHECK(app.get(plain + "?key=").status == 401);
    CHECK(app.get(plain + "?key=00000000000000000000000000000000").status == 401);
    CHECK(app.get("/api/v1/oncall/web-primary/calendar-url").status == 401);
    const auto signed_path = [&](const std::string& query) {
        const net::Response answer = app.request(
            "GET", "/api/v1/oncall/web-primary/calendar-url" + query, "", "secret-of-viewer");
        REQUIRE(answer.status == 200);
        const std::string url(boost::json::parse(answer.body).at("url").as_string());
        return url.substr(url.find("/api/"));
    };
    const net::Response all = app.get(signed_path(""));
    CHECK(all.status == 200);
    CHECK(all.headers.get("Content-Type") == "text/calendar; charset=utf-8");
    CHECK_THAT(all.body, Contains("SUMMARY:李娜 – web-primary"));
    const std::string zhao = signed_path("?person=zhao.lei");
    CHECK_THAT(zhao, Contains("person=zhao.lei&key="));
    CHECK_THAT(app.get(zhao).body, !Contains("SUMMARY:李娜"));
    // The key is for what it was made for, and for nothing else.
    const std::string key = zhao.substr(zhao.find("key="));
    CHECK(app.get(plain + "?" + key).status == 401);
    CHECK(app.get(plain + "?person=li.na&" + key).status == 401);
    CHECK(app.get("/api/v1/oncall?" + key).status == 401);
    // One's shifts of all rotations, under one's own name.
    const std::string own = "/api/v1/oncall/people/li.na";
    CHECK(app.get(own + ".ics").status == 401);
    CHECK(app.get(own + ".ics?" + key).status == 401);
    const net::Response address = app.request("GET", own + "/calendar-url", "", "secret-of-viewer");
    REQUIRE(address.status == 200);
    const std::string url(boost::json::parse(address.body).at("url").as_string());
    const net::Response mine = app.get(url.substr(url.find("/api/")));
    CHECK(mine.status == 200);
    CHECK_THAT(mine.body, Contains("NAME:李娜") && Contains("SUMMARY:李娜 – web-primary") &&
                              !Contains("SUMMARY:zhao.lei"));
    CHECK(app.request("GET", "/api/v1/oncall/people/nobody.ics", "", "secret-of-viewer").status ==
          404);
    CHECK(
        app.request("GET", "/api/v1/oncall/nothing/calendar-url", "", "secret-of-viewer").status ==
        404);
    CHECK(app.request("GET", "/api/v1/oncall/web-primary/calendar-url?person=nobody", "",
                      "secret-of-viewer")
              .status == 404);
}

TEST_CASE("tests of others' contacts are for admins, and said so with 403") {
    Hook hook;
    const tocsin::test::FixtureTree files;
    std::string tokens = "access:\n  tokens:\n";
    for (const auto& [name, role] : {std::pair{"li.na", "responder"}, std::pair{"boss", "admin"}}) {
        REQUIRE(
            net::write_file_atomic(files.at(name), std::string("secret-of-") + name + "\n", 0600));
        tokens += "    - {name: " + std::string(name) + ", role: " + role +
                  ", token_file: " + files.at(name) + "}\n";
    }
    const RunningApp app(config(hook) + tokens, LoopbackWithoutToken::kRefuse);
    const auto ask = [&](const char* person, const char* token) {
        return app.request("POST", "/api/v1/oncall/test",
                           R"({"person": ")" + std::string(person) + "\"}", token);
    };
    CHECK(ask("li.na", "secret-of-li.na").status == 200);
    const net::Response refused = ask("zhao.lei", "secret-of-li.na");
    CHECK(refused.status == 403);
    CHECK_THAT(refused.body, Contains("only admins send tests to others; yours is li.na"));
    CHECK(ask("zhao.lei", "secret-of-boss").status == 200);
    CHECK(hook.count() == 2);
    const RunningApp chinese(config(hook) + "language: zh-CN\n" + tokens,
                             LoopbackWithoutToken::kRefuse);
    CHECK_THAT(
        chinese
            .request("POST", "/api/v1/oncall/test", R"({"person": "zhao.lei"})", "secret-of-li.na")
            .body,
        Contains("仅管理员可向他人发送测试；您的名字是 li.na"));
}

TEST_CASE("an override changes who is told, and its end changes it back") {
    Hook hook;
    const RunningApp app(config(hook));
    const auto told_of = [&](const std::string& host) {
        CHECK(app.alert(host, "critical").status == 200);
        const auto list = app.json("/api/v1/incidents?label=host%3D" + host);
        const std::string key(list.at("incidents").at(0).at("key").as_string());
        std::string out;
        const auto detail = app.json("/api/v1/incidents/" + key);
        for (const auto& name : detail.at("escalation").at("told").as_array()) {
            out += std::string(name.as_string()) + " ";
        }
        return out;
    };
    const std::string now_on = whose(rotation(app.json("/api/v1/oncall"), "web-primary").at("now"));
    const std::string other = now_on == "li.na" ? "zhao.lei" : "li.na";
    CHECK(told_of("a") == now_on + " ");

    const net::Response made = app.post(
        "/api/v1/oncall/overrides", R"({"rotation": "web-primary", "person": ")" + other +
                                        R"(", "for": "8h", "why": "a wedding", "actor": "boss"})");
    REQUIRE(made.status == 200);
    const auto row = boost::json::parse(made.body);
    CHECK(row.at("actor").as_string() == "boss");
    CHECK(row.at("instead_of").is_null());
    const std::string id = std::to_string(row.at("id").as_int64());
    const auto view = app.json("/api/v1/oncall");
    CHECK(whose(rotation(view, "web-primary").at("now")) == other);
    CHECK(view.at("overrides").as_array().size() == 1);
    CHECK(told_of("b") == other + " ");

    net::ClientRequest request;
    request.method = "DELETE";
    request.url = "http://127.0.0.1:" + std::to_string(app.port) + "/api/v1/oncall/overrides/" + id;
    request.body = R"({"why": "it rains", "actor": "boss"})";
    request.headers.set("Content-Type", "application/json");
    CHECK(net::fetch(request).value().status == 200);
    CHECK(net::fetch(request).value().status == 409);
    request.url += "99";
    CHECK(net::fetch(request).value().status == 404);
    CHECK(told_of("c") == now_on + " ");

    const auto all = app.json("/api/v1/oncall/overrides");
    REQUIRE(all.at("overrides").as_array().size() == 1);
    CHECK(all.at("overrides").at(0).at("cancelled_by").as_string() == "boss");
    const auto& log = all.at("log").as_array();
    REQUIRE(log.size() == 2);
    CHECK_THAT(std::string(log[0].at("text").as_string()),
               Contains("cover: " + other + " in web-primary") && Contains("a wedding"));
    CHECK(log[1].at("kind").as_string() == "cancel");
    CHECK_THAT(std::string(log[1].at("text").as_string()), Contains("it rains"));
}

TEST_CASE("overrides that make no sense are refused with what is wrong") {
    Hook hook;
    const RunningApp app(config(hook));
    const std::vector<std::pair<std::string, std::string>> refused = {
        {"{}", "rotation"},
        {R"({"rotation": "none", "person": "li.na", "for": "1h"})", "no rotation is named"},
        {R"({"rotation": "spare", "person": "nobody.here", "for": "1h"})", "nobody is named"},
        {R"({"rotation": "spare", "for": "1h", "actor": "stranger"})", "nobody is named"},
        {R"({"rotation": "spare", "person": "li.na"})", "until when"},
        {R"({"rotation": "spare", "person": "li.na", "to": "2026-01-01T00:00:00Z"})", "after from"},
        {R"({"rotation": "spare", "person": "li.na", "from": "2026-01-01T00:00:00Z",)"
         R"( "to": "2026-01-02T00:00:00Z"})",
         "must lie ahead"},
        {R"({"rotation": "spare", "person": "li.na", "for": "3y"})", "within a year"},
        {R"({"rotation": "spare", "person": "li.na", "for": "1h", "kind": "swap"})", "whom with"},
        {R"({"rotation": "spare", "person": "li.na", "for": "1h", "kind": "trade"})",
         "cover or swap"},
        {R"({"rotation": "spare", "person": "li.na", "for": "1h", "instead_of": "li.na"})",
         "has it anyway"},
    };
    for (const auto& [body, message] : refused) {
        const net::Response response = app.post("/api/v1/oncall/overrides", body);
        INFO(body);
        CHECK(response.status == 400);
        CHECK_THAT(response.body, Contains(message));
    }
    CHECK(app.json("/api/v1/oncall/overrides").at("overrides").as_array().empty());
}

TEST_CASE("a swap without a shift of each is refused in the reader's language") {
    Hook hook;
    const RunningApp app("language: zh-CN\n" + config(hook));
    const net::Response response = app.post(
        "/api/v1/oncall/overrides",
        R"({"rotation": "web-primary", "person": "li.na", "instead_of": "mute", "kind": "swap",)"
        R"( "for": "1h"})");
    CHECK(response.status == 422);
    CHECK_THAT(response.body, Contains("换班须双方各有班次，而 mute 在轮值 web-primary 中从"));
}

TEST_CASE("a test goes to each contact and says what came of each") {
    Hook hook;
    const RunningApp app(config(hook));
    const auto ask = [&](const std::string& body) { return app.post("/api/v1/oncall/test", body); };
    auto answer = boost::json::parse(ask(R"({"actor": "li.na"})").body);
    CHECK(answer.at("person").as_string() == "li.na");
    REQUIRE(answer.at("contacts").as_array().size() == 1);
    CHECK(answer.at("contacts").at(0).at("delivered").as_bool());
    // Of a webhook's address, often a secret, no more than its host.
    CHECK(answer.at("contacts").at(0).at("address").as_string() == "http://127.0.0.1");
    REQUIRE(hook.count() == 1);
    CHECK(hook.bodies[0].at("event").as_string() == "test");
    hook.status = 403;
    answer = boost::json::parse(ask(R"({"person": "zhao.lei"})").body);
    CHECK_FALSE(answer.at("contacts").at(0).at("delivered").as_bool());
    CHECK_THAT(std::string(answer.at("contacts").at(0).at("detail").as_string()), Contains("403"));
    CHECK(boost::json::parse(ask(R"({"person": "mute"})").body).at("contacts").as_array().empty());
    CHECK(ask(R"({"actor": "stranger"})").status == 404);
    // No incident comes of it.
    CHECK(app.json("/api/v1/incidents?state=all").at("incidents").as_array().empty());
}
