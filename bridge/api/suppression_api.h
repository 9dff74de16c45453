// The API's routes about what holds alerts back: Alertmanager's silences, our own lists of them, of
// maintenance windows and of what is held back, and silences for one incident. On the loop.
#pragma once

#include <vector>

#include "bridge/api/api.h"

namespace tocsin::bridge {

// What `parts` names outlives the routes.
std::vector<Endpoint> suppression_endpoints(const ApiParts& parts);

}  // namespace tocsin::bridge
