// Whose an incident is, and which policy tells them: the route says so; a team that it leaves out
// is the service's owner, a policy that it leaves out the team's. What opens incidents and what
// says beforehand whom one would tell ask here. Pure.
#pragma once

#include <string>

#include "bridge/incident/priority_rules.h"
#include "bridge/incident/route.h"
#include "bridge/oncall/people.h"

namespace tocsin::bridge {

struct Ownership {
    std::string team;    // "" for none
    std::string policy;  // "" for none
};

// `service`: what it is about, null for none.
Ownership ownership_of(const Route& route, const Service* service, const Oncall& oncall);

}  // namespace tocsin::bridge
