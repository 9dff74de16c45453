// What falls due.
#include <fmt/format.h>

#include <utility>

#include "bridge/incident/acknowledge_end.h"
#include "bridge/incident/handlers.h"
#include "bridge/incident/moves.h"
#include "bridge/incident/person_moves.h"
#include "bridge/incident/sla_moves.h"
#include "bridge/incident/suppression.h"

namespace tocsin::bridge {
namespace {

Decision stale(Draft& d) {
    return d.nothing("the timer is of the past");
}

Decision stability_passed(Draft& d) {
    const Incident& in = d.before();
    if (!is_open(in.state) || !in.stable_since) return stale(d);
    const Timestamp at = *in.stable_since;
    if (wants_a_person(in)) {
        say_all_clear(d, at);
        return d.done("all clear; a person has to say that it is over");
    }
    d.say("resolved", kSystem,
          fmt::format("Nothing has fired for {}: resolved, as of the moment of clearing",
                      format_duration(std::chrono::floor<std::chrono::seconds>(d.now() - at))),
          {{"resolved_at", format_rfc3339(at)}});
    resolve(d, at, kSystem, By::kItself);
    return d.done("clear and stable");
}

Decision lapse(Draft& d) {
    const Incident& in = d.before();
    if (in.state != State::kAcknowledged || !awaits_owner(in) || in.suppressed) return stale(d);
    lapse_of(d, fmt::format("{} has not answered: the acknowledge lapses", in.acknowledged_by));
    return d.done("the owner has not answered");
}

Decision snooze_over(Draft& d) {
    const Incident& in = d.before();
    if (!is_open(in.state) || !in.snoozed_until || *in.snoozed_until > d.now()) return stale(d);
    d.in().snoozed_until.reset();
    d.say("snooze_ended", kSystem, "The snooze has ended");
    // While it is held back nobody is asked; when it comes out the owner is.
    if (!in.suppressed) d.tell_person(d.owner(), MessageKind::kSnoozeEnded);
    return d.done("the snooze has ended");
}

Decision pending_over(Draft& d) {
    const Incident& in = d.before();
    if (in.state != State::kPending || !in.pending_until || *in.pending_until > d.now()) {
        return stale(d);
    }
    pending_to_acknowledged(d);
    d.say("resumed", kSystem, "The time it was pending for has come");
    if (!in.suppressed) await_owner(d, d.tell_person(d.owner(), MessageKind::kPendingEnded));
    return d.done("pending no longer");
}

Decision grace_over(Draft& d) {
    const Incident& in = d.before();
    const int firing = in.count(AlertStatus::kFiring);
    if (in.state != State::kResolved || !in.resolved_by_hand || firing == 0 || in.suppressed) {
        return stale(d);
    }
    take_priority(d, wanted_priority(d, in), kSystem);
    reopen(d, kSystem,
           fmt::format("{} still firing after it was resolved by {}", count_of(firing, "alert"),
                       in.resolved_by),
           MessageKind::kStillFiring);
    return d.done("still firing");
}

Decision close_due(Draft& d) {
    const Incident& in = d.before();
    if (in.state != State::kResolved) return stale(d);
    if (in.count(AlertStatus::kFiring) > 0) {
        // Only if the grace is longer than this: the grace decides, then this.
        d.set(TimerKind::kClose, d.now() + d.context().settings.close_after);
        return d.done("still firing");
    }
    if (const std::string owed = owed_by(d, in); in.resolved_by_hand && !owed.empty()) {
        d.say("owed", kSystem, "Owed before it can close: " + owed, {{"owed", owed}});
        d.tell_person(d.owner(), MessageKind::kOwed);
        // From when it is told, or those of a weekend would come together.
        d.set(TimerKind::kClose,
              d.may_tell_at(MessageKind::kOwed) + d.context().settings.close_after);
        return d.done("something is owed");
    }
    close(d, kSystem,
          fmt::format("Closed {} after it was resolved",
                      format_duration(d.context().settings.close_after)));
    return d.done("resolved long enough");
}

Decision expiry_due(Draft& d) {
    if (!is_open(d.before().state)) return stale(d);
    int expired = 0;
    Timestamp last = d.before().opened_at;
    for (AlertRecord& alert : d.in().alerts) {
        const auto due = expiry_of(d, alert);
        if (!due || *due > d.now()) continue;
        ++expired;
        last = std::max(last, alert.ends_at.value_or(d.now()));
        alert.status = AlertStatus::kResolved;
        alert.levels.clear();
    }
    if (expired == 0) {
        arm_expiry(d);  // the one it was set for was heard of again; another may still be silent
        return d.done("none has been silent for long enough");
    }
    d.say("alert_expired", kSystem,
          fmt::format("{} expired: unknown for too long", count_of(expired, "alert")),
          {{"count", std::to_string(expired)}, {"reason", "expired"}});
    refresh(d);
    arm_expiry(d);
    settle_suppression(d);
    check_clear(d, last);
    return d.done("unknown for too long");
}

}  // namespace

Decision on_timer(Draft& d, const TimerDue& timer) {
    switch (timer.kind) {
        case TimerKind::kStability:
            if (d.before().is_parent()) return d.nothing("its children decide");
            return stability_passed(d);
        case TimerKind::kEscalation:
            if (d.before().state != State::kTriggered || d.before().suppressed) return stale(d);
            if (d.before().stable_since && !d.before().flapping_since) {
                // Nobody is woken for what has cleared. If it fires again within the window, the
                // ladder goes on here at its end.
                d.set(TimerKind::kEscalation, d.now() + stability_window(d));
                return d.done("everything has cleared");
            }
            if (repeat_step(d)) return d.done("nobody has acknowledged");
            run_step(d, d.before().step > 0                ? MessageKind::kEscalated
                        : d.before().facts.all_clear_since ? MessageKind::kAllClear
                                                           : MessageKind::kOpened);
            return d.done("nobody has acknowledged");
        case TimerKind::kLapse:
            return lapse(d);
        case TimerKind::kSnooze:
            return snooze_over(d);
        case TimerKind::kPending:
            return pending_over(d);
        case TimerKind::kResolveGrace:
            return grace_over(d);
        case TimerKind::kClose:
            return close_due(d);
        case TimerKind::kExpiry:
            return expiry_due(d);
        case TimerKind::kResponseTarget:
            return clock_due(d, SlaClock::kResponse);
        case TimerKind::kResolutionTarget:
            return clock_due(d, SlaClock::kResolution);
        case TimerKind::kAcknowledgeEnd:
            return acknowledge_ended(d);
        case TimerKind::kMajorRule:
            return major_due(d);
        case TimerKind::kMajorUpdate:
            return update_due(d);
        case TimerKind::kPendingReminder:
            return pending_reminder_due(d);
        case TimerKind::kFlapping:
            return flapping_over(d);
        case TimerKind::kFlappingRemind:
            return flapping_remind(d);
    }
    return stale(d);
}

}  // namespace tocsin::bridge
