// What people say of an incident beside its state: findings owed, checks, ratings, reporters,
// vendors, major incidents (semantics 3, 4 and 8).
#include <catch2/catch.hpp>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

Report report() {
    Report r;
    r.key = "INC-2026-000007";
    r.actor = "desk";
    r.symptom = "The shop shows an empty cart";
    r.text = "since the release";
    r.reporter = {"ms.wu", "mail", "wu@example.com"};
    return r;
}

Incident reported(const World& w) {
    return open_report(report(), {}, w.context(), w.now).next;
}

UserAction act(ActionKind kind, std::string_view actor = "li.na", std::string text = "") {
    UserAction action = World::act(kind, actor);
    action.text = std::move(text);
    return action;
}

std::string line(const Decision& d, std::string_view kind) {
    for (const TimelineEntry& entry : d.timeline) {
        if (entry.kind == kind) return entry.text;
    }
    return "";
}

std::string addresses(const Decision& d, MessageKind kind) {
    std::string out;
    for (const Effect& effect : d.effects) {
        const auto* notify = std::get_if<Notify>(&effect);
        if (notify != nullptr && notify->kind == kind) out += notify->address + " ";
    }
    return out;
}

}  // namespace

TEST_CASE("resolving takes one tap, what is owed comes before closing") {
    World w;
    const Incident owned = w.on(w.opened("critical").next, act(ActionKind::kAcknowledge)).next;
    Incident clear = w.on(owned, w.cleared("disk", "critical")).next;
    Decision d = w.on(clear, act(ActionKind::kResolve));
    CHECK(d.next.state == State::kResolved);
    CHECK(d.reason == "resolved; owed before it closes: cause, solution, proof");
    const Incident resolved = d.next;
    d = w.on(resolved, act(ActionKind::kClose));
    REQUIRE(d.refusal);
    CHECK(d.refusal->code == Refusal::Code::kConflict);
    CHECK(d.refusal->message() == "owed before it can be closed: cause, solution, proof");

    // By itself neither: the owner is reminded.
    w.now += 24h;
    d = w.on(resolved, TimerDue{TimerKind::kClose, w.now});
    CHECK(d.next.state == State::kResolved);
    CHECK(told(d) == "li.na owed");
    CHECK(timer(d, TimerKind::kClose) == w.now + 24h);

    UserAction part = act(ActionKind::kNote, "zhao.lei");
    part.findings.cause = "capacity";
    d = w.on(resolved, part);
    CHECK(kinds(d) == "findings");
    CHECK(d.next.facts.findings.cause == "capacity");
    UserAction close = act(ActionKind::kClose);
    close.findings.solution = "rotated the logs";
    close.findings.proof = "df says 40 %";
    close.satisfaction = 5;
    d = w.on(d.next, close);
    CHECK(d.next.state == State::kClosed);
    CHECK(kinds(d) == "findings rated closed");
    CHECK(d.next.facts.satisfaction == 5);
}

TEST_CASE("who owes what depends on priority, configuration and who resolved it") {
    World w;
    CHECK(w.on(w.in_state(State::kAcknowledged), act(ActionKind::kResolve)).reason.find("owed") ==
          std::string::npos);  // P3
    const auto closes_by_itself = [&] {
        World later = w;
        const Incident owned = w.on(w.opened("critical").next, act(ActionKind::kAcknowledge)).next;
        Incident in = later.on(owned, later.cleared("disk", "critical")).next;
        later.now += 1min;
        in = later.on(in, TimerDue{TimerKind::kStability, later.now}).next;
        later.now += 24h;
        return later.on(in, TimerDue{TimerKind::kClose, later.now}).next.state == State::kClosed;
    };
    CHECK(closes_by_itself());  // a machine owes nothing
    w.settings.close_needs = {{Priority::kP3, {"proof"}}};
    CHECK(w.on(w.in_state(State::kAcknowledged), act(ActionKind::kResolve))
              .reason.find("owed before it closes: proof") != std::string::npos);
}

TEST_CASE("verified and confirmed are facts of their own") {
    World w;
    const Incident resolved = w.in_state(State::kResolved);
    CHECK(w.on(resolved, act(ActionKind::kVerify)).refusal->message() ==
          "verify needs a text or a proof: how it was seen that it holds");
    Decision d = w.on(resolved, act(ActionKind::kVerify, "zhao.lei", "df says 40 %"));
    CHECK(d.next.state == State::kResolved);
    CHECK(d.next.facts.verified_by == "zhao.lei");
    CHECK(d.next.facts.verified_how == "df says 40 %");
    CHECK(d.next.facts.verified_at == w.now);
    CHECK_FALSE(d.next.confirmed_at);
    const Decision confirmed = w.on(d.next, act(ActionKind::kConfirm));
    CHECK(confirmed.next.state == State::kClosed);
    CHECK(confirmed.next.confirmed_by == "li.na");
    CHECK(confirmed.next.facts.verified_by == "zhao.lei");
    // Not fixed: what was seen holds no longer.
    CHECK_FALSE(w.on(d.next, act(ActionKind::kReopen)).next.facts.verified_at);
}

