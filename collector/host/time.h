// node_time_seconds, node_time_zone_offset_seconds and the clock sources, from sysfs.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// The zone of this process at `now`, as tzset(3) reads it.
struct Zone {
    std::string name;         // "CST"
    std::int64_t offset = 0;  // seconds east of UTC
    bool operator==(const Zone&) const = default;
};
Zone local_zone(Timestamp now);

Result<std::unique_ptr<Collector>> create_time(const Context& context);

}  // namespace tocsin::collector
