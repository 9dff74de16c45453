// Snooze, pend and resume.
#include <fmt/format.h>

#include <optional>

#include "bridge/incident/action_words.h"
#include "bridge/incident/moves.h"

namespace tocsin::bridge {
namespace {

constexpr Duration kLongestSnooze = 7 * 24h;

// What is wrong with the name of a reason, if anything.
std::optional<Reason> unknown_reason(const Draft& d, const std::string& name) {
    const SlaSettings& sla = d.context().settings.sla;
    // Without a list of reasons any word is one; it pauses no clock.
    if (name.empty() || sla.reasons.empty() || sla.reason(name) != nullptr) return std::nullopt;
    std::string known;
    for (const PendingReason& reason : sla.reasons) {
        known += (known.empty() ? "" : ", ") + reason.name;
    }
    return because("\"{}\" is none of the configured reasons: {}",
                   {{name}, {known.empty() ? "–" : known}});
}

}  // namespace

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
    if (trim(action.text).empty() && action.reason.empty()) {
        return d.invalid("pend needs a reason: what it waits for");
    }
    if (const auto problem = unknown_reason(d, action.reason)) return d.invalid(*problem);
    if (!action.until || *action.until <= d.now()) return d.invalid("pend needs a time to come");
    const bool is_p1 = in.priority == Priority::kP1;
    const bool lead = is_p1 && lead_allows(d, in, action);
    if (action.actor != in.acknowledged_by && action.authority != Authority::kAdmin && !lead) {
        return d.conflict(
            because("only its owner, {}, can let it wait; assign it to yourself first",
                    {{in.acknowledged_by}}));
    }
    if (is_p1 && !lead) return d.conflict("a P1 is pended by the team's lead only");
    in.state = State::kPending;
    in.pending_until = action.until;
    in.pending_cause = action.reason;
    in.pending_by = action.actor == d.owner() ? "" : action.actor;
    in.pending_reason = std::string(trim(action.text));
    if (in.pending_reason.empty()) in.pending_reason = action.reason;
    if (awaits_owner(in)) in.acknowledged_priority = in.priority;  // the owner has just answered
    end_snooze(d);
    d.cancel({TimerKind::kLapse});
    d.set(TimerKind::kPending, *action.until);
    const std::string until = format_rfc3339(*action.until);
    d.say("pended", action.actor, fmt::format("Waits until {}: {}", until, in.pending_reason),
          with_text(action, {{"until", until}, {"reason", in.pending_cause}}));
    if (d.owner() != action.actor) d.tell_person(d.owner(), MessageKind::kStillPending);
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

}  // namespace tocsin::bridge
