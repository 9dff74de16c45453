// The API's routes about who is on call: the view, iCalendar, overrides and swaps, tests of
// contacts. On the loop.
#pragma once

#include <memory>
#include <vector>

#include "bridge/api/api.h"

namespace tocsin::bridge {

// `config` and `link_key` are the caller's own, which it exchanges at a reload; all outlive the
// routes.
std::vector<Endpoint> oncall_routes(const ApiParts& parts,
                                    const std::shared_ptr<const BridgeConfig>& config,
                                    const Secret& link_key);

}  // namespace tocsin::bridge
