#include "collector/host/btrfs.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/core/strings.h"
#include "collector/api/listing.h"
#include "collector/host/filesystem.h"
#include "collector/host/sysfs.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc gauge(std::string_view name, std::string_view help) {
    return {name, help, MetricType::kGauge};
}

constexpr MetricDesc kInfo = gauge("node_btrfs_info", "Filesystem information");
constexpr MetricDesc kReserve =
    gauge("node_btrfs_global_rsv_size_bytes", "Size of global reserve.");
constexpr MetricDesc kReserved =
    gauge("node_btrfs_reserved_bytes", "Amount of space reserved for a data type");
constexpr MetricDesc kUsed =
    gauge("node_btrfs_used_bytes", "Amount of used space by a layout/data type");
constexpr MetricDesc kSize =
    gauge("node_btrfs_size_bytes", "Amount of space allocated for a layout/data type");
constexpr MetricDesc kRatio =
    gauge("node_btrfs_allocation_ratio", "Data allocation ratio for a layout/data type");
constexpr MetricDesc kDeviceSize =
    gauge("node_btrfs_device_size_bytes", "Size of a device that is part of the filesystem.");
constexpr MetricDesc kDeviceUnused =
    gauge("node_btrfs_device_unused_bytes",
          "Unused bytes unused on a device that is part of the filesystem.");
constexpr MetricDesc kDeviceErrors{"node_btrfs_device_errors_total",
                                   "Errors reported for the device", MetricType::kCounter};

constexpr std::array<std::string_view, 3> kGroups{"data", "metadata", "system"};
constexpr std::array<std::string_view, 5> kErrors{"write", "read", "flush", "corruption",
                                                  "generation"};
constexpr double kSector = 512;  // whatever the device's own sectors are

struct Mode {
    NumberFile used;
    NumberFile size;
    SeriesRef ratio;
};

struct Group {
    NumberFile reserved;
    Listing<Mode> modes;
};

// What a device's ioctls feed.
struct DeviceSeries {
    SeriesRef size;
    SeriesRef unused;
    std::array<SeriesRef, kErrors.size()> errors;
};

struct FileSystem {
    std::string uuid;
    ProcFile label_file{""};
    std::optional<std::string> label;  // that info was made from
    SeriesRef info;
    NumberFile reserve{ProcFile(""), {}};
    std::vector<Group> groups;
    Listing<NumberFile> devices;  // where the file system itself may not be asked
    Listing<DeviceSeries> asked;
};

