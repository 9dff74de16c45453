// Alerts that are held back inside an incident (semantics 7): its ladder stops, and starts again
// when they come out.
#include <catch2/catch.hpp>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

std::string text_of(const Decision& d, std::string_view kind) {
    for (const TimelineEntry& entry : d.timeline) {
        if (entry.kind == kind) return entry.text;
    }
    return "";
}

bool drops_asks(const Decision& d) {
    const Effect drop = DropWaiting{DropWaiting::What::kAsks};
    return std::find(d.effects.begin(), d.effects.end(), drop) != d.effects.end();
}

}  // namespace

TEST_CASE("the words of suppressors read both ways, and say what people read") {
    struct Case {
        SuppressorKind kind;
        std::string word;
        std::string phrase;
    };
    const std::vector<Case> cases = {
        {SuppressorKind::kSilence, "silence", "silence 6f1c (by li.na: disk)"},
        {SuppressorKind::kMaintenance, "maintenance", "maintenance window by li.na: disk"},
        {SuppressorKind::kInhibit, "inhibit", "alert by li.na: disk"},
        {SuppressorKind::kOpenWhen, "open_when", "condition by li.na: disk"},
    };
    REQUIRE(cases.size() == kSuppressorKinds.size());
    for (const Case& c : cases) {
        CHECK(to_string(c.kind) == c.word);
        CHECK(parse_suppressor_kind(c.word) == c.kind);
        CHECK(phrase_of({c.kind, "6f1c", "by li.na: disk", kStart, std::nullopt}) == c.phrase);
    }
    CHECK_FALSE(parse_suppressor_kind("storm of 1987"));
    CHECK(phrase_of({SuppressorKind::kInhibit, "web-17/up", "", kStart, std::nullopt}) ==
          "alert web-17/up");
}

TEST_CASE("a silence over an open incident stops its ladder, its end starts it from step 1") {
    World w;
    Decision d = w.opened();
    w.now += 10min;
    d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
    REQUIRE(d.next.step == 2);

    w.now += 1min;
    const Suppressor by = w.silence(w.now + 2h);
    d = w.on(d.next, w.held("disk", "warning", by));
    CHECK(d.next.state == State::kTriggered);
    CHECK(d.next.suppressed == by);
    CHECK(kinds(d) == "suppressed");
    CHECK(text_of(d, "suppressed") ==
          "Held back by silence 6f1c (by li.na: disk) until " + format_rfc3339(*by.until));
    CHECK(told(d).empty());
    CHECK(drops_asks(d));
    CHECK(cancels(d, TimerKind::kEscalation));

    // A step that was due at the same moment is not taken; a failed message asks nobody else.
    const Decision due = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
    CHECK_FALSE(due.changed);
    EffectOutcome failed;
    failed.delivery = EffectOutcome::Delivery::kFailed;
    failed.notify.step = 2;
    CHECK(told(w.on(d.next, failed)).empty());
    // A rise under it is said, and tells nobody.
    const Decision rise = w.on(d.next, w.held("disk", "critical", by));
    CHECK(kinds(rise) == "level_raised");
    CHECK(told(rise).empty());
    CHECK(rise.next.severity == "critical");
    // Who gives it back or declines it sets nothing going.
    const Decision declined = w.on(d.next, World::act(ActionKind::kDecline));
    CHECK(told(declined).empty());
    CHECK_FALSE(timer(declined, TimerKind::kEscalation));

    w.now = *by.until;
    d = w.on(d.next, w.released("disk", "warning", by));
    CHECK_FALSE(d.next.suppressed);
    CHECK(kinds(d) == "unsuppressed step");
    CHECK(text_of(d, "unsuppressed") ==
          "No longer held back by silence 6f1c (by li.na: disk); firing since " +
              format_rfc3339(w.now));
    CHECK(told(d) == "li.na unsuppressed, zhao.lei unsuppressed");
    CHECK(d.next.step == 1);
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 10min);
}

