// Seeing why, over HTTP: the chain of an incident, and of an alert that is none; webhooks of an
// Alertmanager; what resolving offers.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "running_app.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;
using Catch::Matchers::Contains;
namespace json = boost::json;

namespace {

const std::string kConfig = R"(
calendars: {office: 7x24}
people: [{name: li.na, contacts: [{channel: mail, address: li.na@example.com}]}]
channels: [{name: mail, type: email, server: "127.0.0.1:1", security: none, from: tocsin@example.com}]
policies: [{name: web, response: [{tell: [person:li.na]}]}]
routes: [{policy: web}]
incidents: {resolve_grace: 1h}
)";

// "step: text", a line a link.
std::string lines(const json::value& answer) {
    std::string out;
    for (const json::value& link : answer.at("links").as_array()) {
        out += std::string(link.at("step").as_string()) + ": " +
               std::string(link.at("text").as_string()) + "\n";
    }
    return out;
}

std::string only_key(const RunningApp& app) {
    return std::string(app.json("/api/v1/incidents").at_pointer("/incidents/0/key").as_string());
}

json::value why_not(const RunningApp& app, const std::string& labels, const char* lang = "en") {
    const net::Response answer =
        app.post(std::string("/api/v1/why-not?lang=") + lang, R"({"labels": )" + labels + "}");
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return json::parse(answer.body);
}

}  // namespace

TEST_CASE("why: the chain of an incident from its alert to who was told, in both languages") {
    RunningApp app(kConfig);
    CHECK(app.post("/api/v2/alerts", R"([{"labels": {"alertname": "DiskFull", "host": "web-1",
        "severity": "critical"}, "annotations": {"summary": "96 % used",
        "tocsin_rule": "/etc/tocsin/rules.d/host.yml:12", "tocsin_expr": "used"},
        "generatorURL": "http://prom/graph"}])")
              .status == 200);
    const std::string key = only_key(app);
    const std::string path = "/api/v1/incidents/" + key + "/why";
    const json::value answer = app.json(path + "?lang=en");
    CHECK(answer.at("key").as_string() == key);
    const std::string said = lines(answer);
    CHECK_THAT(said,
               Contains("alert: DiskFull on web-1: firing, critical; last heard of by local"));
    CHECK_THAT(said, Contains("rule: By the rule at /etc/tocsin/rules.d/host.yml:12: used"));
    CHECK_THAT(said, Contains("route: Route default takes it: no team, escalation policy web"));
    CHECK_THAT(
        said, Contains("priority: Impact medium (no tier) × urgency high (severity critical) makes "
                       "P2 by the matrix; it is P2 now"));
    CHECK_THAT(said, Contains("policy: Step 1 of policy web: li.na by mail"));
    CHECK_THAT(said, Contains("message: li.na by mail (li.na@example.com), \"New incident\": "));
    CHECK_THAT(said, Contains("next: It is triggered now"));
    for (const json::value& link : answer.at("links").as_array()) {
        CHECK((link.at("at").is_null() || parse_rfc3339(link.at("at").as_string())));
        CHECK(link.at("data").is_object());
    }
    CHECK_THAT(lines(app.json(path + "?lang=zh-CN")),
               Contains("DiskFull（web-1）：告警中，严重") && Contains("升级策略第 1 步"));
    net::ClientRequest chinese;
    chinese.url = "http://127.0.0.1:" + std::to_string(app.port) + path;
    chinese.headers.set("Accept-Language", "zh-CN,zh;q=0.9");
    CHECK_THAT(net::fetch(chinese).value().body, Contains("告警中"));

    app.post("/api/v1/incidents/" + key + "/silence", R"({"actor": "li.na", "text": "known"})");
    CHECK_THAT(lines(app.json(path)), Contains("suppression: DiskFull on web-1 is held back by "
                                               "silence by li.na: known until"));
    CHECK(app.get("/api/v1/incidents/INC-2026-999999/why").status == 404);
    CHECK(app.get(path + "?lang=de").status == 400);
}

