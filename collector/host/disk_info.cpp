#include "collector/host/disk_info.h"

#include <sys/stat.h>

#include <array>

#include "base/core/strings.h"
#include "collector/api/procfile.h"
#include "collector/host/diskstats.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kInfo{"node_disk_info", "Info of /sys/block/<block_device>.",
                           MetricType::kGauge};
constexpr MetricDesc kFilesystem{"node_disk_filesystem_info", "Info about disk filesystem.",
                                 MetricType::kGauge};
constexpr MetricDesc kMapper{"node_disk_device_mapper_info", "Info about disk device mapper.",
                             MetricType::kGauge};

struct AtaItem {
    std::string_view property;
    MetricDesc desc;
};
constexpr std::array<AtaItem, 3> kAta{{
    {"ID_ATA_WRITE_CACHE",
     {"node_disk_ata_write_cache", "ATA disk has a write cache.", MetricType::kGauge}},
    {"ID_ATA_WRITE_CACHE_ENABLED",
     {"node_disk_ata_write_cache_enabled", "ATA disk has its write cache enabled.",
      MetricType::kGauge}},
    {"ID_ATA_ROTATION_RATE_RPM",
     {"node_disk_ata_rotation_rate_rpm", "ATA disk rotation rate in RPMs (0 for SSDs).",
      MetricType::kGauge}},
}};

std::int64_t nanoseconds(const timespec& t) {
    return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

class Properties {
  public:
    explicit Properties(std::string_view text) : all_(parse_udev(text)) {}
    std::string get(std::string_view key) const {
        for (const UdevProperty& property : all_) {
            if (property.key == key) return valid_utf8(property.value);
        }
        return {};
    }

  private:
    std::vector<UdevProperty> all_;
};

}  // namespace

DiskInfo::DiskInfo(std::string_view device, std::uint64_t major, std::uint64_t minor,
                   const std::string& udev_data)
    : device_(valid_utf8(device)),
      major_(major),
      minor_(minor),
      path_(udev_data + "/b" + std::to_string(major) + ":" + std::to_string(minor)) {}

void DiskInfo::collect(SeriesTable& table, Readings& out) {
    struct stat status {};
    const bool there = ::stat(path_.c_str(), &status) == 0;
    const std::uint64_t inode = there ? status.st_ino : 0;
    const std::int64_t modified = there ? nanoseconds(status.st_mtim) : 0;
    if (!loaded_ || inode != inode_ || modified != modified_) {
        load(table);
        loaded_ = true;
        inode_ = inode;
        modified_ = modified;
    }
    out.insert(out.end(), readings_.begin(), readings_.end());
}

void DiskInfo::load(SeriesTable& table) {
    ProcFile file(path_);
    ReadBuffer buffer;
    const Result<std::string_view> text = file.read(buffer);
    const Properties udev(text ? text.value() : std::string_view());
    readings_.clear();
    readings_.push_back({table.get(&kInfo, {{"device", device_},
                                            {"major", std::to_string(major_)},
                                            {"minor", std::to_string(minor_)},
                                            {"path", udev.get("ID_PATH")},
                                            {"model", udev.get("ID_MODEL")},
                                            {"serial", udev.get("ID_SERIAL_SHORT")},
                                            {"wwn", udev.get("ID_WWN")},
                                            {"revision", udev.get("ID_REVISION")}}),
                         1});
    if (!udev.get("ID_FS_TYPE").empty()) {
        readings_.push_back({table.get(&kFilesystem, {{"device", device_},
                                                      {"type", udev.get("ID_FS_TYPE")},
                                                      {"usage", udev.get("ID_FS_USAGE")},
                                                      {"uuid", udev.get("ID_FS_UUID")},
                                                      {"version", udev.get("ID_FS_VERSION")}}),
                             1});
    }
    if (!udev.get("DM_NAME").empty()) {
        readings_.push_back({table.get(&kMapper, {{"device", device_},
                                                  {"name", udev.get("DM_NAME")},
                                                  {"uuid", udev.get("DM_UUID")},
                                                  {"vg_name", udev.get("DM_VG_NAME")},
                                                  {"lv_name", udev.get("DM_LV_NAME")},
                                                  {"lv_layer", udev.get("DM_LV_LAYER")}}),
                             1});
    }
    if (udev.get("ID_ATA").empty()) return;
    for (const AtaItem& item : kAta) {
        if (const auto value = parse_double(udev.get(item.property))) {
            readings_.push_back({table.get(&item.desc, {{"device", device_}}), *value});
        }
    }
}

}  // namespace tocsin::collector
