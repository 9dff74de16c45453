// The engine with a store on disk and a clock of its own: what becomes of alerts over time.
#include "bridge/ingest/engine.h"

#include <sqlite3.h>

#include <catch2/catch.hpp>

#include "tests/support/bridge_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;
using Catch::Matchers::Contains;

namespace {

std::vector<std::string> keys(const std::vector<IncidentSummary>& all) {
    std::vector<std::string> out;
    for (const IncidentSummary& row : all) out.push_back(row.incident.key);
    return out;
}

// The agent sends what fires again every minute, for four minutes each.
void keep_firing(BridgeLab& lab, std::string_view severity, int seq, Duration time) {
    for (Duration passed{0}; passed < time; passed += 1min) {
        REQUIRE(
            lab.post({agent_alert("DiskFull", "web-1", severity, seq, lab.clock.now() + 4min)}));
        lab.pass(1min);
    }
}

}  // namespace

TEST_CASE("an alert opens one incident, its resends none, and the first step is told") {
    BridgeLab lab;
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}));
    for (int i = 0; i < 5; ++i) {
        lab.pass(1min);
        REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}));
    }
    const IncidentDetail incident = lab.only();
    CHECK(incident.summary.incident.key == "INC-2026-000001");
    CHECK(incident.summary.incident.state == State::kTriggered);
    CHECK(incident.summary.incident.priority == Priority::kP3);
    CHECK(incident.summary.firing == 1);
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: opened"});
    CHECK(lab.kinds("INC-2026-000001").front() == "opened");
}

TEST_CASE("a level that rises raises the same incident, and falling lowers only its severity") {
    BridgeLab lab;
    const Timestamp end = lab.clock.now() + 4min;
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 1, end)}));
    lab.pass(10s);
    // One request: the new level firing, the old one ended.
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "critical", 2, end),
                      agent_alert("DiskFull", "web-1", "warning", 2, lab.clock.now())}));
    IncidentDetail incident = lab.only();
    CHECK(incident.summary.incident.severity == "critical");
    CHECK(incident.summary.incident.priority == Priority::kP2);
    CHECK(incident.alerts.size() == 1);
    lab.pass(10s);
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 3, end),
                      agent_alert("DiskFull", "web-1", "critical", 3, lab.clock.now())}));
    incident = lab.only();
    CHECK(incident.summary.incident.severity == "warning");
    CHECK(incident.summary.incident.priority == Priority::kP2);
    // Older news that was delayed changes nothing.
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "critical", 2, end)}));
    CHECK(lab.only().summary.incident.severity == "warning");
}

TEST_CASE("nobody acknowledges: the second step is told when it is due, not before") {
    BridgeLab lab;
    keep_firing(lab, "warning", 1, 9min);
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: opened"});
    keep_firing(lab, "warning", 1, 2min);
    CHECK(lab.deliver() == std::vector<std::string>{"zhao.lei: escalated"});
}

TEST_CASE("an acknowledge stops the ladder") {
    BridgeLab lab;
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 1, lab.clock.now() + 4min)}));
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: opened"});
    const auto done = lab.act("INC-2026-000001", ActionKind::kAcknowledge);
    REQUIRE(done);
    REQUIRE(done.value());
    CHECK_FALSE(done.value()->refusal);
    CHECK(done.value()->incident.state == State::kAcknowledged);
    keep_firing(lab, "warning", 1, 30min);
    CHECK(lab.deliver().empty());
    CHECK(lab.only().timers.empty());
}

TEST_CASE("clear and stable resolves; firing again inside the window reopens the same incident") {
    BridgeLab lab;
    keep_firing(lab, "warning", 1, 2min);
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 2, lab.clock.now())}));
    const Timestamp cleared = lab.clock.now();
    lab.pass(59s);
    CHECK(lab.only().summary.incident.state == State::kTriggered);
    lab.pass(2s);
    Incident resolved = lab.only().summary.incident;
    CHECK(resolved.state == State::kResolved);
    CHECK(resolved.resolved_at == cleared);  // back-dated to the moment of clearing
    lab.deliver();

    lab.pass(10min);
    REQUIRE(lab.post(
        {agent_alert("DiskFull", "web-1", "warning", 3, lab.clock.now() + 4min, lab.clock.now())}));
    const IncidentDetail again = lab.only();
    CHECK(again.summary.incident.state == State::kTriggered);
    CHECK(again.summary.incident.reopen_count == 1);
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: reopened"});
}

