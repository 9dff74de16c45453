// The inside of AlertState, for its two sources.
#pragma once

#include "rules/alert/alert_state.h"

namespace tocsin::rules {

// What one evaluation sees.
struct AlertState::Look {
    std::unordered_map<Labels, const promql::VectorSample*> samples;  // by the alert's labels
    std::vector<std::unordered_set<Labels>> gates;                    // by level
    std::vector<std::unordered_map<Labels, double>> own;              // by level
};

// The level of a plain rule whose labels name no severity.
inline constexpr std::string_view kFiring = "firing";
inline constexpr std::string_view kSeverityLabel = "severity";
inline constexpr std::string_view kAlertName = "alertname";
inline constexpr std::string_view kHost = "host";

}  // namespace tocsin::rules
