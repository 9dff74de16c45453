// Whom the catch-all is: somebody must hear of an incident that its policy brings to nobody. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "bridge/oncall/people.h"

namespace tocsin::bridge {

// Groups of people, of which the first that can be reached is told: those of `catch_all` where it
// is set; else admins, then leads and managers of the team, then everybody.
std::vector<std::vector<const Person*>> catch_all_groups(const Oncall& oncall,
                                                         std::string_view team, Timestamp now);

}  // namespace tocsin::bridge
