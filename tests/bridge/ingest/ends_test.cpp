// Whoever was told of the opening is told of the end; whoever was not, is not.
#include <catch2/catch.hpp>

#include "tests/support/bridge_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

namespace {

using Lines = std::vector<std::string>;

struct EndsLab : BridgeLab {
    using BridgeLab::BridgeLab;
    void fire(std::string_view host) {
        REQUIRE(post({agent_alert("DiskFull", host, "warning", ++seq, clock.now() + 10h)}));
    }
    void clear(std::string_view host) {
        REQUIRE(post({agent_alert("DiskFull", host, "warning", ++seq, clock.now())}));
        pass(2min);
    }
    std::string key_of(std::string_view host) {
        for (const IncidentSummary& row : incidents()) {
            if (row.incident.labels.get("host") == host) return row.incident.key;
        }
        throw std::runtime_error("no incident of " + std::string(host));
    }
    int seq = 0;
};

BridgeConfig watched_config() {
    BridgeConfig config = lab_config();
    Route watch;
    watch.name = "watch";
    watch.also = true;
    watch.tell = {Target{Target::Kind::kPerson, "zhao.lei"}};
    config.routes.insert(config.routes.begin(), watch);
    return config;
}

}  // namespace

TEST_CASE("an opening that was dropped before it was sent has no end to tell") {
    EndsLab lab;
    lab.fire("web-1");
    lab.clear("web-1");
    REQUIRE(lab.only().summary.incident.state == State::kResolved);
    CHECK(lab.deliver().empty());
}

TEST_CASE("of two who are asked only the one whom a message reached hears the end") {
    EndsLab lab;
    lab.fire("web-1");
    CHECK(lab.deliver() == Lines{"li.na: opened"});
    lab.pass(10min);  // the second step is queued, and not sent
    lab.clear("web-1");
    CHECK(lab.deliver() == Lines{"li.na: resolved"});
}

TEST_CASE("a message under way may arrive: its end is told") {
    EndsLab lab;
    lab.fire("web-1");
    REQUIRE(lab.store().claim_effects(lab.clock.now(), lab.clock.now() + 10min, 10));
    SECTION("the bridge lives on") {}
    SECTION("it is killed while the message is under way") {
        lab.restart();
    }
    lab.clear("web-1");
    CHECK(lab.deliver() == Lines{"li.na: resolved"});
}

TEST_CASE("an attempt of which nobody knows whether it arrived counts as told") {
    EndsLab lab;
    lab.fire("web-1");
    const auto claimed =
        lab.store().claim_effects(lab.clock.now(), lab.clock.now() + 10min, 10).value();
    REQUIRE(lab.store().retry_effect(claimed.front().id, lab.clock.now(), lab.clock.now() + 1h,
                                     "time-out"));
    lab.clear("web-1");
    CHECK(lab.deliver() == Lines{"li.na: resolved"});
}

TEST_CASE("whom no message could be delivered to is not told the end") {
    EndsLab lab;
    lab.fire("web-1");
    auto claimed = lab.store().claim_effects(lab.clock.now(), lab.clock.now() + 10min, 10).value();
    REQUIRE(lab.put(OutcomeIn{claimed.front(), EffectOutcome::Delivery::kFailed, "no such user"}));
    lab.deliver();  // the next step does not wait: zhao.lei
    lab.clear("web-1");
    CHECK(lab.deliver() == Lines{"zhao.lei: resolved"});
}

TEST_CASE("whoever has acted on it hears the end, told or not") {
    EndsLab lab;
    lab.fire("web-1");
    REQUIRE(lab.act(lab.key_of("web-1"), ActionKind::kAcknowledge));
    lab.restart();
    lab.clear("web-1");
    CHECK(lab.deliver() == Lines{"li.na: resolved"});
}

TEST_CASE("what is opened and taken within one batch is dropped, and remembered as that") {
    EndsLab lab;
    UserAction take;
    take.kind = ActionKind::kAcknowledge;
    take.actor = "zhao.lei";
    const std::vector<Input> both = {
        AlertsIn{{agent_alert("DiskFull", "web-1", "warning", ++lab.seq, lab.clock.now() + 10h)},
                 "agent",
                 std::nullopt},
        ActionIn{"INC-2026-000001", take}};
    for (const auto& answer : lab.engine().process(both, lab.clock.now())) REQUIRE(answer);
    const auto effects = lab.only().effects;
    REQUIRE(effects.size() == 1);
    CHECK(effects.front().state == EffectState::kDropped);
    CHECK(lab.deliver().empty());
    lab.clear("web-1");
    CHECK(lab.deliver() == Lines{"zhao.lei: resolved"});
}

