// Resolve, confirm, close, and the priority that people set.
#include <fmt/format.h>

#include <utility>

#include "bridge/incident/action_words.h"
#include "bridge/incident/moves.h"
#include "bridge/incident/person_moves.h"

namespace tocsin::bridge {

Decision resolve_by_hand(Draft& d, const UserAction& action) {
    if (const auto problem = take_findings(d, action)) return d.invalid(*problem);
    Incident& in = d.in();
    if (in.state == State::kTriggered) acknowledge(d, action.actor);  // it counts as one
    respond(d, action.actor);  // a robot may have acknowledged it
    const Timestamp at = in.facts.all_clear_since.value_or(d.now());
    const int firing = in.count(AlertStatus::kFiring);
    auto data = with_text(action, {{"resolved_at", format_rfc3339(at)}});
    data["firing"] = std::to_string(firing);
    d.say("resolved", action.actor, sentence(fmt::format("{} resolves it", action.actor), action),
          std::move(data));
    resolve(d, at, action.actor, By::kHand);
    const std::string owed = owed_by(d, in);
    const std::string debt = owed.empty() ? "" : "; owed before it closes: " + owed;
    if (firing == 0) return d.done("resolved" + debt);
    return d.done(fmt::format("{} still firing; it reopens after {} unless they clear{}",
                              count_of(firing, "alert"),
                              format_duration(d.context().settings.resolve_grace), debt));
}

Decision end_by_hand(Draft& d, const UserAction& action) {
    if (const auto problem = take_findings(d, action)) return d.invalid(*problem);
    if (const auto problem = take_rating(d, action)) return d.invalid(*problem);
    const std::string owed = d.before().resolved_by_hand ? owed_by(d, d.in()) : "";
    if (!owed.empty() && action.kind == ActionKind::kClose) {
        return d.conflict(because("owed before it can be closed: {}", {{owed, "field"}}));
    }
    // A second press of the same button says nothing new.
    const bool again = d.in().confirmed_by == action.actor && trim(action.text).empty();
    if (action.kind == ActionKind::kConfirm && !again) {
        d.in().confirmed_at = d.now();
        d.in().confirmed_by = action.actor;
        d.say("confirmed", action.actor,
              sentence(fmt::format("{} confirms that it is solved", action.actor), action),
              with_text(action));
    }
    if (!owed.empty()) return d.done("confirmed; owed before it can be closed: " + owed);
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
        if (in.state == State::kPending) {
            pending_to_acknowledged(d);
            d.say("resumed", kSystem, "The priority was raised: no longer pending");
        }
        if (in.state == State::kAcknowledged && in.acknowledged_by == action.actor) {
            in.acknowledged_priority = to;  // the owner need not be asked about an own decision
        } else if (in.state != State::kTriggered) {
            ask_owner_again(d, MessageKind::kRaised);
        }
        return d.done("raised");
    }
    if (trim(action.text).empty()) return d.invalid("lowering the priority needs a text: why");
    if (in.priority <= Priority::kP2 && !lead_allows(d, in, action)) {
        return d.conflict(
            because("{} is lowered by the team's lead only", {{to_string(in.priority)}}));
    }
    const std::string from(to_string(in.priority));
    if (!in.facts.lowered_from) {
        in.facts.lowered_from = in.is_parent() ? in.priority : wanted_priority(d, in);
    }
    in.priority = to;
    d.say("priority_lowered", action.actor,
          sentence(fmt::format("Priority {} → {}", from, to_string(to)), action),
          with_text(action, {{"from", from}, {"to", std::string(to_string(to))}}));
    return d.done("lowered");
}

}  // namespace tocsin::bridge
