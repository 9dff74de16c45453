// What is held back, with a store on disk and time that passes (semantics 7).
#include <catch2/catch.hpp>

#include "holding.h"
#include "tests/support/bridge_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

TEST_CASE("what a silence hides opens no incident, and opens one when the silence ends") {
    BridgeLab lab;
    REQUIRE(lab.put(silence_of(lab, "host=\"web-1\"", 0s, 1h)));
    fires_on(lab, "DiskFull", 59min);
    CHECK(lab.incidents().empty());
    CHECK(lab.deliver() == std::vector<std::string>{"zhao.lei: silence_ending"});
    REQUIRE(outside(lab).size() == 1);
    CHECK(outside(lab)[0].suppressor->id == "silence-1");
    CHECK(outside(lab)[0].suppressor->name == "by zhao.lei: new disk");
    // Another host's alert is none of it.
    REQUIRE(lab.post({agent_alert("DiskFull", "db-1", "warning", 1, lab.clock.now() + 4min)}));
    CHECK(lab.incidents().size() == 1);
    lab.deliver();

    fires_on(lab, "DiskFull", 2min);
    CHECK(outside(lab).empty());
    CHECK(lab.kinds("INC-2026-000002") ==
          std::vector<std::string>{"opened", "unsuppressed", "step"});
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: opened"});
    const auto detail = lab.detail("INC-2026-000002");
    CHECK(detail.alerts.at(0).starts_at == kBegan);
    CHECK_FALSE(detail.alerts.at(0).suppressor);
    // It comes out at the silence's end, not with the next news.
    CHECK(detail.summary.incident.opened_at == from_unix_ms(1'795'000'000'000) + 1h);
}

TEST_CASE("what clears while it is hidden was never an incident") {
    BridgeLab lab;
    REQUIRE(lab.put(silence_of(lab, "host=\"web-1\"", 0s, 1h)));
    fires_on(lab, "DiskFull", 5min);
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 2, lab.clock.now())}));
    lab.pass(2h);
    CHECK(lab.incidents().empty());
    CHECK(outside(lab).empty());
    CHECK(lab.deliver().empty());
    // The next episode is nobody's but its own.
    REQUIRE(lab.post(
        {agent_alert("DiskFull", "web-1", "warning", 3, lab.clock.now() + 4min, lab.clock.now())}));
    CHECK(lab.kinds("INC-2026-000001") == std::vector<std::string>{"opened", "step"});
}

TEST_CASE("a silence over an open incident: no more steps, ended by hand it starts from step 1") {
    BridgeLab lab;
    fires_on(lab, "DiskFull", 5min);
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: opened"});
    REQUIRE(lab.put(silence_of(lab, "host=\"web-1\"", 0s, 3h)));
    CHECK(suppressed_by(lab) == "silence-1");
    CHECK(lab.only().timers.empty());
    fires_on(lab, "DiskFull", 30min);
    CHECK(lab.deliver().empty());
    lab.restart();  // as after a kill -9
    fires_on(lab, "DiskFull", 2min);
    CHECK(lab.deliver().empty());
    CHECK(suppressed_by(lab) == "silence-1");

    REQUIRE(lab.put(ExpireSilenceIn{"silence-1"}));
    CHECK(suppressed_by(lab).empty());
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: unsuppressed"});
    fires_on(lab, "DiskFull", 11min);
    CHECK(lab.deliver() == std::vector<std::string>{"zhao.lei: escalated"});
}

TEST_CASE("who made the silence is warned 15 m before its end, once, and it ends on time") {
    BridgeLab lab;
    fires_on(lab, "DiskFull", 1min);
    lab.deliver();
    REQUIRE(lab.put(silence_of(lab, "host=\"web-1\"", 0s, 1h)));
    fires_on(lab, "DiskFull", 44min);
    CHECK(lab.deliver().empty());
    fires_on(lab, "DiskFull", 2min);
    CHECK(lab.deliver() == std::vector<std::string>{"zhao.lei: silence_ending"});
    fires_on(lab, "DiskFull", 15min);
    CHECK(lab.deliver() ==
          std::vector<std::string>{"li.na: unsuppressed", "zhao.lei: unsuppressed"});
}

TEST_CASE("a silence is of the person whose token it came with, unless it names another") {
    BridgeLab lab;
    const auto maker = [&](const char* named, const char* caller) {
        PutSilenceIn in = silence_of(lab, "host=\"web-1\"", 0s, 1h);
        in.silence.created_by = named;
        in.caller = caller;
        return lab.put(in).value()->silence->created_by;
    };
    CHECK(maker("root", "li.na") == "li.na");
    CHECK(maker("zhao.lei", "li.na") == "zhao.lei");
    CHECK(maker("karma", "karma-token") == "karma");
    CHECK(maker("root", "") == "root");
}

