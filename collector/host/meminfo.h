// node_memory_*, from /proc/meminfo: every line that the kernel prints.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

struct MemInfoField {
    std::string_view key;  // as printed: "Active(anon)"
    double value = 0;      // in bytes where the kernel gives kB
    bool in_bytes = false;
};
// Appends what can be read; an error names the first line that cannot.
Result<void> parse_meminfo(std::string_view text, std::vector<MemInfoField>& out);

Result<std::unique_ptr<Collector>> create_meminfo(const Context& context);

}  // namespace tocsin::collector
