// node_disk_*, from /proc/diskstats and udev's data.
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

inline constexpr std::string_view kDiskExclude =
    R"(^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$)";

// One line (Documentation/admin-guide/iostats.rst): 11 counters, 15 since Linux 4.18 (discards),
// 17 since 5.5 (flushes).
struct DiskLine {
    std::string_view device;
    std::uint64_t major = 0;
    std::uint64_t minor = 0;
    std::array<std::uint64_t, 17> counters{};
    std::size_t columns = 0;  // how many the kernel printed
};
// Appends what can be read; an error names the first line that cannot. The short lines that Linux
// before 2.6.25 printed for partitions are skipped.
Result<void> parse_diskstats(std::string_view text, std::vector<DiskLine>& out);

// udev's database of a device: its "E:KEY=VALUE" lines.
struct UdevProperty {
    std::string_view key;
    std::string_view value;
};
std::vector<UdevProperty> parse_udev(std::string_view text);

Result<std::unique_ptr<Collector>> create_diskstats(const Context& context);

}  // namespace tocsin::collector
