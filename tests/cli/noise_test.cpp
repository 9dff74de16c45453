// `tocsin hosts …` and the lists of what opened no incident or told nobody.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <sstream>

#include "ran.h"
#include "tests/support/http_server.h"

using namespace tocsin::cli;
using tocsin::test::Ran;
namespace json = boost::json;
namespace net = tocsin::net;

namespace {

// Against a bridge that answers with `body` and remembers what it was asked.
struct FakeBridge {
    explicit FakeBridge(std::string body, int status = 200)
        : server([this, body = std::move(body), status](net::Request request, net::Reply reply) {
              asked = request.method + " " + request.path;
              for (const auto& param : request.query) {
                  asked += (asked.find('?') == std::string::npos ? "?" : "&") + param.name + "=" +
                           param.value;
              }
              sent = request.body;
              reply.send(net::Response::json(status, body));
          }) {}
    Ran ran(std::vector<std::string> args) {
        args.insert(args.begin(), {"--bridge", server.url(""), "--as", "li.na"});
        return tocsin::test::ran(std::move(args));
    }
    std::string asked;
    std::string sent;
    tocsin::test::HttpTestServer server;
};

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("hosts are a table for people, with what is wrong with them") {
    FakeBridge bridge(R"({"hosts": [
        {"host": "web-1", "state": "alive", "first_seen": "2026-01-01T00:00:00.000Z",
         "last_seen": "2026-01-01T00:00:00.000Z", "duplicate": true, "labels": {"env": "prod"}},
        {"host": "web-2", "state": "unreachable", "first_seen": "2026-01-01T00:00:00.000Z",
         "last_seen": "2026-01-01T00:00:00.000Z", "duplicate": false, "labels": {}}]})");
    const Ran table = bridge.ran({"hosts", "list"});
    CHECK(table.status == kDone);
    CHECK(bridge.asked == "GET /api/v1/hosts");
    CHECK(has(table.out, "web-1"));
    CHECK(has(table.out, "alive, two machines"));
    CHECK(has(table.out, "env=prod"));
    CHECK(has(table.out, "unreachable"));
    const auto programs = json::parse(bridge.ran({"--output", "json", "hosts", "list"}).out);
    CHECK(programs.at("hosts").as_array().size() == 2);
    CHECK(FakeBridge(R"({"hosts": []})").ran({"hosts", "list"}).status == kNo);
}

TEST_CASE("retire and rename say what they did, and what the bridge refused") {
    FakeBridge bridge(R"({"result": "renamed; 1 incident with it"})");
    const Ran renamed = bridge.ran({"hosts", "rename", "web 1", "app-1"});
    CHECK(renamed.status == kDone);
    CHECK(renamed.out == "web 1: renamed; 1 incident with it\n");
    CHECK(bridge.asked == "POST /api/v1/hosts/web%201/rename");
    CHECK(json::parse(bridge.sent) == json::value{{"to", "app-1"}, {"actor", "li.na"}});
    CHECK(bridge.ran({"hosts", "retire", "web-2"}).status == kDone);
    CHECK(bridge.asked == "POST /api/v1/hosts/web-2/retire");

    FakeBridge refuses(R"({"error": {"code": "not_found", "message": "there is no host web-9"}})",
                       404);
    const Ran missing = refuses.ran({"hosts", "retire", "web-9"});
    CHECK(missing.status == kNo);
    CHECK(has(missing.err, "there is no host web-9"));
    for (const std::vector<std::string>& wrong :
         {std::vector<std::string>{"hosts"}, {"hosts", "retire"}, {"hosts", "rename", "web-1"}}) {
        CHECK(bridge.ran(wrong).status == kUsage);
    }
}

