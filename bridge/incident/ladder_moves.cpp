// The response ladder: who is asked, and when the next is.
#include <fmt/format.h>

#include <algorithm>

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

void say_step(Draft& d, const StepPlan& plan, bool repeated) {
    std::map<std::string, std::string> data{{"step", std::to_string(plan.step)},
                                            {"policy", d.in().policy},
                                            {"next_due", format_rfc3339(plan.next_due)}};
    if (plan.step != 0) {
        const std::string names = names_of(plan.tell);
        data["told"] = names;
        d.say(repeated ? "step_repeated" : "step", kSystem,
              fmt::format("Step {} of policy {}{}: {}", plan.step, d.in().policy,
                          repeated ? " once more" : "", names),
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
    d.in().step = d.in().step_told = d.in().step_failed = d.in().repeats = 0;
    const Policy* policy = d.policy();
    if (policy != nullptr && !policy->response.empty() &&
        policy->response.front().after > Duration{0}) {
        d.set(TimerKind::kEscalation, d.now() + policy->response.front().after);
        return;
    }
    run_step(d, kind);
}

void run_step(Draft& d, MessageKind kind) {
    const int reached = d.in().step;
    const StepPlan plan =
        plan_step(d.context().oncall, d.policy(), reached, d.in().priority, d.now());
    const bool repeated = plan.step != 0 && plan.step <= reached;
    say_skipped(d, plan);
    say_step(d, plan, repeated);
    d.in().step = plan.reached;
    d.in().step_failed = 0;
    d.in().step_told = d.tell(plan.tell, repeated ? MessageKind::kReminder : kind, plan.step);
    d.tell(plan.catch_all, MessageKind::kNobody, plan.step);
    if (repeated || plan.step == 0) ++d.in().repeats;
    d.set(TimerKind::kEscalation, plan.next_due);
}

void wait_then_ladder(Draft& d) {
    const IncidentSettings& s = d.context().settings;
    const Duration wait = d.in().priority == Priority::kP1 ? s.lapse_p1 : s.lapse_p2;
    d.set(TimerKind::kEscalation, d.now() + wait);
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
    if (in.state != State::kAcknowledged || in.priority > Priority::kP2 || !awaits_owner(in)) {
        return;
    }
    const IncidentSettings& s = d.context().settings;
    const Duration wait = in.priority == Priority::kP1 ? s.lapse_p1 : s.lapse_p2;
    // An owner whom nothing reaches for this priority cannot answer: the ladder goes on at once.
    d.set(TimerKind::kLapse, told == 0 ? d.now() : d.now() + wait);
}

void raise_priority(Draft& d, Priority to, std::string_view actor, EntryData data) {
    Incident& in = d.in();
    const Priority from = in.priority;
    in.priority = to;
    data["from"] = to_string(from);
    data["to"] = to_string(to);
    const auto why = data.find("text");
    d.say("priority_raised", actor,
          fmt::format("Priority {} → {}{}", to_string(from), to_string(to),
                      why == data.end() ? "" : ": " + why->second),
          std::move(data));
    if (in.state != State::kTriggered) return;
    // Those asked so far hear it, on the new priority's contacts; the next step keeps its time.
    // A ladder that had come to its end starts again.
    const Policy* policy = d.policy();
    if (policy == nullptr || static_cast<std::size_t>(in.step) >= policy->response.size()) {
        start_ladder(d, MessageKind::kRaised);
        return;
    }
    std::vector<Target> asked;
    for (std::size_t i = 0; i < static_cast<std::size_t>(in.step); ++i) {
        const auto& tell = policy->response[i].tell;
        asked.insert(asked.end(), tell.begin(), tell.end());
    }
    // Told as of the step reached: that it reaches nobody is known only when these fail too.
    in.step_told +=
        d.tell(contacts_of(d.context().oncall, asked, to, d.now()), MessageKind::kRaised, in.step);
    d.tell_person(in.assignee, MessageKind::kRaised);
}

}  // namespace tocsin::bridge
