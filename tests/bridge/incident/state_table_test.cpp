// Every state × every event. '-': nothing changes; 'x': refused with what is possible; else the
// state after: Triggered, Acknowledged, Pending, Resolved, Closed.
#include <catch2/catch.hpp>
#include <functional>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

char letter(const Incident& before, const Decision& d) {
    if (d.refusal) return 'x';
    if (!d.changed) {
        REQUIRE(d.next.state == before.state);
        return '-';
    }
    switch (d.next.state) {
        case State::kTriggered:
            return 'T';
        case State::kAcknowledged:
            return 'A';
        case State::kPending:
            return 'P';
        case State::kResolved:
            return 'R';
        case State::kClosed:
            return 'C';
    }
    return '?';
}

UserAction with(ActionKind kind, const std::function<void(UserAction&)>& fill) {
    UserAction action = World::act(kind);
    fill(action);
    return action;
}

Event timer_of(TimerKind kind) {
    return TimerDue{kind, kStart};
}

struct Row {
    std::string name;
    Event event;
    std::string expected;  // for triggered, acknowledged, pending, resolved, closed
};

Event held_news(const World& w) {
    return AlertFiring{w.held("disk", "warning", w.silence(w.now + 1h)).alert};
}

std::vector<Row> alert_rows(const World& w) {
    return {
        {"the same alert again", w.firing("disk", "warning"), "---Tx"},
        {"its level rises", w.firing("disk", "critical"), "TAATx"},
        {"its level falls", w.firing("disk", "info"), "TAPTx"},
        {"another alert joins", w.firing("inodes", "warning"), "TAATx"},
        {"it clears", w.cleared("disk"), "TAP--"},
        {"an alert clears that never fired here", w.cleared("inodes"), "-----"},
        {"its news stops", w.silent("disk"), "TAP--"},
        {"it is held back", w.held("disk", "warning", w.silence(w.now + 1h)), "TAP--"},
        {"an alert is held back that never fired here",
         w.held("inodes", "warning", w.silence(w.now + 1h)), "-----"},
        {"it fires, held back", held_news(w), "TAP-x"},
        {"it is held back no longer, and never was here",
         w.released("disk", "warning", w.silence()), "TAPTx"},
        {"a cause is found", CauseFound{"HostUnreachable on web-17", "INC-2026-000002"}, "TAP--"},
        {"a silence that is not over it ends soon", SilenceEnding{w.silence(), "li.na"}, "-----"},
    };
}

std::vector<Row> action_rows(const World& w) {
    const auto until = [&](UserAction& a) {
        a.until = w.now + 1h;
        a.text = "waits";
    };
    return {
        {"acknowledge", World::act(ActionKind::kAcknowledge), "A-xxx"},
        {"unacknowledge", World::act(ActionKind::kUnacknowledge), "xTxxx"},
        {"decline", World::act(ActionKind::kDecline), "Txxxx"},
        {"assign", with(ActionKind::kAssign, [](auto& a) { a.person = "zhao.lei"; }), "TTPxx"},
        {"note", with(ActionKind::kNote, [](auto& a) { a.text = "looking"; }), "TAPRx"},
        {"escalate", World::act(ActionKind::kEscalate), "TAxxx"},
        {"escalate to another team",
         with(ActionKind::kEscalate,
              [](auto& a) {
                  a.team = "dba";
                  a.text = "it is the database";
              }),
         "TTxxx"},
        {"snooze", with(ActionKind::kSnooze, until), "AAxxx"},
        {"pend", with(ActionKind::kPend, until), "xPxxx"},
        {"resume", World::act(ActionKind::kResume), "xxAxx"},
        {"resolve", World::act(ActionKind::kResolve), "RRRxx"},
        {"confirm", World::act(ActionKind::kConfirm), "xxxCx"},
        {"close", World::act(ActionKind::kClose), "xxxCx"},
        {"reopen", World::act(ActionKind::kReopen), "xxxAx"},
        {"priority", with(ActionKind::kPriority, [](auto& a) { a.priority = Priority::kP1; }),
         "TAAxx"},
        {"assign to a team",
         with(ActionKind::kAssign,
              [](auto& a) {
                  a.team = "dba";
                  a.text = "yours";
              }),
         "TTTxx"},
        {"ask a vendor",
         with(ActionKind::kEscalate,
              [](auto& a) {
                  a.team = "vendor:acme";
                  a.text = "a new disk";
              }),
         "TAxxx"},
        {"verify", with(ActionKind::kVerify, [](auto& a) { a.text = "df says 40 %"; }), "xxxRx"},
        {"rate", with(ActionKind::kRate, [](auto& a) { a.satisfaction = 4; }), "xxxRx"},
        {"watch", with(ActionKind::kWatch, [](auto& a) { a.person = "team:dba"; }), "TAPRx"},
        {"unwatch", World::act(ActionKind::kUnwatch), "----x"},
        {"link", with(ActionKind::kLink, [](auto& a) { a.link = "INC-2026-000009"; }), "TAPRx"},
        {"major", with(ActionKind::kMajor, [](auto& a) { a.actor = "zhao.lei"; }), "TAPxx"},
        {"merge without another", World::act(ActionKind::kMerge), "xxxxx"},
        {"split without alerts", World::act(ActionKind::kSplit), "xxxxx"},
    };
}

