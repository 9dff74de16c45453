// What an Alertmanager's webhook does to incidents.
#include <catch2/catch.hpp>
#include <string>

#include "base/model/alertmanager_webhook.h"
#include "bridge/ingest/engine.h"
#include "tests/support/alertmanager_webhook.h"
#include "tests/support/bridge_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;
using namespace tocsin::test;

namespace {

AlertsIn input(const std::string& body, Timestamp now) {
    AlertsIn in;
    in.alerts = parse_alertmanager_webhook(body, now).value().batch.alerts;
    in.source = "alertmanager";
    in.resolve_timeout.reset();
    return in;
}

}  // namespace

TEST_CASE("what a webhook told to fire fires until it says resolved, however long it is silent") {
    BridgeLab lab;
    REQUIRE(lab.put(input(posted(posted_alert("firing", kZeroTime)), lab.clock.now())));
    CHECK(lab.only().summary.firing == 1);
    lab.pass(6h);
    lab.restart();
    lab.pass(6h);
    CHECK(lab.only().summary.firing == 1);
    CHECK(lab.only().summary.unknown == 0);
    // The group's next words: the severity rose, and then all of it is over.
    REQUIRE(lab.put(input(posted(posted_alert("firing", kZeroTime) + "," +
                                 posted_alert("firing", kZeroTime, "critical")),
                          lab.clock.now())));
    CHECK(lab.only().summary.incident.severity == "critical");
    REQUIRE(lab.put(input(posted(posted_alert("resolved", "2026-11-26T07:30:00Z") + "," +
                                 posted_alert("resolved", "2026-11-26T07:30:00Z", "critical")),
                          lab.clock.now())));
    lab.pass(2min);
    CHECK(lab.only().summary.incident.state == State::kResolved);
}

TEST_CASE("the same alert by Prometheus and by an Alertmanager's webhook is one incident") {
    BridgeLab lab;
    Alert direct = foreign_alert("DiskFull", "web-1", "warning", lab.clock.now() + 5min);
    REQUIRE(lab.post({direct}, "prometheus"));
    REQUIRE(lab.put(input(posted(posted_alert("firing", kZeroTime)), lab.clock.now())));
    CHECK(lab.only().alerts.size() == 1);
}
