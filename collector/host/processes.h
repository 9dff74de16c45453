// node_processes_*: how many processes and threads there are, and in which states, from /proc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// The third and the twentieth field of a stat file (proc(5)). The name before them, in
// parentheses, may hold blanks and parentheses of its own.
struct ProcessStat {
    char state = '?';
    std::uint64_t threads = 0;
};
std::optional<ProcessStat> parse_process_stat(std::string_view text);

Result<std::unique_ptr<Collector>> create_processes(const Context& context);

}  // namespace tocsin::collector