TEST_CASE("an owned incident that is held back: the owner is told when it comes out, no ladder") {
    World w;
    for (const State state : {State::kAcknowledged, State::kPending}) {
        const Suppressor by = w.silence(w.now + 1h);
        Decision d = w.on(w.in_state(state), w.held("disk", "warning", by));
        CHECK(d.next.state == state);
        CHECK(d.next.suppressed == by);
        d = w.on(d.next, w.released("disk", "warning", by));
        CHECK(d.next.state == state);
        CHECK(d.next.assignee == "li.na");
        CHECK(told(d) == "li.na unsuppressed");
        CHECK_FALSE(timer(d, TimerKind::kEscalation));
    }
}

TEST_CASE("several alerts that come out at once are one word to the owner, and no news") {
    World w;
    for (const State state : {State::kAcknowledged, State::kPending}) {
        const Suppressor by = w.silence(w.now + 1h);
        Incident in = w.on(w.in_state(state), w.firing("cpu", "warning")).next;
        if (state == State::kPending) {
            UserAction pend = World::act(ActionKind::kPend);
            pend.text = "waits";
            pend.until = w.now + 9h;
            in = w.on(in, pend).next;
        }
        REQUIRE(in.state == state);
        in = w.on(in, w.held("disk", "warning", by)).next;
        in = w.on(in, w.held("cpu", "warning", by)).next;
        REQUIRE(in.suppressed);
        Decision d = w.on(in, w.released("disk", "warning", by));
        CHECK(told(d) == "li.na unsuppressed");
        d = w.on(d.next, w.released("cpu", "warning", by));
        CHECK(told(d).empty());
        CHECK(d.next.state == state);
    }
}

TEST_CASE("a snooze and a wait that end while it is held back ask nobody") {
    World w;
    const Suppressor by = w.silence(w.now + 9h);
    UserAction snooze = World::act(ActionKind::kSnooze);
    snooze.until = w.now + 1h;
    Incident in = w.on(w.in_state(State::kAcknowledged), snooze).next;
    in = w.on(in, w.held("disk", "warning", by)).next;
    w.now += 1h;
    Decision d = w.on(in, TimerDue{TimerKind::kSnooze, w.now});
    CHECK(kinds(d) == "snooze_ended");
    CHECK(told(d).empty());

    in = w.on(w.in_state(State::kPending), w.held("disk", "warning", by)).next;
    w.now += 24h;
    d = w.on(in, TimerDue{TimerKind::kPending, w.now});
    CHECK(d.next.state == State::kAcknowledged);
    CHECK(told(d).empty());
}

TEST_CASE("cleared while it is held back: resolved after its window, the end told, nothing else") {
    World w;
    const Suppressor by = w.silence(w.now + 1h);
    Decision d = w.on(w.opened().next, w.held("disk", "warning", by));
    w.now += 5min;
    AlertResolved cleared = w.cleared("disk");
    d = w.on(d.next, cleared);
    CHECK(told(d).empty());
    CHECK(timer(d, TimerKind::kStability) == w.now + 1min);
    // Fires again in the window, still held back: that is news of an alert outside.
    const Decision again = w.on(d.next, w.held("disk", "warning", by));
    CHECK_FALSE(again.changed);
    // Fires again and is not held back: it comes out, from step 1.
    const Decision out = w.on(d.next, w.firing("disk", "warning"));
    CHECK(told(out) == "li.na unsuppressed");
    CHECK(timer(out, TimerKind::kEscalation) == w.now + 10min);
    CHECK(cancels(out, TimerKind::kStability));

    w.now += 1min;
    d = w.on(d.next, TimerDue{TimerKind::kStability, w.now});
    CHECK(d.next.state == State::kResolved);
    CHECK_FALSE(d.next.suppressed);
    CHECK(told(d) == "li.na resolved");
}