std::vector<Row> machine_rows() {
    EffectOutcome delivered;
    delivered.notify.person = "li.na";
    delivered.notify.channel = "mail";
    EffectOutcome failed = delivered;
    failed.delivery = EffectOutcome::Delivery::kFailed;
    // The incidents are fresh: only timers that a state always has are theirs.
    return {
        {"stability timer", timer_of(TimerKind::kStability), "-----"},
        {"escalation timer", timer_of(TimerKind::kEscalation), "T----"},
        {"lapse timer", timer_of(TimerKind::kLapse), "-----"},
        {"snooze timer", timer_of(TimerKind::kSnooze), "-----"},
        {"pending timer", timer_of(TimerKind::kPending), "-----"},
        {"resolve grace timer", timer_of(TimerKind::kResolveGrace), "-----"},
        {"close timer", timer_of(TimerKind::kClose), "---C-"},
        {"expiry timer", timer_of(TimerKind::kExpiry), "-----"},
        {"response target timer", timer_of(TimerKind::kResponseTarget), "-----"},
        {"resolution target timer", timer_of(TimerKind::kResolutionTarget), "-----"},
        {"acknowledge end timer", timer_of(TimerKind::kAcknowledgeEnd), "-----"},
        {"major rule timer", timer_of(TimerKind::kMajorRule), "-----"},
        {"major update timer", timer_of(TimerKind::kMajorUpdate), "-----"},
        {"pending reminder timer", timer_of(TimerKind::kPendingReminder), "--P--"},
        {"flapping timer", timer_of(TimerKind::kFlapping), "-----"},
        {"flapping reminder timer", timer_of(TimerKind::kFlappingRemind), "-----"},
        {"a message was delivered", delivered, "TAPRC"},
        {"a message was not delivered", failed, "TAPRC"},
    };
}

}  // namespace

TEST_CASE("every state answers every event as the table says") {
    World w;
    std::vector<Incident> states;
    for (const State state : kStates) {
        states.push_back(w.in_state(state));
        REQUIRE(states.back().state == state);
    }
    w.now += 2min;
    std::vector<Row> rows = alert_rows(w);
    for (Row& row : action_rows(w)) rows.push_back(std::move(row));
    for (Row& row : machine_rows()) rows.push_back(std::move(row));
    for (const Row& row : rows) {
        std::string got;
        for (const Incident& incident : states) {
            const Decision d = w.on(incident, row.event);
            got += letter(incident, d);
            if (!d.changed && !std::holds_alternative<AlertFiring>(row.event)) {
                CHECK(d.effects.empty());
                CHECK(d.timeline.empty());
            }
            CHECK_FALSE(d.reason.empty());
        }
        INFO(row.name);
        CHECK(got == row.expected);
    }
}

