#include "agent/pipeline/self_metrics.h"

#include <array>

#include "base/core/version.h"

namespace tocsin::agent {

namespace {

struct Row {
    MetricDesc desc;
    double (*value)(const SelfCounts&) = nullptr;
};

constexpr double number(std::uint64_t n) {
    return static_cast<double>(n);
}

constexpr auto kCounter = MetricType::kCounter;
constexpr auto kGauge = MetricType::kGauge;
using C = SelfCounts;

constexpr std::array kRows = {
    Row{{"tocsin_collections_total", "Collections finished.", kCounter},
        [](const C& c) { return number(c.cycles); }},
    Row{{"tocsin_collections_skipped_total",
         "Collections left out because the one before was still running.", kCounter},
        [](const C& c) { return number(c.cycles_skipped); }},
    Row{{"tocsin_clock_steps_total", "Steps of the wall clock by more than 30 s.", kCounter},
        [](const C& c) { return number(c.clock_steps); }},
    Row{{"tocsin_evaluation_duration_seconds", "Time the last evaluation of the rules took.",
         kGauge},
        [](const C& c) { return c.evaluation_seconds; }},
    Row{{"tocsin_rule_errors_total", "Evaluations of a rule that failed.", kCounter},
        [](const C& c) { return number(c.rule_errors); }},
    Row{{"tocsin_rules", "Rules loaded.", kGauge}, [](const C& c) { return number(c.rules); }},
    Row{{"tocsin_rules_reload_success",
         "1 when the rule files were read as they are now; 0 while older rules stand in for them.",
         kGauge},
        [](const C& c) { return c.rules_reload_success ? 1.0 : 0.0; }},
    Row{{"tocsin_rules_loaded_timestamp_seconds", "When the rules in force were loaded.", kGauge},
        [](const C& c) { return to_unix_seconds(c.rules_loaded_at); }},
    Row{{"tocsin_history_series", "Series with samples in memory.", kGauge},
        [](const C& c) { return number(c.history_series); }},
    Row{{"tocsin_history_bytes", "Memory of the samples, and of labels beyond 128 bytes.", kGauge},
        [](const C& c) { return number(c.history_bytes); }},
    Row{{"tocsin_history_dropped_chunks_total",
         "Chunks of samples let go before their time because history.limit was reached.", kCounter},
        [](const C& c) { return number(c.history_dropped); }},
    Row{{"tocsin_transitions_total", "Changes of alerts written to the outbox.", kCounter},
        [](const C& c) { return number(c.transitions); }},
    Row{{"tocsin_outbox_rows", "Changes waiting to be delivered.", kGauge},
        [](const C& c) { return number(c.outbox_rows); }},
    Row{{"tocsin_outbox_bytes", "Size of the changes waiting to be delivered.", kGauge},
        [](const C& c) { return number(c.outbox_bytes); }},
    Row{{"tocsin_outbox_dropped_total",
         "Changes dropped undelivered because outbox.limit was reached.", kCounter},
        [](const C& c) { return number(c.outbox_dropped); }},
    Row{{"tocsin_delivered_total", "Changes that a bridge has answered 200 to.", kCounter},
        [](const C& c) { return number(c.delivered); }},
    Row{{"tocsin_delivery_failures_total", "Requests to bridges that failed and are tried again.",
         kCounter},
        [](const C& c) { return number(c.delivery_failures); }},
    Row{{"tocsin_delivery_refused_total", "Changes that a bridge refused for good.", kCounter},
        [](const C& c) { return number(c.delivery_refused); }},
};

constexpr MetricDesc kBuild{"tocsin_build_info", "1, with the agent's version.", kGauge};

}  // namespace

SelfMetrics::SelfMetrics(SeriesTable& table)
    : build_(table.get(&kBuild, Labels{{"version", kVersion}})) {
    series_.reserve(kRows.size());
    for (const auto& row : kRows) series_.push_back(table.get(&row.desc, Labels{}));
}

void SelfMetrics::append(const SelfCounts& counts, std::vector<Reading>& out) const {
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        out.push_back({series_[i], kRows[i].value(counts)});
    }
    out.push_back({build_, 1});
}

}  // namespace tocsin::agent