TEST_CASE("who made a silence is warned of what has opened no incident, by one message") {
    BridgeLab lab;
    REQUIRE(lab.put(silence_of(lab, "host=\"web-1\"", 0s, 1h)));
    for (int i = 0; i < 23; ++i) {  // 46 minutes
        fires_on(lab, "DiskFull", 1min);
        fires_on(lab, "Load", 1min);
    }
    lab.restart();
    CHECK(lab.incidents().empty());
    CHECK(lab.deliver() == std::vector<std::string>{"zhao.lei: silence_ending"});
    fires_on(lab, "DiskFull", 5min);
    CHECK(lab.deliver().empty());
}

TEST_CASE("a warning that would come after the silence's end is none") {
    BridgeConfig config = lab_config();
    config.oncall.people[1].contacts[0].after = 20min;
    BridgeLab lab(config);
    REQUIRE(lab.put(silence_of(lab, "host=\"web-1\"", 0s, 1h)));
    fires_on(lab, "DiskFull", 59min);
    lab.clock.advance(30min);
    CHECK(lab.deliver().empty());
}

TEST_CASE("a warning of no incident that fails goes by the next contact") {
    BridgeConfig config = lab_config();
    Contact sms = config.oncall.people[1].contacts[0];
    sms.channel = "sms";
    sms.address = "+1";
    sms.priorities = {Priority::kP1};
    config.oncall.people[1].contacts.push_back(sms);
    BridgeLab lab(config);
    REQUIRE(lab.put(silence_of(lab, "host=\"web-1\"", 0s, 1h)));
    fires_on(lab, "DiskFull", 46min);
    auto claimed = lab.store().claim_effects(lab.clock.now(), lab.clock.now() + 1min, 10).value();
    REQUIRE(claimed.size() == 1);
    CHECK(claimed[0].notify.channel == "mail");
    CHECK(claimed[0].about == "silence-1");
    REQUIRE(lab.put(OutcomeIn{claimed[0], EffectOutcome::Delivery::kFailed, "550"}));
    claimed = lab.store().claim_effects(lab.clock.now(), lab.clock.now() + 1min, 10).value();
    REQUIRE(claimed.size() == 1);
    CHECK(claimed[0].notify.channel == "sms");
    // After the end of the silence it is no warning; what came out opens an incident.
    REQUIRE(lab.put(ExpireSilenceIn{"silence-1"}));
    REQUIRE(lab.put(OutcomeIn{claimed[0], EffectOutcome::Delivery::kFailed, "no such number"}));
    claimed = lab.store().claim_effects(lab.clock.now(), lab.clock.now() + 1min, 10).value();
    REQUIRE_FALSE(claimed.empty());
    for (const EffectRow& row : claimed) CHECK(row.about.empty());
}

TEST_CASE("the bridge was away while a silence began and ended: neither is skipped or repeated") {
    BridgeLab lab;
    fires_on(lab, "DiskFull", 1min);
    lab.deliver();
    REQUIRE(lab.put(silence_of(lab, "host=\"web-1\"", 10min, 1h)));
    lab.clock.advance(30min);  // nobody ticks
    lab.restart();
    lab.pass(1s);
    CHECK(suppressed_by(lab) == "silence-1");
    // The step that fell due at 10 m is not taken: the silence was over it by then.
    CHECK(lab.deliver().empty());
    lab.clock.advance(1h);
    lab.restart();
    lab.pass(1s);
    CHECK(suppressed_by(lab).empty());
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: unsuppressed"});
    lab.clock.step_wall(-2min);  // and a clock that is set back repeats nothing
    lab.pass(1min);
    CHECK(lab.deliver().empty());
}

