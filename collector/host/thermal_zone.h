// node_thermal_zone_temp and node_cooling_device_*, from sysfs's class/thermal.
#pragma once

#include <memory>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

Result<std::unique_ptr<Collector>> create_thermal_zone(const Context& context);

}  // namespace tocsin::collector
