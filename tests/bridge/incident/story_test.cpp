// Incidents over time: what people at three in the morning would see.
#include <catch2/catch.hpp>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {
std::optional<std::string> data(const Decision& d, std::string_view kind, const std::string& key) {
    for (const TimelineEntry& entry : d.timeline) {
        const auto it = entry.data.find(key);
        if (entry.kind == kind && it != entry.data.end()) return it->second;
    }
    return std::nullopt;
}
}  // namespace

TEST_CASE("a full disk: opened, raised, escalated, owned, cleared, back again, superseded") {
    World w;
    Decision d = w.opened();
    CHECK(d.changed);
    CHECK(d.next.state == State::kTriggered);
    CHECK(d.next.priority == Priority::kP3);
    CHECK(d.next.severity == "warning");
    CHECK(d.next.title == "disk on web-17");
    CHECK(d.next.team == "web");
    CHECK(kinds(d) == "opened step");
    CHECK(told(d) == "li.na opened");
    CHECK(d.timeline[0].text ==
          "disk on web-17 fires: warning, P3 (impact medium, urgency medium)");
    CHECK(d.timeline[1].text == "Step 1 of policy web: li.na by mail");
    CHECK(timer(d, TimerKind::kEscalation) == kStart + 10min);

    // The same incident becomes critical; the next step keeps its time.
    w.now += 1min;
    d = w.on(d.next, w.firing("disk", "critical"));
    CHECK(d.next.severity == "critical");
    CHECK(d.next.priority == Priority::kP2);
    CHECK(kinds(d) == "level_raised priority_raised");
    CHECK(told(d) == "li.na raised");
    CHECK_FALSE(timer(d, TimerKind::kEscalation));

    // Nobody acknowledges: step 2, then step 3.
    w.now = kStart + 10min;
    d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(told(d) == "li.na escalated, zhao.lei escalated");
    CHECK(data(d, "step", "step") == "2");
    CHECK(timer(d, TimerKind::kEscalation) == kStart + 20min);
    w.now = kStart + 20min;
    d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(told(d) == "wang.wei escalated");
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 30min);
    w.now += 30min;
    d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(told(d) == "wang.wei reminder");
    CHECK(d.next.repeats == 1);

    // Acknowledged: silence.
    w.now += 1min;
    const Timestamp answered = w.now;
    d = w.on(d.next, World::act(ActionKind::kAcknowledge, "zhao.lei"));
    CHECK(d.next.state == State::kAcknowledged);
    CHECK(d.next.assignee == "zhao.lei");
    CHECK(d.next.responded_at == answered);
    CHECK(told(d).empty());
    CHECK(cancels(d, TimerKind::kEscalation));
    CHECK(std::count(d.effects.begin(), d.effects.end(), Effect{DropWaiting{}}) == 1);

    // Cleared, stable, resolved as of the moment of clearing; the owner hears.
    w.now += 5min;
    const Timestamp cleared_at = w.now - 2s;
    AlertResolved cleared = w.cleared("disk", "critical");
    cleared.alert.ends_at = cleared_at;
    d = w.on(d.next, cleared);
    CHECK(d.next.state == State::kAcknowledged);
    CHECK(d.next.stable_since == cleared_at);
    CHECK(timer(d, TimerKind::kStability) == w.now + 1min);
    w.now += 1min;
    d = w.on(d.next, TimerDue{TimerKind::kStability, w.now});
    CHECK(d.next.state == State::kResolved);
    CHECK(d.next.resolved_at == cleared_at);
    CHECK(d.next.resolved_by == "system");
    CHECK(told(d) == "zhao.lei resolved");
    CHECK(timer(d, TimerKind::kClose) == w.now + 24h);

    // Full again within the reopen window: the same incident, the last owner and the ladder.
    w.now += 10min;
    const Incident resolved = d.next;
    d = w.on(resolved, w.firing("disk", "warning"));
    CHECK(d.next.state == State::kTriggered);
    CHECK(d.next.key == resolved.key);
    CHECK(d.next.reopen_count == 1);
    CHECK(d.next.priority == Priority::kP2);  // it falls only by hand
    CHECK(d.next.responded_at == answered);
    CHECK_FALSE(d.next.resolved_at);
    CHECK(told(d) == "li.na reopened, zhao.lei reopened");
    CHECK(cancels(d, TimerKind::kClose));

    // Beyond it: closed as superseded, and a new one that names it.
    w.now = *resolved.resolved_at + 30min + 1ms;
    d = w.on(resolved, w.firing("disk", "warning"));
    CHECK(d.supersede);
    const Opening opening{"INC-2026-000002", resolved.dedup_key, w.alert("disk", "warning"), {}};
    const Succession s = succeed(d, opening, w.context(), w.now);
    CHECK(s.closed.next.state == State::kClosed);
    CHECK(s.closed.next.successor == "INC-2026-000002");
    CHECK(s.closed.next.alerts == resolved.alerts);
    CHECK(kinds(s.closed) == "superseded");
    CHECK(told(s.closed).empty());
    CHECK(s.opened.next.state == State::kTriggered);
    CHECK(s.opened.next.predecessor == resolved.key);
    CHECK(s.opened.next.priority == Priority::kP3);
}

