#include "collector/host/pressure.h"

#include "collector/api/procfile.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kCpuWaiting{"node_pressure_cpu_waiting_seconds_total",
                                 "Total time in seconds that processes have waited for CPU time",
                                 MetricType::kCounter};
constexpr MetricDesc kIoWaiting{
    "node_pressure_io_waiting_seconds_total",
    "Total time in seconds that processes have waited due to IO congestion", MetricType::kCounter};
constexpr MetricDesc kIoStalled{
    "node_pressure_io_stalled_seconds_total",
    "Total time in seconds no process could make progress due to IO congestion",
    MetricType::kCounter};
constexpr MetricDesc kMemoryWaiting{"node_pressure_memory_waiting_seconds_total",
                                    "Total time in seconds that processes have waited for memory",
                                    MetricType::kCounter};
constexpr MetricDesc kMemoryStalled{
    "node_pressure_memory_stalled_seconds_total",
    "Total time in seconds no process could make progress due to memory congestion",
    MetricType::kCounter};

struct Source {
    ProcFile file;
    SeriesRef waiting;
    SeriesRef stalled;  // none for the CPU
};

double seconds(std::uint64_t microseconds) {
    return static_cast<double>(microseconds) / 1e6;
}

class PressureCollector final : public Collector {
  public:
    explicit PressureCollector(const Context& context) {
        const std::string root = context.paths.procfs + "/pressure/";
        SeriesTable& table = *context.series;
        sources_.push_back({ProcFile(root + "cpu"), table.get(&kCpuWaiting, {}), {}});
        sources_.push_back(
            {ProcFile(root + "io"), table.get(&kIoWaiting, {}), table.get(&kIoStalled, {})});
        sources_.push_back({ProcFile(root + "memory"), table.get(&kMemoryWaiting, {}),
                            table.get(&kMemoryStalled, {})});
    }

    Result<void> collect(Timestamp, Readings& out) override {
        for (Source& source : sources_) {
            const Result<std::string_view> text = source.file.read(buffer_);
            // A kernel before 4.20, one built without PSI or booted with psi=0 has none to give.
            if (!text && text.error().code == ErrorCode::kNotFound) continue;
            if (!text) return text.error();
            TOCSIN_TRY(const Pressure pressure, parse_pressure(text.value()));
            out.push_back({source.waiting, seconds(pressure.some)});
            if (source.stalled && pressure.full) {
                out.push_back({source.stalled, seconds(*pressure.full)});
            }
        }
        return success();
    }

  private:
    std::vector<Source> sources_;
    ReadBuffer buffer_;
};

std::optional<std::uint64_t> total_of(std::string_view line) {
    constexpr std::string_view kTotal = "total=";
    std::string_view field;
    while (next_field(line, field)) {
        if (field.starts_with(kTotal)) return to_uint(field.substr(kTotal.size()));
    }
    return std::nullopt;
}

}  // namespace

Result<Pressure> parse_pressure(std::string_view text) {
    Pressure pressure;
    std::optional<std::uint64_t> some;
    std::string_view line;
    while (next_line(text, line)) {
        if (line.starts_with("some ")) some = total_of(line);
        if (line.starts_with("full ")) pressure.full = total_of(line);
    }
    if (!some) return Error(ErrorCode::kInvalid, "pressure: no total of \"some\"");
    pressure.some = *some;
    return pressure;
}

Result<std::unique_ptr<Collector>> create_pressure(const Context& context) {
    return std::make_unique<PressureCollector>(context);
}

}  // namespace tocsin::collector
