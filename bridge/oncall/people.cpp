#include "bridge/oncall/people.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tocsin::bridge {
namespace {

constexpr std::array kTargetWords = {
    std::pair{Target::Kind::kPerson, std::string_view("person")},
    std::pair{Target::Kind::kTeam, std::string_view("team")},
    std::pair{Target::Kind::kManager, std::string_view("manager")},
    std::pair{Target::Kind::kLead, std::string_view("lead")},
};

template <class T>
const T* named(const std::vector<T>& all, std::string_view name) {
    const auto it =
        std::find_if(all.begin(), all.end(), [&](const T& t) { return t.name == name; });
    return it == all.end() ? nullptr : &*it;
}

}  // namespace

bool Contact::serves(Priority priority) const {
    return std::find(priorities.begin(), priorities.end(), priority) != priorities.end();
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
const Team* Oncall::team(std::string_view name) const {
    return named(teams, name);
}
const Policy* Oncall::policy(std::string_view name) const {
    return named(policies, name);
}

std::vector<const Person*> Oncall::resolve(const std::vector<Target>& targets) const {
    std::vector<const Person*> found;
    const auto add = [&](std::string_view name) {
        const Person* p = person(name);
        if (p != nullptr && std::find(found.begin(), found.end(), p) == found.end()) {
            found.push_back(p);
        }
    };
    for (const Target& target : targets) {
        if (target.kind == Target::Kind::kPerson) {
            add(target.name);
            continue;
        }
        const Team* t = team(target.name);
        if (t == nullptr) continue;
        switch (target.kind) {
            case Target::Kind::kPerson:
                break;
            case Target::Kind::kTeam:
                for (const std::string& member : t->members) add(member);
                break;
            case Target::Kind::kManager:
                add(t->manager);
                break;
            case Target::Kind::kLead:
                add(t->lead);
                break;
        }
    }
    return found;
}

}  // namespace tocsin::bridge
