#include "bridge/oncall/ladder.h"

#include <algorithm>

namespace tocsin::bridge {

std::vector<Tell> contacts_of(const std::vector<const Person*>& people, Priority priority,
                              Timestamp now) {
    std::vector<Tell> tells;
    for (const Person* person : people) {
        for (const Contact& contact : person->contacts) {
            if (!contact.serves(priority)) continue;
            const auto same = std::find_if(tells.begin(), tells.end(), [&](const Tell& t) {
                return t.channel == contact.channel && t.address == contact.address;
            });
            if (same != tells.end()) continue;  // a shared number rings once
            tells.push_back({person->name, contact.channel, contact.address, now + contact.after});
        }
    }
    return tells;
}

std::vector<Tell> contacts_of(const Oncall& oncall, const std::vector<Target>& targets,
                              Priority priority, Timestamp now) {
    return contacts_of(oncall.resolve(targets), priority, now);
}

Duration repeat_interval(Priority priority) {
    return priority <= Priority::kP2 ? Duration{30min} : Duration{24h};
}

namespace {

// The ladder is at its end: its last step that reaches somebody, once more.
void repeat_last(const Oncall& oncall, const std::vector<LadderStep>& steps, Priority priority,
                 Timestamp now, StepPlan& plan) {
    for (std::size_t i = steps.size(); i > 0 && plan.tell.empty(); --i) {
        plan.tell = contacts_of(oncall, steps[i - 1].tell, priority, now);
        if (!plan.tell.empty()) plan.step = static_cast<int>(i);
    }
    plan.catch_all = contacts_of(oncall, oncall.catch_all, priority, now);
}

}  // namespace

StepPlan plan_step(const Oncall& oncall, const Policy* policy, int reached, Priority priority,
                   Timestamp now) {
    const Policy none;
    const std::vector<LadderStep>& steps = (policy != nullptr ? *policy : none).response;
    StepPlan plan;
    plan.reached = static_cast<int>(steps.size());
    plan.next_due = now + repeat_interval(priority);

    for (std::size_t i = static_cast<std::size_t>(std::max(reached, 0)); i < steps.size(); ++i) {
        plan.tell = contacts_of(oncall, steps[i].tell, priority, now);
        if (plan.tell.empty()) {
            plan.skipped.push_back(static_cast<int>(i + 1));
            continue;
        }
        plan.step = static_cast<int>(i + 1);
        plan.reached = plan.step;
        if (i + 1 < steps.size()) {
            plan.next = StepPlan::Next::kStep;
            const Duration gap = steps[i + 1].after - steps[i].after;
            plan.next_due = now + std::max(gap, Duration{1s});
        }
        break;
    }
    if (plan.step == 0) {
        repeat_last(oncall, steps, priority, now, plan);
    } else if (!plan.skipped.empty()) {
        plan.catch_all = contacts_of(oncall, oncall.catch_all, priority, now);
    }
    return plan;
}

}  // namespace tocsin::bridge
