// Receives SNMP's traps and informs and tells which of them are alerts that are still so:
// tocsin_trap_active, tocsin_traps_total, …
#pragma once

#include <memory>

#include "collector/api/target.h"
#include "collector/net/snmp/config/traps.h"

namespace tocsin::collector {

// Listens from then on; what keeps it from listening fails its collections, and is tried again at
// each.
Result<std::unique_ptr<Target>> create_snmp_traps(const std::shared_ptr<const TargetConfig>& config,
                                                  const TargetContext& context);

}  // namespace tocsin::collector
