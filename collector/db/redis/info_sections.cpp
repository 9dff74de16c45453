#include "collector/db/redis/info_sections.h"

#include <array>
#include <utility>

#include "collector/db/redis/info_text.h"

namespace tocsin::collector {
namespace {

using enum MetricType;

constexpr MetricDesc kErrors{"redis_errors_total", "Total number of errors per error type",
                             kCounter};
constexpr MetricDesc kCalls{"redis_commands_total", "Total number of calls per command", kCounter};
constexpr MetricDesc kSeconds{"redis_commands_duration_seconds_total",
                              "Total amount of time in seconds spent per command", kCounter};
// The exporter's helps of these two stand the wrong way round; they are the exporter's.
constexpr MetricDesc kRejected{"redis_commands_rejected_calls_total",
                               "Total number of errors within command execution per command",
                               kCounter};
constexpr MetricDesc kFailed{"redis_commands_failed_calls_total",
                             "Total number of errors prior command execution per command",
                             kCounter};
// A summary's parts have no type that a single series could bear.
constexpr std::string_view kLatencyHelp =
    "A summary of latency percentile distribution per command";
constexpr MetricDesc kLatency{"redis_latency_percentiles_usec", kLatencyHelp, kUntyped};
constexpr MetricDesc kLatencySum{"redis_latency_percentiles_usec_sum", kLatencyHelp, kUntyped};
constexpr MetricDesc kLatencyCount{"redis_latency_percentiles_usec_count", kLatencyHelp, kUntyped};
constexpr MetricDesc kMasterStatus{"redis_sentinel_master_status", "Master status on Sentinel",
                                   kGauge};
constexpr MetricDesc kMasterSlaves{"redis_sentinel_master_slaves",
                                   "The number of slaves of the master", kGauge};
constexpr MetricDesc kMasterSentinels{"redis_sentinel_master_sentinels",
                                      "The number of sentinels monitoring this master", kGauge};
constexpr std::array<std::pair<std::string_view, MetricDesc>, 5> kSentinelFields{{
    {"sentinel_masters",
     {"redis_sentinel_masters", "The number of masters this sentinel is watching", kGauge}},
    {"sentinel_tilt", {"redis_sentinel_tilt", "Sentinel is in TILT mode", kGauge}},
    {"sentinel_running_scripts",
     {"redis_sentinel_running_scripts", "Number of scripts in execution right now", kGauge}},
    {"sentinel_scripts_queue_length",
     {"redis_sentinel_scripts_queue_length", "Queue of user scripts to execute", kGauge}},
    {"sentinel_simulate_failure_flags",
     {"redis_sentinel_simulate_failure_flags", "Failures simulations", kGauge}},
}};

}  // namespace

void report_redis_command(std::string_view field, std::string_view value, CommandStats& stats,
                          Report& report) {
    constexpr std::string_view kPrefix = "cmdstat_";
    if (!field.starts_with(kPrefix)) return;
    const std::string_view name = field.substr(kPrefix.size());
    const auto calls = info_number(value, "calls");
    const auto usec = info_number(value, "usec");
    if (!calls || !usec) return;
    stats[name] = {*calls, *usec};
    report.add(kCalls, *calls, {{"cmd", name}});
    report.add(kSeconds, *usec / 1e6, {{"cmd", name}});
    // From Redis 6.2 on.
    const auto rejected = info_number(value, "rejected_calls");
    const auto failed = info_number(value, "failed_calls");
    if (!rejected || !failed) return;
    report.add(kRejected, *rejected, {{"cmd", name}});
    report.add(kFailed, *failed, {{"cmd", name}});
}

// latency_percentiles_usec_get:p50=0.001,p99=1.003,p99.9=3.007
void report_redis_latency_of(std::string_view field, std::string_view value,
                             const CommandStats& stats, Report& report) {
    constexpr std::string_view kPrefix = "latency_percentiles_usec_";
    if (!field.starts_with(kPrefix)) return;
    const std::string_view name = field.substr(kPrefix.size());
    const auto command = stats.find(name);
    if (command == stats.end()) return;
    report.add(kLatencySum, command->second.usec, {{"cmd", name}});
    report.add(kLatencyCount, command->second.calls, {{"cmd", name}});
    while (value.starts_with(':')) value.remove_prefix(1);
    while (!value.empty()) {
        const std::size_t end = value.find(',');
        const std::string_view item = value.substr(0, end);
        value.remove_prefix(end == std::string_view::npos ? value.size() : end + 1);
        const std::size_t equals = item.find('=');
        if (!item.starts_with('p') || equals == std::string_view::npos) continue;
        const std::string_view quantile = item.substr(1, equals - 1);
        const auto found = to_number(item.substr(equals + 1));
        if (!found || !to_number(quantile)) continue;
        report.add(kLatency, *found, {{"cmd", name}, {"quantile", quantile}});
    }
}

void report_redis_error(std::string_view field, std::string_view value, Report& report) {
    constexpr std::string_view kPrefix = "errorstat_";
    const auto count = info_number(value, "count");
    if (!field.starts_with(kPrefix) || !count) return;
    report.add(kErrors, *count, {{"err", field.substr(kPrefix.size())}});
}

void report_redis_sentinel_field(std::string_view field, std::string_view value, Report& report) {
    for (const auto& [name, desc] : kSentinelFields) {
        if (field == name) report.add(desc, to_number(value).value_or(0));
    }
    const auto slaves = info_number(value, "slaves");
    const auto sentinels = info_number(value, "sentinels");
    if (!info_numbered(field, "master") || !slaves || !sentinels) return;
    const std::string_view name = info_part(value, "name").value_or("");
    const std::string_view address = info_part(value, "address").value_or("");
    const std::string_view status = info_part(value, "status").value_or("");
    report.add(kMasterStatus, status == "ok" ? 1.0 : 0.0,
               {{"master_name", name}, {"master_address", address}, {"master_status", status}});
    report.add(kMasterSlaves, *slaves, {{"master_name", name}, {"master_address", address}});
    report.add(kMasterSentinels, *sentinels, {{"master_name", name}, {"master_address", address}});
}

}  // namespace tocsin::collector
