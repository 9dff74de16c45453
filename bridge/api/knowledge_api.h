// The API's routes about problems, reviews and articles: lists, one of them, making them, and every
// move of the table (bridge/knowledge/moves.h). On the loop.
#pragma once

#include <memory>
#include <vector>

#include "bridge/api/api.h"

namespace tocsin::bridge {

// `config` is the caller's own, which it exchanges at a reload; both outlive the routes.
std::vector<Endpoint> knowledge_routes(const ApiParts& parts,
                                       const std::shared_ptr<const BridgeConfig>& config);

}  // namespace tocsin::bridge