TEST_CASE("firing after the reopen window supersedes: the key moves to a new incident") {
    BridgeLab lab;
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 1, lab.clock.now() + 4min)}));
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 2, lab.clock.now())}));
    lab.pass(2min);
    CHECK(lab.only().summary.incident.state == State::kResolved);
    lab.pass(31min);
    REQUIRE(lab.post(
        {agent_alert("DiskFull", "web-1", "warning", 3, lab.clock.now() + 4min, lab.clock.now())}));
    const auto all = lab.incidents();
    CHECK(keys(all) == std::vector<std::string>{"INC-2026-000002", "INC-2026-000001"});
    CHECK(all[0].incident.state == State::kTriggered);
    CHECK(all[0].incident.predecessor == "INC-2026-000001");
    CHECK(all[1].incident.state == State::kClosed);
    CHECK(all[1].incident.successor == "INC-2026-000002");
    // The next news goes to the new one, and the closed one keeps its alert as it was.
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "critical", 4, lab.clock.now() + 4min)}));
    CHECK(lab.detail("INC-2026-000002").summary.incident.severity == "critical");
    CHECK(lab.detail("INC-2026-000001").alerts.front().status == AlertStatus::kResolved);
}

TEST_CASE("a resolved incident closes by itself, and its key is free again") {
    BridgeLab lab;
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}));
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning", lab.clock.now())}));
    lab.pass(2min);
    CHECK(lab.only().summary.incident.state == State::kResolved);
    lab.clock.advance(24h);
    lab.pass(1min);
    CHECK(lab.only().summary.incident.state == State::kClosed);
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}));
    CHECK(keys(lab.incidents(StateFilter::kOpen)) == std::vector<std::string>{"INC-2026-000002"});
}

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

TEST_CASE("a restart in the middle carries timers, keys and messages on") {
    BridgeLab lab;
    keep_firing(lab, "warning", 1, 5min);
    lab.restart();
    keep_firing(lab, "warning", 1, 4min);
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: opened"});
    lab.restart();
    keep_firing(lab, "warning", 1, 2min);
    CHECK(lab.deliver() == std::vector<std::string>{"zhao.lei: escalated"});
    CHECK(lab.incidents().size() == 1);
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 2, lab.clock.now())}));
    lab.restart();
    lab.pass(2min);
    CHECK(lab.only().summary.incident.state == State::kResolved);
}

TEST_CASE("what came of a message stands in the timeline") {
    BridgeLab lab;
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}));
    auto claimed = lab.store().claim_effects(lab.clock.now(), lab.clock.now() + 1min, 10).value();
    REQUIRE(claimed.size() == 1);
    REQUIRE(lab.put(OutcomeIn{claimed[0], EffectOutcome::Delivery::kFailed, "550 no such user"}));
    const IncidentDetail incident = lab.only();
    std::string told;
    for (const TimelineRow& row : incident.timeline) told += row.entry.text + "\n";
    CHECK_THAT(told, Contains("550 no such user"));
    CHECK(incident.effects.front().state == EffectState::kDead);
    CHECK(incident.effects.front().result == "550 no such user");
}

TEST_CASE("a batch of many inputs is one commit, and answers come in order") {
    BridgeLab lab;
    std::vector<Input> inputs;
    for (int i = 0; i < 50; ++i) {
        inputs.push_back(AlertsIn{
            {foreign_alert("DiskFull", "web-" + std::to_string(i % 10), "warning")}, "p", {}});
    }
    inputs.push_back(ActionIn{"INC-2026-009999", UserAction{}});
    inputs.push_back(ActionIn{
        "INC-2026-000003", UserAction{ActionKind::kAcknowledge, "li.na", {}, {}, {}, {}, {}, {}}});
    lab.commits.clear();
    const auto answers = lab.engine().process(inputs, lab.clock.now());
    REQUIRE(answers.size() == inputs.size());
    CHECK_FALSE(answers[50]);
    CHECK(answers[50].error().code == ErrorCode::kNotFound);
    REQUIRE(answers[51]);  // it was opened in the same batch
    CHECK(answers[51].value()->incident.state == State::kAcknowledged);
    CHECK(lab.commits.size() == 1);
    CHECK(lab.incidents().size() == 10);
}

