// node_bonding_slaves and node_bonding_active: the links of each bonding interface, from sysfs's
// class/net.
#pragma once

#include <memory>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

Result<std::unique_ptr<Collector>> create_bonding(const Context& context);

}  // namespace tocsin::collector
