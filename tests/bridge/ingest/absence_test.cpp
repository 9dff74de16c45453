// Who is silent, and what silence means while nobody could reach the bridge.
#include <catch2/catch.hpp>

#include "bridge/ingest/engine.h"
#include "tests/support/bridge_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

TEST_CASE("an alert whose news stops is unknown, and its incident stays open") {
    BridgeLab lab;
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning", lab.clock.now() + 5min)}));
    lab.pass(5min - 1s);
    CHECK(lab.only().summary.firing == 1);
    lab.pass(2min);
    const IncidentDetail incident = lab.only();
    CHECK(incident.summary.unknown == 1);
    CHECK(is_open(incident.summary.incident.state));
    CHECK(lab.kinds("INC-2026-000001").back() != "opened");
    // News ends it.
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning", lab.clock.now() + 5min)}));
    CHECK(lab.only().summary.firing == 1);
}

TEST_CASE("a host that falls silent is an incident, and is back when it speaks") {
    BridgeLab lab;
    for (int i = 0; i < 4; ++i) {
        lab.beat("web-1");
        lab.pass(30s);
    }
    CHECK(lab.incidents().empty());
    lab.pass(3min);
    const IncidentDetail incident = lab.only();
    CHECK(incident.summary.incident.labels.get("alertname") == "HostUnreachable");
    CHECK(incident.summary.incident.labels.get("host") == "web-1");
    CHECK(lab.queries().hosts().value().front().record.unreachable_since);
    lab.pass(1h);  // its own alert never expires
    CHECK(lab.only().summary.firing == 1);
    lab.beat("web-1");
    CHECK(lab.only().summary.firing == 0);
    CHECK_FALSE(lab.queries().hosts().value().front().record.unreachable_since);
}

TEST_CASE("an agent that says goodbye has ten minutes for a reboot") {
    BridgeLab lab;
    lab.beat("web-1");
    lab.pass(1min);
    HostReport report;
    report.host = "web-1";
    report.boot_id = "boot-1";
    report.goodbye = true;
    REQUIRE(lab.put(HeartbeatIn{report}));
    lab.pass(9min);
    CHECK(lab.incidents().empty());
    lab.pass(3min);
    CHECK(lab.incidents().size() == 1);
}

TEST_CASE("a bridge that was away does not find every host dead") {
    BridgeLab lab;
    lab.beat("web-1");
    lab.pass(30s);
    lab.clock.advance(1h);  // nobody served
    lab.restart();
    lab.pass(1min);
    CHECK(lab.incidents().empty());
    lab.beat("web-1");
    lab.pass(1min);
    CHECK(lab.incidents().empty());
    lab.pass(5min);
    CHECK(lab.incidents().size() == 1);  // but one that stays silent it does
}

TEST_CASE("a stability window that passed while nobody served waits for what is to be delivered") {
    BridgeLab lab;
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 1, lab.clock.now() + 4min)}));
    lab.pass(10s);
    lab.deliver();
    const Timestamp cleared = lab.clock.now();
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 2, cleared)}));
    lab.clock.advance(5min);
    SECTION("killed and started again") {
        lab.restart();
    }
    SECTION("stopped and continued") {}
    lab.pass(50s);
    REQUIRE(is_open(lab.only().summary.incident.state));
    SECTION("the firing that waited is the same episode, and wakes nobody") {
        REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 3, lab.clock.now() + 4min)}));
        lab.pass(2min);
        CHECK(lab.only().summary.incident.state == State::kTriggered);
        CHECK(lab.only().summary.incident.reopen_count == 0);
        CHECK(lab.deliver().empty());
    }
    SECTION("nothing came: resolved, as of the moment of clearing") {
        lab.pass(11s);
        CHECK(lab.only().summary.incident.state == State::kResolved);
        CHECK(lab.only().summary.incident.resolved_at == cleared);
    }
}

