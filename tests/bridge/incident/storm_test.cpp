// Many hosts at once: a parent, its children, and what each of them tells.
#include "bridge/incident/storm.h"

#include <catch2/catch.hpp>
#include <functional>

#include "storm_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

TEST_CASE("a group is the values of the labels, one that is missing is no group") {
    struct Case {
        std::vector<std::string> by;
        std::optional<std::string> group;
    };
    const Labels labels{{"alertname", "HighLoad"}, {"site", "bj1"}, {"host", "web-1"}};
    const std::vector<Case> cases = {
        {{"alertname"}, "alertname=\"HighLoad\""},
        {{"site", "alertname"}, "site=\"bj1\",alertname=\"HighLoad\""},
        {{"rack"}, std::nullopt},
        {{"alertname", "rack"}, std::nullopt},
        {{}, std::nullopt},
    };
    for (const Case& c : cases) {
        StormSettings settings;
        settings.by = c.by;
        CHECK(storm_group(settings, labels) == c.group);
    }
    StormSettings off;
    off.more_than = 0;
    CHECK_FALSE(storm_group(off, labels));
}

TEST_CASE("a storm is more hosts than allowed within the window, not more incidents") {
    StormSettings settings;
    settings.more_than = 2;
    struct Case {
        std::string what;
        std::vector<StormMember> members;
        bool storm;
    };
    const std::vector<Case> cases = {
        {"none", {}, false},
        {"as many as allowed", {member(1, "a"), member(2, "b")}, false},
        {"one more", {member(1, "a"), member(2, "b"), member(3, "c")}, true},
        {"one host thrice", {member(1, "a"), member(2, "a"), member(3, "a")}, false},
        {"the window's last moment", {member(1, "a", 1min), member(2, "b"), member(3, "c")}, true},
        {"beyond it", {member(1, "a", 1min + 1ms), member(2, "b"), member(3, "c")}, false},
        {"no host is a host each", {member(1, ""), member(2, ""), member(3, "c")}, true},
        {"of a clock ahead", {member(1, "a", -1s), member(2, "b"), member(3, "c")}, false},
    };
    for (const Case& c : cases) {
        INFO(c.what);
        CHECK(is_storm(c.members, settings, kStart) == c.storm);
    }
    settings.more_than = 0;
    CHECK_FALSE(is_storm(cases[2].members, settings, kStart));
}

TEST_CASE("the fuse blows beyond its number, and 0 is none") {
    StormSettings settings;
    settings.fuse = 3;
    CHECK_FALSE(fuse_blows(3, settings));
    CHECK(fuse_blows(4, settings));
    settings.fuse = 0;
    CHECK_FALSE(fuse_blows(1'000'000, settings));
}

TEST_CASE("what a parent hears: hosts, the worst of those open, how many may be left") {
    std::vector<StormMember> children = {member(1, "a"), member(2, "b"), member(3, "b"),
                                         member(4, "c")};
    children[0].priority = Priority::kP1;  // resolved: counts as a host, not for how bad it is
    children[0].severity = "critical";
    children[0].open = false;
    children[3].priority = Priority::kP2;
    children[3].severity = "page";
    const StormNews news = storm_news(children);
    CHECK(news.hosts == 3);
    CHECK(news.children == 4);
    CHECK(news.open == 3);
    CHECK(news.priority == Priority::kP2);
    CHECK(news.severity == "page");
    CHECK(news.some_hosts == "a, b, c");
    for (const auto& [all, rest] : {std::pair{1, 1}, std::pair{10, 1}, std::pair{19, 1},
                                    std::pair{20, 2}, std::pair{35, 3}, std::pair{1000, 100}}) {
        CHECK(storm_rest(all) == rest);
    }
}

TEST_CASE("a storm opens one step more urgent than its children, two from five times as many") {
    struct Case {
        int hosts;
        Priority children;
        Priority wanted;
    };
    const std::vector<Case> cases = {
        {21, Priority::kP3, Priority::kP2},  {21, Priority::kP4, Priority::kP3},
        {21, Priority::kP1, Priority::kP1},  {100, Priority::kP3, Priority::kP2},
        {101, Priority::kP3, Priority::kP1}, {101, Priority::kP4, Priority::kP2},
    };
    World w;
    for (const Case& c : cases) {
        const Decision d = storm_of(w, c.hosts, c.children);
        CAPTURE(c.hosts);
        CHECK(d.next.priority == c.wanted);
    }
    w.route.priority_at_most = Priority::kP3;
    CHECK(storm_of(w, 500).next.priority == Priority::kP3);
    CHECK(storm_of(World{}, 500, Priority::kP3, Incident::Kind::kOverflow).next.priority ==
          Priority::kP3);
}

