// Ticket systems that keep a copy of a route's incidents: when they are sent it anew. Pure.
#pragma once

#include <vector>

#include "bridge/incident/effect.h"
#include "bridge/incident/incident.h"
#include "bridge/incident/route.h"

namespace tocsin::bridge {

// One message for each of the route's ticket systems where what they show has changed: state,
// priority, severity, title or owner. It is copied from when it stands on its own and people are
// told of it; what is only observed, or begins in a storm, is not. Marks `now`.
std::vector<Notify> mirrored(const Incident& before, Incident& now, const Route& route,
                             Timestamp at);

}  // namespace tocsin::bridge