TEST_CASE("a confirmation that is pressed twice is one, while something is owed") {
    World w;
    const Incident owned = w.on(w.opened("critical").next, act(ActionKind::kAcknowledge)).next;
    const Incident clear = w.on(owned, w.cleared("disk", "critical")).next;
    const Incident resolved = w.on(clear, act(ActionKind::kResolve)).next;
    const Decision once = w.on(resolved, act(ActionKind::kConfirm, "ms.wu"));
    CHECK(once.next.state == State::kResolved);
    CHECK(kinds(once) == "confirmed");
    CHECK(kinds(w.on(once.next, act(ActionKind::kConfirm, "ms.wu"))).empty());
    CHECK(kinds(w.on(once.next, act(ActionKind::kConfirm, "ms.wu", "still fine"))) == "confirmed");
    CHECK(kinds(w.on(once.next, act(ActionKind::kConfirm, "li.na"))) == "confirmed");
}

TEST_CASE("satisfaction is a number from 1 to 5") {
    World w;
    for (const int satisfaction : {0, 6}) {
        UserAction rate = act(ActionKind::kRate);
        rate.satisfaction = satisfaction;
        CHECK(w.on(w.in_state(State::kResolved), rate).refusal->message() ==
              "satisfaction must be a number from 1 to 5");
    }
    UserAction rate = act(ActionKind::kRate, "li.na", "quick");
    rate.satisfaction = 4;
    const Decision d = w.on(w.in_state(State::kResolved), rate);
    CHECK(line(d, "rated") == "Satisfaction: 4 of 5: quick");
    CHECK(d.next.facts.satisfaction_comment == "quick");
}

TEST_CASE("assigned to a team: its policy from the start, once begun, with what was found") {
    World w;
    UserAction assign = act(ActionKind::kAssign);
    assign.team = "dba";
    Decision d = w.on(w.opened().next, assign);
    CHECK(d.next.team == "dba");
    CHECK(told(d) == "chen.yu handed_over");
    d = w.on(w.in_state(State::kAcknowledged), assign);
    REQUIRE(d.refusal);
    CHECK(d.refusal->message() ==
          "handing over to another team needs a text: what was found so far");
}

TEST_CASE("a vendor is asked and owns nothing") {
    World w;
    UserAction ask = act(ActionKind::kEscalate, "li.na", "a new disk");
    ask.team = "vendor:acme";
    const Decision d = w.on(w.in_state(State::kAcknowledged), ask);
    CHECK(told(d) == "acme vendor");
    CHECK(line(d, "vendor_asked") == "li.na asks acme: a new disk");
    CHECK(d.next.assignee == "li.na");
    CHECK(d.next.state == State::kAcknowledged);
}

TEST_CASE("what a person reports is classified by the same matrix") {
    struct Case {
        std::string what;
        std::optional<Impact> impact;
        std::optional<Urgency> urgency;
        std::string tier;
        Priority priority;
    };
    for (const Case& c : std::vector<Case>{
             {"nothing said", std::nullopt, std::nullopt, "", Priority::kP3},
             {"the service's tier", std::nullopt, std::nullopt, "1", Priority::kP2},
             {"what the reporter says wins", Impact::kLow, std::nullopt, "1", Priority::kP4},
             {"both said", Impact::kHigh, Urgency::kHigh, "", Priority::kP1},
             {"little and not urgent", Impact::kLow, Urgency::kLow, "", Priority::kP4},
         }) {
        World w;
        w.priorities.services = {{"shop", c.tier, "", {}, {}}};
        Report r = report();
        r.service = "shop";
        r.impact = c.impact;
        r.urgency = c.urgency;
        const Decision d = open_report(r, {}, w.context(), w.now);
        INFO(c.what);
        CHECK(d.next.priority == c.priority);
        CHECK(d.next.service == "shop");
        CHECK(d.next.labels.get("service") == "shop");
        CHECK(d.next.dedup_key.empty());
    }
}

