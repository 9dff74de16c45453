// Ticket systems that keep a copy of a route's incidents: when they are sent it anew. Pure.
#pragma once

#include <vector>

#include "bridge/incident/effect.h"
#include "bridge/incident/incident.h"
#include "bridge/incident/route.h"

namespace tocsin::bridge {

// One message for each of the route's ticket systems where what they show has changed: state,
// priority, severity, title or owner. `before` has no key where the incident is new. None for one
// that nobody is told of (observe.h) or that its storm stands for.
std::vector<Notify> mirrored(const Incident& before, const Incident& now, const Route& route,
                             Timestamp at);

}  // namespace tocsin::bridge
