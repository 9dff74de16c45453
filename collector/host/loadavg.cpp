#include "collector/host/loadavg.h"

#include "collector/api/procfile.h"
#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

constexpr std::array<MetricDesc, 3> kDescs{{
    {"node_load1", "1m load average.", MetricType::kGauge},
    {"node_load5", "5m load average.", MetricType::kGauge},
    {"node_load15", "15m load average.", MetricType::kGauge},
}};

class LoadAvg final : public Collector {
  public:
    explicit LoadAvg(const Context& context) : file_(context.paths.procfs + "/loadavg") {
        for (std::size_t i = 0; i < kDescs.size(); ++i) {
            series_[i] = context.series->get(&kDescs[i], {});
        }
    }

    Result<void> collect(Timestamp, Readings& out) override {
        TOCSIN_TRY(const std::string_view text, file_.read(buffer_));
        TOCSIN_TRY(const auto loads, parse_loadavg(text));
        for (std::size_t i = 0; i < loads.size(); ++i) out.push_back({series_[i], loads[i]});
        return success();
    }

  private:
    ProcFile file_;
    ReadBuffer buffer_;
    std::array<SeriesRef, 3> series_;
};

}  // namespace

Result<std::array<double, 3>> parse_loadavg(std::string_view text) {
    std::array<double, 3> loads{};
    for (double& load : loads) {
        std::string_view field;
        next_field(text, field);
        const std::optional<double> number = to_number(field);
        if (!number) {
            return Error(ErrorCode::kInvalid, "loadavg: three load averages expected");
        }
        load = *number;
    }
    return loads;
}

Result<std::unique_ptr<Collector>> create_loadavg(const Context& context) {
    return std::make_unique<LoadAvg>(context);
}

}  // namespace tocsin::collector