TEST_CASE("the last moment of the reopen window still reopens") {
    World w;
    const Incident resolved = w.in_state(State::kResolved);
    w.now = *resolved.resolved_at + 30min;
    const Decision d = w.on(resolved, w.firing("disk", "warning"));
    CHECK_FALSE(d.supersede);
    CHECK(d.next.state == State::kTriggered);
}

TEST_CASE("a route has its own reopen and stability windows") {
    World w;
    w.route.reopen = 5min;
    w.route.stable = Duration{0};
    Decision d = w.on(w.opened().next, w.cleared("disk"));
    CHECK(d.next.state == State::kResolved);  // no window: at once
    CHECK(kinds(d) == "alert_cleared resolved");
    w.now += 6min;
    CHECK(w.on(d.next, w.firing("disk", "warning")).supersede);
}

TEST_CASE("firing again inside the stability window is the same episode and wakes nobody") {
    World w;
    Decision d = w.on(w.in_state(State::kAcknowledged), w.cleared("disk"));
    w.now += 30s;
    d = w.on(d.next, w.firing("disk", "warning"));
    CHECK(d.next.state == State::kAcknowledged);
    CHECK_FALSE(d.next.stable_since);
    CHECK(cancels(d, TimerKind::kStability));
    CHECK(told(d).empty());
    CHECK(kinds(d) == "alert_fired");
    w.now += 30s;
    CHECK_FALSE(w.on(d.next, TimerDue{TimerKind::kStability, w.now}).changed);
}

TEST_CASE("several alerts: resolved only when the last has cleared, as of the last") {
    World w;
    Decision d = w.on(w.in_state(State::kAcknowledged), w.firing("inodes", "critical"));
    CHECK(d.next.alerts.size() == 2);
    CHECK(d.next.labels.get("host") == "web-17");
    CHECK(d.next.labels.get("alertname").empty());  // not shared
    w.now += 1min;
    d = w.on(d.next, w.cleared("inodes", "critical"));
    CHECK_FALSE(timer(d, TimerKind::kStability));
    CHECK(d.next.severity == "warning");
    CHECK(d.next.priority == Priority::kP2);
    CHECK(kinds(d) == "alert_cleared level_lowered");
    w.now += 1min;
    d = w.on(d.next, w.cleared("disk"));
    CHECK(d.next.stable_since == w.now);
    CHECK(d.next.severity == "warning");
}

