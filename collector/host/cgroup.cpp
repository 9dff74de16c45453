#include "collector/host/cgroup.h"

#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "base/core/strings.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/settings.h"
#include "collector/host/pressure.h"
#include "collector/host/sysfs.h"

namespace tocsin::collector {
namespace {

constexpr double kMicroseconds = 1e-6;

constexpr MetricDesc counter(std::string_view name, std::string_view help) {
    return {name, help, MetricType::kCounter};
}
constexpr MetricDesc gauge(std::string_view name, std::string_view help) {
    return {name, help, MetricType::kGauge};
}

constexpr MetricDesc kEvents =
    counter("node_cgroup_memory_events_total",
            "Times that the cgroup's memory came to a limit or below a protection.");

// The files that hold numbers, and what is taken of each.
constexpr std::array<std::string_view, 7> kFiles{
    "cpu.stat",    "memory.current", "memory.max", "memory.high", "memory.swap.current",
    "memory.stat", "memory.events"};
struct Row {
    std::size_t file = 0;
    std::string_view key;
    MetricDesc desc;
    double factor = 1;
    std::string_view event = {};  // a label, where there is one
};
constexpr std::array<Row, 19> kRows{{
    {0, "usage_usec",
     counter("node_cgroup_cpu_usage_seconds_total", "CPU time that the cgroup has used."),
     kMicroseconds},
    {0, "user_usec",
     counter("node_cgroup_cpu_user_seconds_total",
             "CPU time that the cgroup has used in programs."),
     kMicroseconds},
    {0, "system_usec",
     counter("node_cgroup_cpu_system_seconds_total",
             "CPU time that the cgroup has used in the kernel."),
     kMicroseconds},
    {0, "nr_periods",
     counter("node_cgroup_cpu_periods_total",
             "Periods of cpu.max in which the cgroup wanted to run.")},
    {0, "nr_throttled",
     counter("node_cgroup_cpu_throttled_periods_total",
             "Periods of cpu.max in which the cgroup had used up its quota.")},
    {0, "throttled_usec",
     counter("node_cgroup_cpu_throttled_seconds_total",
             "Time that the cgroup was kept from running by cpu.max."),
     kMicroseconds},
    {1, "", gauge("node_cgroup_memory_current_bytes", "Memory that the cgroup uses.")},
    {2, "",
     gauge("node_cgroup_memory_max_bytes",
           "Memory at which the cgroup is killed; absent without a limit.")},
    {3, "",
     gauge("node_cgroup_memory_high_bytes",
           "Memory at which the cgroup is slowed down; absent without a limit.")},
    {4, "", gauge("node_cgroup_memory_swap_bytes", "Swap that the cgroup uses.")},
    {5, "anon",
     gauge("node_cgroup_memory_anon_bytes", "Memory that programs of the cgroup have allocated.")},
    {5, "file",
     gauge("node_cgroup_memory_file_bytes", "Page cache that is accounted to the cgroup.")},
    {5, "inactive_file",
     gauge("node_cgroup_memory_inactive_file_bytes",
           "Page cache of the cgroup that has not been used lately.")},
    {5, "pgmajfault",
     counter("node_cgroup_memory_major_faults_total", "Page faults that had to wait for a disk.")},
    {6, "low", kEvents, 1, "low"},
    {6, "high", kEvents, 1, "high"},
    {6, "max", kEvents, 1, "max"},
    {6, "oom", kEvents, 1, "oom"},
    {6, "oom_kill", kEvents, 1, "oom_kill"},
}};

constexpr std::array<MetricDesc, 4> kIo{{
    counter("node_cgroup_io_read_bytes_total", "Bytes that the cgroup has read from the device."),
    counter("node_cgroup_io_written_bytes_total",
            "Bytes that the cgroup has written to the device."),
    counter("node_cgroup_io_reads_completed_total", "Reads that the cgroup has made."),
    counter("node_cgroup_io_writes_completed_total", "Writes that the cgroup has made."),
}};

struct PressureRow {
    std::string_view file;
    MetricDesc waiting;
    MetricDesc stalled;
};
constexpr std::array<PressureRow, 3> kPressures{{
    {"cpu.pressure",
     counter("node_cgroup_pressure_cpu_waiting_seconds_total",
             "Time that some task of the cgroup waited for CPU time."),
     counter("node_cgroup_pressure_cpu_stalled_seconds_total",
             "Time that all tasks of the cgroup waited for CPU time.")},
    {"io.pressure",
     counter("node_cgroup_pressure_io_waiting_seconds_total",
             "Time that some task of the cgroup waited for I/O."),
     counter("node_cgroup_pressure_io_stalled_seconds_total",
             "Time that all tasks of the cgroup waited for I/O.")},
    {"memory.pressure",
     counter("node_cgroup_pressure_memory_waiting_seconds_total",
             "Time that some task of the cgroup waited for memory."),
     counter("node_cgroup_pressure_memory_stalled_seconds_total",
             "Time that all tasks of the cgroup waited for memory.")},
}};

// Its files in the order of kFiles, kPressures, io.stat; its series are made when they are first
// read, as a cgroup has those of the controllers that are on for it.
struct Group {
    bool ignored = false;
    Labels labels;
    std::vector<ProcFile> files;
    std::array<SeriesRef, kRows.size()> series;
    std::array<SeriesRef, kPressures.size()> waiting;
    std::array<SeriesRef, kPressures.size()> stalled;
    Listing<std::array<SeriesRef, kIo.size()>> devices;
};

class Cgroup final : public Collector {
  public:
    Cgroup(const Context& context, Pattern include, Pattern exclude)
        : sysfs_(context.paths.sysfs),
          include_(std::move(include)),
          exclude_(std::move(exclude)),
          table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        Result<void> result = success();
        groups_.begin();
        // A host with cgroup v1 beside it has v2 in a directory of its own; one with v1 alone none.
        for (const std::string& mount : {sysfs_ + "/fs/cgroup", sysfs_ + "/fs/cgroup/unified"}) {
            if (::access((mount + "/cgroup.controllers").c_str(), F_OK) != 0) continue;
            walk(mount, "", result, out);
            break;
        }
        groups_.finish();
        return result;
    }

