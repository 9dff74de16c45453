// node_load1, node_load5, node_load15, from /proc/loadavg.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// The averages over 1, 5 and 15 minutes.
Result<std::array<double, 3>> parse_loadavg(std::string_view text);

Result<std::unique_ptr<Collector>> create_loadavg(const Context& context);

}  // namespace tocsin::collector
