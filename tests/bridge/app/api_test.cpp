// The API over loopback HTTP, as clients see it.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "bridge/api/api.h"
#include "running_app.h"

namespace json = boost::json;
using namespace tocsin;
using namespace tocsin::bridge::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

TEST_CASE("an alert that was answered 200 is an incident at once") {
    const RunningApp app;
    const net::Response answer = app.alert("web-1", "warning");
    CHECK(answer.status == 200);
    const json::value list = app.json("/api/v1/incidents");
    REQUIRE(list.at("incidents").as_array().size() == 1);
    CHECK(list.at("next").is_null());
    const json::value& incident = list.at("incidents").at(0);
    CHECK_THAT(text(incident, "/key"), StartsWith("INC-"));
    CHECK(text(incident, "/state") == "triggered");
    CHECK(text(incident, "/priority") == "P3");
    CHECK(text(incident, "/severity") == "warning");
    CHECK(text(incident, "/labels/host") == "web-1");
    CHECK(text(incident, "/alerts/firing") == "1");
    CHECK(incident.at("assignee").is_null());
    CHECK(incident.at("parent").is_null());
    CHECK(parse_rfc3339(text(incident, "/opened_at")));
    CHECK_THAT(text(incident, "/dedup_key"), Contains("alertname=\"DiskFull\""));

    const json::value detail = app.json("/api/v1/incidents/" + text(incident, "/key"));
    CHECK(text(detail, "/timeline/0/kind") == "opened");
    CHECK(text(detail, "/timeline/0/actor") == "system");
    CHECK(text(detail, "/alerts/0/labels/alertname") == "DiskFull");
    CHECK(text(detail, "/alert_counts/firing") == "1");
    for (const char* field : {"sla", "escalation", "evidence", "links", "actions"}) {
        CAPTURE(field);
        CHECK(detail.as_object().contains(field));
    }
}

TEST_CASE("an alert that cannot be read is named, and the others of its request are kept") {
    const RunningApp app;
    const net::Response answer = app.post("/api/v2/alerts", R"j([
        {"labels": {"alertname": "Good1"}},
        {"labels": {"alertname": "Bad", "a-b": "c"}},
        {"labels": {"alertname": "Good2"}}
    ])j");
    CHECK(answer.status == 400);
    CHECK(answer.body == R"("invalid label set: invalid name \"a-b\"")");
    CHECK(app.json("/api/v1/incidents").at("incidents").as_array().size() == 2);
    CHECK(app.post("/api/v2/alerts", "[7]").status == 400);
}

TEST_CASE("what people do changes the incident, and what is not possible says what is") {
    const RunningApp app;
    app.alert("web-1", "warning");
    const std::string key = text(app.json("/api/v1/incidents"), "/incidents/0/key");
    const std::string path = "/api/v1/incidents/" + key;

    net::Response done = app.post(path + "/acknowledge", R"({"actor": "li.na"})");
    CHECK(done.status == 200);
    CHECK(text(json::parse(done.body), "/state") == "acknowledged");
    CHECK(text(json::parse(done.body), "/assignee") == "li.na");
    CHECK(app.post(path + "/note", R"({"text": "deleting old logs"})").status == 200);
    CHECK(app.post(path + "/priority", R"({"to": "P1"})").status == 200);
    CHECK(text(app.json(path), "/priority") == "P1");

    done = app.post(path + "/confirm");
    CHECK(done.status == 409);
    const json::value refusal = json::parse(done.body);
    CHECK(text(refusal, "/error/code") == "conflict");
    CHECK_FALSE(text(refusal, "/error/message").empty());
    CHECK(refusal.at_pointer("/error/detail/possible").as_array().size() > 3);

    CHECK(app.post(path + "/resolve", R"({"text": "made room"})").status == 200);
    CHECK(text(app.json(path), "/state") == "resolved");
    CHECK(app.json("/api/v1/incidents").at("incidents").as_array().empty());
    CHECK(app.json("/api/v1/incidents?state=resolved").at("incidents").as_array().size() == 1);

    const json::value detail = app.json(path);
    std::string told;
    for (const json::value& entry : detail.at("timeline").as_array()) {
        told += text(entry, "/text") + "\n";
    }
    CHECK_THAT(told, Contains("deleting old logs") && Contains("made room"));
}