TEST_CASE("one bad alert costs itself") {
    BridgeLab lab;
    {
        // The store refuses what names the host "bad", as a full table or a bug would.
        sqlite3* db = nullptr;
        REQUIRE(sqlite3_open(lab.file().c_str(), &db) == SQLITE_OK);
        REQUIRE(sqlite3_exec(db,
                             "CREATE TRIGGER refuse BEFORE INSERT ON alerts "
                             "WHEN NEW.host = 'bad' BEGIN SELECT RAISE(ABORT, 'refused'); END",
                             nullptr, nullptr, nullptr) == SQLITE_OK);
        sqlite3_close(db);
    }
    std::vector<Input> inputs;
    for (int i = 0; i < 7; ++i) {
        inputs.push_back(AlertsIn{
            {foreign_alert("A", i == 4 ? "bad" : "h" + std::to_string(i), "warning")}, "p", {}});
    }
    inputs.push_back(
        AlertsIn{{foreign_alert("B", "good-1", "warning"), foreign_alert("B", "bad", "warning"),
                  foreign_alert("B", "good-2", "warning")},
                 "p",
                 {}});
    const auto answers = lab.engine().process(inputs, lab.clock.now());
    REQUIRE(answers.size() == 8);
    for (std::size_t i = 0; i < 7; ++i) {
        CAPTURE(i);
        CHECK(answers[i].has_value() == (i != 4));
    }
    CHECK(answers[4].error().code == ErrorCode::kInvalid);  // 400: the sender drops it
    REQUIRE_FALSE(answers[7]);
    CHECK_THAT(answers[7].error().message, Contains("1 of 3 alerts"));
    std::vector<std::string> hosts;
    for (const auto& row : lab.incidents()) {
        hosts.emplace_back(row.incident.labels.get("host"));
    }
    std::sort(hosts.begin(), hosts.end());
    CHECK(hosts ==
          std::vector<std::string>{"good-1", "good-2", "h0", "h1", "h2", "h3", "h5", "h6"});
}

TEST_CASE("keys count without a gap over batches, restarts and the turn of the year") {
    BridgeLab lab;
    for (int i = 0; i < 3; ++i) {
        REQUIRE(lab.post({foreign_alert("A", "h" + std::to_string(i), "warning")}));
        lab.restart();
    }
    CHECK(keys(lab.incidents()) ==
          std::vector<std::string>{"INC-2026-000003", "INC-2026-000002", "INC-2026-000001"});
    lab.clock.advance(60 * 24h);
    lab.restart();
    REQUIRE(lab.post({foreign_alert("A", "h9", "warning")}));
    CHECK(lab.incidents().front().incident.key == "INC-2027-000001");
}

TEST_CASE("a resend that tells nothing new is not written until half of its time is gone") {
    BridgeLab lab;
    const auto resend = [&] {
        return lab.post({foreign_alert("A", "h", "warning", lab.clock.now() + 4min)});
    };
    REQUIRE(resend());
    const Timestamp first_end = lab.clock.now() + 4min;
    lab.clock.advance(1min);
    REQUIRE(resend());
    CHECK(lab.only().alerts.front().ends_at == first_end);
    lab.clock.advance(1min + 1s);
    REQUIRE(resend());
    CHECK(lab.only().alerts.front().ends_at == lab.clock.now() + 4min);
}