TEST_CASE(
    "one of two alerts is held back: the other speaks, and clears into a held back incident") {
    World w;
    const Suppressor by = w.silence(w.now + 1h);
    Decision d = w.on(w.opened("warning").next, w.firing("inodes", "critical"));
    REQUIRE(d.next.severity == "critical");
    d = w.on(d.next, w.held("inodes", "critical", by));
    CHECK_FALSE(d.next.suppressed);
    CHECK(kinds(d) == "level_lowered alert_suppressed");
    CHECK(text_of(d, "alert_suppressed") ==
          "inodes on web-17 is held back by silence 6f1c (by li.na: disk)");
    CHECK(d.next.severity == "warning");
    CHECK(d.next.priority == Priority::kP2);  // it falls only by hand

    // It comes out: as one that joins.
    const Decision out = w.on(d.next, w.released("inodes", "critical", by));
    CHECK(kinds(out) == "alert_released level_raised");
    CHECK(out.next.severity == "critical");

    // The other clears: what is left is held back, so all of it is.
    d = w.on(d.next, w.cleared("disk"));
    CHECK(d.next.suppressed == by);
    CHECK(kinds(d) == "alert_cleared level_raised suppressed");
    CHECK(cancels(d, TimerKind::kEscalation));
    CHECK_FALSE(timer(d, TimerKind::kStability));
    // A new alert that nothing holds back: the ladder, from step 1.
    d = w.on(d.next, w.firing("load", "warning"));
    CHECK_FALSE(d.next.suppressed);
    CHECK(told(d) == "li.na unsuppressed");
}

TEST_CASE("cleared while it is held back, a major incident that nobody owns asks again") {
    World w;
    Incident in = w.opened("critical").next;
    in.facts.major = Major{};
    in = w.on(in, w.held("disk", "critical", w.silence(w.now + 1h))).next;
    in = w.on(in, w.cleared("disk", "critical")).next;
    REQUIRE(in.suppressed);
    w.now += w.settings.stable;
    const Decision d = w.on(in, TimerDue{TimerKind::kStability, w.now});
    CHECK(d.next.state == State::kTriggered);
    CHECK_FALSE(d.next.suppressed);
    CHECK(told(d) == "li.na all_clear");
    CHECK(timer(d, TimerKind::kEscalation));
}

TEST_CASE("all clear, a major incident that nobody owns tells those who were asked") {
    World w;
    UserAction major = World::act(ActionKind::kMajor, "zhao.lei");
    Incident in = w.on(w.opened().next, major).next;
    REQUIRE(in.told == std::vector<std::string>{"li.na", "zhao.lei"});
    in = w.on(in, w.cleared("disk")).next;
    w.now += w.settings.stable;
    const Decision d = w.on(in, TimerDue{TimerKind::kStability, w.now});
    CHECK(d.next.state == State::kTriggered);
    CHECK(told(d) == "li.na all_clear, zhao.lei all_clear");
}

TEST_CASE("of several suppressors the incident carries the one that ends last") {
    World w;
    Suppressor first = w.silence(w.now + 1h);
    Suppressor last = w.silence(w.now + 2h);
    last.id = "7a2d";
    Suppressor open = w.silence();
    open.id = "8b3e";
    Decision d = w.on(w.opened().next, w.firing("inodes", "warning"));
    d = w.on(d.next, w.held("disk", "warning", last));
    CHECK_FALSE(d.next.suppressed);
    d = w.on(d.next, w.held("inodes", "warning", first));
    CHECK(d.next.suppressed == last);
    d = w.on(d.next, w.held("inodes", "warning", open));
    CHECK(d.next.suppressed == open);
    CHECK(kinds(d).empty());  // by what has changed, not that it is
}