  private:
    void walk(const std::string& mount, const std::string& path, Result<void>& result,
              Readings& out) {
        for (const std::string& name : directories_in(mount + path)) {
            std::string child = path;
            child.append("/").append(name);
            Group& group = groups_.at(child, [&] { return make_group(mount, child, name); });
            if (!group.ignored) report(group, result, out);
            walk(mount, child, result, out);
        }
    }

    Group make_group(const std::string& mount, const std::string& path,
                     const std::string& name) const {
        Group group;
        group.ignored = !include_.found_in(path) || exclude_.found_in(path);
        if (group.ignored) return group;
        group.labels = Labels{{"cgroup", valid_utf8(path)}, {"unit", valid_utf8(name)}};
        const auto add = [&](std::string_view file) {
            std::string whole = mount + path;
            whole.append("/").append(file);
            group.files.emplace_back(std::move(whole));
        };
        for (const std::string_view file : kFiles) add(file);
        for (const PressureRow& row : kPressures) add(row.file);
        add("io.stat");
        return group;
    }

    void report(Group& group, Result<void>& result, Readings& out) {
        for (std::size_t i = 0; i < group.files.size(); ++i) {
            const Result<std::string_view> text = group.files[i].read(buffer_);
            // The controller is not on for this cgroup, or the cgroup has just gone.
            if (!text && text.error().code == ErrorCode::kNotFound) continue;
            Result<void> one =
                text ? report_file(group, i, text.value(), out) : Result<void>(text.error());
            if (text && !one) one = one.error().in(group.files[i].path());
            keep_first(result, std::move(one));
        }
    }

    Result<void> report_file(Group& group, std::size_t file, std::string_view text, Readings& out) {
        if (file < kFiles.size()) return report_numbers(group, file, text, out);
        file -= kFiles.size();
        if (file < kPressures.size()) return report_pressure(group, file, text, out);
        return report_io(group, text, out);
    }

    Result<void> report_numbers(Group& group, std::size_t file, std::string_view text,
                                Readings& out) {
        for (std::size_t i = 0; i < kRows.size(); ++i) {
            const Row& row = kRows[i];
            if (row.file != file) continue;
            TOCSIN_TRY(const auto value, parse_cgroup_value(text, row.key));
            if (!value) continue;
            if (!group.series[i]) {
                LabelsBuilder labels(group.labels);
                labels.set("event", row.event);
                group.series[i] = table_->get(&row.desc, labels.build());
            }
            out.push_back({group.series[i], static_cast<double>(*value) * row.factor});
        }
        return success();
    }

    Result<void> report_pressure(Group& group, std::size_t row, std::string_view text,
                                 Readings& out) {
        TOCSIN_TRY(const Pressure pressure, parse_pressure(text));
        const auto push = [&](SeriesRef& series, const MetricDesc& desc, std::uint64_t total) {
            if (!series) series = table_->get(&desc, group.labels);
            out.push_back({series, static_cast<double>(total) * kMicroseconds});
        };
        push(group.waiting[row], kPressures[row].waiting, pressure.some);
        if (pressure.full) push(group.stalled[row], kPressures[row].stalled, *pressure.full);
        return success();
    }

    Result<void> report_io(Group& group, std::string_view text, Readings& out) {
        io_.clear();
        Result<void> parsed = parse_cgroup_io(text, io_);
        group.devices.begin();
        for (const CgroupIo& io : io_) {
            auto& series = group.devices.at(io.device, [&] { return make_io(group, io.device); });
            for (std::size_t i = 0; i < kIo.size(); ++i) {
                out.push_back({series[i], static_cast<double>(io.counters[i])});
            }
        }
        group.devices.finish();
        return parsed;
    }

    std::array<SeriesRef, kIo.size()> make_io(const Group& group, std::string_view number) const {
        std::error_code unknown;
        const auto link =
            std::filesystem::read_symlink(sysfs_ + "/dev/block/" + std::string(number), unknown);
        const std::string name = unknown ? std::string(number) : link.filename().string();
        LabelsBuilder labels(group.labels);
        labels.set("device", valid_utf8(name));
        std::array<SeriesRef, kIo.size()> series;
        for (std::size_t i = 0; i < kIo.size(); ++i) {
            series[i] = table_->get(&kIo[i], labels.build());
        }
        return series;
    }

    std::string sysfs_;
    Pattern include_;
    Pattern exclude_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    std::vector<CgroupIo> io_;
    Listing<Group> groups_;
};

}  // namespace

Result<std::unique_ptr<Collector>> create_cgroup(const Context& context) {
    TOCSIN_TRY(Pattern include, pattern_setting(context.settings, "include", kCgroupInclude));
    TOCSIN_TRY(Pattern exclude, pattern_setting(context.settings, "exclude", ""));
    return std::make_unique<Cgroup>(context, std::move(include), std::move(exclude));
}

}  // namespace tocsin::collector
