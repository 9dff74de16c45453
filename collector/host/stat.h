// node_intr_total, node_context_switches_total, node_forks_total, node_boot_time_seconds,
// node_procs_running, node_procs_blocked, and where it is asked for node_softirqs_total, from
// /proc/stat.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// What the kernel says; a line that this kernel does not have is none.
struct KernelStat {
    std::optional<std::uint64_t> interrupts;
    std::optional<std::uint64_t> context_switches;
    std::optional<std::uint64_t> forks;
    std::optional<std::uint64_t> boot_time;
    std::optional<std::uint64_t> procs_running;
    std::optional<std::uint64_t> procs_blocked;
};
Result<KernelStat> parse_stat(std::string_view text);

// Calls by vector, in the order of the kernel's softirq_to_name; none where there is no such line.
Result<std::vector<std::uint64_t>> parse_softirqs(std::string_view text);

Result<std::unique_ptr<Collector>> create_stat(const Context& context);

}  // namespace tocsin::collector