TEST_CASE("the reporter hears that it is taken down, public notes and the end, nothing else") {
    World w;
    w.settings.sla.targets = {{Priority::kP3, {1h, 8h, "7x24"}}};
    Decision d = open_report(report(), {}, w.context(), w.now);
    CHECK(kinds(d) == "reported step");
    CHECK(addresses(d, MessageKind::kReceived) == "wu@example.com ");
    CHECK(addresses(d, MessageKind::kOpened) == "li.na@example.com ");
    CHECK(d.next.title == "The shop shows an empty cart");
    CHECK(d.next.sla.response.due == kStart + 1h);

    const Incident opened = d.next;
    d = w.on(opened, act(ActionKind::kNote, "li.na", "between us"));
    CHECK(addresses(d, MessageKind::kPublicNote).empty());
    CHECK_FALSE(d.next.responded_at);
    UserAction answer = act(ActionKind::kNote, "li.na", "We are looking at it");
    answer.audience = Audience::kPublic;
    d = w.on(opened, answer);
    CHECK(addresses(d, MessageKind::kPublicNote) == "wu@example.com ");
    CHECK(d.next.responded_at == w.now);  // the first answer to the reporter stops the clock
    CHECK(cancels(d, TimerKind::kResponseTarget));
    CHECK(d.next.state == State::kTriggered);
    CHECK(w.on(w.opened().next, answer).refusal->message() ==
          "nobody reported it: there is nobody to tell; leave \"public\" out");

    d = w.on(d.next, act(ActionKind::kResolve));
    CHECK(addresses(d, MessageKind::kAskConfirm) == "wu@example.com ");
}

TEST_CASE("a reporter may confirm, rate, reopen and answer what they reported, no more") {
    World w;
    const Incident opened = reported(w);
    const Incident resolved = w.on(opened, act(ActionKind::kResolve)).next;
    for (const ActionKind kind : kActionKinds) {
        if (kind == ActionKind::kMerge || kind == ActionKind::kSplit) continue;
        UserAction action = act(kind, "ms.wu", "because");
        action.authority = Authority::kReporter;
        action.satisfaction = 2;
        const Decision d = w.on(resolved, action);
        const bool may = kind == ActionKind::kConfirm || kind == ActionKind::kRate ||
                         kind == ActionKind::kReopen;
        INFO(to_string(kind));
        CHECK(d.refusal.has_value() != may);
        action.actor = "mr.li";  // somebody else's
        CHECK(w.on(resolved, action).refusal);
    }
    UserAction answer = act(ActionKind::kNote, "ms.wu", "it is the cart of all of us");
    answer.authority = Authority::kReporter;
    answer.audience = Audience::kPublic;
    const Decision d = w.on(opened, answer);
    CHECK_FALSE(d.refusal);
    CHECK_FALSE(d.next.responded_at);  // the reporter's own word is no response
    CHECK(addresses(d, MessageKind::kPublicNote).empty());
}

TEST_CASE("what who reported it has rated nobody else rates again") {
    World w;
    const Incident resolved = w.on(reported(w), act(ActionKind::kResolve)).next;
    UserAction rate = act(ActionKind::kRate, "ms.wu", "slow");
    rate.authority = Authority::kReporter;
    rate.satisfaction = 2;
    const Incident rated = w.on(resolved, rate).next;
    UserAction close = act(ActionKind::kClose);
    close.satisfaction = 5;
    const Decision d = w.on(rated, close);
    REQUIRE(d.refusal);
    CHECK(d.refusal->message().starts_with("it is rated already"));
    rate.satisfaction = 3;
    CHECK(w.on(rated, rate).next.facts.satisfaction == 3);
    // Nobody reported it: whoever has it may think again.
    Incident own = w.in_state(State::kResolved);
    own.facts.satisfaction = 2;
    CHECK(w.on(own, close).next.facts.satisfaction == 5);
}

TEST_CASE("a public note that reaches nobody says so") {
    World w;
    Incident in = reported(w);
    in.facts.reporter = Reporter{"ms.wu", "", "8123"};
    UserAction note = act(ActionKind::kNote, "li.na", "we are on it");
    note.audience = Audience::kPublic;
    const Decision d = w.on(in, note);
    CHECK(addresses(d, MessageKind::kPublicNote).empty());
    CHECK(d.reason == "noted; who reported it has no channel, so tell them yourself");
    CHECK(w.on(reported(w), note).reason == "noted, and the reporter is told");
}

