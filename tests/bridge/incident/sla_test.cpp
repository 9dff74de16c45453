// The clocks of an incident: what starts, pauses, moves and stops them (semantics 5), and whom the
// resolution ladder informs (semantics 6).
#include <catch2/catch.hpp>

#include "bridge/incident/sla_moves.h"
#include "sla_world.h"
#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::sla_test;

TEST_CASE("a route's calendar is the one that its targets run on, whosever they are") {
    SlaWorld w;
    Calendar evenings;
    evenings.name = "evenings";
    evenings.always = false;
    evenings.week.fill({{20h, 24h}});
    w.settings.sla.calendars.push_back(evenings);
    w.route.calendar = "evenings";
    const Decision general = w.opened("critical");
    REQUIRE(general.next.sla.resolution.runs.size() == 1);
    CHECK(general.next.sla.resolution.runs.front().calendar == "evenings");
    CHECK(general.next.sla.response.due == from_unix_ms(1'795'033'800'000));  // 20:30 UTC
    w.route.sla = {{Priority::kP2, {5min, 1h, "7x24"}}};                      // its own too
    CHECK(w.opened("critical").next.sla.response.runs.front().calendar == "evenings");
    w.route.calendar.clear();
    CHECK(w.opened("critical").next.sla.response.due == kStart + 5min);
}

TEST_CASE("both clocks start at the opening and warn at 50, 75 and 90 %") {
    SlaWorld w;
    Decision d = w.opened("critical");  // P2
    CHECK(d.next.sla.response.due == kStart + 30min);
    CHECK(d.next.sla.resolution.due == kStart + 8h);
    CHECK(timer(d, TimerKind::kResponseTarget) == kStart + 15min);
    CHECK(timer(d, TimerKind::kResolutionTarget) == kStart + 4h);
    struct Step {
        Duration at;
        std::string percent;
        std::optional<Duration> next;
        std::string told;
    };
    for (const Step& step : std::vector<Step>{{4h, "50", 6h, "zhao.lei at_risk"},
                                              {6h, "75", 7h + 12min, "li.na at_risk"},
                                              {7h + 12min, "90", 8h, "li.na at_risk"}}) {
        if (d.next.state == State::kTriggered) {
            d = w.on(d.next, World::act(ActionKind::kAcknowledge));
            CHECK(cancels(d, TimerKind::kResponseTarget));
        }
        w.now = kStart + step.at;
        d = w.fire(d.next, TimerKind::kResolutionTarget);
        INFO(step.percent);
        CHECK(entry(d, "sla_at_risk", "percent") == step.percent);
        CHECK(entry(d, "sla_at_risk", "clock") == "resolution");
        CHECK(timer(d, TimerKind::kResolutionTarget) == kStart + *step.next);
        CHECK(told(d) == step.told);
        CHECK(d.next.state == State::kAcknowledged);
    }
    w.now = kStart + 8h;
    d = w.fire(d.next, TimerKind::kResolutionTarget);
    CHECK(entry(d, "sla_breached", "cause") == "in_work");
    CHECK(entry(d, "sla_breached", "about") == "li.na");
    CHECK(d.next.sla.resolution.breached_at == kStart + 8h);
    CHECK_FALSE(timer(d, TimerKind::kResolutionTarget));
    CHECK(told(d) == "wang.wei breached, li.na breached");
    CHECK(d.next.assignee == "li.na");  // informed upward; the owner stays
}

TEST_CASE("a bridge that was away says each share that passed, and tells every step of them once") {
    SlaWorld w;
    const Incident acked = w.acked();
    w.now += 9h;
    const Decision d = w.fire(acked, TimerKind::kResolutionTarget);
    CHECK(kinds(d) == "sla_at_risk sla_at_risk sla_at_risk sla_breached");  // 50, 75, 90, 100 %
    CHECK(told(d) == "zhao.lei breached, wang.wei breached, li.na breached");
    CHECK(d.next.sla.resolution.breached_at == kStart + 8h);
}

