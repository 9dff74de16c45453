// Messages as the API lists them. Pure.
#pragma once

#include <string>

#include "base/core/result.h"
#include "base/net/http.h"
#include "bridge/store/queries.h"

namespace tocsin::bridge {

// GET /api/v1/effects.
Result<EffectFilter> parse_effect_filter(const net::Request& request);
std::string effects_json(const EffectPage& page);

}  // namespace tocsin::bridge