TEST_CASE("reported or major, it says all clear since and asks the owner instead of resolving") {
    World w;
    Incident in = w.in_state(State::kAcknowledged);
    in.facts.reporter = Reporter{"ms.wu", "mail", "wu@example.com"};
    w.now += 10min;
    const Timestamp cleared_at = w.now;
    in = w.on(in, w.cleared("disk")).next;
    w.now += 1min;
    Decision d = w.on(in, TimerDue{TimerKind::kStability, w.now});
    CHECK(d.next.state == State::kAcknowledged);
    CHECK(d.next.facts.all_clear_since == cleared_at);
    CHECK(told(d) == "li.na all_clear");

    const Incident clear = d.next;
    w.now += 1h;
    d = w.on(clear, act(ActionKind::kResolve));
    CHECK(d.next.resolved_at == cleared_at);
    CHECK_FALSE(d.next.facts.all_clear_since);
    // It comes back meanwhile.
    d = w.on(clear, w.firing("disk", "warning"));
    CHECK(d.next.state == State::kAcknowledged);
    CHECK_FALSE(d.next.facts.all_clear_since);
}

TEST_CASE("a major incident is declared by the lead, or by rule, an update clock reminds") {
    World w;
    const Incident owned = w.in_state(State::kAcknowledged);
    CHECK(w.on(owned, act(ActionKind::kMajor)).refusal->message() ==
          "a major incident is declared by the team's lead only");
    UserAction declare = act(ActionKind::kMajor, "zhao.lei", "the shop is down");
    declare.communication = "chen.yu";
    Decision d = w.on(owned, declare);
    REQUIRE(d.next.facts.major);
    CHECK(d.next.facts.major->commander == "zhao.lei");  // the team's lead unless named
    CHECK(told(d) == "zhao.lei major, chen.yu major");   // the manager has no contact for P3
    CHECK(timer(d, TimerKind::kMajorUpdate) == w.now + 30min);
    const Incident major = d.next;

    w.now += 30min;
    d = w.on(major, TimerDue{TimerKind::kMajorUpdate, w.now});
    CHECK(told(d) == "chen.yu update_due");
    CHECK(timer(d, TimerKind::kMajorUpdate) == w.now + 30min);
    d = w.on(major, act(ActionKind::kNote, "chen.yu", "the cause is found"));
    CHECK(timer(d, TimerKind::kMajorUpdate) == w.now + 30min);

    UserAction lead = act(ActionKind::kMajor);
    lead.person = "wang.wei";
    lead.every = 10min;
    d = w.on(major, lead);
    CHECK(d.next.facts.major->commander == "wang.wei");
    CHECK(d.next.facts.major->communication == "chen.yu");
    CHECK(timer(d, TimerKind::kMajorUpdate) == w.now + 10min);

    d = w.on(major, act(ActionKind::kResolve));
    CHECK(d.next.facts.major->review_owed);
    CHECK(cancels(d, TimerKind::kMajorUpdate));
    CHECK(line(d, "review_owed") == "A review is owed");
}

TEST_CASE("by rule: open for so long at a priority") {
    World w;
    w.settings.major_after = {{Priority::kP1, 1h}};
    CHECK_FALSE(timer(w.opened("critical"), TimerKind::kMajorRule));  // P2
    Incident in = w.on(w.opened("critical").next, act(ActionKind::kAcknowledge)).next;
    w.now += 20min;
    UserAction raise = act(ActionKind::kPriority);
    raise.priority = Priority::kP1;
    Decision d = w.on(in, raise);
    CHECK(timer(d, TimerKind::kMajorRule) == kStart + 1h);
    in = d.next;
    CHECK(cancels(w.on(in, act(ActionKind::kResolve)), TimerKind::kMajorRule));
    w.now = kStart + 1h;
    d = w.on(in, TimerDue{TimerKind::kMajorRule, w.now});
    REQUIRE(d.next.facts.major);
    CHECK(d.next.facts.major->by == "system");
    CHECK(line(d, "major") == "A major incident by rule: P1 and open for 1h");
    CHECK(told(d) == "zhao.lei major, wang.wei major");
    CHECK_FALSE(w.on(d.next, TimerDue{TimerKind::kMajorRule, w.now}).changed);
}

TEST_CASE("the owner is reminded of a wait") {
    World w;
    const Incident waiting = w.in_state(State::kPending);
    UserAction pend = act(ActionKind::kPend, "li.na", "the vendor");
    pend.until = w.now + 72h;
    Decision d = w.on(w.in_state(State::kAcknowledged), pend);
    CHECK(timer(d, TimerKind::kPendingReminder) == w.now + 24h);
    w.now += 24h;
    d = w.on(d.next, TimerDue{TimerKind::kPendingReminder, w.now});
    CHECK(told(d) == "li.na still_pending");
    CHECK(timer(d, TimerKind::kPendingReminder) == w.now + 24h);
    CHECK(cancels(w.on(waiting, act(ActionKind::kResume)), TimerKind::kPendingReminder));
}
