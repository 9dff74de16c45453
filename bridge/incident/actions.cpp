// What people do.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/core/strings.h"
#include "bridge/incident/action_words.h"
#include "bridge/incident/handlers.h"
#include "bridge/incident/moves.h"
#include "bridge/incident/person_moves.h"
#include "bridge/incident/suppression.h"
#include "bridge/incident/who_may.h"

namespace tocsin::bridge {
namespace {

bool known_person(const Draft& d, std::string_view name) {
    return d.context().oncall.person(name) != nullptr;
}

Decision take(Draft& d, const UserAction& action) {
    const Incident& in = d.before();
    if (in.state == State::kAcknowledged) {
        // A person takes from a robot what it has taken, without a word.
        const Oncall& oncall = d.context().oncall;
        const bool from_robot =
            oncall.is_human(action.actor) && !oncall.is_human(in.acknowledged_by);
        if (!awaits_owner(in) && !from_robot) {
            if (in.acknowledged_by == action.actor) return d.nothing("it is yours already");
            return d.conflict(
                because("{} has acknowledged it; assign it to yourself to take it over",
                        {{in.acknowledged_by}}));
        }
    }
    acknowledge(d, action.actor);
    d.say("acknowledged", action.actor,
          sentence(fmt::format("{} has acknowledged", action.actor), action),
          with_text(action, {{"person", action.actor}}));
    return d.done("acknowledged");
}

Decision give_back(Draft& d, const UserAction& action) {
    to_triggered(d);
    d.say("unacknowledged", action.actor,
          sentence(fmt::format("{} gives it back", action.actor), action), with_text(action));
    d.in().assignee.clear();
    go_on(d, MessageKind::kEscalated);
    return d.done("given back");
}

Decision decline(Draft& d, const UserAction& action) {
    if (d.in().assignee == action.actor) d.in().assignee.clear();
    d.say("declined", action.actor,
          sentence(fmt::format("{} cannot take it", action.actor), action), with_text(action));
    go_on(d, MessageKind::kEscalated);
    return d.done("the policy goes on");
}

Decision hand_over(Draft& d, const UserAction& action) {
    Incident& in = d.in();
    const Team* team = d.context().oncall.team(action.team);
    if (team == nullptr) return d.invalid(because("no team is named \"{}\"", {{action.team}}));
    if (team->name == in.team) return d.invalid(because("team {} has it already", {{in.team}}));
    // Who worked on it says what was found; what nobody has begun can be passed on without a word.
    const bool begun = action.kind == ActionKind::kEscalate || d.before().responded_at;
    if (begun && trim(action.text).empty()) {
        return d.invalid("handing over to another team needs a text: what was found so far");
    }
    const std::string former = in.team;
    if (!former.empty()) {
        const std::string watcher = to_string(Target{Target::Kind::kTeam, former});
        if (std::find(in.watchers.begin(), in.watchers.end(), watcher) == in.watchers.end()) {
            in.watchers.push_back(watcher);
        }
    }
    to_triggered(d);
    in.assignee.clear();
    in.team = team->name;
    in.policy = team->policy;
    d.say("handed_over", action.actor,
          sentence(fmt::format("{} hands it over to team {}", action.actor, team->name), action),
          with_text(action, {{"from", former}, {"to", team->name}, {"policy", in.policy}}));
    start_ladder(d, MessageKind::kHandedOver);
    if (in.policy.empty()) {  // a team without one is told as a whole
        d.tell(contacts_of(d.context().oncall, {Target{Target::Kind::kTeam, team->name}},
                           in.priority, d.now()),
               MessageKind::kHandedOver, 0);
    }
    return d.done("handed over");
}

Decision assign(Draft& d, const UserAction& asked) {
    Incident& in = d.in();
    UserAction action = asked;
    if (const auto target = parse_target(action.person)) {  // "team:web" as in bridge.yml
        if (target->kind == Target::Kind::kVendor) {
            action.team = action.person;
            return ask_vendor(d, action);
        }
        if (target->kind == Target::Kind::kTeam) action.team = target->name;
        if (target->kind == Target::Kind::kPerson) action.person = target->name;
    }
    if (!action.team.empty()) return hand_over(d, action);
    if (action.person.empty()) return d.invalid("assign needs a person or a team");
    if (action.person != action.actor && !known_person(d, action.person)) {
        return d.invalid(because("nobody is named \"{}\"", {{action.person}}));
    }
    const auto data = with_text(action, {{"person", action.person}});
    if (action.person == action.actor && in.state != State::kPending) {
        if (in.acknowledged_by == action.actor && in.state == State::kAcknowledged &&
            !awaits_owner(in)) {
            return d.nothing("it is yours already");
        }
        acknowledge(d, action.actor);  // who takes it has seen it
        d.say("assigned", action.actor, sentence(fmt::format("{} takes it", action.actor), action),
              data);
        return d.done("taken over");
    }
    if (in.assignee == action.person && in.state != State::kTriggered) {
        return d.nothing(fmt::format("{} has it already", action.person));
    }
    d.say("assigned", action.actor,
          sentence(fmt::format("{} asks {} to take it", action.actor, action.person), action),
          data);
    in.assignee = action.person;
    switch (in.state) {
        case State::kTriggered:
            break;  // the policy goes on beside it
        case State::kAcknowledged:
            // Who was given it has not seen it yet: asked first, then the ladder goes on.
            to_triggered(d);
            wait_then_ladder(d);
            break;
        case State::kPending:
            in.acknowledged_by = action.person;  // its time still comes; then the owner is told
            break;
        case State::kResolved:
        case State::kClosed:
            break;
    }
    if (action.person != action.actor) d.tell_person(action.person, MessageKind::kAssigned);
    return d.done("assigned");
}

Decision note(Draft& d, const UserAction& action) {
    if (action.audience == Audience::kPublic) return public_note(d, action);
    if (const auto problem = take_findings(d, action)) return d.invalid(*problem);
    if (trim(action.text).empty()) {
        return action.findings == Findings{} ? d.invalid("a note needs a text") : d.done("noted");
    }
    d.say("note", action.actor, std::string(trim(action.text)), with_text(action));
    return d.done("noted");
}

Decision escalate(Draft& d, const UserAction& action) {
    if (action.team.starts_with("vendor:")) return ask_vendor(d, action);
    if (!action.team.empty()) return hand_over(d, action);
    d.say("escalated", action.actor,
          sentence(fmt::format("{} asks the next step", action.actor), action), with_text(action));
    d.at_once();  // whoever asks at night means it
    run_step(d, MessageKind::kEscalated);
    // Help was asked for; the owner stays, and so the ladder does not run on by itself.
    if (d.in().state == State::kAcknowledged) d.cancel({TimerKind::kEscalation});
    return d.done("the next step was asked");
}

// In the words of a refusal.
std::string list_of(const std::vector<ActionKind>& kinds) {
    std::string out;
    for (const ActionKind kind : kinds) {
        if (!out.empty()) out += ", ";
        out += to_string(kind);
    }
    return out;
}

Decision not_now(Draft& d, const UserAction& action) {
    const Incident& in = d.before();
    if (in.state == State::kClosed) {
        if (in.successor.empty()) return d.conflict("the incident is closed");
        return d.conflict(because("the incident is closed; it goes on as {}", {{in.successor}}));
    }
    const int firing = in.count(AlertStatus::kFiring);
    if (in.state == State::kResolved && firing > 0 &&
        (action.kind == ActionKind::kClose || action.kind == ActionKind::kConfirm)) {
        return d.conflict(
            because("it can be closed when its alerts have resolved; still firing: {}",
                    {{std::to_string(firing)}}));
    }
    return d.conflict(because("{} is not possible while the incident is {}; possible: {}",
                              {{to_string(action.kind), "move"},
                               {to_string(in.state), "state"},
                               {list_of(possible_actions(in)), "move"}}));
}

}  // namespace

std::vector<ActionKind> possible_actions(const Incident& incident) {
    using enum ActionKind;
    switch (incident.state) {
        case State::kTriggered:
            return {kAcknowledge, kResolve, kAssign,  kDecline, kNote,  kEscalate, kSnooze,
                    kPriority,    kWatch,   kUnwatch, kLink,    kMajor, kMerge,    kSplit};
        case State::kAcknowledged: {
            std::vector<ActionKind> kinds = {kResolve, kAssign, kUnacknowledge, kNote,  kEscalate,
                                             kSnooze,  kPend,   kPriority,      kWatch, kUnwatch,
                                             kLink,    kMajor,  kMerge,         kSplit};
            if (awaits_owner(incident)) kinds.insert(kinds.begin(), kAcknowledge);
            return kinds;
        }
        case State::kPending:
            return {kResume,  kResolve, kAssign, kNote,  kPriority, kWatch,
                    kUnwatch, kLink,    kMajor,  kMerge, kSplit};
        case State::kResolved:
            // Resolved by hand while alerts fire: not over yet.
            if (incident.count(AlertStatus::kFiring) > 0) {
                return {kReopen, kNote, kVerify, kRate, kWatch, kUnwatch, kLink, kMerge};
            }
            return {kConfirm, kClose, kReopen,  kNote, kVerify,
                    kRate,    kWatch, kUnwatch, kLink, kMerge};
        case State::kClosed:
            return {};
    }
    return {};
}

namespace {

Decision carry_out(Draft& d, const UserAction& action) {
    const std::vector<ActionKind> possible = possible_actions(d.before());
    const bool is_possible =
        std::find(possible.begin(), possible.end(), action.kind) != possible.end();
    // A second tap on Acknowledge is answered by who has it, not by a list.
    const bool second_tap =
        action.kind == ActionKind::kAcknowledge && d.before().state == State::kAcknowledged;
    if (!is_possible && !second_tap) return not_now(d, action);
    if (action.actor.empty()) return d.invalid("an action needs somebody who does it");
    if (!reporter_may(d.before(), action)) {
        return d.conflict("who reported it can confirm, rate, reopen and answer, no more");
    }
    if (auto why = why_not_theirs(d.before(), action, d.context().oncall)) {
        return d.forbidden(std::move(*why));
    }
    if (d.in().absorbed && leaves_by(action.kind)) {
        leave_storm(d, "worked on its own");
        if (d.in().state == State::kTriggered) wait_then_ladder(d);
        // What it became while the storm stood for it is known to whoever works it now.
        if (d.in().state == State::kAcknowledged) d.in().acknowledged_priority = d.in().priority;
    }
    switch (action.kind) {
        case ActionKind::kAcknowledge:
            return take(d, action);
        case ActionKind::kUnacknowledge:
            return give_back(d, action);
        case ActionKind::kDecline:
            return decline(d, action);
        case ActionKind::kAssign:
            return assign(d, action);
        case ActionKind::kNote:
            return note(d, action);
        case ActionKind::kEscalate:
            return escalate(d, action);
        case ActionKind::kSnooze:
            return snooze(d, action);
        case ActionKind::kPend:
            return pend(d, action);
        case ActionKind::kResume:
            return resume(d, action);
        case ActionKind::kResolve:
            return resolve_by_hand(d, action);
        case ActionKind::kConfirm:
        case ActionKind::kClose:
            return end_by_hand(d, action);
        case ActionKind::kReopen:
            reopen_by_hand(d, action.actor, trim(action.text));
            return d.done("reopened");
        case ActionKind::kPriority:
            return set_priority(d, action);
        case ActionKind::kVerify:
            return verify(d, action);
        case ActionKind::kRate:
            return rate(d, action);
        case ActionKind::kWatch:
            return watch(d, action);
        case ActionKind::kUnwatch:
            return unwatch(d, action);
        case ActionKind::kLink:
            return link(d, action);
        case ActionKind::kMajor:
            return declare_major(d, action);
        case ActionKind::kMerge:
            return d.invalid("merge needs another incident to merge into");
        case ActionKind::kSplit:
            return d.invalid("split needs the fingerprints of alerts to split off");
    }
    return not_now(d, action);
}

}  // namespace

Decision on_action(Draft& d, const UserAction& action) {
    Decision made = carry_out(d, action);
    // What was just refused is none of what is possible.
    if (made.refusal && made.refusal->code == Refusal::Code::kConflict) {
        std::erase(made.refusal->possible, action.kind);
    }
    return made;
}

}  // namespace tocsin::bridge
