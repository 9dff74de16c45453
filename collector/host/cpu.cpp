#include "collector/host/cpu.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "base/core/strings.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"
#include "collector/api/settings.h"
#include "collector/host/cpu_info.h"

namespace tocsin::collector {
namespace {

// USER_HZ as every architecture of Debian has it.
constexpr double kTicksPerSecond = 100;

constexpr MetricDesc kSeconds{"node_cpu_seconds_total", "Seconds the CPUs spent in each mode.",
                              MetricType::kCounter};
constexpr MetricDesc kGuestSeconds{"node_cpu_guest_seconds_total",
                                   "Seconds the CPUs spent in guests (VMs) for each mode.",
                                   MetricType::kCounter};
constexpr MetricDesc kIsolated{
    "node_cpu_isolated",
    "Whether each core is isolated, information from /sys/devices/system/cpu/isolated.",
    MetricType::kGauge};
constexpr MetricDesc kCoreThrottles{"node_cpu_core_throttles_total",
                                    "Number of times this CPU core has been throttled.",
                                    MetricType::kCounter};
constexpr MetricDesc kPackageThrottles{"node_cpu_package_throttles_total",
                                       "Number of times this CPU package has been throttled.",
                                       MetricType::kCounter};

struct Column {
    const MetricDesc* desc;
    std::string_view mode;
};
constexpr std::array<Column, 10> kColumns{{{&kSeconds, "user"},
                                           {&kSeconds, "nice"},
                                           {&kSeconds, "system"},
                                           {&kSeconds, "idle"},
                                           {&kSeconds, "iowait"},
                                           {&kSeconds, "irq"},
                                           {&kSeconds, "softirq"},
                                           {&kSeconds, "steal"},
                                           {&kGuestSeconds, "user"},
                                           {&kGuestSeconds, "nice"}}};
constexpr std::size_t kIdle = 3;
constexpr std::size_t kGuest = 8;  // the first of the guests' columns

struct Cpu {
    CpuTicks ticks{};
    std::array<SeriesRef, kColumns.size()> series;
};

struct Throttle {
    ProcFile file;
    SeriesRef series;
};

// The counters of each package and core once, from the first of its CPUs that has the file.
std::vector<Throttle> find_throttles(const std::string& root, SeriesTable& table) {
    std::vector<std::pair<unsigned, std::string>> cpus;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(root, error)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with("cpu")) continue;
        const auto number = to_uint(std::string_view(name).substr(3));
        if (number) cpus.emplace_back(static_cast<unsigned>(*number), entry.path().string());
    }
    std::sort(cpus.begin(), cpus.end());
    std::vector<Throttle> throttles;
    std::set<std::string> packages;
    std::set<std::pair<std::string, std::string>> cores;
    const auto add = [&](const MetricDesc& desc, const std::string& path, const Labels& labels) {
        if (!to_uint(read_word(path))) return false;
        throttles.push_back({ProcFile(path), table.get(&desc, labels)});
        return true;
    };
    for (const auto& [number, path] : cpus) {
        const std::string package = read_word(path + "/topology/physical_package_id");
        const std::string core = read_word(path + "/topology/core_id");
        if (!to_uint(package) || !to_uint(core)) continue;
        if (!cores.contains({package, core}) &&
            add(kCoreThrottles, path + "/thermal_throttle/core_throttle_count",
                {{"package", package}, {"core", core}})) {
            cores.emplace(package, core);
        }
        if (!packages.contains(package) &&
            add(kPackageThrottles, path + "/thermal_throttle/package_throttle_count",
                {{"package", package}})) {
            packages.insert(package);
        }
    }
    return throttles;
}

class CpuCollector final : public Collector {
  public:
    // `columns`: how many of kColumns are reported.
    CpuCollector(const Context& context, std::size_t columns, CpuInfoSource info)
        : columns_(columns),
          info_(std::move(info)),
          file_(context.paths.procfs + "/stat"),
          sysfs_(context.paths.sysfs + "/devices/system/cpu"),
          table_(context.series) {
        for (const unsigned cpu : parse_cpu_list(read_word(sysfs_ + "/isolated"))) {
            isolated_.push_back(table_->get(&kIsolated, {{"cpu", std::to_string(cpu)}}));
        }
    }

