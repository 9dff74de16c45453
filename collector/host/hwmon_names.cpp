// What hwmon's files are called and what they are reported as.
#include <algorithm>
#include <array>

#include "base/core/strings.h"
#include "collector/host/hwmon.h"

namespace tocsin::collector {
namespace {

constexpr std::array<std::string_view, 13> kTypes{
    "vrm",  "beep_enable", "update_interval", "in",     "cpu",      "fan",      "pwm",
    "temp", "curr",        "power",           "energy", "humidity", "intrusion"};

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_known(std::string_view type) {
    return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

constexpr double kMilli = 0.001;
constexpr double kMillion = 1e6;

// The files that describe a chip rather than a sensor.
std::optional<SensorMetric> chip_metric(std::string_view type) {
    if (type == "beep_enable") {
        return SensorMetric{
            "node_hwmon_beep_enabled", "Hardware beep enabled", MetricType::kGauge, 1, 1,
            SensorShape::kSwitch};
    }
    if (type == "vrm") {
        return SensorMetric{"node_hwmon_voltage_regulator_version", "Hardware voltage regulator"};
    }
    if (type == "update_interval") {
        return SensorMetric{"node_hwmon_update_interval_seconds",
                            "Hardware monitor update interval", MetricType::kGauge, kMilli};
    }
    return std::nullopt;
}

// In the order of the rules: `name` is what they append the unit to.
SensorMetric power_metric(const std::string& name, const std::string& element) {
    if (element == "accuracy") {
        return {name, "Hardware monitor power meter accuracy, as a ratio", MetricType::kGauge, 1,
                kMillion};
    }
    if (element == "average_interval" || element == "average_interval_min" ||
        element == "average_interval_max") {
        return {name + "_seconds", "Hardware monitor power usage update interval (" + element + ")",
                MetricType::kGauge, kMilli};
    }
    return {name + "_watt", "Hardware monitor for power usage in watts (" + element + ")",
            MetricType::kGauge, 1, kMillion};
}

bool is_speed(std::string_view element) {
    return element == "input" || element == "min" || element == "max" || element == "target";
}

}  // namespace

std::optional<SensorFile> parse_sensor_file(std::string_view name) {
    const auto digit = std::find_if(name.begin(), name.end(), is_digit);
    const auto letters = static_cast<std::size_t>(digit - name.begin());
    std::size_t end = letters;
    while (end < name.size() && is_digit(name[end])) ++end;
    SensorFile file{name.substr(0, letters), 0, {}};
    std::string_view rest = name.substr(end);
    if (rest.empty() || (rest.size() > 1 && rest.front() == '_')) {
        if (!rest.empty()) file.property = rest.substr(1);
        if (end > letters) {
            const auto number = parse_uint(name.substr(letters, end - letters));
            if (!number) return std::nullopt;
            file.number = *number;
        }
    } else {
        // "in_voltage0-voltage1_raw": the number is not the sensor's.
        const std::size_t bar = file.type.rfind('_');
        if (bar == std::string_view::npos || bar + 1 == name.size()) return std::nullopt;
        file.type = name.substr(0, bar);
        file.property = name.substr(bar + 1);
    }
    const bool whole = file.property.empty() || !chip_metric(file.type);
    return is_known(file.type) && whole ? std::optional(file) : std::nullopt;
}

std::string clean_name(std::string_view text) {
    std::string name;
    for (const char c : text) {
        const bool continued = (static_cast<unsigned char>(c) & 0xC0U) == 0x80;  // of one character
        if (c >= 'A' && c <= 'Z') {
            name += static_cast<char>(c - 'A' + 'a');
        } else if ((c >= 'a' && c <= 'z') || is_digit(c) || c == ':' || c == '_') {
            name += c;
        } else if (!continued) {
            name += '_';
        }
    }
    const std::size_t begin = name.find_first_not_of('_');
    if (begin == std::string::npos) return {};
    return name.substr(begin, name.find_last_not_of('_') - begin + 1);
}

SensorMetric sensor_metric(std::string_view type, std::string_view property, PlainFile plain) {
    if (auto metric = chip_metric(type)) return *metric;
    const std::string kind(type);
    std::string element(property);
    std::string name = "node_hwmon_" + kind;
    // The input is the value itself, unless there is a file for that.
    if (element == "input") {
        if (plain == PlainFile::kPresent) name += "_input";
    } else if (!element.empty()) {
        name += "_" + clean_name(element);
    }
    if (element == "fault" || element == "alarm") {
        return {name, "Hardware sensor " + element + " status (" + kind + ")"};
    }
    if (element == "beep") {
        return {name + "_enabled", "Hardware monitor sensor has beeping enabled"};
    }
    if (type == "in" || type == "cpu") {
        return {name + "_volts", "Hardware monitor for voltage (" + element + ")",
                MetricType::kGauge, kMilli};
    }
    if (type == "temp" && element != "type") {
        if (element.empty()) element = "input";
        return {name + "_celsius", "Hardware monitor for temperature (" + element + ")",
                MetricType::kGauge, kMilli};
    }
    if (type == "curr") {
        return {name + "_amps", "Hardware monitor for current (" + element + ")",
                MetricType::kGauge, kMilli};
    }
    if (type == "energy") {
        return {name + "_joule_total", "Hardware monitor for joules used so far (" + element + ")",
                MetricType::kCounter, 1, kMillion};
    }
    if (type == "power") return power_metric(name, element);
    if (type == "humidity") {
        return {name,
                "Hardware monitor for humidity, as a ratio (multiply with 100.0 to get the "
                "humidity as a percentage) (" +
                    element + ")",
                MetricType::kGauge, 1, kMillion};
    }
    if (type == "fan" && is_speed(element)) {
        return {name + "_rpm", "Hardware monitor for fan revolutions per minute (" + element + ")"};
    }
    return {name, "Hardware monitor " + kind + " element " + element};
}

}  // namespace tocsin::collector
