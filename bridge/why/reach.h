// Whom a new incident would tell, when, by what, and why not the others. Pure.
#pragma once

#include <string>

#include "bridge/oncall/people.h"
#include "bridge/why/link.h"

namespace tocsin::bridge {

struct Reach {
    Timestamp at;           // of the first step that tells somebody
    std::string told;       // as names_of(); "" for nobody
    std::string catch_all;  // likewise, told because a step reaches nobody
};

// As of `now`; adds a link for each step, rotation and contact that decides it. `policy` may name
// none, or one that is no longer configured.
Reach reach_of(const Oncall& oncall, std::string_view policy, std::string_view team,
               Priority priority, Timestamp now, WhyLinks& out);

}  // namespace tocsin::bridge
