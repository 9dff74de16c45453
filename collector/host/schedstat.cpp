#include "collector/host/schedstat.h"

#include <string>

#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kRunning{"node_schedstat_running_seconds_total",
                              "Number of seconds CPU spent running a process.",
                              MetricType::kCounter};
constexpr MetricDesc kWaiting{"node_schedstat_waiting_seconds_total",
                              "Number of seconds spent by processing waiting for this CPU.",
                              MetricType::kCounter};
constexpr MetricDesc kTimeslices{"node_schedstat_timeslices_total",
                                 "Number of timeslices executed by CPU.", MetricType::kCounter};

struct Cpu {
    SeriesRef running;
    SeriesRef waiting;
    SeriesRef timeslices;
};

double seconds(std::uint64_t nanoseconds) {
    return static_cast<double>(nanoseconds) / 1e9;
}

class Schedstat final : public Collector {
  public:
    explicit Schedstat(const Context& context)
        : file_(context.paths.procfs + "/schedstat"), table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        const Result<std::string_view> text = file_.read(buffer_);
        // A kernel built without CONFIG_SCHEDSTATS has none to give.
        if (!text && text.error().code == ErrorCode::kNotFound) return success();
        if (!text) return text.error();
        lines_.clear();
        Result<void> parsed = parse_schedstat(text.value(), lines_);
        cpus_.begin();
        for (const SchedstatLine& line : lines_) {
            const Cpu& cpu = cpus_.at(line.cpu, [&] { return make_cpu(line.cpu); });
            out.push_back({cpu.running, seconds(line.running)});
            out.push_back({cpu.waiting, seconds(line.waiting)});
            out.push_back({cpu.timeslices, static_cast<double>(line.timeslices)});
        }
        cpus_.finish();
        return parsed;
    }

  private:
    Cpu make_cpu(std::string_view number) const {
        const Labels labels{{"cpu", number}};
        return {table_->get(&kRunning, labels), table_->get(&kWaiting, labels),
                table_->get(&kTimeslices, labels)};
    }

    ProcFile file_;
    ReadBuffer buffer_;
    SeriesTable* table_;
    std::vector<SchedstatLine> lines_;
    Listing<Cpu> cpus_;
};

bool parse_cpu(std::string_view rest, SchedstatLine& out) {
    constexpr int kBefore = 6;  // about the scheduler itself
    next_field(rest, out.cpu);
    out.cpu.remove_prefix(3);
    std::uint64_t ignored = 0;
    for (int i = 0; i < kBefore; ++i) {
        if (!next_uint(rest, ignored)) return false;
    }
    return to_uint(out.cpu) && next_uint(rest, out.running) && next_uint(rest, out.waiting) &&
           next_uint(rest, out.timeslices);
}

}  // namespace

Result<void> parse_schedstat(std::string_view text, std::vector<SchedstatLine>& out) {
    Result<void> result = success();
    std::string_view line;
    while (next_line(text, line)) {
        // Each CPU's line is followed by those of its scheduling domains.
        if (!line.starts_with("cpu")) continue;
        SchedstatLine cpu;
        if (parse_cpu(line, cpu)) {
            out.push_back(cpu);
        } else if (result) {
            result = Error(ErrorCode::kInvalid, "schedstat: \"" + std::string(line) + "\"");
        }
    }
    return result;
}

Result<std::unique_ptr<Collector>> create_schedstat(const Context& context) {
    return std::make_unique<Schedstat>(context);
}

}  // namespace tocsin::collector
