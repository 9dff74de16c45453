#include "collector/service/plugins/plugins.h"

#include <any>
#include <array>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "base/core/strings.h"
#include "base/net/log.h"
#include "collector/api/failure_log.h"
#include "collector/service/plugins/child.h"
#include "collector/service/plugins/config.h"
#include "collector/service/plugins/output.h"

namespace tocsin::collector {
namespace {

constexpr int kUnknown = 3;
constexpr std::array<std::string_view, kUnknown + 1> kWords{"ok", "warning", "critical", "unknown"};
constexpr std::size_t kMostValues = 1000;

constexpr MetricDesc kStatus{"nagios_check_status",
                             "The plugin's exit status: 0 ok, 1 warning, 2 critical, 3 unknown.",
                             MetricType::kGauge};
constexpr MetricDesc kDuration{"nagios_check_duration_seconds", "How long the plugin ran.",
                               MetricType::kGauge};
constexpr MetricDesc kValue{"nagios_perfdata", "A value of the plugin's performance data.",
                            MetricType::kGauge};
constexpr MetricDesc kBound{"nagios_perfdata_threshold",
                            "A bound of the plugin's own warning or critical range.",
                            MetricType::kGauge};
constexpr MetricDesc kLimit{"nagios_perfdata_limit", "The least or the most that the value can be.",
                            MetricType::kGauge};
constexpr MetricDesc kMalformed{"nagios_perfdata_malformed_total",
                                "Runs whose performance data could not be read whole.",
                                MetricType::kCounter};

class Plugin final : public Target {
  public:
    Plugin(std::shared_ptr<const PluginConfig> config, const TargetContext& context)
        : config_(std::move(config)),
          loop_(*context.loop),
          series_(*context.series, *config_),
          status_(series_.get(&kStatus, {{"check", config_->name}})),
          duration_(series_.get(&kDuration, {{"check", config_->name}})),
          malformed_(series_.get(&kMalformed, {{"check", config_->name}})) {}

    void start(Timestamp, TargetDone done) override {
        done_ = std::move(done);
        started_ = std::chrono::steady_clock::now();
        auto child = child_ ? Result<std::unique_ptr<Child>>(
                                  Error(ErrorCode::kUnavailable, "its last run has not ended yet"))
                            : Child::start(loop_, config_->command,
                                           [this](const ChildEnd& end) { ended(end); });
        if (child) {
            child_ = std::move(child).value();
            return;
        }
        refused_ = loop_.after(Duration{0}, [this, why = child.error()] {
            Readings readings{{status_, kUnknown}, {malformed_, known_.malformed_runs}};
            std::exchange(done_, nullptr)(why, std::move(readings));
        });
    }

    Readings cancel() override {
        done_ = nullptr;
        refused_.cancel();
        if (child_) child_->kill();
        return {{status_, kUnknown}, {malformed_, known_.malformed_runs}};
    }

    std::any handed_on() const override { return known_; }
    void take_over(const std::any& from) override {
        if (const auto* known = std::any_cast<Known>(&from)) known_ = *known;
    }

  private:
    // What a reload does not change.
    struct Known {
        double malformed_runs = 0;
        int said = 0;  // the status that the log has; one that is ok from the start is no news
        FailureLog complaints;  // about the performance data
    };

    void ended(const ChildEnd& end) {
        const std::unique_ptr<Child> gone = std::move(child_);
        if (!done_) return;
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_;
        Readings readings;
        const bool known = !end.flooded && end.status >= 0 && end.status <= kUnknown;
        readings.push_back({status_, static_cast<double>(known ? end.status : kUnknown)});
        readings.push_back({duration_, took.count()});
        Result<void> result = success();
        if (end.flooded) {
            result = Error(ErrorCode::kTooLarge, "printed more than " +
                                                     std::to_string(Child::kMostOutput / 1024) +
                                                     " KiB and was killed");
        } else {
            const PluginOutput output = parse_plugin_output(end.output);
            report(output, readings);
            say(known ? end.status : kUnknown, output.text);
            if (!known) {
                result = Error(ErrorCode::kInvalid, "ended with " + std::to_string(end.status) +
                                                        ", which is no plugin's status (0 to 3)");
            }
        }
        readings.push_back({malformed_, known_.malformed_runs});
        std::exchange(done_, nullptr)(result, std::move(readings));
    }

    // Its words, when its status changes: a label of them would be another series each time.
    void say(int status, const std::string& text) {
        if (std::exchange(known_.said, status) == status) return;
        net::log(status == 0 ? net::LogLevel::kInfo : net::LogLevel::kWarning,
                 "a plugin's status changed",
                 {{"check", config_->name},
                  {"status", std::string(kWords[static_cast<std::size_t>(status)])},
                  {"text", text}});
    }

    void report(const PluginOutput& output, Readings& out) {
        const std::string wrong = report_values(output, out);
        if (!wrong.empty()) ++known_.malformed_runs;
        if (known_.complaints.take(wrong, std::chrono::steady_clock::now()) != FailureNews::kFails)
            return;
        net::log_warning("a plugin's performance data do not read",
                         {{"check", config_->name}, {"reason", wrong}});
    }

    // Says what of them could not be taken, "" when nothing: the status counts all the same.
    std::string report_values(const PluginOutput& output, Readings& out) {
        for (const PerformanceValue& item : output.values) {
            if (out.size() >= kMostValues) {
                return "more than " + std::to_string(kMostValues) + " values; the rest is left out";
            }
            const std::string label = valid_utf8(item.label);
            const std::string unit = valid_utf8(item.unit);
            const Labels labels{{"check", config_->name}, {"label", label}, {"uom", unit}};
            out.push_back({series_.get(&kValue, labels), item.value});
            bounds(label, "warning", item.warning, out);
            bounds(label, "critical", item.critical, out);
            limit(label, "minimum", item.minimum, out);
            limit(label, "maximum", item.maximum, out);
        }
        return output.malformed.empty() ? "" : valid_utf8(output.malformed.front());
    }

    void bounds(std::string_view label, std::string_view level,
                const std::optional<PluginRange>& range, Readings& out) const {
        if (!range) return;
        const std::string_view side = range->alert_inside ? "inside" : "outside";
        const auto add = [&](std::string_view bound, const std::optional<double>& value) {
            if (!value) return;
            out.push_back({series_.get(&kBound, {{"check", config_->name},
                                                 {"label", label},
                                                 {"severity", level},
                                                 {"bound", bound},
                                                 {"bad", side}}),
                           *value});
        };
        add("lower", range->lower);
        add("upper", range->upper);
    }

    void limit(std::string_view label, std::string_view which, const std::optional<double>& value,
               Readings& out) const {
        if (!value) return;
        out.push_back(
            {series_.get(&kLimit, {{"check", config_->name}, {"label", label}, {"limit", which}}),
             *value});
    }

    std::shared_ptr<const PluginConfig> config_;
    net::Loop& loop_;
    TargetSeries series_;
    SeriesRef status_;
    SeriesRef duration_;
    SeriesRef malformed_;
    Known known_;
    TargetDone done_;
    std::chrono::steady_clock::time_point started_;
    std::unique_ptr<Child> child_;
    net::Timer refused_;
};

}  // namespace

Result<std::unique_ptr<Target>> create_plugin(const std::shared_ptr<const TargetConfig>& config,
                                              const TargetContext& context) {
    return std::make_unique<Plugin>(std::static_pointer_cast<const PluginConfig>(config), context);
}

}  // namespace tocsin::collector
