// When a storm is over.
#include <catch2/catch.hpp>

#include "bridge/incident/storm.h"
#include "storm_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

TEST_CASE("a storm is over when at most a tenth is left, which its owner has and nobody hears of") {
    World w;
    Incident storm = w.on(storm_of(w, 30).next, World::act(ActionKind::kAcknowledge)).next;
    Decision d = w.on(storm, news_of(30, 30, 4));
    CHECK(d.next.state == State::kAcknowledged);
    d = w.on(storm, news_of(30, 30, 3));
    CHECK(d.next.state == State::kResolved);
    CHECK(kinds(d) == "storm_over resolved");
    CHECK(told(d) == "li.na resolved");

    const Incident child = w.on(w.opened().next, parent(ParentNews::What::kAbsorbs)).next;
    d = w.on(child, parent(ParentNews::What::kEnds, "li.na"));
    CHECK_FALSE(d.next.absorbed);
    CHECK(d.next.state == State::kAcknowledged);
    CHECK(d.next.acknowledged_by == "li.na");
    CHECK(told(d).empty());
    // Nobody had it: its own ladder begins, later.
    d = w.on(child, parent(ParentNews::What::kEnds));
    CHECK(d.next.state == State::kTriggered);
    CHECK(told(d).empty());
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 15min);
    w.now += 15min;
    d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(told(d) == "li.na opened");
}

TEST_CASE("one child alone is no rest: an overflow ends when none is left") {
    World w;
    Incident overflow = storm_of(w, 1, Priority::kP3, Incident::Kind::kOverflow).next;
    StormNews news = news_of(1, 1, 1);
    news.latest = kStart;
    news.grows = true;
    CHECK(w.on(overflow, news).next.state == State::kTriggered);
    news.grows = false;
    CHECK(w.on(overflow, news).next.state == State::kTriggered);
    w.now += 1h;
    CHECK(w.on(overflow, news).next.state == State::kTriggered);
    news.open = 0;
    CHECK(w.on(overflow, news).next.state == State::kResolved);
}

TEST_CASE("what is left counts against the most that were open at once, without those that left") {
    const World w;
    // 41 in all, but never more than 30 of them together: three are a tenth.
    const Incident storm = w.on(storm_of(w, 30).next, news_of(40, 41, 20)).next;
    CHECK(storm.children_most == 30);
    CHECK(w.on(storm, news_of(40, 41, 4)).next.state == State::kTriggered);
    CHECK(w.on(storm, news_of(40, 41, 3)).next.state == State::kResolved);
    // One of two stands on its own now: the other is all there is, and has not ended.
    CHECK(w.on(storm_of(w, 2).next, news_of(1, 1, 1)).next.state == State::kTriggered);
}

TEST_CASE("inside the window in which it grew a storm waits for its end") {
    World w;
    const Incident storm = storm_of(w, 21).next;
    w.now += 20s;
    StormNews news = news_of(21, 21, 1);
    news.latest = kStart + 10s;
    const Decision waits = w.on(storm, news);
    CHECK(waits.next.state == State::kTriggered);
    CHECK(told(waits).empty());
    CHECK(timer(waits, TimerKind::kStability) == news.latest + w.settings.storms.within);
    // The timer by itself says nothing: its children decide.
    CHECK_FALSE(w.on(waits.next, TimerDue{TimerKind::kStability, w.now}).changed);

    World later = w;
    later.now = news.latest + w.settings.storms.within;
    const Decision over = later.on(waits.next, news);
    CHECK(over.next.state == State::kResolved);
    CHECK(over.next.resolved_at == w.now);
    // It grows again.
    news = news_of(22, 22, 2);
    news.latest = w.now;
    news.grows = true;
    const Decision on = w.on(waits.next, news);
    CHECK_FALSE(on.next.stable_since);
    CHECK(cancels(on, TimerKind::kStability));
}