TEST_CASE(
    "resolved by hand, still firing and held back: it reopens when it comes out, not before") {
    World w;
    Decision d = w.on(w.opened().next, World::act(ActionKind::kResolve));
    REQUIRE(d.next.state == State::kResolved);
    const Suppressor by = w.silence(w.now + 1h);
    d = w.on(d.next, w.held("disk", "warning", by));
    CHECK(cancels(d, TimerKind::kResolveGrace));
    CHECK(d.next.suppressed == by);
    const Decision grace = w.on(d.next, TimerDue{TimerKind::kResolveGrace, w.now});
    CHECK_FALSE(grace.changed);
    w.now = *by.until;
    const Decision out = w.on(d.next, w.released("disk", "warning", by));
    CHECK(out.next.state == State::kTriggered);
    CHECK(kinds(out) == "reopened step");
    CHECK(told(out) == "li.na unsuppressed");
    // Cleared meanwhile: nothing to tell, nothing left of it.
    const Decision cleared = w.on(d.next, w.cleared("disk"));
    CHECK(cleared.next.state == State::kResolved);
    CHECK_FALSE(cleared.next.suppressed);
    CHECK(told(cleared).empty());
}

TEST_CASE("a lapse waits while its incident is held back, and goes on when it comes out") {
    World w;
    const Incident owned = w.in_state(State::kAcknowledged);
    Decision d = w.on(owned, w.firing("disk", "critical"));
    REQUIRE(timer(d, TimerKind::kLapse));
    const Suppressor by = w.silence(w.now + 1h);
    d = w.on(d.next, w.held("disk", "critical", by));
    CHECK(cancels(d, TimerKind::kLapse));
    CHECK_FALSE(w.on(d.next, TimerDue{TimerKind::kLapse, w.now}).changed);
    d = w.on(d.next, w.released("disk", "critical", by));
    CHECK(told(d) == "li.na unsuppressed");
    CHECK(timer(d, TimerKind::kLapse) == w.now + 15min);
}

TEST_CASE("who made a silence is told before it ends, when it holds this incident back") {
    World w;
    const Suppressor by = w.silence(w.now + 15min);
    const Decision held = w.on(w.opened().next, w.held("disk", "warning", by));
    const Decision d = w.on(held.next, SilenceEnding{by, "zhao.lei"});
    CHECK(kinds(d) == "silence_ending");
    CHECK(told(d) == "zhao.lei silence_ending");
    // One that is nobody here (amtool gives the name of an account) leaves the line.
    const Decision unknown = w.on(held.next, SilenceEnding{by, "root"});
    CHECK(kinds(unknown) == "silence_ending");
    CHECK(told(unknown).empty());
}

TEST_CASE("a warning that would come after the end of the silence is none") {
    World w;
    Calendar morning;
    morning.always = false;
    REQUIRE(add_hours(morning.week, "mon-sun 09:00-10:00"));
    w.oncall.hours.by_priority.fill(std::make_shared<const Calendar>(morning));
    w.now = parse_rfc3339("2026-01-05T22:00:00Z").value();
    const Suppressor by = w.silence(w.now + 15min);
    const Incident held = w.on(w.opened().next, w.held("disk", "warning", by)).next;
    CHECK(told(w.on(held, SilenceEnding{by, "zhao.lei"})).empty());
    Suppressor longer = by;
    longer.until = w.now + 12h;
    const Incident held_long = w.on(w.opened().next, w.held("disk", "warning", longer)).next;
    CHECK(told(w.on(held_long, SilenceEnding{longer, "zhao.lei"})) == "zhao.lei silence_ending");
}

TEST_CASE("an alert that comes out opens its incident, and the line says what held it back") {
    World w;
    const Suppressor by = w.silence(w.now + 1h);
    Opening opening{"INC-2026-000001", "web:disk", w.alert("disk", "warning"), {}};
    opening.released = by;
    const Decision d = open(opening, w.context(), w.now);
    CHECK(kinds(d) == "opened unsuppressed step");
    CHECK(told(d) == "li.na opened");
}
