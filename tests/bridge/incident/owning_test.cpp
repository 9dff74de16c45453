// Who owns an incident: takes it, gives it back, lets it wait, hands it over, sets its priority.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

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

TEST_CASE("after a lapse the next step comes, though the one that was reached repeats") {
    World w;
    w.oncall.policies[0].response[0].repeat = 2min;
    Decision d = w.on(w.in_state(State::kAcknowledged), w.firing("disk", "critical"));
    w.now += 15min;
    d = w.on(d.next, TimerDue{TimerKind::kLapse, w.now});
    REQUIRE(told(d) == "li.na lapsed");
    w.now += 15min;
    d = w.on(d.next, TimerDue{TimerKind::kEscalation, w.now});
    CHECK(told(d) == "li.na escalated, zhao.lei escalated");
    CHECK(d.next.step == 2);
}

TEST_CASE("what is assigned may be named as bridge.yml names whom to tell") {
    World w;
    const Incident in = w.in_state(State::kAcknowledged);
    UserAction assign = World::act(ActionKind::kAssign);
    assign.text = "it is the database";
    assign.person = "team:dba";
    CHECK(w.on(in, assign).next.team == "dba");
    assign.person = "person:zhao.lei";
    CHECK(w.on(in, assign).next.assignee == "zhao.lei");
    assign.person = "vendor:acme";
    CHECK(kinds(w.on(in, assign)) == "vendor_asked");
}

TEST_CASE("what was just refused is none of what is possible") {
    World w;
    UserAction pend = World::act(ActionKind::kPend, "zhao.lei");
    pend.until = w.now + 1h;
    pend.text = "waits";
    const Decision d = w.on(w.in_state(State::kAcknowledged), pend);
    REQUIRE(d.refusal);
    const auto& possible = d.refusal->possible;
    CHECK(std::find(possible.begin(), possible.end(), ActionKind::kPend) == possible.end());
    CHECK(std::find(possible.begin(), possible.end(), ActionKind::kAssign) != possible.end());
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
    CHECK(d.refusal->message() ==
          "li.na has acknowledged it; assign it to yourself to take it over");
}

TEST_CASE("an assigned owner has to acknowledge, the ladder goes on meanwhile") {
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
    CHECK(refused.refusal->message() == "a P1 is pended by the team's lead only");
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
    lower.text = "the standby serves";
    CHECK(w.on(d.next, lower).refusal);
    lower.actor = "zhao.lei";
    d = w.on(d.next, lower);
    CHECK(d.next.priority == Priority::kP3);
    // A resend at the same level is no reason to raise it again; a rise is.
    CHECK(w.on(d.next, w.firing("disk", "warning")).next.priority == Priority::kP3);
    CHECK(w.on(d.next, w.firing("disk", "critical")).next.priority == Priority::kP2);
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

TEST_CASE("a team without a policy is told as a whole, and the former one's is not followed") {
    World w;
    w.oncall.teams[1].policy.clear();
    UserAction escalate = World::act(ActionKind::kEscalate);
    escalate.team = "dba";
    escalate.text = "slow queries";
    const Decision d = w.on(w.in_state(State::kAcknowledged), escalate);
    CHECK(d.next.policy.empty());
    CHECK(told(d) == "chen.yu handed_over");
}

TEST_CASE("what somebody lowered stays so while its alerts want no more than they did then") {
    World w;
    Incident in = w.in_state(State::kAcknowledged);  // a warning: P3
    UserAction lower = World::act(ActionKind::kPriority);
    lower.priority = Priority::kP4;
    lower.text = "a test machine";
    in = w.on(in, lower).next;
    REQUIRE(in.priority == Priority::kP4);
    in = w.on(in, w.cleared("disk")).next;
    in = w.on(in, w.firing("disk", "warning")).next;
    CHECK(in.priority == Priority::kP4);
    in = w.on(in, w.firing("disk", "critical")).next;
    CHECK(in.priority == Priority::kP2);
}

TEST_CASE("not fixed: whom nothing reaches, or who never took it, does not own it again") {
    World w;
    const Incident solved = w.in_state(State::kResolved);
    REQUIRE(solved.acknowledged_by == "li.na");
    const UserAction not_fixed = World::act(ActionKind::kReopen, "zhao.lei");
    CHECK(w.on(solved, not_fixed).next.state == State::kAcknowledged);

    SECTION("no contact serves the priority") {
        w.oncall.people[0].contacts[0].priorities = {Priority::kP1};
        CHECK(w.on(solved, not_fixed).next.state == State::kTriggered);
    }
    SECTION("it was only assigned") {
        Incident assigned = solved;
        assigned.acknowledged_by.clear();
        const Decision d = w.on(assigned, not_fixed);
        CHECK(d.next.state == State::kTriggered);
        CHECK(told(d) == "li.na reopened");
    }
}

TEST_CASE("not fixed: it is its owner's again on call alone, else the ladder finds who is") {
    World w;
    const auto turn_of = [&](const std::string& person) {
        RotationLayer layer;
        layer.people = {person};
        layer.first = local_of(layer.zone, kStart - 1h);
        layer.starts = kStart - 1h;
        w.oncall.rotations = {{"web-primary", "", {layer}}};
    };
    w.oncall.policies[0].response[0].tell = {{Target::Kind::kRotation, "web-primary"}};
    turn_of("li.na");
    const Incident solved = w.in_state(State::kResolved);
    REQUIRE(solved.acknowledged_by == "li.na");

    for (const char* actor : {"zhao.lei", "li.na"}) {
        CAPTURE(actor);
        const UserAction not_fixed = World::act(ActionKind::kReopen, actor);
        turn_of("li.na");
        CHECK(w.on(solved, not_fixed).next.acknowledged_by == "li.na");
        turn_of("chen.yu");
        const Decision d = w.on(solved, not_fixed);
        CHECK(d.next.state == State::kTriggered);
        CHECK(d.next.assignee.empty());
        CHECK(told(d) == "chen.yu reopened");
        CHECK(timer(d, TimerKind::kEscalation) == w.now + 10min);
    }
}

TEST_CASE("on call is whose turn it is, and where nobody takes turns who is of the team") {
    World w;
    RotationLayer layer;
    layer.people = {"chen.yu"};
    layer.first = local_of(layer.zone, kStart - 1h);
    layer.starts = kStart - 1h;
    const Rotation of_web{"nights", "web", {layer}};
    const Rotation of_others{"nights", "dba", {layer}};
    struct Case {
        std::string what;
        std::vector<Rotation> rotations;
        const char* team;
        const char* policy;
        std::string who;
    };
    const std::vector<Case> cases = {
        {"the team's rotation", {of_web}, "web", "web", "chen.yu"},
        {"another team's", {of_others}, "web", "web", "li.na zhao.lei wang.wei"},
        {"no team: whom the policy tells", {}, "", "dba", "chen.yu"},
        {"a team without a policy", {}, "dba", "", "chen.yu"},
        {"neither", {}, "", "", "li.na zhao.lei wang.wei chen.yu"},
    };
    for (const Case& c : cases) {
        INFO(c.what);
        w.oncall.rotations = c.rotations;
        std::string who;
        for (const Person& person : w.oncall.people) {
            if (!w.oncall.is_on_call(person.name, w.oncall.team(c.team), w.oncall.policy(c.policy),
                                     kStart)) {
                continue;
            }
            who += (who.empty() ? "" : " ") + person.name;
        }
        CHECK(who == c.who);
    }
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