TEST_CASE("a silence for an incident lasts until its alerts have cleared") {
    BridgeLab lab;
    fires_on(lab, "DiskFull", 1min);
    REQUIRE(lab.act("INC-2026-000001", ActionKind::kResolve));
    lab.deliver();
    PutSilenceIn in;
    in.silence.starts_at = lab.clock.now();
    in.silence.ends_at = lab.clock.now() + kLongestUntilClear;
    in.silence.created_by = "li.na";
    in.new_id = "until-clear";
    in.incident = "INC-2026-000001";
    const auto made = lab.put(in);
    REQUIRE(made);
    REQUIRE(made.value()->silence);
    std::string matchers;
    for (const Matcher& m : made.value()->silence->matchers) matchers += m.text() + " ";
    CHECK(matchers == "alertname=\"DiskFull\" host=\"web-1\" instance=\"\" ");
    // Still firing after the grace, and not reopened.
    fires_on(lab, "DiskFull", 15min);
    CHECK(lab.only().summary.incident.state == State::kResolved);
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 2, lab.clock.now())}));
    const auto silences = lab.queries().silences(Timestamp{}).value();
    REQUIRE(silences.size() == 1);
    CHECK(status_of(silences[0], lab.clock.now()) == SilenceStatus::kExpired);
    CHECK(lab.deliver().empty());
    // A new episode is news.
    lab.pass(5min);
    REQUIRE(lab.post(
        {agent_alert("DiskFull", "web-1", "warning", 3, lab.clock.now() + 4min, lab.clock.now())}));
    CHECK(lab.only().summary.incident.state == State::kTriggered);

    in.incident = "INC-2026-000009";
    const auto none = lab.put(in);
    REQUIRE_FALSE(none);
    CHECK(none.error().code == ErrorCode::kNotFound);
}

TEST_CASE("a host that cannot be reached holds back what is of it, both come back as they are") {
    BridgeLab lab;
    lab.beat("web-1");
    lab.pass(30s);
    lab.beat("web-1");
    lab.pass(2min);  // HostUnreachable
    REQUIRE(lab.only().summary.incident.title.find("has not been heard of") != std::string::npos);
    CHECK(lab.deliver() == std::vector<std::string>{"li.na: opened"});
    // A switch's own Prometheus goes on about the host.
    const auto probe = [&] {
        return lab.post({foreign_alert("ProbeFailed", "web-1", "critical")}, "prometheus");
    };
    REQUIRE(probe());
    CHECK(lab.incidents().size() == 1);
    REQUIRE(outside(lab).size() == 1);
    CHECK(outside(lab)[0].suppressor->name == "HostUnreachable on web-1");
    CHECK_FALSE(outside(lab)[0].suppressor->until);

    // The host is back; its targets have 2 m to settle.
    lab.beat("web-1");
    CHECK(outside(lab)[0].suppressor->until == lab.clock.now() + 2min);
    lab.pass(90s);
    REQUIRE(probe());
    lab.beat("web-1");
    CHECK(lab.incidents().size() == 1);
    lab.pass(31s);
    REQUIRE(lab.incidents().size() == 2);
    CHECK(lab.kinds("INC-2026-000002") ==
          std::vector<std::string>{"opened", "unsuppressed", "step"});
    CHECK(outside(lab).empty());
}

TEST_CASE("what has become unknown stands under its host's, however long it fired before") {
    BridgeLab lab;
    lab.beat("web-1");
    lab.pass(30s);
    const Timestamp since = lab.clock.now();
    for (int i = 0; i < 30; ++i) {
        fires_on(lab, "DiskFull", 1min, since);
        lab.beat("web-1");
    }
    while (lab.incidents().size() == 1) fires_on(lab, "DiskFull", 1min, since);
    CHECK_FALSE(lab.detail(kFirst).summary.incident.suppressed);
    lab.pass(10min);
    CHECK(lab.detail(kFirst).summary.unknown == 1);
    const Incident in = lab.detail(kFirst).summary.incident;
    REQUIRE(in.suppressed);
    CHECK(in.suppressed->name == "HostUnreachable on web-1");
}

TEST_CASE("a source that fires after its targets absorbs the untaken and links the taken") {
    BridgeLab lab;
    const auto down = [&](std::optional<Timestamp> ends = std::nullopt) {
        return lab.post(
            {foreign_alert("HostUnreachable", "web-1", "critical", ends, lab.clock.now())},
            "prometheus");
    };
    const auto fires = [&](const char* name) {
        return lab.post({foreign_alert(name, "web-1", "warning", std::nullopt, lab.clock.now())},
                        "prometheus");
    };
    REQUIRE(fires("Old"));  // 000001, longer ago than 5 m
    lab.pass(4min);
    REQUIRE(fires("Old"));
    REQUIRE(fires("Taken"));  // 000002
    REQUIRE(lab.act("INC-2026-000002", ActionKind::kAcknowledge));
    REQUIRE(fires("Asked"));  // 000003
    lab.pass(2min);
    lab.deliver();
    REQUIRE(down());  // 000004
    CHECK_FALSE(lab.detail("INC-2026-000001").summary.incident.suppressed);
    CHECK_FALSE(lab.detail("INC-2026-000002").summary.incident.suppressed);
    CHECK(lab.kinds("INC-2026-000002").back() == "linked");
    CHECK(lab.detail("INC-2026-000002").timeline.back().entry.data.at("incident") ==
          "INC-2026-000004");
    const auto asked = lab.detail("INC-2026-000003").summary.incident;
    REQUIRE(asked.suppressed);
    CHECK(asked.suppressed->name == "HostUnreachable on web-1");
    CHECK(lab.kinds("INC-2026-000003").back() == "suppressed");
    CHECK_FALSE(lab.detail("INC-2026-000004").summary.incident.suppressed);
    lab.deliver();

    // It clears; what still fires after 2 m is told, from step 1.
    REQUIRE(down(lab.clock.now()));
    lab.pass(2min);
    REQUIRE(fires("Asked"));
    CHECK_FALSE(lab.detail("INC-2026-000003").summary.incident.suppressed);
    const auto told = lab.deliver();
    CHECK(std::count(told.begin(), told.end(), "li.na: unsuppressed") == 1);
}

