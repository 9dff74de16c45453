#include "bridge/oncall/people.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace tocsin::bridge {
namespace {

constexpr std::array kTargetWords = {
    std::pair{Target::Kind::kPerson, std::string_view("person")},
    std::pair{Target::Kind::kTeam, std::string_view("team")},
    std::pair{Target::Kind::kManager, std::string_view("manager")},
    std::pair{Target::Kind::kLead, std::string_view("lead")},
    std::pair{Target::Kind::kVendor, std::string_view("vendor")},
    std::pair{Target::Kind::kRotation, std::string_view("rotation")},
    std::pair{Target::Kind::kManagerOf, std::string_view("manager-of")},
};

template <class T>
const T* named(const std::vector<T>& all, std::string_view name) {
    const auto it =
        std::find_if(all.begin(), all.end(), [&](const T& t) { return t.name == name; });
    return it == all.end() ? nullptr : &*it;
}

}  // namespace

bool Contact::serves(Priority priority, Timestamp now) const {
    return std::find(priorities.begin(), priorities.end(), priority) != priorities.end() &&
           is_open(hours, now);
}

bool LadderStep::applies(Priority priority, Timestamp at) const {
    const bool meant = priorities.empty() || std::find(priorities.begin(), priorities.end(),
                                                       priority) != priorities.end();
    return meant && is_open(hours, at);
}

std::string to_string(const Target& target) {
    for (const auto& [kind, word] : kTargetWords) {
        if (kind == target.kind) return std::string(word) + ":" + target.name;
    }
    return target.name;
}

std::optional<Target> parse_target(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon + 1 == text.size()) return std::nullopt;
    for (const auto& [kind, word] : kTargetWords) {
        if (word == text.substr(0, colon)) return Target{kind, std::string(text.substr(colon + 1))};
    }
    return std::nullopt;
}

const Person* Oncall::person(std::string_view name) const {
    return named(people, name);
}
bool Oncall::is_human(std::string_view name) const {
    return people.empty() || person(name) != nullptr;
}

const Person* Oncall::vendor(std::string_view name) const {
    return named(vendors, name);
}
const Team* Oncall::team(std::string_view name) const {
    return named(teams, name);
}
const Policy* Oncall::policy(std::string_view name) const {
    return named(policies, name);
}

const Rotation* Oncall::rotation(std::string_view name) const {
    return named(rotations, name);
}

void Oncall::set_overrides(std::vector<Override> all) {
    std::erase_if(all, [&](const Override& o) {
        return rotation(o.rotation) == nullptr || person(o.person) == nullptr ||
               (o.kind == Override::Kind::kSwap && person(o.instead_of) == nullptr);
    });
    overrides = std::move(all);
}

namespace {

std::string on_call(const Oncall& oncall, std::string_view rotation, Timestamp now) {
    const Rotation* found = oncall.rotation(rotation);
    return found == nullptr ? "" : duty_at(*found, oncall.overrides, now).person;
}

// The managers above a person: of every team that counts them in, but for themselves.
std::vector<std::string> managers_of(const Oncall& oncall, std::string_view person) {
    std::vector<std::string> out;
    for (const Team& team : oncall.teams) {
        const bool in = team.lead == person || std::find(team.members.begin(), team.members.end(),
                                                         person) != team.members.end();
        if (in && team.manager != person) out.push_back(team.manager);
    }
    return out;
}

std::vector<std::string> names_behind(const Oncall& oncall, const Target& target, Timestamp now) {
    constexpr std::string_view kRotation = "rotation:";
    const Team* team = oncall.team(target.name);
    switch (target.kind) {
        case Target::Kind::kPerson:
            return {target.name};
        case Target::Kind::kTeam:
            return team == nullptr ? std::vector<std::string>{} : team->members;
        case Target::Kind::kManager:
            return {team == nullptr ? "" : team->manager};
        case Target::Kind::kLead:
            return {team == nullptr ? "" : team->lead};
        case Target::Kind::kVendor:
            return {};  // no person
        case Target::Kind::kRotation:
            return {on_call(oncall, target.name, now)};
        case Target::Kind::kManagerOf:
            if (!target.name.starts_with(kRotation)) return managers_of(oncall, target.name);
            return managers_of(oncall, on_call(oncall, target.name.substr(kRotation.size()), now));
    }
    return {};
}

}  // namespace

bool is_of(const Team& team, std::string_view person) {
    return team.lead == person || team.manager == person ||
           std::find(team.members.begin(), team.members.end(), person) != team.members.end();
}

bool Oncall::is_on_call(std::string_view name, const Team* of, const Policy* by,
                        Timestamp now) const {
    std::vector<Target> told;
    if (by != nullptr) {
        for (const LadderStep& step : by->response) {
            told.insert(told.end(), step.tell.begin(), step.tell.end());
        }
    }
    std::vector<Target> turns;
    std::copy_if(told.begin(), told.end(), std::back_inserter(turns),
                 [](const Target& t) { return t.kind == Target::Kind::kRotation; });
    for (const Rotation& one : rotations) {
        if (of != nullptr && one.team == of->name) {
            turns.push_back({Target::Kind::kRotation, one.name});
        }
    }
    if (turns.empty() && of != nullptr) return is_of(*of, name);
    if (turns.empty() && by == nullptr) return true;
    const std::vector<const Person*> asked = resolve(turns.empty() ? told : turns, now);
    return std::any_of(asked.begin(), asked.end(),
                       [&](const Person* person) { return person->name == name; });
}

std::vector<const Person*> Oncall::resolve(const std::vector<Target>& targets,
                                           Timestamp now) const {
    std::vector<const Person*> found;
    const auto add = [&](const Person* p) {
        if (p != nullptr && std::find(found.begin(), found.end(), p) == found.end()) {
            found.push_back(p);
        }
    };
    for (const Target& target : targets) {
        if (target.kind == Target::Kind::kVendor) add(vendor(target.name));
        for (const std::string& name : names_behind(*this, target, now)) {
            add(person(name));
        }
    }
    return found;
}

}  // namespace tocsin::bridge
