// Samples and the series they belong to.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <string_view>

#include "base/core/time.h"

namespace tocsin {

struct Sample {
    Timestamp t;
    double v = 0;
};

// The NaN that says "this series ends here": Prometheus's bit pattern, told apart from any other.
inline constexpr double kStaleNaN = std::bit_cast<double>(std::uint64_t{0x7ff0000000000002});
constexpr bool is_stale(double v) {
    return std::bit_cast<std::uint64_t>(v) == std::uint64_t{0x7ff0000000000002};
}

enum class MetricType { kUntyped, kCounter, kGauge, kSummary, kHistogram };
std::string_view to_string(MetricType type);  // as in the text format

// What a family of series is. Text with static life (a collector's table).
struct MetricDesc {
    std::string_view name;
    std::string_view help;
    MetricType type = MetricType::kUntyped;
    std::string_view family = {};  // whose part it is: "x" for x_bucket; "": its own
    std::string_view unit = {};    // as OpenMetrics says it; "": unsaid
    bool revisable = false;        // gives way to any other: its source may change its mind
};

}  // namespace tocsin
