// node_schedstat_*: how long each CPU ran tasks and let them wait, from /proc/schedstat.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// The last three of the nine numbers of a "cpu<N>" line (Documentation/scheduler/
// sched-stats.rst). Times are nanoseconds since Linux 2.6.23.
struct SchedstatLine {
    std::string_view cpu;  // "0"
    std::uint64_t running = 0;
    std::uint64_t waiting = 0;
    std::uint64_t timeslices = 0;
};
// Appends what can be read; an error names the first line of a CPU that cannot.
Result<void> parse_schedstat(std::string_view text, std::vector<SchedstatLine>& out);

Result<std::unique_ptr<Collector>> create_schedstat(const Context& context);

}  // namespace tocsin::collector