TEST_CASE("lists are filtered by label and text and come in pages") {
    const RunningApp app;
    for (int i = 0; i < 5; ++i) app.alert("web-" + std::to_string(i), "warning");
    const auto size = [&](const std::string& query) {
        return app.json("/api/v1/incidents" + query).at("incidents").as_array().size();
    };
    CHECK(size("") == 5);
    CHECK(size("?label=host=web-3") == 1);
    CHECK(size("?label=host=web-3&label=host=web-4") == 0);
    CHECK(size("?label=host%3Dweb-3&label=alertname=DiskFull") == 1);
    CHECK(size("?q=WEB-2") == 1);
    CHECK(size("?state=closed") == 0);
    const json::value first = app.json("/api/v1/incidents?limit=2");
    CHECK(first.at("incidents").as_array().size() == 2);
    const json::value second = app.json("/api/v1/incidents?limit=2&after=" + text(first, "/next"));
    CHECK(text(second, "/incidents/0/labels/host") == "web-2");
}

TEST_CASE("the answer to a heartbeat says how often they are wanted, also after a reload") {
    RunningApp app("hosts: {heartbeat: 5s, deadline: 10s}\n");
    const auto asked = [&] {
        return json::parse(app.post("/api/v1/heartbeat", R"({"host": "web-1"})").body)
            .at("interval")
            .to_number<double>();
    };
    CHECK(asked() == 5);
    app.tree.write("bridge.yml", "hosts: {heartbeat: 1500ms}\n");
    REQUIRE(app.reload());
    CHECK(asked() == 1.5);
}

TEST_CASE("a heartbeat makes a host known") {
    const RunningApp app;
    CHECK(app.post("/api/v1/heartbeat",
                   R"({"host": "web-1", "boot_id": "b", "os": "Debian 12", "cpus": 2,
                       "interval_seconds": 30, "labels": {"env": "prod"}})")
              .status == 200);
    const json::value hosts = app.json("/api/v1/hosts");
    CHECK(text(hosts, "/hosts/0/host") == "web-1");
    CHECK(text(hosts, "/hosts/0/state") == "alive");
    CHECK(text(hosts, "/hosts/0/labels/env") == "prod");
    CHECK(text(hosts, "/hosts/0/inventory/os") == "Debian 12");
    app.post("/api/v1/heartbeat", R"({"host": "web-1", "boot_id": "b", "goodbye": true})");
    CHECK(text(app.json("/api/v1/hosts"), "/hosts/0/state") == "stopped");
}

TEST_CASE("alerts are read back in Alertmanager's shape") {
    const RunningApp app;
    app.post("/api/v2/alerts",
             R"([{"labels": {"alertname": "A", "host": "h1", "severity": "warning"},
                  "annotations": {"summary": "s"}, "startsAt": "2026-01-01T00:00:00Z",
                  "endsAt": "2099-01-01T00:00:00Z", "generatorURL": "http://p/"},
                 {"labels": {"alertname": "A", "host": "h1", "severity": "critical"}},
                 {"labels": {"alertname": "B", "host": "h2"}}])");
    const json::value all = app.json("/api/v2/alerts");
    REQUIRE(all.as_array().size() == 3);
    for (const json::value& alert : all.as_array()) {
        CHECK(text(alert, "/status/state") == "active");
        CHECK(alert.at_pointer("/status/silencedBy").is_array());
        CHECK(alert.at_pointer("/status/inhibitedBy").is_array());
        CHECK(alert.at_pointer("/receivers/0/name").is_string());
        CHECK(text(alert, "/fingerprint").size() == 16);
        for (const char* field : {"/startsAt", "/endsAt", "/updatedAt"}) {
            CHECK(parse_rfc3339(text(alert, field)));
        }
    }
    const auto size = [&](const std::string& query) {
        return app.json("/api/v2/alerts" + query).as_array().size();
    };
    CHECK(size("?filter=alertname%3D%22A%22") == 2);
    CHECK(size("?filter=alertname%3D%22A%22&filter=severity%3D~%22crit.*%22") == 1);
    CHECK(size("?active=false") == 0);
    CHECK(size("?receiver=page") == 3);
    CHECK(size("?receiver=pag") == 0);
    CHECK(app.json("/api/v2/alerts/groups").as_array().size() == 2);
    CHECK(app.json("/api/v2/status").at_pointer("/versionInfo/version").is_string());
    CHECK(text(app.json("/api/v2/status"), "/tocsin/version") == tocsin::bridge::kVersion);
    CHECK(app.json("/api/v2/receivers").as_array().size() == 1);
}

