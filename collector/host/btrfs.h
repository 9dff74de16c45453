// node_btrfs_*: how mounted Btrfs file systems have shared out their space and how their devices
// do, from sysfs's fs/btrfs and, where it may ask, from the file systems themselves.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// What the ioctls of a mounted file system tell (linux/btrfs.h). UUIDs are as sysfs writes them.
struct BtrfsDevice {
    std::string path;
    std::string uuid;
    std::uint64_t used = 0;  // bytes
    std::uint64_t total = 0;
    std::array<std::uint64_t, 5> errors{};  // write, read, flush, corruption, generation
};
struct BtrfsVolume {
    std::string uuid;
    std::vector<BtrfsDevice> devices;
};
using BtrfsQuery = std::function<Result<BtrfsVolume>(const std::string& mount_point)>;
Result<BtrfsVolume> query_btrfs(const std::string& mount_point);

// How much of the devices a byte of that mode takes. 0 for a mode that node_exporter does not know.
double allocation_ratio(std::string_view mode, std::size_t devices);

Result<std::unique_ptr<Collector>> create_btrfs(const Context& context);
// With another way to ask, for tests.
Result<std::unique_ptr<Collector>> create_btrfs_with(const Context& context, BtrfsQuery query);

}  // namespace tocsin::collector
