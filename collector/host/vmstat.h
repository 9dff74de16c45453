// node_vmstat_*, from /proc/vmstat: paging, swapping, faults and OOM kills by default.
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

inline constexpr std::string_view kVmstatFields = "^(oom_kill|pgpg|pswp|pg.*fault).*";

struct VmstatField {
    std::string_view key;
    double value = 0;
};
// Appends what can be read; an error names the first line that cannot.
Result<void> parse_vmstat(std::string_view text, std::vector<VmstatField>& out);

Result<std::unique_ptr<Collector>> create_vmstat(const Context& context);

}  // namespace tocsin::collector
