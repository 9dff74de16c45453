// What opens again and again: one incident, told at the start, every hour and at the end.
#include "bridge/incident/flapping.h"

#include <catch2/catch.hpp>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

// An incident over time: its latest decision, and all that was told so far.
struct Story {
    World w;
    Incident in;
    Decision last;
    std::map<TimerKind, Timestamp> timers;

    Story() { take(w.opened()); }
    void take(Decision d) {
        last = std::move(d);
        in = last.next;
        for (const Effect& effect : last.effects) {
            if (const auto* set = std::get_if<SetTimer>(&effect)) timers[set->kind] = set->due;
            if (const auto* off = std::get_if<CancelTimer>(&effect)) timers.erase(off->kind);
        }
    }
    void on(const Event& event) { take(w.on(in, event)); }
    // Carries out a timer when it is due; false when there is none.
    bool due(TimerKind kind) {
        const auto found = timers.find(kind);
        if (found == timers.end()) return false;
        w.now = std::max(w.now, found->second);
        timers.erase(found);
        on(TimerDue{kind, w.now});
        return true;
    }
    void clear() { on(w.cleared("disk")); }
    void fire() { on(w.firing("disk", "warning")); }
    // Clears, resolves after its stability window, and fires again: two minutes.
    void open_again() {
        w.now += 30s;
        clear();
        CHECK(due(TimerKind::kStability));
        CHECK(in.state == State::kResolved);
        w.now += 30s;
        fire();
    }
    void flap() {
        for (int i = 0; i < 5; ++i) open_again();
        REQUIRE(in.flapping_since == w.now);
    }
};

}  // namespace

TEST_CASE("openings count while they lie in the window, those of a clock ahead are forgotten") {
    FlappingSettings settings;
    settings.openings = 3;
    settings.within = 10min;
    struct Case {
        std::vector<int> before;  // minutes
        int now;
        std::vector<int> after;
    };
    const std::vector<Case> cases = {
        {{}, 0, {0}},    {{0}, 10, {0, 10}},  // its last moment still counts
        {{0}, 11, {11}}, {{0, 4}, 9, {0, 4, 9}}, {{1, 2, 3}, 4, {2, 3, 4}},
        {{20}, 5, {5}},  {{0, 20}, 5, {0, 5}},
    };
    const auto times = [](const std::vector<int>& minutes) {
        std::vector<Timestamp> out;
        for (const int m : minutes) out.push_back(kStart + std::chrono::minutes(m));
        return out;
    };
    for (const Case& c : cases) {
        CAPTURE(c.before, c.now);
        CHECK(with_opening(times(c.before), settings, kStart + std::chrono::minutes(c.now)) ==
              times(c.after));
    }
}

TEST_CASE("the sixth opening in 30 m starts it: told once, and it resolves no more by itself") {
    Story s;
    for (int i = 0; i < 4; ++i) {
        s.open_again();
        CHECK(told(s.last) == "li.na reopened");
        CHECK_FALSE(s.in.flapping_since);
    }
    s.open_again();
    CHECK(s.in.flapping_since == s.w.now);
    CHECK(told(s.last) == "li.na flapping");
    CHECK(kinds(s.last) == "alert_fired flapping reopened step");
    CHECK(s.last.timeline[1].text ==
          "Flapping: opened 6 times in 10m; it stays open until 30m pass without change");
    CHECK(s.timers[TimerKind::kFlapping] == s.w.now + 30min);
    CHECK(s.timers[TimerKind::kFlappingRemind] == s.w.now + 1h);

    // It goes on, and nobody hears of each time.
    for (int i = 0; i < 10; ++i) {
        s.w.now += 2min;
        s.clear();
        CHECK(s.in.stable_since == s.w.now);
        CHECK(told(s.last).empty());
        CHECK_FALSE(s.timers.contains(TimerKind::kStability));
        s.w.now += 1min;
        s.fire();
        CHECK(kinds(s.last) == "alert_fired");
        CHECK(told(s.last).empty());
        CHECK(s.in.state == State::kTriggered);
        CHECK(s.timers[TimerKind::kFlapping] == s.w.now + 30min);
    }
}

TEST_CASE("five openings, or six over more than 30 m, are no flapping") {
    Story s;
    for (int i = 0; i < 4; ++i) s.open_again();
    s.w.now += 24min;  // the first lies 32 m back now
    s.open_again();
    CHECK_FALSE(s.in.flapping_since);
    CHECK(told(s.last) == "li.na reopened");
}

TEST_CASE("firing again inside the stability window is an opening, joining and resends are none") {
    Story s;
    s.on(World::act(ActionKind::kAcknowledge));
    for (int i = 0; i < 20; ++i) {
        s.w.now += 5s;
        s.on(s.w.firing("disk", i % 2 == 0 ? "info" : "warning"));
        s.on(s.w.firing("inodes", "info"));
        s.on(s.w.cleared("inodes", "info"));
    }
    CHECK_FALSE(s.in.flapping_since);
    for (int i = 0; i < 5; ++i) {
        CHECK_FALSE(s.in.flapping_since);
        s.w.now += 10s;
        s.clear();
        s.w.now += 10s;
        s.fire();
    }
    CHECK(s.in.flapping_since == s.w.now);
    CHECK(s.in.state == State::kAcknowledged);
    CHECK(told(s.last) == "li.na flapping");
}

