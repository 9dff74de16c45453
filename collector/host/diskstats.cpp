#include "collector/host/diskstats.h"

#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"
#include "collector/api/settings.h"
#include "collector/host/disk_info.h"

namespace tocsin::collector {
namespace {

constexpr double kSector = 512;  // whatever the device's own sectors are (iostats.rst)
constexpr double kMilliseconds = 0.001;

struct Column {
    MetricDesc desc;
    double factor = 1;
};
constexpr MetricType kCounter = MetricType::kCounter;
constexpr std::array<Column, 17> kColumns{{
    {{"node_disk_reads_completed_total", "The total number of reads completed successfully.",
      kCounter},
     1},
    {{"node_disk_reads_merged_total", "The total number of reads merged.", kCounter}, 1},
    {{"node_disk_read_bytes_total", "The total number of bytes read successfully.", kCounter},
     kSector},
    {{"node_disk_read_time_seconds_total", "The total number of seconds spent by all reads.",
      kCounter},
     kMilliseconds},
    {{"node_disk_writes_completed_total", "The total number of writes completed successfully.",
      kCounter},
     1},
    {{"node_disk_writes_merged_total", "The number of writes merged.", kCounter}, 1},
    {{"node_disk_written_bytes_total", "The total number of bytes written successfully.", kCounter},
     kSector},
    {{"node_disk_write_time_seconds_total",
      "This is the total number of seconds spent by all writes.", kCounter},
     kMilliseconds},
    {{"node_disk_io_now", "The number of I/Os currently in progress.", MetricType::kGauge}, 1},
    {{"node_disk_io_time_seconds_total", "Total seconds spent doing I/Os.", kCounter},
     kMilliseconds},
    {{"node_disk_io_time_weighted_seconds_total", "The weighted # of seconds spent doing I/Os.",
      kCounter},
     kMilliseconds},
    {{"node_disk_discards_completed_total", "The total number of discards completed successfully.",
      kCounter},
     1},
    {{"node_disk_discards_merged_total", "The total number of discards merged.", kCounter}, 1},
    {{"node_disk_discarded_sectors_total", "The total number of sectors discarded successfully.",
      kCounter},
     1},
    {{"node_disk_discard_time_seconds_total",
      "This is the total number of seconds spent by all discards.", kCounter},
     kMilliseconds},
    {{"node_disk_flush_requests_total", "The total number of flush requests completed successfully",
      kCounter},
     1},
    {{"node_disk_flush_requests_time_seconds_total",
      "This is the total number of seconds spent by all flush requests.", kCounter},
     kMilliseconds},
}};
constexpr std::size_t kFewestColumns = 11;

struct Disk {
    bool ignored = false;
    std::array<SeriesRef, kColumns.size()> series;  // as many as the kernel prints columns
    std::optional<DiskInfo> info;
};

class Diskstats final : public Collector {
  public:
    Diskstats(const Context& context, DeviceFilter filter)
        : file_(context.paths.procfs + "/diskstats"),
          udev_data_(context.paths.udev_data),
          filter_(std::move(filter)),
          table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        TOCSIN_TRY(const std::string_view text, file_.read(buffer_));
        lines_.clear();
        Result<void> parsed = parse_diskstats(text, lines_);
        disks_.begin();
        for (const DiskLine& line : lines_) {
            Disk& disk = disks_.at(line.device, [&] { return make_disk(line); });
            if (disk.ignored) continue;
            // A name can come back as another device.
            if (!disk.info->is(line.major, line.minor)) {
                disk.info.emplace(line.device, line.major, line.minor, udev_data_);
            }
            disk.info->collect(*table_, out);
            for (std::size_t i = 0; i < line.columns; ++i) {
                if (!disk.series[i]) disk.series[i] = make_series(line.device, i);
                out.push_back(
                    {disk.series[i], static_cast<double>(line.counters[i]) * kColumns[i].factor});
            }
        }
        disks_.finish();
        return parsed;
    }

  private:
    Disk make_disk(const DiskLine& line) {
        Disk disk;
        disk.ignored = filter_.ignored(line.device);
        if (!disk.ignored) disk.info.emplace(line.device, line.major, line.minor, udev_data_);
        return disk;
    }

    SeriesRef make_series(std::string_view device, std::size_t column) {
        return table_->get(&kColumns[column].desc, {{"device", valid_utf8(device)}});
    }

    ProcFile file_;
    std::string udev_data_;
    ReadBuffer buffer_;
    DeviceFilter filter_;
    SeriesTable* table_;
    std::vector<DiskLine> lines_;
    Listing<Disk> disks_;
};

}  // namespace

Result<void> parse_diskstats(std::string_view text, std::vector<DiskLine>& out) {
    Result<void> result = success();
    std::string_view line;
    while (next_line(text, line)) {
        std::string_view rest = line;
        DiskLine disk;
        const bool named = next_uint(rest, disk.major) && next_uint(rest, disk.minor) &&
                           next_field(rest, disk.device);
        std::string_view field;
        bool numbers = true;
        while (disk.columns < disk.counters.size() && next_field(rest, field)) {
            const std::optional<std::uint64_t> value = to_uint(field);
            numbers = numbers && value;
            disk.counters[disk.columns++] = value.value_or(0);
        }
        if (named && numbers && disk.columns >= kFewestColumns) {
            out.push_back(disk);
        } else if (const bool old_partition = named && numbers && disk.columns == 4;
                   !old_partition && result) {
            result = Error(ErrorCode::kInvalid, "diskstats: \"" + std::string(line) + "\"");
        }
    }
    return result;
}

std::vector<UdevProperty> parse_udev(std::string_view text) {
    std::vector<UdevProperty> properties;
    std::string_view line;
    while (next_line(text, line)) {
        if (!line.starts_with("E:")) continue;
        line.remove_prefix(2);
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        properties.push_back({line.substr(0, equals), line.substr(equals + 1)});
    }
    return properties;
}

Result<std::unique_ptr<Collector>> create_diskstats(const Context& context) {
    TOCSIN_TRY(DeviceFilter filter, DeviceFilter::create(context.settings, kDiskExclude));
    return std::make_unique<Diskstats>(context, std::move(filter));
}

}  // namespace tocsin::collector
