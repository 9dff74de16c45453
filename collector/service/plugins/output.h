// What a Nagios plugin prints, taken apart (Monitoring Plugins Development Guidelines: "Plugin
// Output", "Performance data", "Threshold and ranges"). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::collector {

// `10`, `10:`, `~:10`, `10:20`, `@10:20`: what is fine lies inside, or with @ outside. A missing
// bound is none on that side; a missing lower one without a colon is 0.
struct PluginRange {
    std::optional<double> lower;
    std::optional<double> upper;
    bool alert_inside = false;
};
std::optional<PluginRange> parse_plugin_range(std::string_view text);

// 'label'=value[unit];[warning];[critical];[minimum];[maximum]
struct PerformanceValue {
    std::string label;
    std::string
        unit;  // "", "s", "ms", "us", "%", "B", "KB", "MB", "GB", "TB", "c", or what it says
    double value = 0;
    std::optional<PluginRange> warning;
    std::optional<PluginRange> critical;
    std::optional<double> minimum;
    std::optional<double> maximum;
};

struct PluginOutput {
    static constexpr std::size_t kMostText = 500;
    std::string text;  // the first line, without performance data: UTF-8, of kMostText bytes
    std::vector<PerformanceValue> values;
    std::vector<std::string>
        malformed;  // performance data that say nothing ("U" is not among them)
};

// Performance data stand after the first | of the first line, and from the next | on in all that
// follows. A label that stands twice keeps its first value.
PluginOutput parse_plugin_output(std::string_view output);

}  // namespace tocsin::collector