TEST_CASE("resolved by hand while it fires: quiet until the grace is over, then it is back") {
    World w;
    Decision d = w.on(w.in_state(State::kAcknowledged), World::act(ActionKind::kResolve));
    CHECK(d.next.state == State::kResolved);
    CHECK(d.next.resolved_by_hand);
    CHECK(d.reason == "1 alert still firing; it reopens after 10m unless they clear");
    CHECK(timer(d, TimerKind::kResolveGrace) == w.now + 10min);
    CHECK(told(d).empty());  // who did it knows

    SECTION("a resend does not reopen, the end of the grace does") {
        w.now += 1min;
        const Decision resend = w.on(d.next, w.firing("disk", "warning"));
        CHECK_FALSE(resend.changed);
        CHECK(resend.next.state == State::kResolved);
        w.now += 9min;
        const Decision back = w.on(resend.next, TimerDue{TimerKind::kResolveGrace, w.now});
        CHECK(back.next.state == State::kTriggered);
        CHECK(told(back) == "li.na still_firing");
    }
    SECTION("cleared in time stays resolved, at the hour of the hand") {
        w.now += 2min;
        const Decision clear = w.on(d.next, w.cleared("disk"));
        CHECK(clear.next.state == State::kResolved);
        CHECK(clear.next.resolved_at == kStart);
        CHECK(cancels(clear, TimerKind::kResolveGrace));
    }
    SECTION("a new episode reopens at once") {
        w.now += 2min;
        const Decision clear = w.on(d.next, w.cleared("disk"));
        w.now += 1min;
        CHECK(w.on(clear.next, w.firing("disk", "warning")).next.state == State::kTriggered);
    }
    SECTION("it cannot be closed while it fires") {
        CHECK(possible_actions(d.next) == std::vector{ActionKind::kReopen, ActionKind::kNote});
        const Decision close = w.on(d.next, World::act(ActionKind::kClose));
        REQUIRE(close.refusal);
        CHECK(close.refusal->message ==
              "1 alert still firing; it can be closed when they have cleared");
    }
}

TEST_CASE("resolving a triggered incident by hand counts as its acknowledge") {
    World w;
    const Decision d = w.on(w.opened().next, World::act(ActionKind::kResolve, "zhao.lei"));
    CHECK(d.next.responded_at == w.now);
    CHECK(d.next.assignee == "zhao.lei");
    CHECK(timer(d, TimerKind::kEscalation) == std::nullopt);
}

TEST_CASE("a rise above what the owner took on tells the owner at once and lapses if unanswered") {
    World w;
    Decision d = w.on(w.in_state(State::kAcknowledged), w.firing("disk", "critical"));
    CHECK(d.next.state == State::kAcknowledged);
    CHECK(told(d) == "li.na raised");
    CHECK(timer(d, TimerKind::kLapse) == w.now + 15min);
    CHECK(possible_actions(d.next).front() == ActionKind::kAcknowledge);

    SECTION("acknowledged again: no lapse") {
        const Decision again = w.on(d.next, World::act(ActionKind::kAcknowledge));
        CHECK(cancels(again, TimerKind::kLapse));
        w.now += 15min;
        CHECK_FALSE(w.on(again.next, TimerDue{TimerKind::kLapse, w.now}).changed);
    }
    SECTION("silent: asks the owner first, then the next step not yet reached") {
        w.now += 15min;
        const Decision lapsed = w.on(d.next, TimerDue{TimerKind::kLapse, w.now});
        CHECK(lapsed.next.state == State::kTriggered);
        CHECK(told(lapsed) == "li.na lapsed");
        REQUIRE(timer(lapsed, TimerKind::kEscalation) == w.now + 15min);
        w.now += 15min;
        const Decision step = w.on(lapsed.next, TimerDue{TimerKind::kEscalation, w.now});
        CHECK(step.next.step == 2);
        CHECK(told(step) == "li.na escalated, zhao.lei escalated");
    }
    SECTION("somebody else may take over what waits for an answer") {
        const Decision other = w.on(d.next, World::act(ActionKind::kAcknowledge, "zhao.lei"));
        CHECK(other.next.acknowledged_by == "zhao.lei");
    }
}

TEST_CASE("an owner whom nothing reaches lapses at once on a rise to P2") {
    World w;
    Decision d = w.on(w.opened().next, World::act(ActionKind::kAcknowledge, "curl"));
    d = w.on(d.next, w.firing("disk", "critical"));
    CHECK(timer(d, TimerKind::kLapse) == w.now);
    d = w.on(d.next, TimerDue{TimerKind::kLapse, w.now});
    CHECK(d.next.state == State::kTriggered);
    CHECK(told(d) == "li.na escalated, zhao.lei escalated");
}

