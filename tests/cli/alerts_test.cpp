// `tocsin alerts` and `tocsin status` against a bridge that answers in Alertmanager's shape.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <chrono>

#include "base/core/clock.h"
#include "base/core/time.h"
#include "ran.h"
#include "tests/support/http_server.h"

using namespace tocsin::cli;
using tocsin::test::Ran;
namespace net = tocsin::net;

namespace {

Ran against(const std::string& answer, std::vector<std::string> args, std::string& asked) {
    const tocsin::test::HttpTestServer bridge(
        [&](const net::Request& request, const net::Reply& reply) {
            asked = request.method + " " + request.path;
            for (const auto& param : request.query) asked += " " + param.name + "=" + param.value;
            reply.send(net::Response::json(200, answer));
        });
    args.insert(args.begin(), {"--bridge", bridge.url("")});
    return tocsin::test::ran(std::move(args));
}

// Shapes: Alertmanager's openapi.yaml, gettableAlert and alertGroup.
constexpr const char* kAlert =
    R"({"labels": {"alertname": "DiskFull", "host": "web-1", "severity": "critical"},
        "annotations": {"summary": "/ is full"}, "startsAt": "2026-11-22T13:22:41.000Z",
        "status": {"state": "suppressed"}})";

}  // namespace

TEST_CASE("alerts are listed with what holds for them, and filtered by the bridge") {
    std::string asked;
    const Ran list = against(std::string("[") + kAlert + "]",
                             {"alerts", "list", "host=web-1", "severity=~\"c.*\""}, asked);
    CHECK(list.status == kDone);
    CHECK(asked == "GET /api/v2/alerts filter=host=web-1 filter=severity=~\"c.*\"");
    for (const char* part : {"DiskFull", "critical", "web-1", "suppressed", "/ is full"}) {
        CHECK(list.out.find(part) != std::string::npos);
    }
    CHECK(against("[]", {"alerts", "list"}, asked).status == kNo);
    CHECK(against("[]", {"--output", "json", "alerts", "list"}, asked).out == "[]\n");
}

TEST_CASE("groups, receivers and the bridge's own status") {
    std::string asked;
    const Ran groups = against(std::string(R"([{"labels": {"alertname": "DiskFull"},
        "receiver": {"name": "web"}, "alerts": [)") +
                                   kAlert + "," + kAlert + "]}]",
                               {"alerts", "groups"}, asked);
    CHECK(asked == "GET /api/v2/alerts/groups");
    CHECK(groups.out ==
          "GROUP               RECEIVER  ALERTS\n"
          "alertname=DiskFull  web       2\n");
    CHECK(against(R"([{"name": "web"}])", {"alerts", "receivers"}, asked).out == "RECEIVER\nweb\n");
    CHECK(asked == "GET /api/v2/receivers");
    const Ran status =
        against(R"({"versionInfo": {"version": "0.25.0"}, "tocsin": {"version": "0.1.0"},
                    "uptime": "2026-11-22T13:22:41.000Z"})",
                {"status"}, asked);
    CHECK(status.out.starts_with("version  0.1.0\nup for   "));
    CHECK(asked == "GET /api/v2/status");
}

TEST_CASE("a script sends an alert, says for how long it is known, and ends it") {
    boost::json::value body;
    const tocsin::test::HttpTestServer bridge(
        [&](const net::Request& request, const net::Reply& reply) {
            body = boost::json::parse(request.body).at(0);
            reply.send(net::Response::json(200, ""));
        });
    const auto send = [&](std::vector<std::string> args) {
        args.insert(args.begin(), {"--bridge", bridge.url(""), "alerts", "send"});
        return tocsin::test::ran(std::move(args)).status;
    };
    const auto ends_in = [&] {
        const auto at = tocsin::parse_rfc3339(std::string(body.at("endsAt").as_string()));
        return at.value() - tocsin::SystemClock().now();
    };
    using namespace std::chrono_literals;
    CHECK(send({"alertname=BackupFailed", "host=db-1", "--annotation", "summary=a=b", "--url",
                "https://ci.example/7"}) == kDone);
    CHECK(body == boost::json::parse(R"({"labels": {"alertname": "BackupFailed", "host": "db-1"},
        "annotations": {"summary": "a=b"}, "generatorURL": "https://ci.example/7"})"));
    CHECK(send({"alertname=BackupFailed", "--for", "1h"}) == kDone);
    CHECK(ends_in() <= 1h);
    CHECK(ends_in() > 59min);
    CHECK(send({"alertname=BackupFailed", "--resolved"}) == kDone);
    CHECK(ends_in() <= 0s);
    for (const auto& wrong :
         std::vector<std::vector<std::string>>{{},
                                               {"alertname"},
                                               {"=x"},
                                               {"a=b", "--annotation", "c"},
                                               {"a=b", "--for", "long"},
                                               {"a=b", "--for", "1h", "--resolved"}}) {
        CHECK(send(wrong) == kUsage);
    }
}