TEST_CASE("the live stream tells what changes, and from where a listener left off") {
    const RunningApp app;
    tocsin::test::RawClient live(app.port);
    live.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const std::string head = live.until("\r\n\r\n");
    CHECK_THAT(head, Contains("text/event-stream"));
    live.until(": connected");
    app.alert("web-1", "warning");
    const std::string opened = live.until("web-1");
    CHECK_THAT(opened, Contains("event: incident"));
    live.until("\n\n");
    live.close();

    app.alert("web-2", "warning");
    app.alert("web-3", "warning");
    const std::size_t at = opened.find("id: ");
    REQUIRE(at != std::string::npos);
    const std::string id = opened.substr(at + 4, opened.find('\n', at) - at - 4);
    tocsin::test::RawClient again(app.port);
    again.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: " + id +
               "\r\n\r\n");
    const std::string missed = again.until("web-3");
    CHECK_THAT(missed, Contains("web-2"));
    CHECK_THAT(missed, !Contains("web-1\""));
    app.alert("web-4", "warning");
    CHECK_THAT(again.until("web-4"), Contains("event: incident"));
}

TEST_CASE("a listener that missed more than is worth telling starts over") {
    const RunningApp app;
    std::string alerts;
    for (int i = 0; i < 1001; ++i) {
        alerts += std::string(i == 0 ? "[" : ",") +
                  R"({"labels": {"alertname": "A", "severity": "info", "host": "h)" +
                  std::to_string(i) + R"("}})";
    }
    REQUIRE(app.post("/api/v2/alerts", alerts + "]").status == 200);
    tocsin::test::RawClient live(app.port);
    live.send("GET /api/v1/events?last_event_id=1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK_THAT(live.until("event: reset\ndata: {}\n\n"), !Contains("event: incident"));
    app.alert("web-4", "warning");
    CHECK_THAT(live.until("web-4"), Contains("event: incident"));
}

