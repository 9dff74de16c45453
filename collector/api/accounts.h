// What is told of each collector, and of each target that is the host itself and so has no `up`.
#pragma once

#include "base/model/sample.h"

namespace tocsin::collector {

inline constexpr MetricDesc kCollectorDuration{"tocsin_collector_duration_seconds",
                                               "How long the collector's last collection took.",
                                               MetricType::kGauge};
inline constexpr MetricDesc kCollectorSuccess{"tocsin_collector_success",
                                              "Whether the collector's last collection succeeded.",
                                              MetricType::kGauge};
inline constexpr MetricDesc kCollectorTimeouts{"tocsin_collector_timeouts_total",
                                               "Collections that were not done by their deadline.",
                                               MetricType::kCounter};

}  // namespace tocsin::collector
