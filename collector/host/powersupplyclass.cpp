#include "collector/host/powersupplyclass.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/core/strings.h"
#include "collector/api/desc.h"
#include "collector/api/filter.h"
#include "collector/api/listing.h"
#include "collector/api/procfile.h"
#include "collector/api/settings.h"
#include "collector/host/class_devices.h"

namespace tocsin::collector {
namespace {

constexpr MetricType kGauge = MetricType::kGauge;
constexpr MetricDesc kInfo{"node_power_supply_info",
                           "info of /sys/class/power_supply/<power_supply>.", kGauge};
constexpr std::array<WordSource, 11> kWords{{
    {"capacity_level", "capacity_level"},
    {"charge_type", "charge_type"},
    {"health", "health"},
    {"manufacturer", "manufacturer"},
    {"model_name", "model_name"},
    {"scope", "scope"},
    {"serial_number", "serial_number"},
    {"status", "status"},
    {"technology", "technology"},
    {"type", "type"},
    {"usb_type", "usb_type"},
}};

// The kernel's units (Documentation/power/power_supply_class.rst) are microvolts, microamperes,
// microwatts and their hours, and tenths of a degree; `divisor` leads to ours.
struct Attribute {
    std::string_view file;
    std::string_view name;  // of the metric, behind node_power_supply_
    double divisor = 1;
};
constexpr std::array<Attribute, 49> kAttributes{{
    {"authentic", "authentic", 1},
    {"calibrate", "calibrate", 1},
    {"capacity", "capacity", 1},
    {"capacity_alert_max", "capacity_alert_max", 1},
    {"capacity_alert_min", "capacity_alert_min", 1},
    {"charge_control_limit", "charge_control_limit", 1e6},
    {"charge_control_limit_max", "charge_control_limit_max", 1e6},
    {"charge_counter", "charge_counter", 1e6},
    {"charge_empty", "charge_empty", 1e6},
    {"charge_empty_design", "charge_empty_design", 1e6},
    {"charge_full", "charge_full", 1e6},
    {"charge_full_design", "charge_full_design", 1e6},
    {"charge_now", "charge_ampere", 1e6},
    {"charge_term_current", "charge_term_current", 1e6},
    {"constant_charge_current", "constant_charge_current", 1e6},
    {"constant_charge_current_max", "constant_charge_current_max", 1e6},
    {"constant_charge_voltage", "constant_charge_voltage", 1e6},
    {"constant_charge_voltage_max", "constant_charge_voltage_max", 1e6},
    {"current_boot", "current_boot", 1e6},
    {"current_max", "current_max", 1e6},
    {"current_now", "current_ampere", 1e6},
    {"cycle_count", "cyclecount", 1},
    {"energy_empty", "energy_empty", 1e6},
    {"energy_empty_design", "energy_empty_design", 1e6},
    {"energy_full", "energy_full", 1e6},
    {"energy_full_design", "energy_full_design", 1e6},
    {"energy_now", "energy_watthour", 1e6},
    {"input_current_limit", "input_current_limit", 1e6},
    {"online", "online", 1},
    {"power_now", "power_watt", 1e6},
    {"precharge_current", "precharge_current", 1e6},
    {"present", "present", 1},
    {"temp", "temp_celsius", 10},
    {"temp_alert_max", "temp_alert_max_celsius", 10},
    {"temp_alert_min", "temp_alert_min_celsius", 10},
    {"temp_ambient", "temp_ambient_celsius", 10},
    {"temp_ambient_max", "temp_ambient_max_celsius", 10},
    {"temp_ambient_min", "temp_ambient_min_celsius", 10},
    {"temp_max", "temp_max_celsius", 10},
    {"temp_min", "temp_min_celsius", 10},
    {"time_to_empty_now", "time_to_empty_seconds", 1},
    {"time_to_full_now", "time_to_full_seconds", 1},
    {"voltage_boot", "voltage_boot", 1e6},
    {"voltage_max", "voltage_max", 1e6},
    {"voltage_max_design", "voltage_max_design", 1e6},
    {"voltage_min", "voltage_min", 1e6},
    {"voltage_min_design", "voltage_min_design", 1e6},
    {"voltage_now", "voltage_volt", 1e6},
    {"voltage_ocv", "voltage_ocv", 1e6},
}};

const MetricDesc* describe(std::string_view name) {
    const std::string text(name);
    return dynamic_desc("node_power_supply_" + text,
                        text + " value of /sys/class/power_supply/<power_supply>.", kGauge);
}

struct Number {
    ProcFile file;
    SeriesRef series;
    double divisor = 1;
};

struct Supply {
    bool ignored = false;
    std::vector<std::string> files;  // that `numbers` was made from
    std::vector<Number> numbers;
    std::optional<InfoSeries> info;
};

class PowerSupplyClass final : public Collector {
  public:
    PowerSupplyClass(const Context& context, Pattern ignored)
        : root_(context.paths.sysfs + "/class/power_supply"),
          ignored_(std::move(ignored)),
          table_(context.series) {}