class Btrfs final : public Collector {
  public:
    Btrfs(const Context& context, BtrfsQuery query)
        : root_(context.paths.sysfs + "/fs/btrfs/"),
          rootfs_(context.paths.rootfs),
          mounts_(context.paths.procfs + "/1/mounts"),
          own_mounts_(context.paths.procfs + "/self/mounts"),
          query_(std::move(query)),
          table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        Result<void> result = success();
        std::vector<std::string> names = directories_in(root_);
        std::erase_if(names, [](const std::string& name) {
            return name.find('-') == std::string::npos;  // "features"
        });
        const std::vector<BtrfsVolume> volumes =
            names.empty() ? std::vector<BtrfsVolume>() : ask_mounted();
        std::vector<std::string> reported;
        file_systems_.begin();
        for (const std::string& name : names) {
            FileSystem& fs = file_systems_.at(name, [&] { return make(name); });
            // A copy that is mounted beside its original (temp_fsid, Linux 6.7) has its UUID.
            if (std::find(reported.begin(), reported.end(), fs.uuid) != reported.end()) continue;
            reported.push_back(fs.uuid);
            report(root_ + name + "/", fs, volumes, out, result);
        }
        file_systems_.finish();
        return result;
    }

  private:
    // One mount of each file system that answers; without the right to ask, none.
    std::vector<BtrfsVolume> ask_mounted() {
        std::vector<BtrfsVolume> volumes;
        Result<std::string_view> text = mounts_.read(buffer_);
        // With hidepid only the own view is to be had.
        if (!text) text = own_mounts_.read(buffer_);
        if (!text) return volumes;
        std::vector<Mount> mounts;
        // A line that cannot be read is the collector filesystem's to complain of.
        static_cast<void>(parse_mounts(text.value(), rootfs_, mounts));
        std::vector<std::string> done;
        for (const Mount& mount : mounts) {
            if (mount.type != "btrfs") continue;
            if (std::find(done.begin(), done.end(), mount.device) != done.end()) continue;
            Result<BtrfsVolume> volume =
                query_(rootfs_ == "/" ? mount.point : rootfs_ + mount.point);
            if (!volume) continue;
            done.push_back(mount.device);
            volumes.push_back(std::move(volume).value());
        }
        return volumes;
    }

    FileSystem make(const std::string& name) {
        const std::string path = root_ + name + "/";
        FileSystem fs;
        // Since Linux 5.0 a file system may carry another UUID outside than inside.
        fs.uuid = valid_utf8(read_word(path + "metadata_uuid"));
        if (fs.uuid.empty()) fs.uuid = valid_utf8(name);
        fs.label_file = ProcFile(path + "label");
        fs.reserve = {ProcFile(path + "allocation/global_rsv_size"),
                      table_->get(&kReserve, {{"uuid", fs.uuid}})};
        for (const std::string_view group : kGroups) {
            fs.groups.push_back(
                {{ProcFile(path + "allocation/" + std::string(group) + "/bytes_reserved"),
                  table_->get(&kReserved, {{"uuid", fs.uuid}, {"block_group_type", group}})},
                 {}});
        }
        return fs;
    }

    void report(const std::string& path, FileSystem& fs, const std::vector<BtrfsVolume>& volumes,
                Readings& out, Result<void>& result) {
        report_label(fs, out);
        keep_first(result, report_number(fs.reserve, Unreadable::kFail, buffer_, out));
        const std::vector<std::string> devices = names_in(path + "devices");
        for (std::size_t i = 0; i < kGroups.size(); ++i) {
            Group& group = fs.groups[i];
            keep_first(result, report_number(group.reserved, Unreadable::kFail, buffer_, out));
            group.modes.begin();
            const std::string below = path + "allocation/" + std::string(kGroups[i]) + "/";
            for (const std::string& name : directories_in(below)) {
                Mode& mode = group.modes.at(
                    name, [&] { return make_mode(fs.uuid, kGroups[i], below, name); });
                keep_first(result, report_number(mode.used, Unreadable::kFail, buffer_, out));
                keep_first(result, report_number(mode.size, Unreadable::kFail, buffer_, out));
                out.push_back({mode.ratio, allocation_ratio(name, devices.size())});
            }
            group.modes.finish();
        }
        const auto volume = std::find_if(volumes.begin(), volumes.end(),
                                         [&](const BtrfsVolume& v) { return v.uuid == fs.uuid; });
        fs.devices.begin();
        fs.asked.begin();
        if (volume != volumes.end()) {
            report_asked(*volume, fs, out);
        } else {
            report_devices(path, devices, fs, out, result);
        }
        fs.devices.finish();
        fs.asked.finish();
    }

    // `btrfs filesystem label` changes it under way.
    void report_label(FileSystem& fs, Readings& out) {
        const Result<std::string_view> text = fs.label_file.read(buffer_);
        const std::string_view label = text ? trim(text.value()) : std::string_view();
        if (!fs.label || *fs.label != label) {
            fs.label = std::string(label);
            fs.info = table_->get(&kInfo, {{"uuid", fs.uuid}, {"label", valid_utf8(label)}});
        }
        out.push_back({fs.info, 1});
    }

    Mode make_mode(const std::string& uuid, std::string_view type, const std::string& path,
                   const std::string& name) {
        const std::string shown = valid_utf8(name);
        const Labels labels{{"uuid", uuid}, {"block_group_type", type}, {"mode", shown}};
        return {{ProcFile(path + name + "/used_bytes"), table_->get(&kUsed, labels)},
                {ProcFile(path + name + "/total_bytes"), table_->get(&kSize, labels)},
                table_->get(&kRatio, labels)};
    }

    void report_devices(const std::string& path, const std::vector<std::string>& names,
                        FileSystem& fs, Readings& out, Result<void>& result) {
        const std::string below = path + "devices/";
        for (const std::string& name : names) {
            NumberFile& size = fs.devices.at(name, [&] {
                return NumberFile{
                    ProcFile(below + name + "/size"),
                    table_->get(&kDeviceSize, {{"uuid", fs.uuid}, {"device", valid_utf8(name)}}),
                    kSector};
            });
            keep_first(result, report_number(size, Unreadable::kFail, buffer_, out));
        }
    }

    void report_asked(const BtrfsVolume& volume, FileSystem& fs, Readings& out) {
        for (const BtrfsDevice& device : volume.devices) {
            const DeviceSeries& series =
                fs.asked.at(device.uuid + device.path, [&] { return make_device(fs, device); });
            out.push_back({series.size, static_cast<double>(device.total)});
            out.push_back({series.unused, static_cast<double>(device.total - device.used)});
            for (std::size_t i = 0; i < kErrors.size(); ++i) {
                out.push_back({series.errors[i], static_cast<double>(device.errors[i])});
            }
        }
    }

    DeviceSeries make_device(const FileSystem& fs, const BtrfsDevice& device) {
        // "/dev/sda" → "sda", as sysfs names it; without a slash rfind's npos + 1 is 0.
        const std::string name =
            valid_utf8(std::string_view(device.path).substr(device.path.rfind('/') + 1));
        LabelsBuilder labels(
            Labels{{"uuid", fs.uuid}, {"device", name}, {"btrfs_dev_uuid", device.uuid}});
        DeviceSeries series;
        series.size = table_->get(&kDeviceSize, labels.build());
        series.unused = table_->get(&kDeviceUnused, labels.build());
        for (std::size_t i = 0; i < kErrors.size(); ++i) {
            series.errors[i] = table_->get(&kDeviceErrors, labels.set("type", kErrors[i]).build());
        }
        return series;
    }

    std::string root_;
    std::string rootfs_;
    ProcFile mounts_;
    ProcFile own_mounts_;
    BtrfsQuery query_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    Listing<FileSystem> file_systems_;
};

}  // namespace

double allocation_ratio(std::string_view mode, std::size_t devices) {
    const auto count = static_cast<double>(devices);
    if (mode == "single" || mode == "raid0") return 1;
    if (mode == "dup" || mode == "raid1" || mode == "raid10") return 2;
    if (mode == "raid5") return count / (count - 1);
    if (mode == "raid6") return count / (count - 2);
    return 0;
}

Result<std::unique_ptr<Collector>> create_btrfs(const Context& context) {
    return create_btrfs_with(context, query_btrfs);
}

Result<std::unique_ptr<Collector>> create_btrfs_with(const Context& context, BtrfsQuery query) {
    return std::make_unique<Btrfs>(context, std::move(query));
}

}  // namespace tocsin::collector