TEST_CASE("the response clock stops at the first acknowledge and never restarts") {
    SlaWorld w;
    w.now += 30min;  // at the very moment: met
    Decision d = w.on(SlaWorld().opened("critical").next, World::act(ActionKind::kAcknowledge));
    CHECK_FALSE(d.next.sla.response.breached_at);
    CHECK(d.next.responded_at == w.now);
    d = w.on(d.next, World::act(ActionKind::kUnacknowledge));
    CHECK(d.next.state == State::kTriggered);
    CHECK_FALSE(timer(d, TimerKind::kResponseTarget));
    w.now += 10h;
    d = w.fire(d.next, TimerKind::kResponseTarget);
    CHECK_FALSE(d.changed);

    // One that comes before its timer was handled is late all the same.
    SlaWorld late;
    const Incident opened = late.opened("critical").next;
    late.now += 30min + 1ms;
    d = late.on(opened, World::act(ActionKind::kAcknowledge));
    CHECK(d.next.sla.response.breached_at == kStart + 30min);
    CHECK(entry(d, "sla_breached", "cause") == "not_acknowledged");
}

TEST_CASE("what clears before anybody acknowledges needs no response") {
    SlaWorld w;
    Incident in = w.opened("critical").next;
    w.now += 29min;
    Decision d = w.on(in, w.cleared("disk", "critical"));
    CHECK(cancels(d, TimerKind::kResponseTarget));
    w.now += 1min;  // due within the stability window: it stands still as of the clearing
    d = w.on(d.next, TimerDue{TimerKind::kStability, w.now});
    CHECK(d.next.state == State::kResolved);
    CHECK_FALSE(d.next.sla.response.breached_at);
    // It comes back: the time that it was resolved does not count.
    w.now += 20min;
    d = w.on(d.next, w.firing("disk", "critical"));
    CHECK(d.next.state == State::kTriggered);
    CHECK(d.next.sla.response.due == w.now + 1min);
    CHECK(d.next.sla.resolution.due == kStart + 8h + 21min);
}

TEST_CASE("firing again inside the stability window goes on as if nothing had cleared") {
    SlaWorld w;
    Incident in = w.opened("critical").next;
    w.now += 29min + 30s;
    in = w.on(in, w.cleared("disk", "critical")).next;
    w.now += 50s;
    const Decision d = w.on(in, w.firing("disk", "critical"));
    CHECK(d.next.sla.response.breached_at == kStart + 30min);
    CHECK(d.next.sla.resolution.due == kStart + 8h);
}

TEST_CASE("a clearing heard of late takes a breach back that came after it") {
    SlaWorld w;
    Incident in = w.acked();
    w.now += 8h;
    in = w.fire(in, TimerKind::kResolutionTarget).next;
    REQUIRE(in.sla.resolution.breached_at);
    w.now += 10min;
    AlertResolved late = w.cleared("disk", "critical");
    late.alert.ends_at = kStart + 7h;
    in = w.on(in, late).next;
    w.now += 1min;
    Decision d = w.on(in, TimerDue{TimerKind::kStability, w.now});
    CHECK(d.next.resolved_at == kStart + 7h);
    CHECK_FALSE(d.next.sla.resolution.breached_at);
    CHECK(kinds(d).find("sla_met") != std::string::npos);
    // Reopened, it can be missed again.
    w.now = kStart + 8h + 20min;
    d = w.on(d.next, World::act(ActionKind::kReopen));
    CHECK(d.next.sla.resolution.due == w.now + 1h);
    w.now += 1h;
    d = w.fire(d.next, TimerKind::kResolutionTarget);
    CHECK(d.next.sla.resolution.breached_at == w.now);
}

