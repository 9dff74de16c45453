// What udev knows of one disk: node_disk_info, node_disk_filesystem_info,
// node_disk_device_mapper_info, node_disk_ata_*. A part of the diskstats collector.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/model/series.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

class DiskInfo {
  public:
    // udev's database of the device is <udev_data>/b<major>:<minor>.
    DiskInfo(std::string_view device, std::uint64_t major, std::uint64_t minor,
             const std::string& udev_data);

    bool is(std::uint64_t major, std::uint64_t minor) const {
        return major_ == major && minor_ == minor;
    }
    // Looks at the file only when it is another one than last time: udev replaces it whole.
    void collect(SeriesTable& table, Readings& out);

  private:
    void load(SeriesTable& table);

    std::string device_;
    std::uint64_t major_;
    std::uint64_t minor_;
    std::string path_;
    bool loaded_ = false;
    std::uint64_t inode_ = 0;  // 0: there was no file
    std::int64_t modified_ = 0;
    std::vector<Reading> readings_;
};

}  // namespace tocsin::collector