    Result<void> collect(Timestamp, Readings& out) override {
        TOCSIN_TRY(list_directory(root_, Entries::kDevices, names_));
        Result<void> result = success();
        supplies_.begin();
        for (const std::string& name : names_) {
            Supply& supply = supplies_.at(name, [&] { return make_supply(name); });
            if (supply.ignored) continue;
            Result<void> one = collect_supply(name, supply, out);
            if (!one && result) result = std::move(one);
        }
        supplies_.finish();
        return result;
    }

  private:
    Supply make_supply(const std::string& name) const {
        Supply supply;
        supply.ignored = ignored_.found_in(name);
        return supply;
    }

    Result<void> collect_supply(const std::string& name, Supply& supply, Readings& out) {
        // A driver shows other files when the battery is another one.
        TOCSIN_TRY(list_directory(root_ + "/" + name, Entries::kFiles, files_));
        if (!supply.info || files_ != supply.files) open(name, supply);
        supply.info->collect(*table_, buffer_, out);
        Result<void> result = success();
        for (Number& number : supply.numbers) {
            const Result<std::string_view> text = number.file.read(buffer_);
            if (!text) continue;  // the driver has no answer now, as of a battery that is out
            if (const auto value = parse_attribute(text.value())) {
                out.push_back({number.series, static_cast<double>(*value) / number.divisor});
            } else if (result) {
                result = Error(ErrorCode::kInvalid, number.file.path() + ": \"" +
                                                        std::string(trim(text.value())) +
                                                        "\" is not a number");
            }
        }
        return result;
    }

    void open(const std::string& name, Supply& supply) const {
        const std::string directory = root_ + "/" + name;
        const Labels labels{{"power_supply", valid_utf8(name)}};
        supply.files = files_;
        supply.info.emplace(&kInfo, "power_supply", name, directory, kWords);
        supply.numbers.clear();
        for (const Attribute& attribute : kAttributes) {
            if (!std::binary_search(files_.begin(), files_.end(), attribute.file)) continue;
            supply.numbers.push_back({ProcFile(directory + "/" + std::string(attribute.file)),
                                      table_->get(describe(attribute.name), labels),
                                      attribute.divisor});
        }
    }

    std::string root_;
    Pattern ignored_;
    SeriesTable* table_;
    ReadBuffer buffer_;
    std::vector<std::string> names_;
    std::vector<std::string> files_;
    Listing<Supply> supplies_;
};

}  // namespace

Result<std::unique_ptr<Collector>> create_powersupplyclass(const Context& context) {
    TOCSIN_TRY(Pattern ignored,
               pattern_setting(context.settings, "ignored_supplies", kIgnoredSupplies));
    return std::make_unique<PowerSupplyClass>(context, std::move(ignored));
}

}  // namespace tocsin::collector