TEST_CASE("the parent pages as an incident does, and says how many hosts") {
    const World w;
    const Decision d = storm_of(w, 21);
    CHECK(d.next.kind == Incident::Kind::kStorm);
    CHECK(d.next.state == State::kTriggered);
    CHECK(d.next.title == "Storm: alertname=\"HighLoad\" on 21 hosts");
    CHECK(kinds(d) == "storm step");
    CHECK(told(d) == "li.na storm");
    CHECK(timer(d, TimerKind::kEscalation) == kStart + 10min);
}

TEST_CASE("a child tells nobody: its messages are dropped, its ladder stops") {
    World w;
    Decision d = w.on(w.opened().next, parent(ParentNews::What::kAbsorbs));
    CHECK(d.next.absorbed);
    CHECK(d.next.parent == "INC-2026-000007");
    CHECK(d.next.state == State::kTriggered);
    CHECK(kinds(d) == "absorbed");
    CHECK(told(d).empty());
    CHECK(cancels(d, TimerKind::kEscalation));
    CHECK(std::count(d.effects.begin(), d.effects.end(),
                     Effect{DropWaiting{DropWaiting::What::kAll}}) == 1);

    const Incident child = d.next;
    Incident storm = storm_of(w, 21, Priority::kP3).next;  // P2
    Context context = w.context();
    context.parent = &storm;
    // Clears, resolves, fires again, joins others, becomes as bad as the storm: not a word.
    for (const Event& event :
         std::vector<Event>{w.cleared("disk"), TimerDue{TimerKind::kStability, w.now + 1min},
                            w.firing("disk", "warning"), w.firing("inodes", "warning"),
                            w.firing("disk", "critical"), w.silent("disk")}) {
        d = decide(d.next, event, context, w.now);
        CHECK(told(d).empty());
        CHECK_FALSE(timer(d, TimerKind::kEscalation));
        CHECK_FALSE(timer(d, TimerKind::kLapse));
        CHECK(d.next.absorbed);
    }
    // Worse than the storm: it pages alone.
    storm.priority = Priority::kP3;
    d = decide(child, w.firing("disk", "critical"), context, w.now);
    CHECK_FALSE(d.next.absorbed);
    CHECK(kinds(d) == "level_raised priority_raised left_storm step");
    CHECK(told(d) == "li.na raised");
    CHECK(timer(d, TimerKind::kEscalation));
}

TEST_CASE("only what nobody has acknowledged is absorbed") {
    const World w;
    for (const auto& [state, absorbed] :
         {std::pair{State::kTriggered, true}, std::pair{State::kAcknowledged, false},
          std::pair{State::kPending, false}, std::pair{State::kResolved, false},
          std::pair{State::kClosed, false}}) {
        const Decision d = w.on(w.in_state(state), parent(ParentNews::What::kAbsorbs));
        CHECK(d.next.absorbed == absorbed);
        CHECK(d.changed == absorbed);
    }
}

TEST_CASE("the parent's owner is the children's, and what somebody took stays theirs") {
    const World w;
    const Incident child = w.on(w.opened().next, parent(ParentNews::What::kAbsorbs)).next;
    Decision d = w.on(child, parent(ParentNews::What::kOwner, "li.na"));
    CHECK(d.next.state == State::kAcknowledged);
    CHECK(d.next.acknowledged_by == "li.na");
    CHECK(d.next.responded_at == w.now);
    CHECK(told(d).empty());
    // Another takes the storm over.
    d = w.on(d.next, parent(ParentNews::What::kOwner, "zhao.lei", "li.na"));
    CHECK(d.next.acknowledged_by == "zhao.lei");
    // And gives it back.
    d = w.on(d.next, parent(ParentNews::What::kOwner, "", "zhao.lei"));
    CHECK(d.next.state == State::kTriggered);
    CHECK(told(d).empty());
    // One that somebody took alone.
    const Incident taken = w.on(child, World::act(ActionKind::kAcknowledge, "wang.wei")).next;
    CHECK(taken.absorbed);
    for (const char* owner : {"li.na", ""}) {
        d = w.on(taken, parent(ParentNews::What::kOwner, owner, "zhao.lei"));
        CHECK(d.next.acknowledged_by == "wang.wei");
        CHECK_FALSE(d.changed);
    }
}