    Result<void> collect(Timestamp, Readings& out) override {
        TOCSIN_TRY(const std::string_view text, file_.read(buffer_));
        lines_.clear();
        TOCSIN_TRY(parse_cpu_lines(text, lines_));
        cpus_.begin();
        for (const CpuLine& line : lines_) {
            Cpu& cpu = cpus_.at(line.cpu, [&] { return make_cpu(line.cpu); });
            keep_rising(cpu.ticks, line.ticks);
            for (std::size_t i = 0; i < columns_; ++i) {
                out.push_back({cpu.series[i], static_cast<double>(cpu.ticks[i]) / kTicksPerSecond});
            }
        }
        cpus_.finish();
        for (const SeriesRef& series : isolated_) out.push_back({series, 1});
        collect_throttles(out);
        return info_.collect(cpus_.size(), out);
    }

  private:
    Cpu make_cpu(std::string_view number) {
        Cpu cpu;
        for (std::size_t i = 0; i < columns_; ++i) {
            cpu.series[i] =
                table_->get(kColumns[i].desc, {{"cpu", number}, {"mode", kColumns[i].mode}});
        }
        return cpu;
    }

    void collect_throttles(Readings& out) {
        if (cpus_.size() != throttles_of_) {
            throttles_ = find_throttles(sysfs_, *table_);
            throttles_of_ = cpus_.size();
        }
        for (Throttle& throttle : throttles_) {
            const Result<std::string_view> text = throttle.file.read(buffer_);
            if (!text) continue;  // its CPU was taken off this moment
            if (const auto count = to_uint(trim(text.value()))) {
                out.push_back({throttle.series, static_cast<double>(*count)});
            }
        }
    }

    std::size_t columns_;
    CpuInfoSource info_;
    ProcFile file_;
    std::string sysfs_;
    ReadBuffer buffer_;
    SeriesTable* table_;
    std::vector<CpuLine> lines_;
    Listing<Cpu> cpus_;
    std::vector<SeriesRef> isolated_;
    std::vector<Throttle> throttles_;
    std::size_t throttles_of_ = 0;  // how many CPUs were on when they were looked for
};

}  // namespace

Result<void> parse_cpu_lines(std::string_view stat, std::vector<CpuLine>& out) {
    std::string_view line;
    // The CPUs stand first; what follows (one number an interrupt) is the long part of the file.
    while (next_line(stat, line) && line.starts_with("cpu")) {
        std::string_view name;
        next_field(line, name);
        name.remove_prefix(3);
        if (name.empty()) continue;  // the sum of all
        CpuLine cpu{name, {}};
        std::size_t columns = 0;
        while (columns < cpu.ticks.size() && next_uint(line, cpu.ticks[columns])) ++columns;
        if (columns <= kIdle || !to_uint(name)) {
            return Error(ErrorCode::kInvalid,
                         "stat: the line of cpu" + std::string(name) + " is malformed");
        }
        out.push_back(cpu);
    }
    if (out.empty()) return Error(ErrorCode::kInvalid, "stat: no line of a CPU");
    return success();
}

void keep_rising(CpuTicks& kept, const CpuTicks& now) {
    constexpr std::uint64_t kReset{300};  // ticks
    if (kept[kIdle] >= now[kIdle] + kReset) kept = {};
    for (std::size_t i = 0; i < kept.size(); ++i) kept[i] = std::max(kept[i], now[i]);
}

std::vector<unsigned> parse_cpu_list(std::string_view text) {
    constexpr std::uint64_t kMostCpus = 65536;
    std::vector<unsigned> cpus;
    text = trim(text);
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        const std::string_view range = text.substr(0, comma);
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
        const std::size_t dash = range.find('-');
        const auto first = to_uint(range.substr(0, dash));
        const auto last = dash == std::string_view::npos ? first : to_uint(range.substr(dash + 1));
        if (!first || !last || *last < *first || *last >= kMostCpus) return {};
        for (auto cpu = *first; cpu <= *last; ++cpu) cpus.push_back(static_cast<unsigned>(cpu));
    }
    return cpus;
}

Result<std::unique_ptr<Collector>> create_cpu(const Context& context) {
    TOCSIN_TRY(const bool guest, flag_setting(context.settings, "guest", "true"));
    TOCSIN_TRY(CpuInfoSource info, CpuInfoSource::create(context));
    const std::size_t columns = guest ? kColumns.size() : kGuest;
    return std::make_unique<CpuCollector>(context, columns, std::move(info));
}

}  // namespace tocsin::collector