TEST_CASE("a second acknowledge names the first") {
    World w;
    const Decision d =
        w.on(w.in_state(State::kAcknowledged), World::act(ActionKind::kAcknowledge, "zhao.lei"));
    REQUIRE(d.refusal);
    CHECK(d.refusal->message == "li.na has acknowledged it; assign it to yourself to take it over");
}

TEST_CASE("an assigned owner has to acknowledge; the ladder goes on meanwhile") {
    World w;
    UserAction assign = World::act(ActionKind::kAssign);
    assign.person = "zhao.lei";
    SECTION("out of acknowledged") {
        const Decision d = w.on(w.in_state(State::kAcknowledged), assign);
        CHECK(d.next.state == State::kTriggered);
        CHECK(told(d) == "zhao.lei assigned");
        CHECK(timer(d, TimerKind::kEscalation) == w.now + 15min);
    }
    SECTION("in triggered the policy keeps its time") {
        const Decision d = w.on(w.opened().next, assign);
        CHECK(d.next.state == State::kTriggered);
        CHECK(d.next.assignee == "zhao.lei");
        CHECK(told(d) == "zhao.lei assigned");
        CHECK_FALSE(timer(d, TimerKind::kEscalation));
        CHECK_FALSE(cancels(d, TimerKind::kEscalation));
    }
    SECTION("to oneself is to take it") {
        assign.person = assign.actor = "zhao.lei";
        const Decision d = w.on(w.in_state(State::kAcknowledged), assign);
        CHECK(d.next.state == State::kAcknowledged);
        CHECK(d.next.acknowledged_by == "zhao.lei");
    }
}

TEST_CASE("pending ends by time, by a rise, by a new alert") {
    World w;
    const Incident pending = w.in_state(State::kPending);
    SECTION("by time") {
        w.now = *pending.pending_until;
        const Decision d = w.on(pending, TimerDue{TimerKind::kPending, w.now});
        CHECK(d.next.state == State::kAcknowledged);
        CHECK(told(d) == "li.na pending_ended");
    }
    SECTION("by a rise") {
        const Decision d = w.on(pending, w.firing("disk", "critical"));
        CHECK(d.next.state == State::kAcknowledged);
        CHECK(kinds(d) == "level_raised resumed priority_raised");
        CHECK(told(d) == "li.na raised");
        CHECK(timer(d, TimerKind::kLapse) == w.now + 15min);
    }
    SECTION("by a new alert") {
        const Decision d = w.on(pending, w.firing("inodes", "info"));
        CHECK(d.next.state == State::kAcknowledged);
        CHECK(told(d) == "li.na joined");
        CHECK_FALSE(timer(d, TimerKind::kLapse));  // a P3 does not lapse
    }
    SECTION("clear and stable resolves it too") {
        Decision d = w.on(pending, w.cleared("disk"));
        w.now += 1min;
        d = w.on(d.next, TimerDue{TimerKind::kStability, w.now});
        CHECK(d.next.state == State::kResolved);
        CHECK(cancels(d, TimerKind::kPending));
    }
}

TEST_CASE("only its owner lets an incident wait, and a P1 only the team's lead") {
    World w;
    UserAction pend = World::act(ActionKind::kPend, "zhao.lei");
    pend.text = "waits";
    pend.until = w.now + 1h;
    CHECK(w.on(w.in_state(State::kAcknowledged), pend).refusal);

    UserAction raise = World::act(ActionKind::kPriority);
    raise.priority = Priority::kP1;
    const Incident p1 = w.on(w.in_state(State::kAcknowledged), raise).next;
    pend.actor = "li.na";
    const Decision refused = w.on(p1, pend);
    REQUIRE(refused.refusal);
    CHECK(refused.refusal->message == "a P1 is pended by the team's lead only");
    pend.authority = Authority::kAdmin;
    CHECK(w.on(p1, pend).next.state == State::kPending);
}

