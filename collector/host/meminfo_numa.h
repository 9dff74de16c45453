// node_memory_numa_*: memory of each NUMA node, from /sys/devices/system/node.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

struct NumaField {
    std::string_view key;  // "Active(anon)", "numa_hit"
    double value = 0;      // bytes where the kernel prints kB
};
// A node's meminfo, "Node 0 MemTotal:  134182340 kB", and its numastat, "numa_hit 193460335812".
// Append what can be read; an error names the first line that cannot.
Result<void> parse_numa_meminfo(std::string_view text, std::vector<NumaField>& out);
Result<void> parse_numastat(std::string_view text, std::vector<NumaField>& out);

Result<std::unique_ptr<Collector>> create_meminfo_numa(const Context& context);

}  // namespace tocsin::collector