TEST_CASE("why-not: what never came, what is held back, what is owned") {
    RunningApp app(kConfig);
    const std::string disk = R"({"alertname": "DiskFull", "host": "web-1"})";
    json::value answer = why_not(app, disk);
    CHECK_FALSE(answer.at("known").as_bool());
    CHECK(answer.at_pointer("/labels/host").as_string() == "web-1");
    CHECK_THAT(
        lines(answer),
        Contains("alert: The bridge has heard of no alert with alertname=\"DiskFull\"") &&
            Contains("policy: Step 1 of policy web tells li.na by mail") &&
            Contains("verdict: So it would open an incident, and tell li.na by mail at once") &&
            Contains("agent: Nothing is known of such an alert: the agent of web-1 has not"));
    CHECK_THAT(lines(why_not(app, disk, "zh-CN")), Contains("从未收到这样的告警"));

    const net::Response silenced = app.post(
        "/api/v2/silences",
        R"({"matchers": [{"name": "host", "value": "web-1", "isRegex": false}], "comment": "new disk",
            "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2090-01-01T00:00:00Z", "createdBy": "li.na"})");
    REQUIRE(silenced.status == 200);
    const std::string id(json::parse(silenced.body).at("silenceID").as_string());
    app.alert("web-1", "warning");
    CHECK(app.json("/api/v1/incidents").at("incidents").as_array().empty());
    answer = why_not(app, disk);
    CHECK(answer.at("known").as_bool());
    CHECK_THAT(lines(answer),
               Contains("alert: DiskFull on web-1: firing, warning") &&
                   Contains("suppression: Silence " + id + " by li.na holds it back") &&
                   Contains("verdict: So it opens nothing and tells nobody before"));

    app.request("DELETE", "/api/v2/silence/" + id);
    const std::string key = only_key(app);
    CHECK_THAT(lines(why_not(app, disk)),
               Contains("incident: " + key + " has its key: triggered") &&
                   Contains("verdict: So it belongs to " + key + ", which nobody owns yet"));
    app.post("/api/v1/incidents/" + key + "/acknowledge", R"({"actor": "li.na"})");
    CHECK_THAT(lines(why_not(app, disk)),
               Contains("verdict: So it belongs to " + key + ", which li.na owns"));
    // By its address too; a part of the labels is enough.
    CHECK_THAT(lines(app.json("/api/v1/why-not?label=host%3Dweb-1&lang=en")),
               Contains("which li.na owns"));
    // Ended, it is still known.
    app.post("/api/v2/alerts", R"([{"labels": {"alertname": "DiskFull", "host": "web-1",
                                  "severity": "warning"}, "endsAt": "2026-01-01T00:00:00Z"}])");
    CHECK_THAT(lines(why_not(app, disk)), Contains("alert: DiskFull on web-1: resolved, warning"));
}

TEST_CASE("why-not: inhibition, an observed rule, a condition of opening, a sign of life") {
    RunningApp app(kConfig + R"(
inhibit: [{source: ['alertname="HostDown"'], target: ['alertname="DiskFull"'], equal: [host]}]
open_when: [{match: ['alertname="Blip"'], held: 1h}]
expects: [{name: backup, match: ['alertname="BackupDone"'], every: 25h}]
)");
    app.post("/api/v2/alerts", R"([{"labels": {"alertname": "HostDown", "host": "web-1"}},
                                   {"labels": {"alertname": "Blip", "host": "web-2"}},
                                   {"labels": {"alertname": "New", "host": "web-3"},
                                    "annotations": {"tocsin_mode": "observe"}}])");
    app.alert("web-1", "warning");
    struct Case {
        const char* labels;
        const char* expected;
    };
    for (const Case& c : {
             Case{R"({"alertname": "DiskFull", "host": "web-1"})",
                  "suppression: HostDown on web-1 is firing, and holds it back"},
             Case{R"({"alertname": "Blip"})",
                  "suppression: The condition alertname=\"Blip\" lets it open an incident once it "
                  "has "
                  "lasted for 1h"},
             Case{R"({"alertname": "New"})", "observe: Its rule, or its agent, is observed"},
             Case{R"({"alertname": "BackupDone"})",
                  "verdict: So it opens no incident: its absence"},
         }) {
        INFO(c.labels);
        CHECK_THAT(lines(why_not(app, c.labels)), Contains(c.expected));
    }
}

