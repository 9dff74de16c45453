// node_cpu_seconds_total and node_cpu_guest_seconds_total, from /proc/stat; node_cpu_isolated and
// the throttle counters, from sysfs's devices/system/cpu; what CPUs they are (cpu_info.h).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// In the order of /proc/stat (proc(5)): user nice system idle iowait irq softirq steal guest
// guest_nice, in ticks of 1/100 s. Columns that an old kernel does not have are zero.
using CpuTicks = std::array<std::uint64_t, 10>;
struct CpuLine {
    std::string_view cpu;  // "0"
    CpuTicks ticks{};
};
// The CPUs that are on, without the line of their sum.
Result<void> parse_cpu_lines(std::string_view stat, std::vector<CpuLine>& out);

// Takes over what rose. The kernel's idle and iowait counters are known to step back a little,
// which must not look like a counter reset; idle falling by 3 s or more is one (hot-plugged).
void keep_rising(CpuTicks& kept, const CpuTicks& now);

// A CPU list as sysfs prints it, "0-3,8": {0, 1, 2, 3, 8}. Empty when it is malformed.
std::vector<unsigned> parse_cpu_list(std::string_view text);

Result<std::unique_ptr<Collector>> create_cpu(const Context& context);

}  // namespace tocsin::collector