TEST_CASE("priority falls only by hand, and below P2 only by the lead's") {
    World w;
    Decision d = w.opened("critical");
    CHECK(d.next.priority == Priority::kP2);
    d = w.on(d.next, w.firing("disk", "warning"));
    CHECK(d.next.priority == Priority::kP2);
    UserAction lower = World::act(ActionKind::kPriority);
    lower.priority = Priority::kP3;
    CHECK(w.on(d.next, lower).refusal);
    lower.actor = "zhao.lei";
    d = w.on(d.next, lower);
    CHECK(d.next.priority == Priority::kP3);
    // A resend at the same level is no reason to raise it again; a rise is.
    CHECK(w.on(d.next, w.firing("disk", "warning")).next.priority == Priority::kP3);
    CHECK(w.on(d.next, w.firing("disk", "critical")).next.priority == Priority::kP2);
}

TEST_CASE(
    "a raise in the middle of the ladder reaches those asked, on the new priority's contacts") {
    World w;
    w.oncall.policies[0].response[0].tell.push_back({Target::Kind::kManager, "web"});
    Decision d = w.opened();
    CHECK(told(d) == "li.na opened");  // the manager has no contact for P3
    d = w.on(d.next, w.firing("disk", "critical"));
    CHECK(told(d) == "li.na raised, wang.wei raised");
}

TEST_CASE("a raise after the ladder's end starts it again") {
    World w;
    Decision d = w.opened();
    for (int i = 0; i < 3; ++i) d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(d.next.step == 3);
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 24h);
    d = w.on(d.next, w.firing("disk", "critical"));
    CHECK(d.next.step == 1);
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 10min);
}

TEST_CASE("snooze implies acknowledge, and ends by time or by a new alert") {
    World w;
    UserAction snooze = World::act(ActionKind::kSnooze);
    snooze.until = w.now + 1h;
    const Decision d = w.on(w.opened().next, snooze);
    CHECK(d.next.state == State::kAcknowledged);
    CHECK(d.next.responded_at == w.now);
    CHECK(timer(d, TimerKind::kSnooze) == w.now + 1h);
    SECTION("by time") {
        w.now += 1h;
        const Decision end = w.on(d.next, TimerDue{TimerKind::kSnooze, w.now});
        CHECK_FALSE(end.next.snoozed_until);
        CHECK(told(end) == "li.na snooze_ended");
    }
    SECTION("by a new alert") {
        const Decision end = w.on(d.next, w.firing("inodes", "warning"));
        CHECK_FALSE(end.next.snoozed_until);
        CHECK(cancels(end, TimerKind::kSnooze));
        CHECK(told(end) == "li.na joined");
    }
}

TEST_CASE("unknown alerts keep an incident open until there is news") {
    World w;
    Decision d = w.on(w.opened().next, w.silent("disk"));
    CHECK(d.next.state == State::kTriggered);
    CHECK(d.next.severity == "warning");
    CHECK(d.next.count(AlertStatus::kUnknown) == 1);
    SECTION("it fires on") {
        d = w.on(d.next, w.firing("disk", "warning"));
        CHECK(kinds(d) == "alert_back");
        CHECK(told(d).empty());
    }
    SECTION("it has cleared") {
        d = w.on(d.next, w.cleared("disk"));
        CHECK(timer(d, TimerKind::kStability));
    }
    SECTION("one of two unknown, the other cleared: still open") {
        d = w.on(d.next, w.firing("inodes", "warning"));
        d = w.on(d.next, w.cleared("inodes"));
        CHECK_FALSE(timer(d, TimerKind::kStability));
    }
}

TEST_CASE("a source's setting ends its unknown alerts as expired") {
    World w;
    w.settings.expire_unknown["prometheus"] = 15min;
    Incident in = w.opened().next;
    AlertUnknown silent = w.silent("disk");
    silent.alert.source = "prometheus";
    silent.alert.seq = 0;
    Decision d = w.on(in, silent);
    REQUIRE(timer(d, TimerKind::kExpiry) == w.now + 15min);
    w.now += 15min;
    d = w.on(d.next, TimerDue{TimerKind::kExpiry, w.now});
    CHECK(kinds(d) == "alert_expired");
    CHECK(d.next.stable_since == kStart);
    CHECK(timer(d, TimerKind::kStability) == w.now + 1min);
    CHECK(d.next.alerts.front().status == AlertStatus::kResolved);
}

