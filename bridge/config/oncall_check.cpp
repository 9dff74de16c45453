#include "bridge/config/oncall_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "bridge/oncall/catch_all.h"

namespace tocsin::bridge {
namespace {

void warn(const BridgeConfig& config, const std::string& what, std::string message,
          Diagnostics& d) {
    const auto place = config.places.find(what);
    const Place where = place == config.places.end() ? Place{} : place->second;
    d.add({DiagnosticLevel::kWarning, where.file, where.at, std::move(message)});
}

bool asks(const LadderStep& step, const std::string& rotation) {
    return std::any_of(step.tell.begin(), step.tell.end(), [&](const Target& target) {
        return (target.kind == Target::Kind::kRotation && target.name == rotation) ||
               (target.kind == Target::Kind::kManagerOf && target.name == "rotation:" + rotation);
    });
}

// Somebody may ask for the rotation in [from, to): a step that does so applies then.
bool asked_between(const Oncall& oncall, const std::string& rotation, Timestamp from,
                   Timestamp to) {
    for (const Policy& policy : oncall.policies) {
        for (const LadderStep& step : policy.response) {
            if (!asks(step, rotation)) continue;
            if (step.hours == nullptr || working_between(*step.hours, from, to) > Duration{0}) {
                return true;
            }
        }
    }
    return false;
}

bool is_asked(const Oncall& oncall, const std::string& rotation) {
    return std::any_of(oncall.policies.begin(), oncall.policies.end(), [&](const Policy& policy) {
        return std::any_of(policy.response.begin(), policy.response.end(),
                           [&](const LadderStep& step) { return asks(step, rotation); });
    });
}

void check_gaps(const BridgeConfig& config, const Rotation& rotation, Timestamp now,
                Diagnostics& d) {
    auto all = gaps(rotation, now, now + kLookAhead);
    // Nobody minds a gap while nobody asks; of a rotation that no policy asks yet, all are told.
    if (is_asked(config.oncall, rotation.name)) {
        std::erase_if(all, [&](const auto& gap) {
            return !asked_between(config.oncall, rotation.name, gap.first, gap.second);
        });
    }
    if (all.empty()) return;
    Duration sum{0};
    for (const auto& [from, to] : all) sum += to - from;
    warn(config, "rotation " + rotation.name,
         fmt::format("rotation \"{}\" has nobody from {} to {}{}; in all {} of the next 90 days",
                     rotation.name, format_rfc3339(all.front().first),
                     format_rfc3339(all.front().second),
                     all.size() == 1 ? "" : fmt::format(" and {} times after", all.size() - 1),
                     format_duration(std::chrono::floor<std::chrono::seconds>(sum))),
         d);
}

bool has_contact(const Person* person, Priority priority) {
    return person != nullptr &&
           std::any_of(person->contacts.begin(), person->contacts.end(), [&](const Contact& c) {
               return std::find(c.priorities.begin(), c.priorities.end(), priority) !=
                      c.priorities.end();
           });
}

// At any hour, by anybody who may have their turn some day.
bool may_reach(const Oncall& oncall, const Target& target, Priority priority) {
    const bool above = target.kind == Target::Kind::kManagerOf;
    const std::string_view prefix = above ? "rotation:" : "";
    const bool by_rotation =
        target.kind == Target::Kind::kRotation || (above && target.name.starts_with(prefix));
    if (!by_rotation) {
        const auto people = oncall.resolve({target}, Timestamp{});
        return std::any_of(people.begin(), people.end(),
                           [&](const Person* person) { return has_contact(person, priority); });
    }
    const Rotation* rotation = oncall.rotation(target.name.substr(prefix.size()));
    if (rotation == nullptr) return false;
    for (const RotationLayer& layer : rotation->layers) {
        for (const std::string& name : layer.people) {
            if (!above && has_contact(oncall.person(name), priority)) return true;
            if (above && may_reach(oncall, {Target::Kind::kManagerOf, name}, priority)) return true;
        }
    }
    return false;
}

bool may_reach(const Oncall& oncall, const LadderStep& step, Priority priority) {
    return std::any_of(step.tell.begin(), step.tell.end(),
                       [&](const Target& target) { return may_reach(oncall, target, priority); });
}

std::string joined(const std::vector<std::string_view>& words) {
    std::string out;
    for (const std::string_view word : words) out += (out.empty() ? "" : ", ") + std::string(word);
    return out;
}

void check_policy(const BridgeConfig& config, const Policy& policy, Diagnostics& d) {
    const std::string what = "policy " + policy.name;
    std::vector<std::string_view> unreached;
    for (const Priority priority : kPriorities) {
        const bool reached = std::any_of(
            policy.response.begin(), policy.response.end(), [&](const LadderStep& step) {
                return LadderStep{{}, {}, {}, step.priorities}.applies(priority, {}) &&
                       may_reach(config.oncall, step, priority);
            });
        if (!reached) unreached.push_back(to_string(priority));
    }
    for (std::size_t i = 0; i < policy.response.size(); ++i) {
        const LadderStep& step = policy.response[i];
        const bool anybody = std::any_of(kPriorities.begin(), kPriorities.end(), [&](Priority p) {
            return LadderStep{{}, {}, {}, step.priorities}.applies(p, {}) &&
                   may_reach(config.oncall, step, p);
        });
        if (anybody) continue;
        warn(config, what,
             fmt::format("step {} of policy \"{}\" can reach nobody: whom it tells has no contact "
                         "for it",
                         i + 1, policy.name),
             d);
    }
    if (unreached.empty() || policy.response.empty()) return;
    warn(config, what,
         fmt::format("policy \"{}\" reaches nobody for {}", policy.name, joined(unreached)), d);
}

std::string reached_of(const std::vector<const Person*>& people) {
    std::vector<std::string_view> names;
    for (const Person* person : people) {
        if (!person->contacts.empty()) names.push_back(person->name);
    }
    return joined(names);
}

// Where nothing is set: who it will be, so that nobody is surprised at night.
void check_catch_all(const BridgeConfig& config, Timestamp now, Diagnostics& d) {
    const Oncall& oncall = config.oncall;
    if (oncall.catch_all_is != Oncall::CatchAll::kByDefault || oncall.policies.empty()) return;
    std::string who;
    const auto groups = catch_all_groups(oncall, "", now);
    if (const std::string admins = reached_of(groups.front()); !admins.empty()) {
        who = "admins are: " + admins;
    } else if (const std::string all = reached_of(groups.back()); !all.empty()) {
        who = "the team's lead and manager are, else all: " + all;
    } else {
        who = "nobody is";
    }
    warn(config, "catch_all",
         "no \"catch_all\" says who is told when a step reaches nobody or a ladder ends; " + who,
         d);
}

}  // namespace

void check_oncall(const BridgeConfig& config, Timestamp now, Diagnostics& diagnostics) {
    for (const Rotation& rotation : config.oncall.rotations) {
        check_gaps(config, rotation, now, diagnostics);
    }
    for (const Policy& policy : config.oncall.policies) check_policy(config, policy, diagnostics);
    check_catch_all(config, now, diagnostics);
}

}  // namespace tocsin::bridge