TEST_CASE("what is wrong with a request is answered with a status and the reason") {
    const RunningApp app;
    app.alert("web-1", "warning");
    const std::string key = text(app.json("/api/v1/incidents"), "/incidents/0/key");
    struct Case {
        std::string method;
        std::string path;
        std::string body;
        int status;
        std::string says;
    };
    const std::vector<Case> cases = {
        {"GET", "/api/v1/nothing", "", 404, "not_found"},
        {"GET", "/api/v1/incidents/INC-2026-999999", "", 404, "INC-2026-999999"},
        {"POST", "/api/v1/incidents/INC-2026-999999/acknowledge", "{}", 404, "not_found"},
        {"DELETE", "/api/v1/incidents", "", 405, "GET"},
        {"GET", "/api/v1/incidents?state=broken", "", 400, "open, resolved, closed, all"},
        {"GET", "/api/v1/incidents?limit=0", "", 400, "1 to 1000"},
        {"GET", "/api/v1/incidents?limit=many", "", 400, "limit"},
        {"GET", "/api/v1/incidents?label=host", "", 400, "name=value"},
        {"GET", "/api/v1/incidents?after=x", "", 400, "after"},
        {"POST", "/api/v1/incidents/" + key + "/note", "[]", 400, "JSON object"},
        {"POST", "/api/v1/incidents/" + key + "/note", "{\"text\": 3}", 400, "\\\"text\\\""},
        {"POST", "/api/v1/incidents/" + key + "/priority", "{\"to\": \"P9\"}", 400, "P1, P2"},
        {"POST", "/api/v1/incidents/" + key + "/snooze", "{\"until\": \"soon\"}", 400, "until"},
        {"POST", "/api/v1/heartbeat", "{\"host\": 1}", 400, "host"},
        {"POST", "/api/v1/heartbeat", "", 400, "host"},
        {"POST", "/api/v2/alerts", "{}", 400, ""},
        {"POST", "/api/v2/alerts", "nonsense", 400, ""},
        {"POST", "/api/v2/alerts", "[{\"labels\": {}}]", 400, ""},
        {"POST", "/api/v2/alerts", "[{\"labels\": {\"a\": 1}}]", 400, "labels"},
        {"POST", "/api/v2/alerts", "[{\"labels\": {\"a\": \"b\"}, \"startsAt\": \"x\"}]", 400,
         "startsAt"},
        {"POST", "/api/v2/alerts", std::string(200'000, '['), 413, ""},
        {"GET", "/api/v2/alerts?filter=%7B", "", 400, "bad matcher format"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.method, c.path, c.body.substr(0, 60));
        const net::Response answer = app.request(c.method, c.path, c.body);
        CHECK(answer.status == c.status);
        CHECK_THAT(answer.body, Contains(c.says));
        boost::system::error_code not_json;
        const json::value parsed = json::parse(answer.body, not_json);
        CHECK_FALSE(not_json);
        // Alertmanager's own clients expect a string there; ours an object with the code.
        if (c.path.starts_with("/api/v2/")) {
            CHECK((parsed.is_string() || parsed.at("code") == c.status));
        } else {
            CHECK(parsed.at_pointer("/error/code").is_string());
            CHECK(parsed.at_pointer("/error/message").is_string());
        }
    }
    CHECK(app.get("/-/ready").status == 200);
    CHECK(app.json("/api/v1/incidents").at("incidents").as_array().size() == 1);
}

TEST_CASE("half a body, a huge one and an endless one leave the bridge as it was") {
    const RunningApp app;
    const std::string head =
        "POST /api/v2/alerts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    {
        tocsin::test::RawClient half(app.port);
        half.send(head + "Content-Length: 1000\r\n\r\n[{\"labels\"");
        half.half_close();
        const std::string answer = half.until_closed();
        CHECK((answer.empty() || answer.starts_with("HTTP/1.1 4")));
    }
    {
        tocsin::test::RawClient huge(app.port);
        huge.send(head + "Content-Length: 100000000\r\n\r\n");
        CHECK(huge.response().status == 413);
    }
    {
        tocsin::test::RawClient endless(app.port);
        endless.send(head + "Transfer-Encoding: chunked\r\n\r\n");
        const std::string piece = "100000\r\n" + std::string(0x100000, '[') + "\r\n";
        bool open = true;
        for (int i = 0; i < 100 && open; ++i) open = endless.send(piece);
        CHECK(endless.response().status == 413);
    }
    CHECK(app.get("/-/ready").status == 200);
    CHECK(app.alert("web-1", "warning").status == 200);
}

TEST_CASE("a request that changes something must be JSON, so that no other site can send it") {
    const RunningApp app;
    for (const char* type : {"text/plain", "application/x-www-form-urlencoded", ""}) {
        tocsin::test::RawClient client(app.port);
        client.send("POST /api/v2/alerts HTTP/1.1\r\nHost: localhost\r\nContent-Type: " +
                    std::string(type) + "\r\nContent-Length: 2\r\n\r\n[]");
        CHECK(client.response().status == 415);
    }
}

TEST_CASE("the page comes with a strict policy, a tag and 304 for those who have it") {
    const RunningApp app;
    const net::Response page = app.get("/");
    CHECK(page.status == 200);
    CHECK_THAT(std::string(page.headers.get("Content-Type")), StartsWith("text/html"));
    CHECK_THAT(std::string(page.headers.get("Content-Security-Policy")),
               Contains("default-src 'none'") && !Contains("unsafe"));
    CHECK(app.get("/incidents/INC-2026-000001").body == page.body);
    net::ClientRequest again;
    again.url = "http://127.0.0.1:" + std::to_string(app.port) + "/";
    again.headers.set("If-None-Match", std::string(page.headers.get("ETag")));
    CHECK(net::fetch(again).value().status == 304);
}

TEST_CASE("metrics count what was done") {
    const RunningApp app;
    app.alert("web-1", "warning");
    const std::string metrics = app.get("/metrics").body;
    CHECK_THAT(metrics, Contains("tocsin_bridge_alerts_received_total 1") &&
                            Contains("tocsin_bridge_incidents{state=\"triggered\"} 1") &&
                            Contains("# TYPE tocsin_bridge_commits_total counter") &&
                            Contains("route=\"/api/v2/alerts\",status=\"200\"} 1"));
}
