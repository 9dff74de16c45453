// What `tocsin check` says of rotations and policies beyond errors: what cannot work as it is
// written. Pure; it needs the time of day, which reading a file does not.
#pragma once

#include "base/core/diagnostics.h"
#include "base/core/time.h"
#include "bridge/config/config.h"

namespace tocsin::bridge {

inline constexpr Duration kLookAhead = 24h * 90;

// Warnings: hours of the next 90 days in which a rotation that is asked has nobody; steps that can
// reach nobody; priorities for which a policy reaches nobody at all; whom the catch-all is where
// nothing says so.
void check_oncall(const BridgeConfig& config, Timestamp now, Diagnostics& diagnostics);

}  // namespace tocsin::bridge
