// The response ladder: who is asked, and when the next is.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bridge/incident/moves.h"

namespace tocsin::bridge {
namespace {

std::string names_of(const std::vector<Tell>& tells) {
    std::string out;
    for (const Tell& tell : tells) {
        if (!out.empty()) out += ", ";
        out += fmt::format("{} by {}", tell.person, tell.channel);
    }
    return out;
}

void say_skipped(Draft& d, const StepPlan& plan) {
    for (const int step : plan.skipped) {
        d.say("step_skipped", kSystem,
              fmt::format("Step {} of policy {} reaches nobody for {} and is skipped", step,
                          d.in().policy, to_string(d.in().priority)),
              {{"step", std::to_string(step)}, {"policy", d.in().policy}});
    }
}

void say_empty(Draft& d, const StepPlan& plan) {
    for (const std::string& rotation : plan.empty_rotations) {
        d.say("rotation_empty", kSystem, fmt::format("Nobody is on call in {}", rotation),
              {{"rotation", rotation}});
    }
}

// True: the step waits until people may be told of this priority.
bool wait_until(Draft& d, Timestamp due) {
    if (due <= d.now()) return false;
    d.say("step_waits", kSystem,
          fmt::format("{} waits for its hours, until {}", to_string(d.in().priority),
                      format_rfc3339(due)),
          {{"until", format_rfc3339(due)}, {"priority", std::string(to_string(d.in().priority))}});
    if (!d.in().suppressed) d.set(TimerKind::kEscalation, due);
    return true;
}

void say_step(Draft& d, const StepPlan& plan, bool repeated) {
    std::map<std::string, std::string> data{{"step", std::to_string(plan.step)},
                                            {"policy", d.in().policy},
                                            {"next_due", format_rfc3339(plan.next_due)}};
    if (plan.step != 0) {
        const std::string names = names_of(plan.tell);
        const std::string repeat = std::to_string(d.in().repeats + 1);
        data["told"] = names;
        if (repeated) data["repeat"] = repeat;
        d.say(repeated ? "step_repeated" : "step", kSystem,
              fmt::format("Step {} of policy {}{}: {}", plan.step, d.in().policy,
                          repeated ? ", repeat " + repeat : "", names),
              std::move(data));
    } else if (d.in().repeats == 0) {
        // Said once; the timer goes on, for a reload may bring somebody.
        d.say("nobody", kSystem,
              d.in().policy.empty() ? std::string("No policy says whom to tell")
                                    : fmt::format("Policy {} reaches nobody for {}", d.in().policy,
                                                  to_string(d.in().priority)),
              std::move(data));
    }
}

}  // namespace

void start_ladder(Draft& d, MessageKind kind) {
    if (d.in().absorbed) return;
    d.in().step = d.in().step_told = d.in().step_failed = d.in().repeats = 0;
    d.in().next_asked = false;
    if (d.in().suppressed) return;  // from here once it is held back no longer
    const Policy* policy = d.policy();
    const Duration after =
        policy == nullptr ? Duration{0} : first_step_after(*policy, d.in().priority, d.now());
    if (after > Duration{0}) {
        d.set(TimerKind::kEscalation, d.now() + after);
        return;
    }
    if (wait_until(d, d.context().oncall.hours.first_step_at(d.in().priority, d.now()))) return;
    run_step(d, kind);
}

bool repeat_step(Draft& d) {
    Incident& in = d.in();
    if (in.next_asked) return false;
    if (in.absorbed || !is_open(d.context().oncall.hours.of(in.priority), d.now())) return false;
    const auto plan =
        plan_repeat(d.context().oncall, d.policy(), in.step, in.repeats, in.priority, d.now());
    if (!plan) return false;
    say_step(d, *plan, true);
    in.step_failed = 0;
    in.step_told = d.tell(plan->tell, MessageKind::kReminder, plan->step);
    ++in.repeats;
    d.set(TimerKind::kEscalation, plan->next_due);
    return true;
}

void run_step(Draft& d, MessageKind kind) {
    if (d.in().absorbed) return;
    if (wait_until(d, d.may_tell_at(kind))) return;
    const int reached = d.in().step;
    const StepPlan plan =
        plan_step(d.context().oncall, d.policy(), reached, d.in().priority, d.now(), d.in().team);
    const bool repeated = plan.step != 0 && plan.step <= reached;
    if (d.in().observed && (repeated || plan.step == 0)) {
        d.cancel({TimerKind::kEscalation});
        return;
    }
    say_skipped(d, plan);
    say_empty(d, plan);
    say_step(d, plan, repeated);
    d.in().next_asked = false;
    d.in().step = plan.reached;
    d.in().step_failed = 0;
    d.in().step_told = d.tell(plan.tell, repeated ? MessageKind::kReminder : kind, plan.step);
    d.tell(plan.catch_all, MessageKind::kNobody, plan.step);
    d.in().repeats = repeated || plan.step == 0 ? d.in().repeats + 1 : 0;
    // Nobody can acknowledge what is observed: its last step does not repeat.
    const bool ends = d.in().observed && plan.next == StepPlan::Next::kRepeat;
    if (!d.in().suppressed && !ends) d.set(TimerKind::kEscalation, plan.next_due);
}

void tell_first_step(Draft& d, const Policy& policy, MessageKind kind) {
    const Priority priority = d.in().priority;
    StepPlan plan = plan_step(d.context().oncall, &policy, 0, priority, d.now());
    const Duration after = first_step_after(policy, priority, d.now());
    for (Tell& contact : plan.tell) contact.not_before += after;
    if (plan.step != 0) {
        const std::string names = names_of(plan.tell);
        d.say("step", kSystem,
              fmt::format("Step {} of policy {}: {}", plan.step, policy.name, names),
              {{"step", std::to_string(plan.step)}, {"policy", policy.name}, {"told", names}});
    }
    d.tell(plan.tell, kind, 0);
    d.tell(plan.catch_all, MessageKind::kNobody, 0);
}

void wait_then_ladder(Draft& d) {
    if (d.in().suppressed) return;
    if (d.in().absorbed) return;
    const IncidentSettings& s = d.context().settings;
    const Duration wait = d.in().priority == Priority::kP1 ? s.lapse_p1 : s.lapse_p2;
    d.in().next_asked = true;
    // Whoever was asked hears it when the hours of this priority begin, and then has their time.
    d.set(TimerKind::kEscalation, d.may_tell_at(MessageKind::kAssigned) + wait);
}

void lapse_of(Draft& d, std::string why) {
    const std::string owner = d.in().acknowledged_by;
    to_triggered(d);
    d.say("lapsed", kSystem, std::move(why), {{"person", owner}});
    if (d.tell_person(owner, MessageKind::kLapsed) > 0) {
        wait_then_ladder(d);
    } else {
        run_step(d, MessageKind::kEscalated);
    }
}

bool awaits_owner(const Incident& incident) {
    return !incident.acknowledged_priority || incident.priority < *incident.acknowledged_priority;
}

void ask_owner_again(Draft& d, MessageKind kind) {
    end_snooze(d);
    const int told = d.tell_person(d.owner(), kind);
    if (d.in().priority > Priority::kP2) return;
    if (kind == MessageKind::kJoined) d.in().acknowledged_priority.reset();
    await_owner(d, told);
}

void await_owner(Draft& d, int told) {
    const Incident& in = d.in();
    if (in.state != State::kAcknowledged || in.priority > Priority::kP2 || !awaits_owner(in) ||
        in.suppressed || in.absorbed) {
        return;
    }
    const IncidentSettings& s = d.context().settings;
    const Duration wait = in.priority == Priority::kP1 ? s.lapse_p1 : s.lapse_p2;
    // An owner whom nothing reaches for this priority cannot answer: the ladder goes on at once.
    d.set(TimerKind::kLapse, told == 0 ? d.now() : d.may_tell_at(MessageKind::kRaised) + wait);
}

void take_priority(Draft& d, Priority to, std::string_view actor, EntryData data) {
    Incident& in = d.in();
    const Priority from = in.priority;
    if (to >= from) return;
    in.priority = to;
    in.facts.lowered_from.reset();
    data["from"] = to_string(from);
    data["to"] = to_string(to);
    const auto why = data.find("text");
    d.say("priority_raised", actor,
          fmt::format("Priority {} → {}{}", to_string(from), to_string(to),
                      why == data.end() ? "" : ": " + why->second),
          std::move(data));
}

void raise_priority(Draft& d, Priority to, std::string_view actor, EntryData data) {
    Incident& in = d.in();
    const Priority from = in.priority;
    take_priority(d, to, actor, std::move(data));
    const Incident* parent = d.context().parent;
    if (in.absorbed && (parent == nullptr || to < parent->priority)) {
        leave_storm(d, "it is worse than the storm");
        if (in.state == State::kTriggered) start_ladder(d, MessageKind::kRaised);
        return;
    }
    if (in.state != State::kTriggered) return;
    // Those asked so far hear it, on the new priority's contacts; the next step keeps its time.
    // A ladder that had come to its end starts again.
    const Policy* policy = d.policy();
    if (policy == nullptr || static_cast<std::size_t>(in.step) >= policy->response.size()) {
        start_ladder(d, MessageKind::kRaised);
        return;
    }
    const TellingHours& hours = d.context().oncall.hours;
    // What the lower priority waited for, the higher one does not.
    if (in.step == 0 && hours.first_step_at(from, d.now()) > d.now()) {
        start_ladder(d, MessageKind::kRaised);
        return;
    }
    std::vector<Target> asked;
    for (std::size_t i = 0; i < static_cast<std::size_t>(in.step); ++i) {
        if (!policy->response[i].applies(to, d.now())) continue;
        const auto& tell = policy->response[i].tell;
        asked.insert(asked.end(), tell.begin(), tell.end());
    }
    // Told as of the step reached: that it reaches nobody is known only when these fail too.
    in.step_told +=
        d.tell(contacts_of(d.context().oncall, asked, to, d.now()), MessageKind::kRaised, in.step);
    d.tell_person(in.assignee, MessageKind::kRaised);
    const bool waited = !is_open(hours.of(from), d.now()) && is_open(hours.of(to), d.now());
    if (waited && !in.suppressed) {
        run_step(d, MessageKind::kRaised);
    }
}

}  // namespace tocsin::bridge