TEST_CASE("a watcher whose opening was dropped is not told the end either") {
    EndsLab lab(watched_config());
    lab.fire("web-1");
    SECTION("dropped") {
        lab.clear("web-1");
        CHECK(lab.deliver().empty());
    }
    SECTION("told") {
        CHECK(lab.deliver() == Lines{"li.na: opened", "zhao.lei: opened"});
        lab.clear("web-1");
        CHECK(lab.deliver() == Lines{"li.na: resolved", "zhao.lei: resolved"});
    }
}

TEST_CASE("whom a merged incident had told hears the end of the other") {
    EndsLab lab;
    lab.fire("web-1");
    lab.deliver();
    lab.fire("web-2");
    UserAction merge;
    merge.kind = ActionKind::kMerge;
    merge.actor = "zhao.lei";
    merge.into = lab.key_of("web-2");
    REQUIRE(lab.put(ActionIn{lab.key_of("web-1"), merge}));
    lab.restart();  // who was merged into it is known to the store
    lab.clear("web-1");
    lab.clear("web-2");
    CHECK(lab.deliver() == Lines{"li.na: resolved"});
}

TEST_CASE("a program is told the end of what was merged away, by its own key") {
    BridgeConfig config = lab_config();
    config.oncall.people[0].contacts[0].readership = Readership::kProgram;
    EndsLab lab(config);
    lab.fire("web-1");
    lab.fire("web-2");
    CHECK(lab.deliver() == Lines{"li.na: opened", "li.na: opened"});
    UserAction merge;
    merge.kind = ActionKind::kMerge;
    merge.actor = "zhao.lei";
    merge.into = lab.key_of("web-2");
    REQUIRE(lab.put(ActionIn{lab.key_of("web-1"), merge}));
    CHECK(lab.deliver() == Lines{"li.na: resolved"});
}

TEST_CASE("a program hears the end of what it was told, at whatever priority and hour, alone") {
    BridgeConfig config = lab_config();
    Contact& pager = config.oncall.people[0].contacts[0];
    pager.readership = Readership::kProgram;
    Contact other = pager;
    other.channel = "other";
    other.priorities = {Priority::kP1};
    config.oncall.people[0].contacts.push_back(other);
    EndsLab lab(config);
    lab.fire("web-1");
    CHECK(lab.deliver() == Lines{"li.na: opened"});
    // Resolved in one move by somebody who had not acknowledged it.
    REQUIRE(lab.act(kFirst, ActionKind::kResolve, "made room"));
    CHECK(lab.deliver() == Lines{"li.na: resolved"});
}

TEST_CASE("a program is told the end of what a storm absorbed, and of the storm") {
    BridgeConfig config = lab_config();
    config.oncall.people[0].contacts[0].readership = Readership::kProgram;
    config.incidents.storms.more_than = 2;
    EndsLab lab(config);
    lab.fire("web-1");
    CHECK(lab.deliver() == Lines{"li.na: opened"});
    for (const char* host : {"web-2", "web-3"}) lab.fire(host);
    REQUIRE(lab.deliver() == Lines{"li.na: storm"});
    for (const char* host : {"web-1", "web-2", "web-3"}) lab.clear(host);
    CHECK(lab.deliver() == Lines{"li.na: resolved", "li.na: resolved"});
}

TEST_CASE("whom a storm's incident had told hears the end of the storm") {
    BridgeConfig config = lab_config();
    config.incidents.storms.more_than = 2;
    EndsLab lab(config);
    lab.fire("web-1");
    const bool told = GENERATE(true, false);
    if (told) CHECK(lab.deliver() == Lines{"li.na: opened"});
    lab.fire("web-2");
    lab.fire("web-3");
    for (const char* host : {"web-1", "web-2", "web-3"}) lab.clear(host);
    CHECK(lab.deliver() == (told ? Lines{"li.na: resolved"} : Lines{}));
}