TEST_CASE("decline and giving back move the policy on at once") {
    World w;
    Decision d = w.on(w.opened().next, World::act(ActionKind::kDecline));
    CHECK(d.next.step == 2);
    CHECK(told(d) == "li.na escalated, zhao.lei escalated");
    d = w.on(w.in_state(State::kAcknowledged), World::act(ActionKind::kUnacknowledge));
    CHECK(d.next.state == State::kTriggered);
    CHECK(d.next.step == 2);
    CHECK(d.next.assignee.empty());
    CHECK(d.next.responded_at == kStart);  // response stays met
}

TEST_CASE("a functional escalation changes team and policy, and the former team watches") {
    World w;
    UserAction escalate = World::act(ActionKind::kEscalate);
    escalate.team = "dba";
    escalate.text = "slow queries";
    const Decision d = w.on(w.in_state(State::kAcknowledged), escalate);
    CHECK(d.next.state == State::kTriggered);
    CHECK(d.next.team == "dba");
    CHECK(d.next.policy == "dba");
    CHECK(d.next.assignee.empty());
    CHECK(d.next.watchers == std::vector<std::string>{"team:web"});
    CHECK(told(d) == "chen.yu handed_over");
    CHECK(d.next.responded_at == kStart);
}

TEST_CASE("when every message of a step fails, the next step does not wait") {
    World w;
    Decision d = w.opened();
    EffectOutcome failed;
    failed.delivery = EffectOutcome::Delivery::kFailed;
    failed.detail = "550 no such user";
    failed.notify = std::get<Notify>(d.effects.front());
    d = w.on(d.next, failed);
    CHECK(d.next.step == 2);
    CHECK(kinds(d) == "not_told step");
    failed.notify.step = 2;
    const Decision one_of_two = w.on(d.next, failed);
    CHECK(one_of_two.next.step == 2);
    CHECK(one_of_two.next.step_failed == 1);
}

TEST_CASE("watchers of `also` routes hear the opening and the end") {
    World w;
    Route managers;
    managers.name = "managers";
    managers.also = true;
    managers.tell = {{Target::Kind::kTeam, "dba"}};
    const Opening opening{"INC-1", "k", w.alert("disk", "warning"), {&managers}};
    Decision d = open(opening, w.context(), w.now);
    CHECK(told(d) == "li.na opened, chen.yu opened");
    d = w.on(d.next, w.cleared("disk"));
    w.now += 1min;
    d = w.on(d.next, TimerDue{TimerKind::kStability, w.now});
    CHECK(told(d) == "li.na resolved, chen.yu resolved");
}

TEST_CASE("without a policy nobody is told, which is said once, and the timer goes on") {
    World w;
    w.route.team = w.route.policy = "";
    Decision d = w.opened();
    CHECK(kinds(d) == "opened nobody");
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 24h);
    d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(kinds(d).empty());
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 24h);
}

TEST_CASE("a first step with a time of its own waits for it") {
    World w;
    w.oncall.policies[0].response[0].after = 5min;
    Decision d = w.opened();
    CHECK(told(d).empty());
    REQUIRE(timer(d, TimerKind::kEscalation) == w.now + 5min);
    w.now += 5min;
    d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(told(d) == "li.na opened");
    CHECK(timer(d, TimerKind::kEscalation) == w.now + 5min);
}

TEST_CASE("the route caps the priority of alerts, not of people") {
    World w;
    w.route.priority_at_most = Priority::kP3;
    Decision d = w.opened("critical");
    CHECK(d.next.priority == Priority::kP3);
    UserAction raise = World::act(ActionKind::kPriority);
    raise.priority = Priority::kP1;
    CHECK(w.on(d.next, raise).next.priority == Priority::kP1);
}