TEST_CASE("a grace that passed while nobody served waits for the end that is to be delivered") {
    BridgeLab lab;
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 1, lab.clock.now() + 1h)}));
    lab.deliver();
    REQUIRE(lab.act("INC-2026-000001", ActionKind::kResolve));
    lab.clock.advance(30min);
    lab.restart();
    lab.pass(30s);
    CHECK(lab.only().summary.incident.state == State::kResolved);
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 2, lab.clock.now())}));
    lab.pass(5min);
    CHECK(lab.only().summary.incident.state == State::kResolved);
    CHECK(lab.only().summary.incident.reopen_count == 0);
    CHECK(lab.deliver().empty());
}

TEST_CASE("an alert does not expire for the time in which its sender could not reach the bridge") {
    BridgeConfig config = lab_config();
    config.incidents.expire_unknown["prom"] = 15min;
    BridgeLab lab(std::move(config));
    const auto fires = [&] {
        return lab.post({foreign_alert("A", "h", "warning", lab.clock.now() + 5min)}, "prom");
    };
    REQUIRE(fires());
    lab.pass(6min);
    REQUIRE(lab.only().summary.unknown == 1);
    lab.clock.advance(1h);
    lab.restart();
    lab.pass(50s);
    CHECK(lab.only().summary.unknown == 1);
    SECTION("it is heard of again") {
        REQUIRE(fires());
        lab.pass(1min);
        CHECK(lab.only().summary.firing == 1);
    }
    SECTION("it is not") {
        lab.pass(20s);
        CHECK(lab.only().summary.resolved == 1);
    }
}

TEST_CASE("a step that fell due while nobody served comes at once") {
    BridgeLab lab;
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 1, lab.clock.now() + 1h)}));
    lab.deliver();
    lab.clock.advance(30min);
    lab.restart();
    lab.pass(1s);
    CHECK(lab.deliver() == std::vector<std::string>{"zhao.lei: escalated"});
}

TEST_CASE("a pause of the bridge is nobody's silence, however it came about") {
    enum class Pause { kKilled, kStopped, kDiskFull };
    struct Case {
        const char* what;
        Pause pause;
        Duration heartbeat;
        Duration deadline;
        Duration away;
    };
    for (const Case& c :
         {Case{"killed and started again", Pause::kKilled, 30s, 2min, 1h},
          Case{"killed, with a deadline shorter than that", Pause::kKilled, 1s, 3s, 5s},
          Case{"stopped and continued", Pause::kStopped, 30s, 2min, 1h},
          Case{"stopped, with a deadline shorter than that", Pause::kStopped, 1s, 4s, 5s},
          Case{"its disk was full", Pause::kDiskFull, 30s, 2min, 10min},
          Case{"full, with a deadline shorter than that", Pause::kDiskFull, 1s, 3s, 5s}}) {
        CAPTURE(c.what);
        BridgeConfig config = lab_config();
        config.hosts.heartbeat = c.heartbeat;
        config.hosts.deadline = c.deadline;
        BridgeLab lab(std::move(config));
        lab.beat("web-1");
        lab.pass(1s);
        if (c.pause == Pause::kDiskFull) {
            lab.store().full = true;
            for (Duration passed{0}; passed < c.away; passed += 1s) {
                HostReport report;
                report.host = "web-1";
                CHECK_FALSE(lab.put(HeartbeatIn{report}));
                lab.pass(1s);
            }
            lab.store().full = false;
        } else {
            lab.clock.advance(c.away);
            if (c.pause == Pause::kKilled) lab.restart();
        }
        lab.pass(c.heartbeat + c.deadline - 1s);
        CHECK(lab.incidents().empty());
        lab.pass(3s);
        CHECK(lab.incidents().size() == 1);  // its own silence is
    }
}

TEST_CASE("a host that beats within a short deadline stays reachable") {
    BridgeConfig config = lab_config();
    config.hosts.heartbeat = 1s;
    config.hosts.deadline = 5s;
    BridgeLab lab(std::move(config));
    for (int i = 0; i < 60; ++i) {
        lab.beat("web-1");
        lab.pass(500ms);
    }
    CHECK(lab.incidents().empty());
    lab.pass(10s);
    CHECK(lab.incidents().size() == 1);
}
