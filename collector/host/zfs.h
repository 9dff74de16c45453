// node_zfs_*: ZFS's own statistics (kstats), from procfs's spl/kstat/zfs.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// A line of a named kstat; the type is KSTAT_DATA_*: 4 is an unsigned number, 7 a text.
struct KstatField {
    std::string_view name;
    std::string_view type;
    std::string_view data;
};
// What stands under the heading "name type data"; kInvalid without one.
Result<std::vector<KstatField>> parse_kstat(std::string_view text);

// A pool's `io`: a line of names that begins with nread, and one of numbers. Empty without.
struct PoolIo {
    std::string_view name;
    double value = 0;
};
Result<std::vector<PoolIo>> parse_pool_io(std::string_view text);

Result<std::unique_ptr<Collector>> create_zfs(const Context& context);

}  // namespace tocsin::collector