TEST_CASE("why-not asks for labels that are labels") {
    RunningApp app;
    for (const auto& [body, expected] : std::vector<std::pair<std::string, std::string>>{
             {"{}", "name at least one"},
             {R"({"labels": {}})", "name at least one"},
             {R"({"labels": {"a-b": "c"}})", "is no name of a label"},
             {R"({"labels": []})", "labels"},
             {"x", "JSON"}}) {
        INFO(body);
        const net::Response refused = app.post("/api/v1/why-not", body);
        CHECK(refused.status == 400);
        CHECK_THAT(refused.body, Contains(expected));
    }
    CHECK(app.get("/api/v1/why-not").status == 400);
    CHECK_THAT(app.get("/api/v1/why-not?label=host").body, Contains("must be name=value"));
}

TEST_CASE("an Alertmanager's webhook opens and resolves, what it left out is counted") {
    RunningApp app(kConfig);
    const auto webhook = [&](const std::string& status, const std::string& more) {
        return app.post("/api/v1/webhook/alertmanager",
                        R"({"version": "4", "receiver": "tocsin", "alerts": [{"status": ")" +
                            status +
                            R"(", "labels": {"alertname": "DiskFull", "host": "web-1"},
                               "startsAt": "2026-01-01T00:00:00Z",
                               "endsAt": "0001-01-01T00:00:00Z"}])" +
                            more + "}");
    };
    const net::Response taken = webhook("firing", R"(, "truncatedAlerts": 7)");
    CHECK(taken.status == 200);
    CHECK(taken.body == "{}");
    const std::string key = only_key(app);
    CHECK(app.json("/api/v1/incidents/" + key).at_pointer("/alerts/0/ends_at").is_null());
    CHECK_THAT(app.get("/metrics").body,
               Contains("\ntocsin_bridge_webhook_truncated_alerts_total 7\n"));
    CHECK(webhook("resolved", "").status == 200);
    CHECK(app.json("/api/v1/incidents/" + key).at_pointer("/alerts/0/status").as_string() ==
          "resolved");
    const net::Response refused = app.post("/api/v1/webhook/alertmanager", R"({"version": "3"})");
    CHECK(refused.status == 400);
    CHECK_THAT(refused.body, Contains("version must be"));
}

TEST_CASE(
    "resolved by hand while alerts fire: the answer offers a silence, which keeps it resolved") {
    RunningApp app(kConfig);
    app.alert("web-1", "warning");
    const std::string path = "/api/v1/incidents/" + only_key(app);
    const json::value done = json::parse(app.post(path + "/resolve", R"({"actor": "li.na"})").body);
    CHECK_THAT(std::string(done.at("result").as_string()), Contains("1 alert still firing"));
    REQUIRE(done.at("offers").as_array().size() == 1);
    const json::value& offer = done.at_pointer("/offers/0");
    CHECK(offer.at("action").as_string() == "silence");
    CHECK(offer.at("until").as_string() == "clear");
    CHECK(offer.at("firing").as_int64() == 1);
    CHECK(offer.at("path").as_string() == path + "/silence");

    const net::Response silenced =
        app.post(std::string(offer.at("path").as_string()), R"({"actor": "li.na"})");
    CHECK(silenced.status == 200);
    const json::value now = app.json(path);
    CHECK(now.at("state").as_string() == "resolved");
    CHECK(now.at_pointer("/suppressed/kind").as_string() == "silence");

    // Nothing fires: nothing is offered.
    app.alert("web-2", "warning");
    const std::string other = "/api/v1/incidents/" + only_key(app);
    app.post("/api/v2/alerts", R"([{"labels": {"alertname": "DiskFull", "host": "web-2",
                                  "severity": "warning"}, "endsAt": "2026-01-01T00:00:00Z"}])");
    CHECK(json::parse(app.post(other + "/resolve", R"({"actor": "li.na"})").body)
              .at("offers")
              .as_array()
              .empty());
}