TEST_CASE("a successor goes on counting where its predecessor ended") {
    World w;
    w.route.reopen = Duration{0};
    Incident in = w.opened().next;
    for (int i = 0; i < 5; ++i) {
        CHECK_FALSE(in.flapping_since);
        w.now += 1min;
        in = w.on(in, w.cleared("disk")).next;
        w.now += 1min;
        in = w.on(in, TimerDue{TimerKind::kStability, w.now}).next;
        REQUIRE(in.state == State::kResolved);
        w.now += 1min;
        Decision d = w.on(in, w.firing("disk", "warning"));
        REQUIRE(d.supersede);
        Opening opening{
            "INC-2026-00000" + std::to_string(i + 2), in.dedup_key, w.alert("disk", "warning"), {}};
        opening.openings = in.openings;
        Succession both = succeed(std::move(d), opening, w.context(), w.now);
        in = both.opened.next;
        if (i == 4) CHECK(told(both.opened) == "li.na flapping");
    }
    CHECK(in.flapping_since == w.now);
}

TEST_CASE("while it flaps the ladder goes on, cleared or not") {
    Story s;
    s.flap();
    s.w.now += 1min;
    s.clear();
    REQUIRE(s.due(TimerKind::kEscalation));
    CHECK(told(s.last) == "li.na escalated, zhao.lei escalated");
    CHECK(kinds(s.last) == "step");
}

TEST_CASE("every hour the owner hears, before an acknowledge all who were told, snoozed nobody") {
    Story s;
    s.flap();
    REQUIRE(s.due(TimerKind::kFlappingRemind));
    CHECK(told(s.last) == "li.na flapping");
    CHECK(s.timers[TimerKind::kFlappingRemind] == s.w.now + 1h);
    s.on(World::act(ActionKind::kAcknowledge, "zhao.lei"));
    REQUIRE(s.due(TimerKind::kFlappingRemind));
    CHECK(told(s.last) == "zhao.lei flapping");
    UserAction snooze = World::act(ActionKind::kSnooze, "zhao.lei");
    snooze.until = s.w.now + 5h;
    s.on(snooze);
    REQUIRE(s.due(TimerKind::kFlappingRemind));
    CHECK(told(s.last).empty());
    CHECK(s.timers[TimerKind::kFlappingRemind] == s.w.now + 1h);
}

TEST_CASE("30 m of quiet end it, with the state that it ended in") {
    struct Case {
        std::string what;
        State state;
        std::string kinds;
        std::string told;
        std::string data;
    };
    const auto act = [](Story& s, const std::string& what) {
        s.w.now += 1min;
        if (what != "fires") s.clear();
        if (what == "silent") {
            s.fire();
            s.on(s.w.silent("disk"));
        }
    };
    const std::vector<Case> cases = {
        {"clear", State::kResolved, "flapping_ended resolved", "li.na resolved", "resolved"},
        {"fires", State::kTriggered, "flapping_ended", "li.na flapping_ended", "firing"},
        {"silent", State::kTriggered, "flapping_ended", "li.na flapping_ended", "unknown"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.what);
        Story s;
        s.flap();
        act(s, c.what);
        const std::optional<Timestamp> cleared = s.in.stable_since;
        REQUIRE(s.due(TimerKind::kFlapping));
        CHECK(s.in.state == c.state);
        CHECK(kinds(s.last) == c.kinds);
        CHECK(told(s.last) == c.told);
        CHECK(s.last.timeline[0].data.at("state") == c.data);
        CHECK_FALSE(s.in.flapping_since);
        CHECK(s.in.openings.empty());
        CHECK_FALSE(s.timers.contains(TimerKind::kFlappingRemind));
        if (c.state == State::kResolved) CHECK(s.in.resolved_at == cleared);
    }
}

TEST_CASE("a person who resolves it ends it, and counting starts anew") {
    Story s;
    s.flap();
    s.w.now += 1min;
    s.clear();
    s.on(World::act(ActionKind::kResolve));
    CHECK(s.in.state == State::kResolved);
    CHECK_FALSE(s.in.flapping_since);
    CHECK_FALSE(s.timers.contains(TimerKind::kFlapping));
    s.w.now += 1min;
    s.fire();
    CHECK(s.in.state == State::kTriggered);
    CHECK(told(s.last) == "li.na reopened");
    CHECK(s.in.openings == std::vector<Timestamp>{s.w.now});
}

TEST_CASE("a rise while it flaps is told as one, and the lapse has its time") {
    Story s;
    s.flap();
    s.on(World::act(ActionKind::kAcknowledge));
    s.w.now += 1min;
    s.clear();
    s.w.now += 10s;
    s.on(s.w.firing("disk", "critical"));
    CHECK(told(s.last) == "li.na raised");
    CHECK(s.timers[TimerKind::kLapse] == s.w.now + 15min);
}
