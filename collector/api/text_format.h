// Reading Prometheus's text format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/).
//
// As strict as the parser that node_exporter and the Pushgateway use: a last line without a line
// feed, a carriage return or a blank after the value is an error, since it is what a file that was
// cut off or written by hand in a hurry looks like. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"

namespace tocsin::collector {

enum class TextType { kUntyped, kCounter, kGauge, kSummary, kHistogram };

struct TextFamily {
    std::string name;
    std::optional<std::string> help;
    TextType type = TextType::kUntyped;
};

struct TextLabel {
    std::string name;
    std::string value;
};

// One line. A summary's and a histogram's parts keep the names that they stand under
// (`x_bucket`, `x_sum`, `x_count`) and belong to the family `x`; their `quantile` and `le` are
// numbers.
struct TextSample {
    std::size_t family = 0;  // index into TextMetrics::families
    std::string name;
    std::vector<TextLabel> labels;  // in the order of the line, each name once
    double value = 0;
    std::optional<std::int64_t> timestamp_ms;
};

struct TextMetrics {
    std::vector<TextFamily> families;  // in the order of their first line; some without samples
    std::vector<TextSample> samples;
};

// kInvalid says "line N: what"; nothing is to be used of a text with an error. Does not look for
// the same series twice.
Result<TextMetrics> parse_text_format(std::string_view text);

}  // namespace tocsin::collector
