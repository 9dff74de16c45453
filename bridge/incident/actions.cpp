// What people do.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/core/strings.h"
#include "bridge/incident/handlers.h"
#include "bridge/incident/moves.h"

namespace tocsin::bridge {
namespace {

constexpr Duration kLongestSnooze = 7 * 24h;

EntryData with_text(const UserAction& action, EntryData data = {}) {
    if (!trim(action.text).empty()) data["text"] = std::string(trim(action.text));
    return data;
}

std::string sentence(const std::string& said, const UserAction& action) {
    const std::string_view text = trim(action.text);
    return text.empty() ? said : said + ": " + std::string(text);
}

// P1 is pended, and P1 and P2 are lowered, by the team's lead, where there is one (semantics 8).
bool lead_allows(const Draft& d, const Incident& in, const UserAction& action) {
    const Team* team = d.context().oncall.team(in.team);
    return action.authority == Authority::kAdmin || team == nullptr || team->lead.empty() ||
           team->lead == action.actor;
}

bool known_person(const Draft& d, std::string_view name) {
    return d.context().oncall.person(name) != nullptr;
}

Decision take(Draft& d, const UserAction& action) {
    const Incident& in = d.before();
    if (in.state == State::kAcknowledged) {
        if (!awaits_owner(in)) {
            if (in.acknowledged_by == action.actor) return d.nothing("it is yours already");
            return d.conflict(
                fmt::format("{} has acknowledged it; assign it to yourself to take "
                            "it over",
                            in.acknowledged_by));
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
    run_step(d, MessageKind::kEscalated);
    return d.done("given back");
}

Decision decline(Draft& d, const UserAction& action) {
    if (d.in().assignee == action.actor) d.in().assignee.clear();
    d.say("declined", action.actor,
          sentence(fmt::format("{} cannot take it", action.actor), action), with_text(action));
    run_step(d, MessageKind::kEscalated);
    return d.done("the policy goes on");
}

Decision assign(Draft& d, const UserAction& action) {
    Incident& in = d.in();
    if (action.person.empty()) return d.invalid("assign needs a person");
    if (action.person != action.actor && !known_person(d, action.person)) {
        return d.invalid(fmt::format("nobody is named \"{}\"", action.person));
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
    if (trim(action.text).empty()) return d.invalid("a note needs a text");
    d.say("note", action.actor, std::string(trim(action.text)), with_text(action));
    return d.done("noted");
}

Decision hand_over(Draft& d, const UserAction& action) {
    Incident& in = d.in();
    const Team* team = d.context().oncall.team(action.team);
    if (team == nullptr) return d.invalid(fmt::format("no team is named \"{}\"", action.team));
    if (team->name == in.team) return d.invalid(fmt::format("team {} has it already", in.team));
    if (trim(action.text).empty()) {
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
    if (!team->policy.empty()) in.policy = team->policy;
    d.say("handed_over", action.actor,
          sentence(fmt::format("{} hands it over to team {}", action.actor, team->name), action),
          with_text(action, {{"from", former}, {"to", team->name}, {"policy", in.policy}}));
    start_ladder(d, MessageKind::kHandedOver);
    return d.done("handed over");
}

Decision escalate(Draft& d, const UserAction& action) {
    if (!action.team.empty()) return hand_over(d, action);
    d.say("escalated", action.actor,
          sentence(fmt::format("{} asks the next step", action.actor), action), with_text(action));
    run_step(d, MessageKind::kEscalated);
    // Help was asked for; the owner stays, and so the ladder does not run on by itself.
    if (d.in().state == State::kAcknowledged) d.cancel({TimerKind::kEscalation});
    return d.done("the next step was asked");
}

Decision snooze(Draft& d, const UserAction& action) {
    if (!action.until || *action.until <= d.now()) {
        return d.invalid("snooze needs a time to come");
    }
    if (*action.until > d.now() + kLongestSnooze) return d.invalid("a snooze lasts 7d at most");
    if (d.in().state == State::kTriggered) {
        acknowledge(d, action.actor);
        d.say("acknowledged", action.actor, fmt::format("{} has acknowledged", action.actor),
              {{"person", action.actor}});
    }
    // The owner who was just asked again has answered with it.
    if (awaits_owner(d.in()) && d.in().acknowledged_by == action.actor) {
        d.in().acknowledged_priority = d.in().priority;
        d.cancel({TimerKind::kLapse});
    }
    d.in().snoozed_until = action.until;
    d.set(TimerKind::kSnooze, *action.until);
    const std::string until = format_rfc3339(*action.until);
    d.say("snoozed", action.actor, sentence(fmt::format("No reminders until {}", until), action),
          with_text(action, {{"until", until}}));
    return d.done("snoozed");
}

Decision pend(Draft& d, const UserAction& action) {
    Incident& in = d.in();
    if (trim(action.text).empty()) return d.invalid("pend needs a reason: what it waits for");
    if (!action.until || *action.until <= d.now()) return d.invalid("pend needs a time to come");
    if (action.actor != in.acknowledged_by && action.authority != Authority::kAdmin) {
        return d.conflict(
            fmt::format("only its owner, {}, can let it wait; assign it to yourself first",
                        in.acknowledged_by));
    }
    if (in.priority == Priority::kP1 && !lead_allows(d, in, action)) {
        return d.conflict("a P1 is pended by the team's lead only");
    }
    in.state = State::kPending;
    in.pending_until = action.until;
    in.pending_reason = std::string(trim(action.text));
    if (awaits_owner(in)) in.acknowledged_priority = in.priority;  // the owner has just answered
    end_snooze(d);
    d.cancel({TimerKind::kLapse});
    d.set(TimerKind::kPending, *action.until);
    const std::string until = format_rfc3339(*action.until);
    d.say("pended", action.actor, fmt::format("Waits until {}: {}", until, in.pending_reason),
          with_text(action, {{"until", until}}));
    return d.done("pending");
}

Decision resume(Draft& d, const UserAction& action) {
    pending_to_acknowledged(d);
    d.say("resumed", action.actor, sentence(fmt::format("{} resumes it", action.actor), action),
          with_text(action));
    if (d.owner() == action.actor) {
        d.in().acknowledged_priority = d.in().priority;  // who resumes it has seen what it became
    } else {
        await_owner(d, d.tell_person(d.owner(), MessageKind::kPendingEnded));
    }
    return d.done("resumed");
}

Decision resolve_by_hand(Draft& d, const UserAction& action) {
    Incident& in = d.in();
    if (in.state == State::kTriggered) acknowledge(d, action.actor);  // it counts as one
    const int firing = in.count(AlertStatus::kFiring);
    auto data = with_text(action, {{"resolved_at", format_rfc3339(d.now())}});
    data["firing"] = std::to_string(firing);
    d.say("resolved", action.actor, sentence(fmt::format("{} resolves it", action.actor), action),
          std::move(data));
    resolve(d, d.now(), action.actor, By::kHand);
    if (firing == 0) return d.done("resolved");
    return d.done(fmt::format("{} still firing; it reopens after {} unless they clear",
                              count_of(firing, "alert"),
                              format_duration(d.context().settings.resolve_grace)));
}

Decision end(Draft& d, const UserAction& action) {
    if (action.kind == ActionKind::kConfirm) {
        d.in().confirmed_at = d.now();
        d.in().confirmed_by = action.actor;
        d.say("confirmed", action.actor,
              sentence(fmt::format("{} confirms that it is solved", action.actor), action),
              with_text(action));
    }
    // The words of a confirmation stand with it.
    const UserAction said = action.kind == ActionKind::kConfirm ? UserAction{} : action;
    close(d, action.actor, sentence(fmt::format("{} closes it", action.actor), said),
          with_text(said));
    return d.done("closed");
}

Decision set_priority(Draft& d, const UserAction& action) {
    Incident& in = d.in();
    if (!action.priority) return d.invalid("priority needs one of P1, P2, P3, P4");
    const Priority to = *action.priority;
    if (to == in.priority) return d.nothing("it has this priority already");
    if (to < in.priority) {
        raise_priority(d, to, action.actor, with_text(action));
        if (in.state == State::kAcknowledged && in.acknowledged_by == action.actor) {
            in.acknowledged_priority = to;  // the owner need not be asked about an own decision
        } else if (in.state != State::kTriggered) {
            ask_owner_again(d, MessageKind::kRaised);
        }
        return d.done("raised");
    }
    if (in.priority <= Priority::kP2 && !lead_allows(d, in, action)) {
        return d.conflict(
            fmt::format("{} is lowered by the team's lead only", to_string(in.priority)));
    }
    const std::string from(to_string(in.priority));
    in.priority = to;
    d.say("priority_lowered", action.actor,
          sentence(fmt::format("Priority {} → {}", from, to_string(to)), action),
          with_text(action, {{"from", from}, {"to", std::string(to_string(to))}}));
    return d.done("lowered");
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
        return d.conflict(
            in.successor.empty()
                ? "the incident is closed"
                : fmt::format("the incident is closed; it goes on as {}", in.successor));
    }
    const int firing = in.count(AlertStatus::kFiring);
    if (in.state == State::kResolved && firing > 0 &&
        (action.kind == ActionKind::kClose || action.kind == ActionKind::kConfirm)) {
        return d.conflict(fmt::format("{} still firing; it can be closed when they have cleared",
                                      count_of(firing, "alert")));
    }
    return d.conflict(fmt::format("{} is not possible while the incident is {}; possible: {}",
                                  to_string(action.kind), to_string(in.state),
                                  list_of(possible_actions(in))));
}

}  // namespace

std::vector<ActionKind> possible_actions(const Incident& incident) {
    using enum ActionKind;
    switch (incident.state) {
        case State::kTriggered:
            return {kAcknowledge, kResolve,  kAssign, kDecline,
                    kNote,        kEscalate, kSnooze, kPriority};
        case State::kAcknowledged: {
            std::vector<ActionKind> kinds = {kResolve,  kAssign, kUnacknowledge, kNote,
                                             kEscalate, kSnooze, kPend,          kPriority};
            if (awaits_owner(incident)) kinds.insert(kinds.begin(), kAcknowledge);
            return kinds;
        }
        case State::kPending:
            return {kResume, kResolve, kAssign, kNote, kPriority};
        case State::kResolved:
            // Resolved by hand while alerts fire: not over yet.
            if (incident.count(AlertStatus::kFiring) > 0) return {kReopen, kNote};
            return {kConfirm, kClose, kReopen, kNote};
        case State::kClosed:
            return {};
    }
    return {};
}

Decision on_action(Draft& d, const UserAction& action) {
    const std::vector<ActionKind> possible = possible_actions(d.before());
    const bool is_possible =
        std::find(possible.begin(), possible.end(), action.kind) != possible.end();
    // A second tap on Acknowledge is answered by who has it, not by a list.
    const bool second_tap =
        action.kind == ActionKind::kAcknowledge && d.before().state == State::kAcknowledged;
    if (!is_possible && !second_tap) return not_now(d, action);
    if (action.actor.empty()) return d.invalid("an action needs somebody who does it");
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
            return end(d, action);
        case ActionKind::kReopen:
            reopen_by_hand(d, action.actor, trim(action.text));
            return d.done("reopened");
        case ActionKind::kPriority:
            return set_priority(d, action);
    }
    return not_now(d, action);
}

}  // namespace tocsin::bridge
