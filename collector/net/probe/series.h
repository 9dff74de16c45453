// Series that more than one kind of probe reports.
#pragma once

#include "collector/net/probe/prober.h"
#include "collector/net/probe/tls.h"

namespace tocsin::collector::probe {

inline constexpr MetricDesc kFailedDueToRegex{
    "probe_failed_due_to_regex", "Indicates if probe failed due to regex", MetricType::kGauge};

void report_peer(const PeerFacts& peer, Report& report);

}  // namespace tocsin::collector::probe
