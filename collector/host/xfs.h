// node_xfs_*: what XFS has done in each file system, from sysfs's fs/xfs/<device>/stats/stats.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

inline constexpr std::size_t kXfsMetrics = 39;

// In the order of the metrics' table; none for those whose line the kernel does not print.
using XfsStats = std::array<std::optional<std::uint64_t>, kXfsMetrics>;
Result<XfsStats> parse_xfs_stats(std::string_view text);

Result<std::unique_ptr<Collector>> create_xfs(const Context& context);

}  // namespace tocsin::collector
