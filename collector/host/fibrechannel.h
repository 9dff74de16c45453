// node_fibrechannel_*: ports of Fibre Channel adapters, from sysfs's class/fc_host.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// A statistic as the transport class prints it: hexadecimal behind 0x, or decimal.
std::optional<std::uint64_t> parse_fc_counter(std::string_view text);

Result<std::unique_ptr<Collector>> create_fibrechannel(const Context& context);

}  // namespace tocsin::collector
