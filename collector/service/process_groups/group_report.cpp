#include "collector/service/process_groups/group_report.h"

#include <cmath>
#include <string_view>
#include <utility>

namespace tocsin::collector {
namespace {

constexpr MetricType kGauge = MetricType::kGauge;
constexpr MetricType kCounter = MetricType::kCounter;

constexpr MetricDesc kNumProcs{"namedprocess_namegroup_num_procs",
                               "number of processes in this group", kGauge};
constexpr MetricDesc kNumThreads{"namedprocess_namegroup_num_threads", "Number of threads", kGauge};
constexpr MetricDesc kMemory{"namedprocess_namegroup_memory_bytes",
                             "number of bytes of memory in use", kGauge};
constexpr MetricDesc kOpenFiles{"namedprocess_namegroup_open_filedesc",
                                "number of open file descriptors for this group", kGauge};
constexpr MetricDesc kWorstRatio{
    "namedprocess_namegroup_worst_fd_ratio",
    "the worst (closest to 1) ratio between open fds and max fds among all procs in this group",
    kGauge};
constexpr MetricDesc kOldest{"namedprocess_namegroup_oldest_start_time_seconds",
                             "start time in seconds since 1970/01/01 of oldest process in group",
                             kGauge};
constexpr MetricDesc kStates{
    "namedprocess_namegroup_states",
    "Number of processes in states Running, Sleeping, Waiting, Zombie, or Other", kGauge};
constexpr MetricDesc kCpu{"namedprocess_namegroup_cpu_seconds_total", "Cpu user usage in seconds",
                          kCounter};
constexpr MetricDesc kRead{"namedprocess_namegroup_read_bytes_total",
                           "number of bytes read by this group", kCounter};
constexpr MetricDesc kWrite{"namedprocess_namegroup_write_bytes_total",
                            "number of bytes written by this group", kCounter};
constexpr MetricDesc kMinor{"namedprocess_namegroup_minor_page_faults_total", "Minor page faults",
                            kCounter};
constexpr MetricDesc kMajor{"namedprocess_namegroup_major_page_faults_total", "Major page faults",
                            kCounter};
constexpr MetricDesc kSwitches{"namedprocess_namegroup_context_switches_total", "Context switches",
                               kCounter};

struct Row {
    const MetricDesc* desc;
    std::string_view label;  // besides groupname
    std::string_view value;
};

// Where in the table what is.
constexpr std::size_t kProcs = 0;
constexpr std::size_t kThreads = 1;
constexpr std::size_t kMemoryRows = 2;
constexpr std::size_t kProportional = 5;
constexpr std::size_t kFiles = 7;
constexpr std::size_t kRatio = 8;
constexpr std::size_t kOldestRow = 9;
constexpr std::size_t kStateRows = 10;
constexpr std::size_t kCounterRows = 15;

constexpr std::array<Row, GroupReport::kSeries> kRows{{
    {&kNumProcs, "", ""},
    {&kNumThreads, "", ""},
    {&kMemory, "memtype", "resident"},
    {&kMemory, "memtype", "virtual"},
    {&kMemory, "memtype", "swapped"},
    {&kMemory, "memtype", "proportionalResident"},
    {&kMemory, "memtype", "proportionalSwapped"},
    {&kOpenFiles, "", ""},
    {&kWorstRatio, "", ""},
    {&kOldest, "", ""},
    {&kStates, "state", "Running"},
    {&kStates, "state", "Sleeping"},
    {&kStates, "state", "Waiting"},
    {&kStates, "state", "Zombie"},
    {&kStates, "state", "Other"},
    {&kCpu, "mode", "user"},
    {&kCpu, "mode", "system"},
    {&kRead, "", ""},
    {&kWrite, "", ""},
    {&kMinor, "", ""},
    {&kMajor, "", ""},
    {&kSwitches, "ctxswitchtype", "voluntary"},
    {&kSwitches, "ctxswitchtype", "nonvoluntary"},
}};
static_assert(kCounterRows + kProcCounters == GroupReport::kSeries);

}  // namespace

void GroupGauges::count_state(char state) {
    constexpr std::string_view kLetters = "RSDZ";
    const std::size_t at = kLetters.find(state);
    ++states[at == std::string_view::npos ? kLetters.size() : at];
}

void GroupTotals::add(const ProcCounts& now, ProcCounts& counted) {
    for (std::size_t i = 0; i < kProcCounters; ++i) {
        if (now[i] == kNotCounted) continue;
        known[i] = true;
        // The switches of threads that have ended are in the sum no more.
        if (counted[i] != kNotCounted && now[i] > counted[i]) counts[i] += now[i] - counted[i];
        counted[i] = now[i];
    }
}

GroupReport::GroupReport(const TargetSeries& series, std::string name)
    : series_(series), name_(std::move(name)) {}

void GroupReport::put(std::size_t row, double value, Readings& out) {
    SeriesRef& ref = refs_[row];
    if (!ref) {
        LabelsBuilder labels;
        labels.set("groupname", name_);
        if (!kRows[row].label.empty()) labels.set(kRows[row].label, kRows[row].value);
        ref = series_.get(kRows[row].desc, labels.build());
    }
    out.push_back({ref, value});
}

void GroupReport::append(const GroupGauges& gauges, const GroupTotals& totals,
                         const ProcUnits& units, bool smaps, Readings& out) {
    const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
    put(kProcs, number(gauges.processes), out);
    put(kThreads, number(gauges.threads), out);
    put(kMemoryRows, number(gauges.resident_pages) * units.page_bytes, out);
    put(kMemoryRows + 1, number(gauges.virtual_bytes), out);
    put(kMemoryRows + 2, number(gauges.swap_bytes), out);
    if (smaps && (gauges.smaps_known || gauges.processes == 0)) {
        put(kProportional, number(gauges.pss_bytes), out);
        put(kProportional + 1, number(gauges.swap_pss_bytes), out);
    }
    if (gauges.open_files_known || gauges.processes == 0) {
        put(kFiles, number(gauges.open_files), out);
        put(kRatio, gauges.worst_ratio, out);
    }
    if (gauges.oldest_start_ticks != UINT64_MAX && units.boot_time > 0) {
        const double seconds = number(gauges.oldest_start_ticks) / units.ticks_a_second;
        put(kOldestRow, std::floor(units.boot_time + seconds), out);
    }
    for (std::size_t i = 0; i < gauges.states.size(); ++i) {
        put(kStateRows + i, number(gauges.states[i]), out);
    }
    for (std::size_t i = 0; i < kProcCounters; ++i) {
        if (!totals.known[i]) continue;
        const bool ticks = i == kUserTicks || i == kSystemTicks;
        put(kCounterRows + i, number(totals.counts[i]) / (ticks ? units.ticks_a_second : 1), out);
    }
}

}  // namespace tocsin::collector
