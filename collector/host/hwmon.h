// node_hwmon_*: temperatures, voltages, fans and the like, from sysfs's class/hwmon.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "base/model/sample.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// "temp1_crit" is the property "crit" of the sensor temp 1
// (Documentation/hwmon/sysfs-interface.rst). A file without a number belongs to sensor 0, one
// without a property to "".
struct SensorFile {
    std::string_view type;
    std::uint64_t number = 0;
    std::string_view property;
};
// None for files that are no sensor's.
std::optional<SensorFile> parse_sensor_file(std::string_view name);

// Fit for a metric's name: lower case, anything else than a-z, 0-9, ':' and '_' replaced by '_',
// none of which at either end.
std::string clean_name(std::string_view text);

// What a property is reported as: value · multiply / divide, in base units; or 1 where the file
// says "1", and 0 where it says anything else.
enum class SensorShape { kNumber, kSwitch };
struct SensorMetric {
    std::string name;
    std::string help;
    MetricType type = MetricType::kGauge;
    double multiply = 1;
    double divide = 1;
    SensorShape shape = SensorShape::kNumber;
};
// Whether the sensor has a file without a property besides ("pwm2" beside "pwm2_input").
enum class PlainFile { kAbsent, kPresent };
SensorMetric sensor_metric(std::string_view type, std::string_view property, PlainFile plain);

Result<std::unique_ptr<Collector>> create_hwmon(const Context& context);

}  // namespace tocsin::collector