TEST_CASE("a storm that grows says so at each doubling, and rises with its children") {
    World w;
    const Incident storm = storm_of(w, 21).next;
    w.now += 10s;
    CHECK(kinds(w.on(storm, news_of(41, 41, 41))).empty());
    Decision d = w.on(storm, news_of(42, 42, 42));
    CHECK(kinds(d) == "storm_grew");
    CHECK(d.next.title == "Storm: alertname=\"HighLoad\" on 42 hosts");
    CHECK(told(d).empty());
    d = w.on(storm, news_of(30, 30, 30, Priority::kP2));
    CHECK(d.next.priority == Priority::kP1);
    CHECK(told(d) == "li.na raised");
    // It falls only by hand.
    CHECK(w.on(d.next, news_of(30, 30, 30, Priority::kP4)).next.priority == Priority::kP1);
}

TEST_CASE("a storm that somebody lowered stays lowered until its children want more than then") {
    World w;
    UserAction lower = World::act(ActionKind::kPriority, "zhao.lei");
    lower.priority = Priority::kP4;
    lower.text = "a test room";
    const Incident low = w.on(storm_of(w, 4).next, lower).next;
    REQUIRE(low.priority == Priority::kP4);
    CHECK(w.on(low, news_of(5, 5, 5)).next.priority == Priority::kP4);
    CHECK(w.on(low, news_of(5, 5, 5, Priority::kP2)).next.priority == Priority::kP1);
}

TEST_CASE("the same group again opens the storm again, but not by what is left of it") {
    const World w;
    const Incident over = w.on(storm_of(w, 30).next, news_of(30, 30, 1)).next;
    REQUIRE(over.state == State::kResolved);
    StormNews again = news_of(25, 25, 25);
    CHECK(w.on(over, again).next.state == State::kResolved);
    again.grows = true;
    const Decision d = w.on(over, again);
    CHECK(d.next.state == State::kTriggered);
    CHECK(d.next.reopen_count == 1);
    CHECK(told(d) == "li.na storm");
}

TEST_CASE("whoever asks others about a child makes it stand on its own") {
    World w;
    const Incident child = w.on(w.opened().next, parent(ParentNews::What::kAbsorbs)).next;
    for (const ActionKind kind : possible_actions(child)) {
        if (kind == ActionKind::kPriority) continue;  // see below
        // Those need another incident, or an alert, to name.
        if (kind == ActionKind::kLink || kind == ActionKind::kMerge || kind == ActionKind::kSplit) {
            continue;
        }
        UserAction action = World::act(kind, "zhao.lei");
        action.person = "chen.yu";
        action.text = "because";
        action.until = w.now + 1h;
        const Decision d = w.on(child, action);
        INFO(to_string(kind));
        CHECK_FALSE(d.refusal);
        CHECK(d.next.absorbed == !leaves_by(kind));
        CHECK(told(d).empty() != leaves_by(kind));
        if (leaves_by(kind)) CHECK(timer(d, TimerKind::kEscalation));
    }
}

TEST_CASE("a priority set by hand makes a child leave only above the parent's") {
    World w;
    const Incident child = w.on(w.opened().next, parent(ParentNews::What::kAbsorbs)).next;  // P3
    const Incident storm = storm_of(w, 21).next;                                            // P2
    Context context = w.context();
    context.parent = &storm;
    for (const auto& [priority, absorbed, who] :
         {std::tuple{Priority::kP4, true, ""}, std::tuple{Priority::kP2, true, ""},
          std::tuple{Priority::kP1, false, "li.na raised"}}) {
        UserAction action = World::act(ActionKind::kPriority, "zhao.lei");
        action.priority = priority;
        action.text = "as agreed";  // without which nobody lowers one
        const Decision d = decide(child, action, context, w.now);
        CHECK(d.next.priority == priority);
        CHECK(d.next.absorbed == absorbed);
        CHECK(told(d) == who);
    }
}