TEST_CASE("a title is the summary in one line, cut between characters") {
    World w;
    AlertRecord alert = w.alert("disk", "warning");
    alert.annotations["summary"] = " / is\n93 % full ";
    CHECK(open({"INC-1", "k", alert, {}}, w.context(), w.now).next.title == "/ is 93 % full");
    std::string longer;
    for (int i = 0; i < 100; ++i) longer += "盘";  // three bytes each
    alert.annotations["summary"] = longer;
    const std::string title = open({"INC-1", "k", alert, {}}, w.context(), w.now).next.title;
    CHECK(title == longer.substr(0, 198) + "…");
}

TEST_CASE("confirmed is a fact of its own") {
    World w;
    const Decision d = w.on(w.in_state(State::kResolved), World::act(ActionKind::kConfirm));
    CHECK(d.next.confirmed_by == "li.na");
    CHECK(d.next.confirmed_at == w.now);
    CHECK(kinds(d) == "confirmed closed");
}

TEST_CASE("closed by itself when resolved long enough") {
    World w;
    const Incident resolved = w.in_state(State::kResolved);
    w.now += 24h + 1min;
    const Decision d = w.on(resolved, TimerDue{TimerKind::kClose, w.now});
    CHECK(d.next.state == State::kClosed);
    CHECK(d.next.closed_at == w.now);
    CHECK_FALSE(d.next.confirmed_at);
}

TEST_CASE("an acknowledge leaves nothing to ask, an end leaves nothing at all to tell of before") {
    struct Case {
        MessageKind kind;
        int step;
        bool asks;
    };
    for (const Case& c :
         {Case{MessageKind::kOpened, 1, true}, Case{MessageKind::kOpened, 0, false},
          Case{MessageKind::kEscalated, 2, true}, Case{MessageKind::kReminder, 2, true},
          Case{MessageKind::kReopened, 0, true}, Case{MessageKind::kStillFiring, 1, true},
          Case{MessageKind::kRaised, 0, true}, Case{MessageKind::kJoined, 0, true},
          Case{MessageKind::kAssigned, 0, true}, Case{MessageKind::kLapsed, 0, true},
          Case{MessageKind::kNobody, 0, true}, Case{MessageKind::kHandedOver, 1, true},
          Case{MessageKind::kResolved, 0, false}}) {
        CAPTURE(to_string(c.kind), c.step);
        Notify message;
        message.kind = c.kind;
        message.step = c.step;
        CHECK(is_dropped(DropWaiting::What::kAsks, message) == c.asks);
        CHECK(is_dropped(DropWaiting::What::kAll, message));
    }
}

TEST_CASE("of an address that is a URL no more than scheme and host is shown") {
    struct Case {
        const char* address;
        const char* shown;
    };
    for (const Case& c : {Case{"li.na@example.com", "li.na@example.com"}, Case{"", ""},
                          Case{"https://hooks.example/T0/B0/s3cret?x=1#y", "https://hooks.example"},
                          Case{"https://user:s3cret@hooks.example:8443/x", "https://hooks.example"},
                          Case{"http://[2001:db8::1]:80/x", "http://[2001:db8::1]"},
                          Case{"https://hooks.example?s3cret", "https://hooks.example"}}) {
        CAPTURE(c.address);
        Notify message;
        message.address = c.address;
        CHECK(shown_address(message) == c.shown);
    }
}

TEST_CASE("an owner who was asked again answers by snoozing") {
    World w;
    Decision d = w.on(w.opened("warning").next, World::act(ActionKind::kAcknowledge, "li.na"));
    w.now += 1min;
    d = w.on(d.next, w.firing("disk", "critical"));
    REQUIRE(timer(d, TimerKind::kLapse));
    UserAction snooze = World::act(ActionKind::kSnooze, "li.na");
    snooze.until = w.now + 1h;
    w.now += 1min;
    d = w.on(d.next, snooze);
    CHECK(cancels(d, TimerKind::kLapse));
    CHECK(d.next.acknowledged_priority == d.next.priority);
}

