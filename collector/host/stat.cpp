#include "collector/host/stat.h"

#include <algorithm>
#include <array>
#include <utility>

#include "collector/api/procfile.h"
#include "collector/api/scan.h"
#include "collector/api/settings.h"

namespace tocsin::collector {
namespace {

struct Item {
    std::string_view key;  // the first word of its line
    std::optional<std::uint64_t> KernelStat::*field;
    MetricDesc desc;
};

constexpr std::array<Item, 6> kItems{{
    {"intr",
     &KernelStat::interrupts,
     {"node_intr_total", "Total number of interrupts serviced.", MetricType::kCounter}},
    {"ctxt",
     &KernelStat::context_switches,
     {"node_context_switches_total", "Total number of context switches.", MetricType::kCounter}},
    {"processes",
     &KernelStat::forks,
     {"node_forks_total", "Total number of forks.", MetricType::kCounter}},
    {"btime",
     &KernelStat::boot_time,
     {"node_boot_time_seconds", "Node boot time, in unixtime.", MetricType::kGauge}},
    {"procs_running",
     &KernelStat::procs_running,
     {"node_procs_running", "Number of processes in runnable state.", MetricType::kGauge}},
    {"procs_blocked",
     &KernelStat::procs_blocked,
     {"node_procs_blocked", "Number of processes blocked waiting for I/O to complete.",
      MetricType::kGauge}},
}};

constexpr MetricDesc kSoftirqs{"node_softirqs_total", "Number of softirq calls.",
                               MetricType::kCounter};
// As node_exporter calls them; a later kernel's IRQ_POLL is its block_iopoll.
constexpr std::array<std::string_view, 10> kVectors{"hi",      "timer",        "net_tx",  "net_rx",
                                                    "block",   "block_iopoll", "tasklet", "sched",
                                                    "hrtimer", "rcu"};

class Stat final : public Collector {
  public:
    Stat(const Context& context, bool softirqs) : file_(context.paths.procfs + "/stat") {
        if (softirqs) {
            for (const std::string_view vector : kVectors) {
                softirqs_.push_back(context.series->get(&kSoftirqs, {{"vector", vector}}));
            }
        }
        for (std::size_t i = 0; i < kItems.size(); ++i) {
            series_[i] = context.series->get(&kItems[i].desc, {});
        }
    }

    Result<void> collect(Timestamp, Readings& out) override {
        TOCSIN_TRY(const std::string_view text, file_.read(buffer_));
        TOCSIN_TRY(const KernelStat stat, parse_stat(text));
        for (std::size_t i = 0; i < kItems.size(); ++i) {
            const auto& value = stat.*kItems[i].field;
            if (value) out.push_back({series_[i], static_cast<double>(*value)});
        }
        if (softirqs_.empty()) return success();
        TOCSIN_TRY(const std::vector<std::uint64_t> calls, parse_softirqs(text));
        for (std::size_t i = 0; i < std::min(calls.size(), softirqs_.size()); ++i) {
            out.push_back({softirqs_[i], static_cast<double>(calls[i])});
        }
        return success();
    }

  private:
    ProcFile file_;
    ReadBuffer buffer_;
    std::array<SeriesRef, kItems.size()> series_;
    std::vector<SeriesRef> softirqs_;  // none where they are not asked for
};

}  // namespace

Result<KernelStat> parse_stat(std::string_view text) {
    KernelStat stat;
    bool any = false;
    std::string_view line;
    while (next_line(text, line)) {
        std::string_view key;
        if (line.starts_with("cpu") || !next_field(line, key)) continue;
        for (const Item& item : kItems) {
            if (item.key != key) continue;
            // Only the first number of a line: those after intr's total count single interrupts.
            std::uint64_t value = 0;
            if (!next_uint(line, value)) {
                return Error(ErrorCode::kInvalid,
                             "stat: no number after \"" + std::string(key) + "\"");
            }
            stat.*item.field = value;
            any = true;
        }
    }
    if (!any) return Error(ErrorCode::kInvalid, "stat: none of the known lines");
    return stat;
}

Result<std::vector<std::uint64_t>> parse_softirqs(std::string_view text) {
    std::vector<std::uint64_t> calls;
    std::string_view line;
    std::string_view key;
    while (next_line(text, line)) {
        if (!line.starts_with("softirq ") || !next_field(line, key)) continue;
        bool total = true;  // the first number is that of all vectors
        while (next_field(line, key)) {
            const auto number = to_uint(key);
            if (!number) {
                return Error(ErrorCode::kInvalid,
                             "stat: \"" + std::string(key) + "\" is no number of softirqs");
            }
            if (!std::exchange(total, false)) calls.push_back(*number);
        }
    }
    return calls;
}

Result<std::unique_ptr<Collector>> create_stat(const Context& context) {
    TOCSIN_TRY(const bool softirqs, flag_setting(context.settings, "softirq", "false"));
    return std::make_unique<Stat>(context, softirqs);
}

}  // namespace tocsin::collector