TEST_CASE("a storm that grows in the moment it opens is told once, as what it is") {
    const World w;
    const Decision d = w.on(storm_of(w, 21).next, news_of(300, 300, 300));
    CHECK(d.next.priority == Priority::kP1);
    CHECK(told(d) == "li.na storm");
    CHECK(std::count(d.effects.begin(), d.effects.end(),
                     Effect{DropWaiting{DropWaiting::What::kAll}}) == 1);
}

TEST_CASE("what asks for people anew counts as an opening, what a person keeps open does not") {
    Incident shut;
    shut.state = State::kResolved;
    Incident up;
    struct Case {
        std::string what;
        std::function<void(Incident&, Incident&)> with;
        bool back;
    };
    const Suppressor by = World{}.silence();
    const std::vector<Case> cases = {
        {"it fires again", [](Incident&, Incident&) {}, true},
        {"it comes out",
         [&](Incident& b, Incident&) {
             b.state = State::kTriggered;
             b.suppressed = by;
         },
         true},
        {"it is observed no longer",
         [](Incident& b, Incident&) {
             b.state = State::kTriggered;
             b.observed = true;
         },
         true},
        {"it was open", [](Incident& b, Incident&) { b.state = State::kTriggered; }, false},
        {"it lapses", [](Incident& b, Incident&) { b.state = State::kAcknowledged; }, false},
        {"it is owned", [](Incident&, Incident& a) { a.state = State::kAcknowledged; }, false},
        {"it is held back", [&](Incident&, Incident& a) { a.suppressed = by; }, false},
        {"it is a child", [](Incident&, Incident& a) { a.absorbed = true; }, false},
        {"it is observed", [](Incident&, Incident& a) { a.observed = true; }, false},
        {"it is a storm", [](Incident&, Incident& a) { a.kind = Incident::Kind::kStorm; }, false},
        {"it is major", [](Incident&, Incident& a) { a.facts.major.emplace(); }, false},
        {"it was reported", [](Incident&, Incident& a) { a.facts.reporter.emplace(); }, false},
    };
    for (const Case& c : cases) {
        Incident before = shut;
        Incident after = up;
        c.with(before, after);
        INFO(c.what);
        CHECK(comes_back(before, after) == c.back);
    }
}

TEST_CASE("a storm is held back with its children, and comes out with them") {
    World w;
    Decision d = storm_of(w, 30);
    w.now += 1min;
    StormNews news = news_of(30, 30, 30);
    news.held = w.silence(w.now + 1h);
    d = w.on(d.next, news);
    CHECK(kinds(d) == "suppressed");
    CHECK(d.next.suppressed == news.held);
    CHECK(cancels(d, TimerKind::kEscalation));
    CHECK_FALSE(w.on(d.next, TimerDue{TimerKind::kEscalation, w.now}).changed);
    // Worse, and still held back: nobody is told. Clear: as it was.
    news.priority = Priority::kP1;
    Decision worse = w.on(d.next, news);
    CHECK(worse.next.priority == Priority::kP1);
    CHECK(told(worse).empty());
    StormNews cleared = news_of(30, 30, 0);
    cleared.latest = w.now;  // it may grow again for a while
    CHECK(w.on(d.next, cleared).next.suppressed.has_value());

    w.now += 1h;
    news.held.reset();
    d = w.on(worse.next, news);
    CHECK(kinds(d) == "unsuppressed step");
    CHECK(told(d) == "li.na unsuppressed");
    CHECK_FALSE(d.next.suppressed);
}

TEST_CASE("a storm comes out as what it has become meanwhile, and asks once") {
    World w;
    w.now += 1min;
    StormNews news = news_of(30, 30, 30);
    news.held = w.silence(w.now + 1h);
    const Incident owned = w.on(storm_of(w, 30).next, World::act(ActionKind::kAcknowledge)).next;
    const Incident held = w.on(owned, news).next;
    REQUIRE(held.suppressed);
    news.held.reset();
    news.priority = Priority::kP1;
    const Decision d = w.on(held, news);
    CHECK(d.next.priority == Priority::kP1);
    CHECK(told(d) == "li.na unsuppressed");
    for (const Effect& effect : d.effects) {
        const auto* notify = std::get_if<Notify>(&effect);
        if (notify != nullptr) CHECK(notify->priority == Priority::kP1);
    }
}
