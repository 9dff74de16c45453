#include "bridge/oncall/catch_all.h"

#include <string>

namespace tocsin::bridge {

std::vector<std::vector<const Person*>> catch_all_groups(const Oncall& oncall,
                                                         std::string_view team, Timestamp now) {
    if (oncall.catch_all_is == Oncall::CatchAll::kAsListed) {
        return {oncall.resolve(oncall.catch_all, now)};
    }
    const auto people = [&](const std::vector<Target>& targets) {
        return oncall.resolve(targets, now);
    };
    std::vector<Target> admins;
    for (const std::string& name : oncall.admins) admins.push_back({Target::Kind::kPerson, name});
    const std::string of(team);
    std::vector<Target> everybody;
    for (const Person& person : oncall.people) {
        everybody.push_back({Target::Kind::kPerson, person.name});
    }
    return {people(admins), people({{Target::Kind::kLead, of}, {Target::Kind::kManager, of}}),
            people(everybody)};
}

}  // namespace tocsin::bridge
