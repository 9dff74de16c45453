#include "collector/host/timex.h"

#include <cerrno>
#include <string_view>

namespace tocsin::collector {
namespace {

constexpr MetricDesc gauge(std::string_view name, std::string_view help) {
    return {name, help, MetricType::kGauge};
}
constexpr MetricDesc counter(std::string_view name, std::string_view help) {
    return {name, help, MetricType::kCounter};
}

constexpr std::array<MetricDesc, kTimexMetrics> kDescs{{
    gauge("node_timex_sync_status",
          "Is clock synchronized to a reliable server (1 = yes, 0 = no)."),
    gauge("node_timex_offset_seconds", "Time offset in between local system and reference clock."),
    gauge("node_timex_frequency_adjustment_ratio", "Local clock frequency adjustment."),
    gauge("node_timex_maxerror_seconds", "Maximum error in seconds."),
    gauge("node_timex_estimated_error_seconds", "Estimated error in seconds."),
    gauge("node_timex_status", "Value of the status array bits."),
    gauge("node_timex_loop_time_constant", "Phase-locked loop time constant."),
    gauge("node_timex_tick_seconds", "Seconds between clock ticks."),
    gauge("node_timex_pps_frequency_hertz", "Pulse per second frequency."),
    gauge("node_timex_pps_jitter_seconds", "Pulse per second jitter."),
    gauge("node_timex_pps_shift_seconds", "Pulse per second interval duration."),
    gauge("node_timex_pps_stability_hertz",
          "Pulse per second stability, average of recent frequency changes."),
    counter("node_timex_pps_jitter_total",
            "Pulse per second count of jitter limit exceeded events."),
    counter("node_timex_pps_calibration_total", "Pulse per second count of calibration intervals."),
    counter("node_timex_pps_error_total", "Pulse per second count of calibration errors."),
    counter("node_timex_pps_stability_exceeded_total",
            "Pulse per second count of stability limit exceeded events."),
    gauge("node_timex_tai_offset_seconds", "International Atomic Time (TAI) offset."),
}};

class TimexCollector final : public Collector {
  public:
    explicit TimexCollector(const Context& context) {
        for (std::size_t i = 0; i < kTimexMetrics; ++i) {
            series_[i] = context.series->get(&kDescs[i], {});
        }
    }

    Result<void> collect(Timestamp, Readings& out) override {
        ::timex clock{};  // no mode set: looks and changes nothing
        const int state = ::adjtimex(&clock);
        // A container's system call filter may forbid even the looking.
        if (state < 0 && errno == EPERM) return success();
        if (state < 0) return errno_error("adjtimex", errno);
        const auto values = timex_values(clock, state);
        for (std::size_t i = 0; i < kTimexMetrics; ++i) out.push_back({series_[i], values[i]});
        return success();
    }

  private:
    std::array<SeriesRef, kTimexMetrics> series_;
};

}  // namespace

std::array<double, kTimexMetrics> timex_values(const ::timex& clock, int state) {
    const auto number = [](auto value) { return static_cast<double>(value); };
    constexpr double kMicroseconds = 1e6;
    // Frequencies are parts per million with a 16-bit fraction (adjtimex(2), NOTES).
    constexpr double kPpm = 1e6 * 65536;
    const double fine = (clock.status & STA_NANO) != 0 ? 1e9 : kMicroseconds;
    return {state == TIME_ERROR ? 0.0 : 1.0,
            number(clock.offset) / fine,
            1 + number(clock.freq) / kPpm,
            number(clock.maxerror) / kMicroseconds,
            number(clock.esterror) / kMicroseconds,
            number(clock.status),
            number(clock.constant),
            number(clock.tick) / kMicroseconds,
            number(clock.ppsfreq) / kPpm,
            number(clock.jitter) / fine,
            number(clock.shift),
            number(clock.stabil) / kPpm,
            number(clock.jitcnt),
            number(clock.calcnt),
            number(clock.errcnt),
            number(clock.stbcnt),
            number(clock.tai)};
}

Result<std::unique_ptr<Collector>> create_timex(const Context& context) {
    return std::make_unique<TimexCollector>(context);
}

}  // namespace tocsin::collector
