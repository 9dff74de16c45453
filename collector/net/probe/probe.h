// Asks a server from outside and reports how it answered: probe_success and what belongs to it,
// under blackbox_exporter's names.
#pragma once

#include <memory>

#include "collector/api/target.h"

namespace tocsin::collector {

// A server that fails is a reading (probe_success 0, with its reason in the log once), not a
// failed collection: `up` stays 1, and it is asked at its pace until it is back.
Result<std::unique_ptr<Target>> create_probe(const std::shared_ptr<const TargetConfig>& config,
                                             const TargetContext& context);

}  // namespace tocsin::collector