TEST_CASE("an alert that fires while its incident was closed by hand opens the next one") {
    BridgeLab lab;
    REQUIRE(lab.post({foreign_alert("A", "h", "warning")}));
    REQUIRE(lab.post({foreign_alert("A", "h", "warning", lab.clock.now())}));
    lab.pass(2min);
    REQUIRE(lab.act("INC-2026-000001", ActionKind::kClose));
    CHECK(lab.only().summary.incident.state == State::kClosed);
    REQUIRE(lab.post({foreign_alert("A", "h", "warning", {}, lab.clock.now())}));
    CHECK(lab.detail("INC-2026-000002").summary.incident.state == State::kTriggered);
    const auto refused = lab.act("INC-2026-000001", ActionKind::kReopen);
    REQUIRE(refused);
    CHECK(refused.value()->refusal);
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

TEST_CASE("what was to be told before the end is not told after it") {
    BridgeLab lab;
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 1, lab.clock.now() + 4min)}));
    auto claimed = lab.store().claim_effects(lab.clock.now(), lab.clock.now() + 1min, 10).value();
    REQUIRE(claimed.size() == 1);
    SECTION("acknowledged while it was being sent") {
        REQUIRE(lab.act("INC-2026-000001", ActionKind::kAcknowledge));
        REQUIRE(lab.store().retry_effect(claimed[0].id, lab.clock.now(), lab.clock.now(), "503"));
        CHECK(lab.deliver().empty());
    }
    SECTION("resolved while it waited for another attempt") {
        REQUIRE(lab.store().retry_effect(claimed[0].id, lab.clock.now(), lab.clock.now(), "503"));
        REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 2, lab.clock.now())}));
        lab.pass(2min);
        CHECK(lab.deliver() == std::vector<std::string>{"li.na: resolved"});
    }
    SECTION("reopened before its end was told") {
        REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 2, lab.clock.now())}));
        lab.pass(2min);
        REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 3, lab.clock.now() + 4min,
                                      lab.clock.now())}));
        CHECK(lab.deliver() == std::vector<std::string>{"li.na: reopened"});
    }
}

TEST_CASE("an alert that joins an older incident than its last one ends there") {
    BridgeConfig config = lab_config();
    Route urgent = config.routes.back();
    urgent.name = "urgent";
    urgent.match = {parse_matcher("severity=\"critical\"").value()};
    urgent.group_by = {"alertname"};
    config.routes.back().group_by = {"alertname", "host"};
    config.routes.insert(config.routes.begin(), urgent);
    BridgeLab lab(std::move(config));
    const auto later = [&] { return lab.clock.now() + 4min; };
    REQUIRE(lab.post({foreign_alert("Slow", "b", "critical", later())}));
    REQUIRE(lab.post({foreign_alert("Slow", "a", "warning", later())}));
    lab.pass(1s);
    REQUIRE(lab.post({foreign_alert("Slow", "a", "warning", lab.clock.now())}));
    REQUIRE(lab.act("INC-2026-000002", ActionKind::kResolve));
    REQUIRE(lab.act("INC-2026-000002", ActionKind::kClose));
    lab.pass(1s);
    REQUIRE(lab.post({foreign_alert("Slow", "a", "critical", later(), lab.clock.now())}));
    CHECK(lab.detail("INC-2026-000001").summary.firing == 2);
    lab.pass(1s);
    REQUIRE(lab.post({foreign_alert("Slow", "a", "critical", lab.clock.now()),
                      foreign_alert("Slow", "b", "critical", lab.clock.now())}));
    CHECK(lab.detail("INC-2026-000001").summary.firing == 0);
    lab.pass(2min);
    CHECK(lab.detail("INC-2026-000001").summary.incident.state == State::kResolved);
}

TEST_CASE("a store that is damaged refuses nobody's alert for good") {
    BridgeLab lab;
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}));
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(lab.file().c_str(), &other) == SQLITE_OK);
    REQUIRE(sqlite3_exec(other, "ALTER TABLE alerts RENAME TO lost", nullptr, nullptr, nullptr) ==
            SQLITE_OK);
    const auto refused = lab.post({foreign_alert("DiskFull", "web-2", "warning")});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::kUnavailable);
    CHECK(refused.error().retry == Retry::kYes);
    REQUIRE(sqlite3_exec(other, "ALTER TABLE lost RENAME TO alerts", nullptr, nullptr, nullptr) ==
            SQLITE_OK);
    sqlite3_close(other);
    CHECK(lab.post({foreign_alert("DiskFull", "web-2", "warning")}));
    CHECK(lab.incidents().size() == 2);
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