TEST_CASE("what is expected says when it came and what is missing") {
    FakeBridge bridge(R"({"expected": [
        {"name": "backup", "labels": {"host": "db-1"}, "every": "1d1h", "last_seen": null,
         "due_at": "2026-01-01T00:00:00.000Z", "missing_since": "2026-01-01T00:00:00.000Z"},
        {"name": "watchdog", "labels": {}, "every": "5m", "last_seen": "2026-01-01T00:00:00.000Z",
         "due_at": "2026-01-01T00:05:00.000Z", "missing_since": null}]})");
    const Ran table = bridge.ran({"incidents", "expected"});
    CHECK(table.status == kDone);
    CHECK(bridge.asked == "GET /api/v1/expected");
    CHECK(has(table.out, "host=db-1"));
    CHECK(has(table.out, "never"));
    CHECK(has(table.out, "missing for "));
    CHECK(has(table.out, "comes"));
    const Ran none = FakeBridge(R"({"expected": []})").ran({"incidents", "expected"});
    CHECK(none.status == kNo);
    CHECK(has(none.err, "bridge.yml"));
}

TEST_CASE("blips say how long they lasted") {
    FakeBridge bridge(R"({"blips": [
        {"started_at": "2026-01-01T00:00:00.000Z", "ended_at": "2026-01-01T00:05:00.000Z",
         "condition": "c", "dedup_key": "k", "severity": "warning", "summary": "slow",
         "labels": {"alertname": "HighLatency", "host": "web-1"}}], "next": null})");
    const Ran table = bridge.ran({"incidents", "blips", "--limit", "7"});
    CHECK(table.status == kDone);
    CHECK(bridge.asked == "GET /api/v1/blips?limit=7");
    for (const char* part : {"HighLatency", "web-1", "5m", "slow"}) CHECK(has(table.out, part));
    const Ran none = FakeBridge(R"({"blips": [], "next": null})").ran({"incidents", "blips"});
    CHECK(none.status == kNo);
}

TEST_CASE("the report of observe mode names whom it would have told, and how often") {
    FakeBridge bridge(R"({"since": "2026-01-01T00:00:00.000Z", "alerts": [
        {"alertname": "DiskFull", "incidents": 3, "first_at": "2026-01-01T00:00:00.000Z",
         "last_at": "2026-01-01T00:00:00.000Z", "would_have_told": [
            {"person": "li.na", "channel": "mail", "incidents": 3, "messages": 7,
             "last_at": "2026-01-01T00:00:00.000Z"}]},
        {"alertname": "Quiet", "incidents": 1, "first_at": "2026-01-01T00:00:00.000Z",
         "last_at": "2026-01-01T00:00:00.000Z", "would_have_told": []}]})");
    const Ran table = bridge.ran({"incidents", "observed", "--since", "2026-01-01T00:00:00Z"});
    CHECK(table.status == kDone);
    CHECK(bridge.asked == "GET /api/v1/reports/observe?since=2026-01-01T00:00:00Z");
    CHECK(has(table.out, "DiskFull"));
    CHECK(has(table.out, "li.na"));
    CHECK(has(table.out, "7"));
    CHECK(has(table.out, "nobody"));
    CHECK(FakeBridge(R"({"since": "x", "alerts": []})").ran({"incidents", "observed"}).status ==
          kNo);
}

TEST_CASE("a list leaves out what a storm stands for, unless asked, a storm shows its children") {
    FakeBridge list(R"({"incidents": [
        {"key": "INC-1", "state": "triggered", "priority": "P2", "severity": "warning",
         "title": "Storm: a on 21 hosts", "labels": {}, "opened_at": "2026-01-01T00:00:00.000Z",
         "flapping": true, "observed": true}], "next": null})");
    const Ran hidden = list.ran({"incidents", "list"});
    CHECK(has(list.asked, "&children=hide"));
    CHECK(has(hidden.out, "triggered, flapping, observed"));
    CHECK(list.ran({"incidents", "list", "--children"}).status == kDone);
    CHECK_FALSE(has(list.asked, "children"));

    FakeBridge storm(R"({"key": "INC-1", "state": "triggered", "priority": "P2", "severity": "",
        "title": "Storm", "labels": {}, "opened_at": "2026-01-01T00:00:00.000Z", "parent": null,
        "flapping_since": "2026-01-01T00:00:00.000Z", "alerts": [], "timeline": [], "children": [
          {"key": "INC-2", "state": "acknowledged", "priority": "P3", "title": "High load",
           "labels": {"host": "web-7"}}]})");
    const Ran shown = storm.ran({"incidents", "show", "INC-1"});
    CHECK(has(shown.out, "INC-2"));
    CHECK(has(shown.out, "web-7"));
    CHECK(has(shown.out, "flapping"));
}