TEST_CASE("a raise tells those asked so far, and one dead channel among them wakes nobody early") {
    World w;
    Decision d = w.opened("warning");
    const int reached = d.next.step;
    const int told = d.next.step_told;
    REQUIRE(told > 0);
    w.now += 1min;
    d = w.on(d.next, w.firing("disk", "critical"));
    REQUIRE(d.next.step == reached);
    CHECK(d.next.step_told > told);
    EffectOutcome failed;
    failed.delivery = EffectOutcome::Delivery::kFailed;
    failed.notify.person = "li.na";
    failed.notify.channel = "sms";
    failed.notify.kind = MessageKind::kRaised;
    failed.notify.step = reached;
    d = w.on(d.next, failed);
    CHECK(d.next.step == reached);
}

TEST_CASE("an expiry that comes too early for one alert waits for the others") {
    World w;
    w.settings.expire_unknown["prometheus"] = 10s;
    const auto foreign = [](auto event) {
        event.alert.source = "prometheus";
        event.alert.seq = 0;
        return event;
    };
    Incident in = w.on(w.opened().next, w.firing("inodes", "warning")).next;
    w.now += 2s;
    in = w.on(in, foreign(w.silent("disk"))).next;
    w.now += 4s;
    in = w.on(in, foreign(w.silent("inodes"))).next;
    w.now += 3s;
    in = w.on(in, foreign(w.firing("disk", "warning"))).next;
    w.now += 3s;
    const Decision early = w.on(in, TimerDue{TimerKind::kExpiry, w.now});
    CHECK(kinds(early).empty());
    REQUIRE(timer(early, TimerKind::kExpiry) == kStart + 16s);
    w.now = kStart + 16s;
    const Decision due = w.on(early.next, TimerDue{TimerKind::kExpiry, w.now});
    CHECK(kinds(due) == "alert_expired");
    CHECK(due.next.count(AlertStatus::kFiring) == 1);
}

TEST_CASE("nobody is woken for what has cleared; fired again, the ladder goes on") {
    World w;
    Incident in = w.on(w.opened().next, w.cleared("disk")).next;
    REQUIRE(in.stable_since);
    w.now += 30s;
    const Decision waits = w.on(in, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(told(waits).empty());
    CHECK(waits.next.step == 1);
    REQUIRE(timer(waits, TimerKind::kEscalation) == w.now + 1min);
    in = w.on(waits.next, w.firing("disk", "warning")).next;
    w.now += 1min;
    const Decision goes_on = w.on(in, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(goes_on.next.step == 2);
    CHECK_FALSE(told(goes_on).empty());
}

TEST_CASE("after a reopening too, a step whose messages all fail does not hold up the next") {
    World w;
    Incident in = w.in_state(State::kResolved);  // li.na owned it, and is step 1
    w.now += 2min;
    Decision d = w.on(in, w.firing("disk", "warning"));
    REQUIRE(d.next.state == State::kTriggered);
    CHECK(told(d) == "li.na reopened");
    CHECK(d.next.step_told == 1);
    EffectOutcome failed;
    failed.delivery = EffectOutcome::Delivery::kFailed;
    for (const Effect& effect : d.effects) {
        if (const auto* notify = std::get_if<Notify>(&effect)) failed.notify = *notify;
    }
    d = w.on(d.next, failed);
    CHECK(d.next.step == 2);
}

TEST_CASE("watchers hear that it is back") {
    World w;
    Incident in = w.in_state(State::kResolved);
    in.watchers = {"team:dba"};
    w.now += 2min;
    CHECK(told(w.on(in, w.firing("disk", "warning"))) == "li.na reopened, chen.yu reopened");
    CHECK(told(w.on(in, World::act(ActionKind::kReopen, "zhao.lei"))) ==
          "li.na reopened, chen.yu reopened");
}

TEST_CASE("why a priority was raised stands in the timeline") {
    World w;
    UserAction raise = World::act(ActionKind::kPriority);
    raise.priority = Priority::kP1;
    raise.text = "the demo is at ten";
    const Decision d = w.on(w.in_state(State::kAcknowledged), raise);
    REQUIRE(d.timeline.size() == 1);
    CHECK(d.timeline[0].text == "Priority P3 → P1: the demo is at ten");
    CHECK(d.timeline[0].data.at("text") == "the demo is at ten");
    CHECK(d.timeline[0].data.at("to") == "P1");
}
