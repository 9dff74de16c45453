// Storms, hosts, what is expected and observed, over loopback HTTP as clients see them.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <string>

#include "running_app.h"

namespace json = boost::json;
using namespace tocsin;
using namespace tocsin::bridge::test;
using Catch::Matchers::Contains;

namespace {

net::Response beat(const RunningApp& app, const std::string& host) {
    return app.post("/api/v1/heartbeat", R"({"host": ")" + host + R"(", "boot_id": "b"})");
}

}  // namespace

TEST_CASE("a storm is listed with its children, or without them") {
    const RunningApp app("storms: {more_than: 3 hosts}\n");
    for (int i = 1; i <= 6; ++i) {
        REQUIRE(app.alert("web-" + std::to_string(i), "warning").status == 200);
    }
    CHECK(app.json("/api/v1/incidents").at("incidents").as_array().size() == 7);
    const json::value hidden = app.json("/api/v1/incidents?children=hide");
    REQUIRE(hidden.at("incidents").as_array().size() == 1);
    const json::value& storm = hidden.at("incidents").at(0);
    CHECK(text(storm, "/kind") == "storm");
    CHECK(text(storm, "/storm/hosts") == "6");
    CHECK(text(storm, "/storm/open") == "6");
    CHECK(text(storm, "/title") == "Storm: alertname=\"DiskFull\" on 6 hosts");
    const std::string path = "/api/v1/incidents/" + text(storm, "/key");
    const json::value detail = app.json(path);
    REQUIRE(detail.at("children").as_array().size() == 6);
    CHECK(text(detail, "/children/0/parent") == text(storm, "/key"));
    CHECK(text(detail, "/children/0/absorbed") == "true");
    CHECK(app.post(path + "/acknowledge", R"({"actor": "li.na"})").status == 200);
    const json::value owned = app.json(path);
    for (const json::value& child : owned.at("children").as_array()) {
        CHECK(text(child, "/state") == "acknowledged");
        CHECK(text(child, "/assignee") == "li.na");
    }
    CHECK(app.get("/api/v1/incidents?children=maybe").status == 400);
}

TEST_CASE("hosts are retired and renamed by whoever may respond") {
    const RunningApp app("hosts: {join: 0s}\n");
    for (const char* host : {"web-1", "web-2"}) REQUIRE(beat(app, host).status == 200);
    REQUIRE(app.alert("web-1", "warning").status == 200);
    REQUIRE(app.alert("web-2", "warning").status == 200);
    net::Response done = app.post("/api/v1/hosts/web-1/rename", R"({"to": "app-1"})");
    CHECK(done.status == 200);
    CHECK(text(json::parse(done.body), "/result") == "renamed; 1 incident with it");
    done = app.post("/api/v1/hosts/web-2/retire", R"({"actor": "li.na"})");
    CHECK(text(json::parse(done.body), "/result") == "retired; 1 alert ended");
    const json::value hosts = app.json("/api/v1/hosts");
    REQUIRE(hosts.at("hosts").as_array().size() == 1);
    CHECK(text(hosts, "/hosts/0/host") == "app-1");
    const json::value list = app.json("/api/v1/incidents?label=host=app-1");
    REQUIRE(list.at("incidents").as_array().size() == 1);
    CHECK_THAT(text(list, "/incidents/0/dedup_key"), Contains("host=\"app-1\""));

    struct Case {
        std::string path;
        std::string body;
        int status;
        std::string says;
    };
    for (const Case& c :
         {Case{"/api/v1/hosts/web-9/retire", "{}", 404, "there is no host web-9"},
          Case{"/api/v1/hosts/app-1/rename", "{}", 400, "new name"},
          Case{"/api/v1/hosts/app-1/rename", R"({"to": "app-1"})", 400, "is the name that it has"},
          Case{"/api/v1/hosts/app-1/retire", R"({"actor": "system"})", 400, "own name"}}) {
        const net::Response refused = app.post(c.path, c.body);
        CHECK(refused.status == c.status);
        CHECK_THAT(text(json::parse(refused.body), "/error/message"), Contains(c.says));
    }
}

TEST_CASE("what is expected is listed from its configuration on, and by what came") {
    const RunningApp app(
        "expects:\n"
        "  - {name: watchdog, match: ['alertname=\"Watchdog\"'], every: 5m}\n"
        "  - {name: full, match: ['alertname=\"DiskFull\"'], every: 1h, by: host}\n");
    REQUIRE(eventually(
        [&] { return app.json("/api/v1/expected").at("expected").as_array().size() == 1; }));
    REQUIRE(app.alert("web-1", "warning").status == 200);
    const json::value expected = app.json("/api/v1/expected");
    REQUIRE(expected.at("expected").as_array().size() == 2);
    CHECK(text(expected, "/expected/0/name") == "full");
    CHECK(text(expected, "/expected/0/labels/host") == "web-1");
    CHECK(text(expected, "/expected/0/every") == "1h");
    CHECK(parse_rfc3339(text(expected, "/expected/0/last_seen")));
    CHECK(expected.at_pointer("/expected/1/last_seen").is_null());
    CHECK(app.json("/api/v1/incidents?state=all").at("incidents").as_array().empty());
}

TEST_CASE("observed: listed as such, and in the report") {
    const RunningApp app("observe: [{match: ['alertname=\"DiskFull\"']}]\n");
    REQUIRE(app.alert("web-1", "warning").status == 200);
    CHECK(text(app.json("/api/v1/incidents"), "/incidents/0/observed") == "true");
    const json::value report = app.json("/api/v1/reports/observe");
    REQUIRE(report.at("alerts").as_array().size() == 1);
    CHECK(text(report, "/alerts/0/alertname") == "DiskFull");
    CHECK(text(report, "/alerts/0/incidents") == "1");
    CHECK(report.at_pointer("/alerts/0/would_have_told").as_array().empty());
    CHECK(app.get("/api/v1/reports/observe?since=yesterday").status == 400);
    CHECK(app.json("/api/v1/reports/observe?since=2999-01-01T00:00:00Z")
              .at("alerts")
              .as_array()
              .empty());
}
