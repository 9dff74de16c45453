#include "collector/host/thermal_zone.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/strings.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/host/sysfs.h"

namespace tocsin::collector {
namespace {

constexpr MetricDesc kTemperature{"node_thermal_zone_temp", "Zone temperature in Celsius",
                                  MetricType::kGauge};
constexpr MetricDesc kCurrentState{"node_cooling_device_cur_state",
                                   "Current throttle state of the cooling device",
                                   MetricType::kGauge};
constexpr MetricDesc kMaximumState{"node_cooling_device_max_state",
                                   "Maximum throttle state of the cooling device",
                                   MetricType::kGauge};
constexpr double kMillidegrees = 1000;

struct Zone {
    ProcFile temperature;
    SeriesRef series;
};

struct Cooler {
    std::array<ProcFile, 2> files;
    std::array<SeriesRef, 2> series;
};

// What follows the prefix, when it begins with a digit; else "".
std::string_view number_of(std::string_view name, std::string_view prefix) {
    if (!name.starts_with(prefix)) return {};
    name.remove_prefix(prefix.size());
    return !name.empty() && name[0] >= '0' && name[0] <= '9' ? name : std::string_view();
}

class ThermalZone final : public Collector {
  public:
    explicit ThermalZone(const Context& context)
        : class_(context.paths.sysfs + "/class/thermal/"), table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        Result<void> result = success();
        zones_.begin();
        coolers_.begin();
        for (const std::string& name : names_in(class_)) {
            if (const auto zone = number_of(name, "thermal_zone"); !zone.empty()) {
                Zone& known = zones_.at(name, [&] { return make_zone(name, zone); });
                keep_first(result, report_zone(known, out));
            } else if (const auto cooler = number_of(name, "cooling_device"); !cooler.empty()) {
                Cooler& known = coolers_.at(name, [&] { return make_cooler(name, cooler); });
                keep_first(result, report_cooler(known, out));
            }
        }
        zones_.finish();
        coolers_.finish();
        return result;
    }

  private:
    std::string type_of(const std::string& name) const {
        return valid_utf8(read_word(class_ + name + "/type"));
    }

    Zone make_zone(const std::string& name, std::string_view number) {
        const Labels labels{{"zone", valid_utf8(number)}, {"type", type_of(name)}};
        return {ProcFile(class_ + name + "/temp"), table_->get(&kTemperature, labels)};
    }

    Cooler make_cooler(const std::string& name, std::string_view number) {
        const Labels labels{{"name", valid_utf8(number)}, {"type", type_of(name)}};
        return {{ProcFile(class_ + name + "/cur_state"), ProcFile(class_ + name + "/max_state")},
                {table_->get(&kCurrentState, labels), table_->get(&kMaximumState, labels)}};
    }

    // A sensor that is off or asleep does not answer (ENODATA, EAGAIN); its zone has no reading.
    // One that is turned off (mode) still measures.
    Result<void> report_zone(Zone& zone, Readings& out) {
        TOCSIN_TRY(const auto number, number_in(zone.temperature));
        if (number) out.push_back({zone.series, static_cast<double>(*number) / kMillidegrees});
        return success();
    }

    Result<void> report_cooler(Cooler& cooler, Readings& out) {
        std::array<std::int64_t, 2> states{};
        for (std::size_t i = 0; i < states.size(); ++i) {
            TOCSIN_TRY(const auto state, number_in(cooler.files[i]));
            if (!state) return success();
            states[i] = *state;  // -1 is intel_powerclamp's "idle"
        }
        for (std::size_t i = 0; i < states.size(); ++i) {
            out.push_back({cooler.series[i], static_cast<double>(states[i])});
        }
        return success();
    }

    Result<std::optional<std::int64_t>> number_in(ProcFile& file) {
        const Result<std::string_view> text = file.read(buffer_);
        if (!text) return std::optional<std::int64_t>();
        const std::string_view word = trim(text.value());
        const std::optional<std::int64_t> number = parse_int(word);
        if (!number) {
            return Error(ErrorCode::kInvalid, file.path() + ": \"" + valid_utf8(word) + "\"");
        }
        return number;
    }

    std::string class_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    Listing<Zone> zones_;
    Listing<Cooler> coolers_;
};

}  // namespace

Result<std::unique_ptr<Collector>> create_thermal_zone(const Context& context) {
    return std::make_unique<ThermalZone>(context);
}

}  // namespace tocsin::collector
