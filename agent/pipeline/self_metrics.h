// What the agent says of itself, among its own samples: so that rules can watch the watcher.
#pragma once

#include <cstdint>
#include <vector>

#include "base/core/time.h"
#include "base/model/series.h"

namespace tocsin::agent {

// Plain numbers that the agent's parts keep; one struct, so that /metrics and docs name them all.
struct SelfCounts {
    std::uint64_t cycles = 0;
    std::uint64_t cycles_skipped = 0;  // one was still running when the next was due
    std::uint64_t clock_steps = 0;
    double evaluation_seconds = 0;  // of the last evaluation of all groups that were due
    std::uint64_t rule_errors = 0;
    std::uint64_t rules = 0;
    bool rules_reload_success = true;
    Timestamp rules_loaded_at;
    std::uint64_t history_series = 0;
    std::uint64_t history_bytes = 0;
    std::uint64_t history_dropped = 0;  // chunks dropped for the byte limit
    std::uint64_t transitions = 0;
    std::uint64_t outbox_rows = 0;
    std::uint64_t outbox_bytes = 0;
    std::uint64_t outbox_dropped = 0;
    std::uint64_t delivered = 0;
    std::uint64_t delivery_failures = 0;
    std::uint64_t delivery_refused = 0;  // rows that the bridge would never take
};

class SelfMetrics {
  public:
    explicit SelfMetrics(SeriesTable& table);
    void append(const SelfCounts& counts, std::vector<Reading>& out) const;

  private:
    std::vector<SeriesRef> series_;  // one a row of the table in self_metrics.cpp
    SeriesRef build_;
};

}  // namespace tocsin::agent
