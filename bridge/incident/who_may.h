// Who may move an incident (semantics 8). Internal to this module.
#pragma once

#include <optional>
#include <vector>

#include "bridge/incident/decide.h"

namespace tocsin::bridge {

// A reporter's moves are few, and only on what they reported.
bool reporter_may(const Incident& in, const UserAction& action);

// Why a responder may not do this to another team's incident, and whom to ask instead; nothing when
// they may. Its team, its lead and its manager may do everything; so may whoever was told of it or
// has it, whatever their team: whom it wakes must be able to take it. Notes, links and watching are
// everybody's. Who is none of `people` (a script, a shared token) is of no team and not bound by
// one.
std::optional<Reason> why_not_theirs(const Incident& in, const UserAction& action,
                                     const Oncall& oncall);

// Of these what is everybody's.
std::vector<ActionKind> everybodys(std::vector<ActionKind> kinds);

}  // namespace tocsin::bridge
