// What asks an owner again, what does not, and who counts as one.
#include <catch2/catch.hpp>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

TEST_CASE("the team's lead lets a P1 wait for its owner, who is told") {
    World w;
    const Incident p1 = w.on(w.in_state(State::kAcknowledged), w.firing("disk", "critical")).next;
    UserAction raise = World::act(ActionKind::kPriority);
    raise.priority = Priority::kP1;
    UserAction pend = World::act(ActionKind::kPend, "zhao.lei");
    pend.text = "the vendor ships a disk";
    pend.until = w.now + 72h;
    const Decision d = w.on(w.on(p1, raise).next, pend);
    CHECK(d.next.state == State::kPending);
    CHECK(d.next.acknowledged_by == "li.na");
    CHECK(told(d) == "li.na still_pending");

    // From then on who decided it is asked.
    w.now += 24h;
    const Decision asked = w.on(d.next, TimerDue{TimerKind::kPendingReminder, w.now});
    CHECK(told(asked) == "zhao.lei still_pending");
    UserAction resume = World::act(ActionKind::kResume, "zhao.lei");
    const Decision resumed = w.on(asked.next, resume);
    CHECK(told(resumed) == "li.na pending_ended");
    CHECK(resumed.next.pending_by.empty());
}

TEST_CASE("where nobody can be told who let an incident wait its owner is asked") {
    World w;
    UserAction pend = World::act(ActionKind::kPend, "root");
    pend.authority = Authority::kAdmin;
    pend.text = "the vendor ships a disk";
    pend.until = w.now + 72h;
    const Decision d = w.on(w.in_state(State::kAcknowledged), pend);
    w.now += 24h;
    CHECK(told(w.on(d.next, TimerDue{TimerKind::kPendingReminder, w.now})) ==
          "li.na still_pending");
}

TEST_CASE("what waits and is raised by hand waits no longer, and its owner has to answer") {
    World w;
    UserAction raise = World::act(ActionKind::kPriority, "zhao.lei");
    raise.priority = Priority::kP1;
    const Decision d = w.on(w.in_state(State::kPending), raise);
    CHECK(d.next.state == State::kAcknowledged);
    CHECK(cancels(d, TimerKind::kPending));
    CHECK(told(d) == "li.na raised");
    CHECK(timer(d, TimerKind::kLapse) == w.now + 5min);
}

TEST_CASE("a level that falls and comes back is no rise to whoever has the incident") {
    World w;
    UserAction snooze = World::act(ActionKind::kSnooze);
    snooze.until = w.now + 1h;
    Decision d = w.on(w.opened("critical").next, snooze);
    for (int i = 0; i < 3; ++i) {
        d = w.on(d.next, w.firing("disk", "warning"));
        CHECK(kinds(d) == "level_lowered");
        d = w.on(d.next, w.firing("disk", "critical"));
        CHECK(kinds(d) == "level_raised");
        CHECK(told(d).empty());
        CHECK(d.next.snoozed_until);
    }
    // The first time it is one.
    d = w.on(w.in_state(State::kAcknowledged), w.firing("disk", "critical"));
    CHECK(told(d) == "li.na raised");
}

TEST_CASE("a level above what its owner took on is a rise, whatever it was before") {
    World w;
    Decision d = w.on(w.opened("critical").next, w.firing("disk", "warning"));
    SECTION("taken at the lower level") {
        d = w.on(d.next, World::act(ActionKind::kAcknowledge));
        CHECK(told(w.on(d.next, w.firing("disk", "critical"))) == "li.na raised");
    }
    SECTION("snoozed at the lower level") {
        UserAction snooze = World::act(ActionKind::kSnooze);
        snooze.until = w.now + 1h;
        d = w.on(w.on(d.next, World::act(ActionKind::kAcknowledge)).next, snooze);
        d = w.on(d.next, w.firing("disk", "critical"));
        CHECK_FALSE(d.next.snoozed_until);
        CHECK(told(d) == "li.na raised");
    }
    SECTION("let wait at the lower level") {
        UserAction pend = World::act(ActionKind::kPend);
        pend.text = "waits for the vendor";
        pend.until = w.now + 1h;
        d = w.on(w.on(d.next, World::act(ActionKind::kAcknowledge)).next, pend);
        d = w.on(d.next, w.firing("disk", "critical"));
        CHECK(d.next.state == State::kAcknowledged);
        CHECK(told(d) == "li.na raised");
    }
    SECTION("what was worse while it was held back has been told to nobody") {
        const Suppressor by = w.silence(w.now + 1h);
        Incident in = w.on(w.in_state(State::kAcknowledged), w.held("disk", "warning", by)).next;
        in = w.on(in, w.held("disk", "critical", by)).next;
        in = w.on(in, w.held("disk", "warning", by)).next;
        in = w.on(in, w.released("disk", "warning", by)).next;
        REQUIRE_FALSE(in.suppressed);
        CHECK(told(w.on(in, w.firing("disk", "critical"))) == "li.na raised");
    }
}

TEST_CASE("a robot's acknowledge is no response, and a person takes it from the robot") {
    World w;
    Decision d = w.on(w.opened().next, World::act(ActionKind::kAcknowledge, "ticket-bot"));
    CHECK(d.next.state == State::kAcknowledged);
    CHECK_FALSE(d.next.responded_at);
    w.now += 1min;
    CHECK(w.on(d.next, World::act(ActionKind::kAcknowledge, "other-bot")).refusal);
    d = w.on(d.next, World::act(ActionKind::kAcknowledge));
    CHECK(d.next.acknowledged_by == "li.na");
    CHECK(d.next.responded_at == w.now);
    // A person who resolves what a robot has taken has answered, too.
    d = w.on(w.opened().next, World::act(ActionKind::kAcknowledge, "ticket-bot"));
    CHECK(w.on(d.next, World::act(ActionKind::kResolve)).next.responded_at == w.now);
    // Where nobody is configured, a token is all that is known of a person.
    w.oncall.people.clear();
    CHECK(w.on(w.opened().next, World::act(ActionKind::kAcknowledge, "root")).next.responded_at);
}

TEST_CASE("the reopen window begins when the last alert has cleared") {
    World w;
    Incident in = w.on(w.opened().next, World::act(ActionKind::kResolve)).next;
    w.now += w.settings.resolve_grace / 2;
    in = w.on(in, w.cleared("disk")).next;
    w.now += w.settings.reopen;
    const Decision d = w.on(in, w.firing("disk", "warning"));
    CHECK(d.next.state == State::kTriggered);
    CHECK_FALSE(d.supersede);
    w.now += 1ms;
    CHECK(w.on(in, w.firing("disk", "warning")).supersede);
}
