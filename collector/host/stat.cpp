#include "collector/host/stat.h"

#include <array>

#include "collector/api/procfile.h"
#include "collector/api/scan.h"

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

class Stat final : public Collector {
  public:
    explicit Stat(const Context& context) : file_(context.paths.procfs + "/stat") {
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
        return success();
    }

  private:
    ProcFile file_;
    ReadBuffer buffer_;
    std::array<SeriesRef, kItems.size()> series_;
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

Result<std::unique_ptr<Collector>> create_stat(const Context& context) {
    return std::make_unique<Stat>(context);
}

}  // namespace tocsin::collector
