// node_network_up, node_network_info and what else /sys/class/net says of each device.
#pragma once

#include <memory>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

inline constexpr std::string_view kNetclassIgnored = "^$";

Result<std::unique_ptr<Collector>> create_netclass(const Context& context);

}  // namespace tocsin::collector
