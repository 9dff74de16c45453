// node_power_supply_*: batteries and adapters of /sys/class/power_supply.
#pragma once

#include <memory>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

inline constexpr std::string_view kIgnoredSupplies = "^$";

Result<std::unique_ptr<Collector>> create_powersupplyclass(const Context& context);

}  // namespace tocsin::collector
