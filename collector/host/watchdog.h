// node_watchdog_*: hardware that restarts a host which hangs, from sysfs's class/watchdog.
#pragma once

#include <memory>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

Result<std::unique_ptr<Collector>> create_watchdog(const Context& context);

}  // namespace tocsin::collector
