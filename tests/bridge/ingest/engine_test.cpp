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

TEST_CASE("clear and stable resolves, firing again inside the window reopens the same incident") {
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
    CHECK(lab.detail("INC-2026-000001").summary.incident.successor == "INC-2026-000002");
    CHECK(lab.detail("INC-2026-000002").summary.incident.predecessor == "INC-2026-000001");
}

TEST_CASE("a closed incident that comes back is named by the new one, and names it") {
    BridgeLab lab;
    const auto post = [&](const char* host, std::optional<Timestamp> ends = std::nullopt) {
        REQUIRE(lab.post({foreign_alert("DiskFull", host, "warning", ends)}));
        lab.restart();
    };
    const auto close = [&](const std::string& key, const char* host) {
        post(host, lab.clock.now());
        lab.pass(2min);
        REQUIRE(lab.act(key, ActionKind::kClose));
        lab.pass(1min);
    };
    post("web-1");
    CHECK(lab.detail("INC-2026-000001").summary.incident.predecessor.empty());
    close("INC-2026-000001", "web-1");
    post("web-2");  // another key: nothing to do with it
    CHECK(lab.detail("INC-2026-000002").summary.incident.predecessor.empty());
    post("web-1");
    close("INC-2026-000003", "web-1");
    post("web-1");
    // Each names the one before it alone.
    for (const auto& [key, before, after] :
         {std::tuple{"INC-2026-000001", "", "INC-2026-000003"},
          std::tuple{"INC-2026-000003", "INC-2026-000001", "INC-2026-000004"},
          std::tuple{"INC-2026-000004", "INC-2026-000003", ""}}) {
        const Incident in = lab.detail(key).summary.incident;
        CHECK(in.predecessor == before);
        CHECK(in.successor == after);
    }
    const auto refused = lab.act("INC-2026-000003", ActionKind::kAcknowledge);
    REQUIRE(refused);
    REQUIRE(refused.value()->refusal);
    CHECK(refused.value()->refusal->successor == "INC-2026-000004");
}

TEST_CASE("what was merged away keeps the name of where it went when its key fires again") {
    BridgeLab lab;
    for (const char* host : {"web-1", "web-2"}) {
        REQUIRE(lab.post({foreign_alert("DiskFull", host, "warning")}));
    }
    UserAction merge;
    merge.kind = ActionKind::kMerge;
    merge.actor = "li.na";
    merge.into = "INC-2026-000002";
    merge.text = "the same disk";
    REQUIRE(lab.put(ActionIn{"INC-2026-000001", merge}));
    for (const char* host : {"web-1", "web-2"}) {
        REQUIRE(lab.post({foreign_alert("DiskFull", host, "warning", lab.clock.now())}));
    }
    lab.pass(2min);
    REQUIRE(lab.act("INC-2026-000002", ActionKind::kClose));
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}));
    CHECK(lab.detail("INC-2026-000003").summary.incident.predecessor == "INC-2026-000001");
    CHECK(lab.detail("INC-2026-000001").summary.incident.successor == "INC-2026-000002");
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
