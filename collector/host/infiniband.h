// node_infiniband_*: InfiniBand and RoCE ports of /sys/class/infiniband.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// "4: ACTIVE" is 4 (Documentation/ABI/stable/sysfs-class-infiniband).
std::optional<std::uint32_t> parse_port_state(std::string_view text);
// "100 Gb/sec (4X EDR)" in bytes a second.
std::optional<std::uint64_t> parse_port_rate(std::string_view text);

Result<std::unique_ptr<Collector>> create_infiniband(const Context& context);

}  // namespace tocsin::collector