TEST_CASE("a silenced source inhibits all the same, and a silence that ends is heard through it") {
    BridgeLab lab;
    REQUIRE(lab.put(silence_of(lab, "alertname=\"HostUnreachable\"", 0s, 1h)));
    REQUIRE(lab.post({foreign_alert("HostUnreachable", "web-1", "critical")}, "prometheus"));
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}, "prometheus"));
    CHECK(lab.incidents().empty());
    REQUIRE(outside(lab).size() == 2);
    std::string kinds;
    for (const AlertRecord& a : outside(lab))
        kinds += std::string(to_string(a.suppressor->kind)) + " ";
    CHECK(kinds.find("silence") != std::string::npos);
    CHECK(kinds.find("inhibit") != std::string::npos);
    REQUIRE(lab.put(ExpireSilenceIn{"silence-1"}));
    REQUIRE(lab.incidents().size() == 1);
    CHECK(lab.only().summary.incident.severity == "critical");
    CHECK(outside(lab).size() == 1);
}

TEST_CASE("a level that leaves the silence comes out of it") {
    BridgeLab lab;
    REQUIRE(lab.put(silence_of(lab, "severity=\"warning\"", 0s, 1h)));
    const Timestamp end = lab.clock.now() + 4min;
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 1, end)}));
    CHECK(lab.incidents().empty());
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "critical", 2, end),
                      agent_alert("DiskFull", "web-1", "warning", 2, lab.clock.now())}));
    CHECK(lab.only().summary.incident.severity == "critical");
    // Back to the level that is silenced: the incident is held back, not closed.
    REQUIRE(lab.post({agent_alert("DiskFull", "web-1", "warning", 3, end),
                      agent_alert("DiskFull", "web-1", "critical", 3, lab.clock.now())}));
    CHECK(suppressed_by(lab) == "silence-1");
}

TEST_CASE("hidden news that stops: unknown while it is hidden, and comes out as that or expires") {
    for (const bool expires : {false, true}) {
        BridgeConfig config = lab_config();
        if (expires) config.incidents.expire_unknown["prometheus"] = 15min;
        BridgeLab lab(config);
        REQUIRE(lab.put(silence_of(lab, "host=\"web-1\"", 0s, 1h)));
        REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}, "prometheus"));
        lab.pass(30min);
        REQUIRE(outside(lab).size() == 1);
        CHECK(outside(lab)[0].status == AlertStatus::kUnknown);
        lab.pass(31min);
        CHECK(outside(lab).empty());
        CHECK(lab.incidents().size() == (expires ? 0 : 1));
        if (!expires) CHECK(lab.only().summary.unknown == 1);
    }
}

TEST_CASE("a silence is written as matched, and forgotten five days after its end") {
    BridgeLab lab;
    REQUIRE(lab.put(silence_of(lab, "host=\"web-1\"", 0s, 1h)));
    const auto stored = [&] { return lab.queries().silences(Timestamp{}).value(); };
    CHECK_FALSE(stored().at(0).matched_at);
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}));
    CHECK(stored().at(0).matched_at == lab.clock.now());
    lab.clock.advance(1h + 119h);
    lab.pass(1s);
    CHECK(stored().size() == 1);
    lab.clock.advance(2h);
    lab.pass(1s);
    CHECK(stored().empty());
}

TEST_CASE("a change of the inhibition rules is seen at the reload") {
    BridgeLab lab;
    REQUIRE(lab.post({foreign_alert("HostUnreachable", "web-1", "critical")}, "prometheus"));
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}, "prometheus"));
    CHECK(outside(lab).size() == 1);
    BridgeConfig config = lab_config();
    config.inhibit.clear();
    lab.engine().configure(std::make_shared<const BridgeConfig>(config));
    lab.pass(1s);
    CHECK(outside(lab).empty());
    CHECK(lab.incidents().size() == 2);
}
