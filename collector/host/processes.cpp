#include "collector/host/processes.h"

#include <array>
#include <string>
#include <vector>

#include "base/core/strings.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"
#include "collector/host/class_devices.h"

namespace tocsin::collector {
namespace {

constexpr MetricType kGauge = MetricType::kGauge;
constexpr MetricDesc kThreads{"node_processes_threads", "Allocated threads in system", kGauge};
constexpr MetricDesc kMaxThreads{"node_processes_max_threads", "Limit of threads in the system",
                                 kGauge};
constexpr MetricDesc kPids{"node_processes_pids", "Number of PIDs", kGauge};
constexpr MetricDesc kMaxPids{"node_processes_max_processes", "Number of max PIDs limit", kGauge};
constexpr MetricDesc kState{"node_processes_state", "Number of processes in each state.", kGauge};
constexpr MetricDesc kThreadState{"node_processes_threads_state",
                                  "Number of threads in each state.", kGauge};

// How many are in each state, by its letter; the kernel's are all letters of ASCII.
class States {
  public:
    States(const MetricDesc* desc, std::string_view label) : desc_(desc), label_(label) {}

    void clear() { counts_.fill(0); }
    void add(char state) { ++counts_[static_cast<unsigned char>(state) % counts_.size()]; }
    void report(SeriesTable& table, Readings& out) {
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            if (counts_[i] == 0) continue;
            if (!series_[i]) {
                const char letter = static_cast<char>(i);
                series_[i] = table.get(desc_, {{label_, std::string_view(&letter, 1)}});
            }
            out.push_back({series_[i], static_cast<double>(counts_[i])});
        }
    }

  private:
    const MetricDesc* desc_;
    std::string_view label_;
    std::array<std::uint64_t, 128> counts_{};
    std::array<SeriesRef, 128> series_;
};

class Processes final : public Collector {
  public:
    explicit Processes(const Context& context)
        : root_(context.paths.procfs + "/"),
          max_threads_(root_ + "sys/kernel/threads-max"),
          max_pids_(root_ + "sys/kernel/pid_max"),
          table_(context.series),
          threads_series_(table_->get(&kThreads, {})),
          max_threads_series_(table_->get(&kMaxThreads, {})),
          pids_series_(table_->get(&kPids, {})),
          max_pids_series_(table_->get(&kMaxPids, {})) {}

    Result<void> collect(Timestamp, Readings& out) override {
        processes_.clear();
        threads_.clear();
        std::uint64_t pids = 0;
        std::uint64_t allocated = 0;
        TOCSIN_TRY(list_directory(root_, Entries::kDevices, pids_));
        for (const std::string& pid : pids_) {
            if (!to_uint(pid)) continue;
            const std::optional<ProcessStat> stat = read_stat(root_ + pid + "/stat");
            if (!stat) continue;  // it has ended since, or is hidden from us (hidepid)
            ++pids;
            allocated += stat->threads;
            processes_.add(stat->state);
            add_threads(pid, *stat);
        }
        out.push_back({threads_series_, static_cast<double>(allocated)});
        out.push_back({pids_series_, static_cast<double>(pids)});
        processes_.report(*table_, out);
        threads_.report(*table_, out);
        TOCSIN_TRY(report_limit(max_threads_, max_threads_series_, out));
        return report_limit(max_pids_, max_pids_series_, out);
    }

  private:
    // Most processes have one thread, whose state is theirs.
    void add_threads(const std::string& pid, const ProcessStat& process) {
        if (process.threads == 1) {
            threads_.add(process.state);
            return;
        }
        const std::string directory = root_ + pid + "/task/";
        if (!list_directory(directory, Entries::kDevices, tids_)) return;
        for (const std::string& tid : tids_) {
            const std::optional<ProcessStat> stat = read_stat(directory + tid + "/stat");
            if (stat) threads_.add(stat->state);
        }
    }

    std::optional<ProcessStat> read_stat(std::string path) {
        ProcFile file(std::move(path));
        const Result<std::string_view> text = file.read(buffer_);
        if (!text) return std::nullopt;
        return parse_process_stat(text.value());
    }

    Result<void> report_limit(ProcFile& file, const SeriesRef& series, Readings& out) {
        TOCSIN_TRY(const std::string_view text, file.read(buffer_));
        const std::optional<std::uint64_t> limit = to_uint(trim(text));
        if (!limit) return Error(ErrorCode::kInvalid, file.path() + ": not a number");
        out.push_back({series, static_cast<double>(*limit)});
        return success();
    }

    std::string root_;
    ProcFile max_threads_;
    ProcFile max_pids_;
    SeriesTable* table_;
    SeriesRef threads_series_;
    SeriesRef max_threads_series_;
    SeriesRef pids_series_;
    SeriesRef max_pids_series_;
    ReadBuffer buffer_;
    std::vector<std::string> pids_;
    std::vector<std::string> tids_;
    States processes_{&kState, "state"};
    States threads_{&kThreadState, "thread_state"};
};

}  // namespace

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
    constexpr int kBetween = 16;  // fields from the state to the number of threads
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string_view::npos) return std::nullopt;
    text.remove_prefix(name_end + 1);
    std::string_view field;
    if (!next_field(text, field) || field.size() != 1) return std::nullopt;
    ProcessStat stat;
    stat.state = field.front();
    for (int i = 0; i < kBetween; ++i) {
        if (!next_field(text, field)) return std::nullopt;
    }
    if (!next_uint(text, stat.threads)) return std::nullopt;
    return stat;
}

Result<std::unique_ptr<Collector>> create_processes(const Context& context) {
    return std::make_unique<Processes>(context);
}

}  // namespace tocsin::collector