TEST_CASE("a refusal lists what is possible in the state, and each of those is") {
    World w;
    for (const State state : kStates) {
        const Incident incident = w.in_state(state);
        for (const ActionKind kind : kActionKinds) {
            // These take two incidents: merge_test.cpp.
            if (kind == ActionKind::kMerge || kind == ActionKind::kSplit) continue;
            UserAction action = World::act(kind);
            action.authority = Authority::kAdmin;
            action.satisfaction = 3;
            action.link = "https://wiki.example/disk";
            action.person = "zhao.lei";
            action.text = "because";
            action.until = w.now + 2h;
            action.priority = Priority::kP1;
            const Decision d = w.on(incident, action);
            const auto possible = possible_actions(incident);
            const bool listed = std::find(possible.begin(), possible.end(), kind) != possible.end();
            INFO(to_string(state) << " " << to_string(kind) << ": " << d.reason);
            if (listed) CHECK_FALSE(d.refusal);
            if (d.refusal) {
                CHECK(d.refusal->code == Refusal::Code::kConflict);
                CHECK(d.refusal->possible == possible);
                CHECK(d.next == incident);
            }
        }
    }
}

TEST_CASE("the words of an action that lacks something say what it lacks") {
    World w;
    const Incident owned = w.in_state(State::kAcknowledged);
    const auto refused = [&](const UserAction& action) {
        const Decision d = w.on(owned, action);
        REQUIRE(d.refusal);
        CHECK(d.refusal->code == Refusal::Code::kInvalid);
        return d.refusal->message();
    };
    CHECK(refused(World::act(ActionKind::kAssign)) == "assign needs a person or a team");
    CHECK(refused(with(ActionKind::kAssign, [](auto& a) { a.team = "ops"; })) ==
          "no team is named \"ops\"");
    CHECK(refused(with(ActionKind::kPriority, [](auto& a) { a.priority = Priority::kP4; })) ==
          "lowering the priority needs a text: why");
    CHECK(refused(with(ActionKind::kNote, [](auto& a) {
              a.findings.cause = "gremlins";
          })).find("\"gremlins\" is none of the configured causes: hardware, ") == 0);
    CHECK(refused(with(ActionKind::kWatch, [](auto& a) { a.person = "nobody"; })) ==
          "nobody is named \"nobody\"");
    CHECK(refused(with(ActionKind::kLink, [](auto& a) { a.link = "somewhere"; })) ==
          "link needs the key of an incident, or a URL with http:// or https://");
    CHECK(refused(with(ActionKind::kEscalate, [](auto& a) { a.team = "vendor:gone"; })) ==
          "no vendor is named \"gone\"");
    CHECK(refused(with(ActionKind::kEscalate, [](auto& a) { a.team = "vendor:acme"; })) ==
          "asking a vendor needs a text: what is wanted");
    CHECK(refused(with(ActionKind::kMajor, [](auto& a) { a.person = "nobody"; })) ==
          "nobody is named \"nobody\"");
    CHECK(refused(with(ActionKind::kAssign, [](auto& a) { a.person = "nobody"; })) ==
          "nobody is named \"nobody\"");
    CHECK(refused(World::act(ActionKind::kNote)) == "a note needs a text");
    CHECK(refused(World::act(ActionKind::kSnooze)) == "snooze needs a time to come");
    CHECK(refused(with(ActionKind::kSnooze, [&](auto& a) { a.until = w.now; })) ==
          "snooze needs a time to come");
    CHECK(refused(with(ActionKind::kSnooze, [&](auto& a) { a.until = w.now + 8 * 24h; })) ==
          "a snooze lasts 7d at most");
    CHECK(refused(World::act(ActionKind::kPend)) == "pend needs a reason: what it waits for");
    CHECK(refused(with(ActionKind::kEscalate, [](auto& a) { a.team = "ops"; })) ==
          "no team is named \"ops\"");
    CHECK(refused(with(ActionKind::kEscalate, [](auto& a) { a.team = "dba"; })) ==
          "handing over to another team needs a text: what was found so far");
    CHECK(refused(World::act(ActionKind::kPriority)) == "priority needs one of P1, P2, P3, P4");
    CHECK(refused(World::act(ActionKind::kNote, "")) == "an action needs somebody who does it");
}

TEST_CASE("a closed incident names its successor") {
    World w;
    Incident closed = w.in_state(State::kClosed);
    closed.successor = "INC-2026-000009";
    const Decision d = w.on(closed, World::act(ActionKind::kAcknowledge));
    REQUIRE(d.refusal);
    CHECK(d.refusal->successor == "INC-2026-000009");
    CHECK(d.refusal->message() == "the incident is closed; it goes on as INC-2026-000009");
    CHECK(d.refusal->possible.empty());
}