TEST_CASE("pending pauses the resolution clock for marked reasons, up to their cap, never before") {
    struct Case {
        std::string what;
        std::string reason;
        Duration wait;
        std::optional<Duration> resumed;  // before its time
        Duration due;                     // after the opening
    };
    for (const Case& c : std::vector<Case>{
             {"no reason", "", 2h, std::nullopt, 8h},
             {"a reason that does not pause", "window", 2h, std::nullopt, 8h},
             {"a reason that does", "vendor", 2h, std::nullopt, 10h},
             {"beyond the cap", "vendor", 9h, std::nullopt, 13h},
             {"resumed before its time", "vendor", 4h, 1h, 9h},
         }) {
        SlaWorld w;
        const Incident owned = w.acked();
        w.now += 1h;
        Incident in = w.pended(owned, c.wait, c.reason);
        INFO(c.what);
        if (c.resumed) {
            w.now += *c.resumed;
            in = w.on(in, World::act(ActionKind::kResume)).next;
        }
        CHECK(in.sla.resolution.due == kStart + c.due);
    }
}

TEST_CASE("the cap of a reason counts over all waits of an incident") {
    SlaWorld w;
    Incident in = w.pended(w.acked(), 3h, "vendor");
    w.now += 3h;
    in = w.on(in, TimerDue{TimerKind::kPending, w.now}).next;
    CHECK(in.sla.resolution.due == kStart + 11h);
    in = w.pended(in, 4h, "vendor");
    CHECK(in.sla.resolution.due == kStart + 13h);  // 5h in all
    w.now += 4h;
    in = w.on(in, TimerDue{TimerKind::kPending, w.now}).next;
    in = w.pended(in, 4h, "vendor");
    CHECK(in.sla.resolution.due == kStart + 13h);
}

TEST_CASE("silence, snooze and acknowledge pause nothing") {
    SlaWorld w;
    UserAction snooze = World::act(ActionKind::kSnooze);
    snooze.until = w.now + 5h;
    const Incident in = w.on(w.opened("critical").next, snooze).next;
    CHECK(in.sla.resolution.due == kStart + 8h);
}

TEST_CASE("a snooze mutes the owner's warnings of a target, not those upward") {
    SlaWorld w;
    UserAction snooze = World::act(ActionKind::kSnooze);
    snooze.until = w.now + 9h;
    const Incident snoozed = w.on(w.acked(), snooze).next;
    w.now += 6h;
    Decision d = w.fire(snoozed, TimerKind::kResolutionTarget);
    CHECK(d.timeline.back().data.at("percent") == "75");
    CHECK(told(d) == "zhao.lei at_risk");  // of the share of 50 %
    w.now = kStart + 8h;
    d = w.fire(d.next, TimerKind::kResolutionTarget);
    CHECK(told(d) == "wang.wei breached");
    // Over: heard as ever.
    w.now = kStart + 6h;
    Incident awake = snoozed;
    awake.snoozed_until.reset();
    CHECK(told(w.fire(awake, TimerKind::kResolutionTarget)) == "zhao.lei at_risk, li.na at_risk");
}

TEST_CASE("a functional escalation leaves the response met and the resolution clock running") {
    SlaWorld w;
    UserAction hand = World::act(ActionKind::kEscalate);
    hand.team = "dba";
    hand.text = "it is the database";
    const Incident in = w.on(w.acked(), hand).next;
    CHECK(in.state == State::kTriggered);
    CHECK(in.responded_at);
    CHECK(in.sla.resolution.due == kStart + 8h);
    w.now += 30min;
    CHECK_FALSE(w.fire(in, TimerKind::kResponseTarget).changed);
}

TEST_CASE("a storm's child has no clock, whatever happens to it") {
    SlaWorld w;
    Incident in = w.opened("critical").next;
    Draft d(in, w.context(), w.now);
    drop_clocks(d);
    const Decision dropped = d.done("a child");
    CHECK(cancels(dropped, TimerKind::kResolutionTarget));
    in = w.prioritised(dropped.next, Priority::kP1);
    CHECK_FALSE(in.sla.resolution.due);
    CHECK_FALSE(in.sla.response.next);
}

