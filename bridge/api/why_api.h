// The API's routes that say why: of an incident, and of an alert that is none. On the loop.
#pragma once

#include <memory>
#include <vector>

#include "bridge/api/api.h"

namespace tocsin::bridge {

// What `parts` names and `config` outlive the routes; `config` changes with a reload.
std::vector<Endpoint> why_routes(const ApiParts& parts,
                                 const std::shared_ptr<const BridgeConfig>& config);

}  // namespace tocsin::bridge
