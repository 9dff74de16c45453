#include "bridge/oncall/ladder.h"

#include <algorithm>

#include "bridge/oncall/catch_all.h"

namespace tocsin::bridge {

bool is_same_place(const Tell& a, const Tell& b) {
    return a.channel == b.channel && a.address == b.address &&
           (a.readership != Readership::kProgram || a.person == b.person);
}

std::vector<Tell> contacts_of(const std::vector<const Person*>& people, Priority priority,
                              Timestamp now) {
    std::vector<Tell> tells;
    for (const Person* person : people) {
        for (const Contact& contact : person->contacts) {
            if (!contact.serves(priority, now)) continue;
            const auto same = std::find_if(tells.begin(), tells.end(), [&](const Tell& t) {
                return is_same_place(
                    t, {person->name, contact.channel, contact.address, now, contact.readership});
            });
            if (same != tells.end()) continue;
            tells.push_back({person->name, contact.channel, contact.address, now + contact.after,
                             contact.readership});
        }
    }
    return tells;
}

std::vector<Tell> contacts_of(const Oncall& oncall, const std::vector<Target>& targets,
                              Priority priority, Timestamp now) {
    return contacts_of(oncall.resolve(targets, now), priority, now);
}

std::vector<Tell> quiet_contacts(const Person& person, Timestamp now) {
    for (auto priority = kPriorities.rbegin(); priority != kPriorities.rend(); ++priority) {
        auto contacts = contacts_of({&person}, *priority, now);
        if (!contacts.empty()) return contacts;
    }
    return {};
}

Duration repeat_interval(Priority priority) {
    return priority <= Priority::kP2 ? Duration{30min} : Duration{24h};
}

namespace {

using Steps = std::vector<LadderStep>;

Duration repeat_of(const LadderStep& step, Priority priority) {
    return step.repeat > Duration{0} ? step.repeat : repeat_interval(priority);
}

// The first step from `from` on that applies at its own time, counted from step `now_at`, which is
// now; none: the ladder has no more.
std::optional<std::size_t> next_step(const Steps& steps, std::size_t from, std::size_t now_at,
                                     Priority priority, Timestamp now) {
    for (std::size_t i = from; i < steps.size(); ++i) {
        const Timestamp then = now + (steps[i].after - steps[now_at].after);
        if (steps[i].applies(priority, then)) return i;
    }
    return std::nullopt;
}

std::vector<std::string> empty_rotations(const Oncall& oncall, const LadderStep& step,
                                         Timestamp now) {
    std::vector<std::string> out;
    for (const Target& target : step.tell) {
        if (target.kind == Target::Kind::kRotation && oncall.resolve({target}, now).empty()) {
            out.push_back(target.name);
        }
    }
    return out;
}

// The ladder is at its end: its last step that reaches somebody, once more.
void repeat_last(const Oncall& oncall, const Steps& steps, Priority priority, Timestamp now,
                 StepPlan& plan) {
    for (std::size_t i = steps.size(); i > 0 && plan.tell.empty(); --i) {
        if (!steps[i - 1].applies(priority, now)) continue;
        plan.tell = contacts_of(oncall, steps[i - 1].tell, priority, now);
        if (plan.tell.empty()) continue;
        plan.step = static_cast<int>(i);
        plan.next_due = now + repeat_of(steps[i - 1], priority);
    }
}

// The first of the catch-all's groups that can be reached, without those who are told already.
std::vector<Tell> catch_all(const Oncall& oncall, std::string_view team, Priority priority,
                            Timestamp now, const std::vector<Tell>& told) {
    for (const auto& group : catch_all_groups(oncall, team, now)) {
        std::vector<Tell> tells = contacts_of(group, priority, now);
        if (tells.empty()) continue;
        std::erase_if(tells, [&](const Tell& tell) {
            return std::any_of(told.begin(), told.end(), [&](const Tell& t) {
                return t.channel == tell.channel && t.address == tell.address;
            });
        });
        return tells;
    }
    return {};
}

// After step `i`: the next one, or `i` once more before that.
void plan_next(const Steps& steps, std::size_t i, Priority priority, Timestamp now,
               StepPlan& plan) {
    const auto next = next_step(steps, i + 1, i, priority, now);
    if (!next) {
        plan.next_due = now + repeat_of(steps[i], priority);
        return;
    }
    plan.next = StepPlan::Next::kStep;
    Duration gap = std::max<Duration>(steps[*next].after - steps[i].after, 1s);
    if (steps[i].repeat > Duration{0}) gap = std::min(gap, steps[i].repeat);
    plan.next_due = now + gap;
}

}  // namespace

Duration first_step_after(const Policy& policy, Priority priority, Timestamp now) {
    const Steps& steps = policy.response;
    if (steps.empty()) return Duration{0};
    // Counted from the start of the ladder, not from its first step.
    const auto first = next_step(steps, 0, 0, priority, now + steps[0].after);
    return first ? steps[*first].after : Duration{0};
}

std::optional<StepPlan> plan_repeat(const Oncall& oncall, const Policy* policy, int reached,
                                    int repeats, Priority priority, Timestamp now) {
    if (policy == nullptr || reached < 1) return std::nullopt;
    const Steps& steps = policy->response;
    const auto i = static_cast<std::size_t>(reached - 1);
    if (i >= steps.size() || steps[i].repeat <= Duration{0}) return std::nullopt;
    const Duration passed = steps[i].repeat * (repeats + 1);
    const auto next = next_step(steps, i + 1, i, priority, now - passed);
    if (!next) return std::nullopt;
    const Duration left = steps[*next].after - steps[i].after - passed;
    if (left <= Duration{0}) return std::nullopt;
    StepPlan plan;
    plan.tell = contacts_of(oncall, steps[i].tell, priority, now);
    if (plan.tell.empty()) return std::nullopt;
    plan.reached = plan.step = reached;
    plan.next = StepPlan::Next::kStep;
    plan.next_due = now + std::min(left, steps[i].repeat);
    return plan;
}

StepPlan plan_step(const Oncall& oncall, const Policy* policy, int reached, Priority priority,
                   Timestamp now, std::string_view team) {
    const Policy none;
    const Steps& steps = (policy != nullptr ? *policy : none).response;
    StepPlan plan;
    plan.reached = static_cast<int>(steps.size());
    plan.next_due = now + repeat_interval(priority);

    for (std::size_t i = static_cast<std::size_t>(std::max(reached, 0)); i < steps.size(); ++i) {
        if (!steps[i].applies(priority, now)) continue;
        for (std::string& name : empty_rotations(oncall, steps[i], now)) {
            plan.empty_rotations.push_back(std::move(name));
        }
        plan.tell = contacts_of(oncall, steps[i].tell, priority, now);
        if (plan.tell.empty()) {
            plan.skipped.push_back(static_cast<int>(i + 1));
            continue;
        }
        plan.step = static_cast<int>(i + 1);
        plan.reached = plan.step;
        plan_next(steps, i, priority, now, plan);
        break;
    }
    const bool at_end = plan.step == 0;
    if (at_end) repeat_last(oncall, steps, priority, now, plan);
    if (at_end || !plan.skipped.empty() || !plan.empty_rotations.empty()) {
        plan.catch_all = catch_all(oncall, team, priority, now, plan.tell);
    }
    return plan;
}

NextStep next_after(const Oncall& oncall, const Policy* policy, int reached, int repeats,
                    Priority priority, Timestamp due, AskedNext asked) {
    std::optional<StepPlan> plan;
    if (asked == AskedNext::kNo) {
        plan = plan_repeat(oncall, policy, reached, repeats, priority, due);
    }
    if (!plan) plan = plan_step(oncall, policy, reached, priority, due);
    const bool again = plan->step != 0 && plan->step <= reached;
    return {plan->step, again ? repeats + 1 : 0};
}

}  // namespace tocsin::bridge