TEST_CASE("while a storm stands for it an incident has no clock, on its own it starts anew") {
    SlaWorld w;
    Incident in = w.opened("critical").next;
    in.parent = "INC-2026-000002";
    in.absorbed = true;
    UserAction note = World::act(ActionKind::kNote);
    note.text = "the switch";
    Decision d = w.on(in, note);
    CHECK(d.next.sla.none);
    CHECK(cancels(d, TimerKind::kResponseTarget));
    CHECK(cancels(d, TimerKind::kResolutionTarget));
    w.now += 5h;
    UserAction take = World::act(ActionKind::kAssign);
    take.person = "li.na";
    d = w.on(d.next, take);
    CHECK_FALSE(d.next.absorbed);
    CHECK(d.next.sla.resolution.due == w.now + 8h);
    CHECK_FALSE(d.next.sla.response.breached_at);
}

TEST_CASE("held back, the clocks run and the resolution ladder stands still") {
    SlaWorld w;
    Incident in = w.acked();
    in.suppressed = Suppressor{SuppressorKind::kSilence, "6f1c", "by li.na", kStart, std::nullopt};
    in.alerts[0].suppressor = in.suppressed;
    w.now += 4h;
    const Decision d = w.fire(in, TimerKind::kResolutionTarget);
    CHECK(entry(d, "sla_at_risk", "percent") == "50");
    CHECK(told(d).empty());
}

TEST_CASE("an unknown reason to wait is refused with the known ones") {
    SlaWorld w;
    UserAction pend = World::act(ActionKind::kPend);
    pend.until = w.now + 1h;
    pend.reason = "vender";
    const Decision d = w.on(w.acked(), pend);
    REQUIRE(d.refusal);
    CHECK(d.refusal->message() == "\"vender\" is none of the configured reasons: vendor, window");
    // Without a list any word will do; it pauses nothing.
    w.settings.sla.reasons.clear();
    const Decision any = w.on(w.acked(), pend);
    CHECK(any.next.pending_reason == "vender");
    CHECK(any.next.sla.pauses.empty());
}

TEST_CASE("an acknowledge expires where that is configured, the owner is asked first") {
    SlaWorld w;
    w.settings.acknowledge_for = {{Priority::kP2, 2h}};
    Decision d = w.on(w.opened("critical").next, World::act(ActionKind::kAcknowledge));
    CHECK(timer(d, TimerKind::kAcknowledgeEnd) == kStart + 2h);
    const Incident owned = d.next;
    CHECK_FALSE(timer(w.on(w.opened("warning").next, World::act(ActionKind::kAcknowledge)),
                      TimerKind::kAcknowledgeEnd));

    w.now += 1h;  // every word of the owner's starts the time anew, another's does not
    UserAction note = World::act(ActionKind::kNote);
    note.text = "still at it";
    CHECK(timer(w.on(owned, note), TimerKind::kAcknowledgeEnd) == kStart + 3h);
    note.actor = "zhao.lei";
    CHECK_FALSE(timer(w.on(owned, note), TimerKind::kAcknowledgeEnd));
    UserAction snooze = World::act(ActionKind::kSnooze);
    snooze.until = w.now + 3h;
    CHECK(timer(w.on(owned, snooze), TimerKind::kAcknowledgeEnd) == kStart + 6h);
    CHECK(cancels(w.on(owned, World::act(ActionKind::kResolve)), TimerKind::kAcknowledgeEnd));

    w.now += 1h;
    d = w.on(owned, TimerDue{TimerKind::kAcknowledgeEnd, w.now});
    CHECK(d.next.state == State::kTriggered);
    CHECK(kinds(d) == "lapsed");
    CHECK(told(d) == "li.na lapsed");
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 15min);
    w.now += 15min;
    d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(told(d) == "li.na escalated, zhao.lei escalated");  // the next step not yet reached

    w.settings.acknowledge_for.clear();  // a reload took it away
    CHECK_FALSE(w.on(owned, TimerDue{TimerKind::kAcknowledgeEnd, w.now}).changed);
}
