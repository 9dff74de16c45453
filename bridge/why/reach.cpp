#include "bridge/why/reach.h"

#include <algorithm>
#include <utility>

namespace tocsin::bridge {
namespace {

void add(WhyLinks& out, std::string phrase, EntryData data) {
    out.push_back({"policy", std::move(phrase), std::nullopt, std::move(data)});
}

// Why a person of a step is told by nothing, contact by contact.
void add_person(const Person& person, Priority priority, Timestamp at, WhyLinks& out) {
    if (person.contacts.empty()) {
        add(out, "policy.no_contact", {{"person", person.name}});
        return;
    }
    for (const Contact& contact : person.contacts) {
        const auto& meant = contact.priorities;
        const bool for_it = std::find(meant.begin(), meant.end(), priority) != meant.end();
        const bool open = is_open(contact.hours, at);
        if (for_it && open) continue;
        add(out, for_it ? "policy.contact_hours" : "policy.contact_priority",
            {{"person", person.name},
             {"channel", contact.channel},
             {"priority", std::string(to_string(priority))}});
    }
}

void add_skipped(const Oncall& oncall, const Policy& policy, int step, Priority priority,
                 Timestamp at, WhyLinks& out) {
    add(out, "policy.skipped",
        {{"step", std::to_string(step)}, {"priority", std::string(to_string(priority))}});
    const LadderStep& skipped = policy.response[static_cast<std::size_t>(step - 1)];
    for (const Person* person : oncall.resolve(skipped.tell, at)) {
        add_person(*person, priority, at, out);
    }
}

// When the ladder's first step comes (ladder_moves.cpp, start_ladder), and why not at once.
Timestamp begins_at(const Oncall& oncall, const Policy* policy, Priority priority, Timestamp now,
                    WhyLinks& out) {
    const Duration after =
        policy == nullptr ? Duration{0} : first_step_after(*policy, priority, now);
    if (after > Duration{0}) {
        add(out, "policy.delay", {{"after", format_duration(after)}});
        return next_open(oncall.hours.of(priority), now + after);
    }
    const Timestamp at = oncall.hours.first_step_at(priority, now);
    if (at > now) {
        add(out, "policy.waits",
            {{"priority", std::string(to_string(priority))}, {"until", format_rfc3339(at)}});
    }
    return at;
}

}  // namespace

Reach reach_of(const Oncall& oncall, std::string_view name, std::string_view team,
               Priority priority, Timestamp now, WhyLinks& out) {
    const Policy* const policy = oncall.policy(name);
    if (policy == nullptr) {
        add(out, name.empty() ? "policy.none" : "policy.gone", {{"policy", std::string(name)}});
    }
    Reach reach;
    reach.at = begins_at(oncall, policy, priority, now, out);
    const StepPlan plan = plan_step(oncall, policy, 0, priority, reach.at, team);
    for (const std::string& rotation : plan.empty_rotations) {
        add(out, "policy.empty", {{"rotation", rotation}});
    }
    for (const int step : plan.skipped) {
        add_skipped(oncall, *policy, step, priority, reach.at, out);
    }
    reach.told = names_of(plan.tell);
    if (plan.step > 0) {
        add(out, "policy.step",
            {{"policy", std::string(name)},
             {"step", std::to_string(plan.step)},
             {"told", reach.told}});
    }
    reach.catch_all = names_of(plan.catch_all);
    if (!reach.catch_all.empty()) add(out, "policy.catch_all", {{"told", reach.catch_all}});
    return reach;
}

}  // namespace tocsin::bridge
