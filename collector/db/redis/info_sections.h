// The sections of INFO that speak of commands, errors and what a sentinel watches: a field each.
// Pure.
#pragma once

#include <string_view>
#include <unordered_map>

#include "collector/api/report.h"

namespace tocsin::collector {

// By command; the section of latencies needs what that of commands said.
struct CommandStat {
    double calls = 0;
    double usec = 0;
};
using CommandStats = std::unordered_map<std::string_view, CommandStat>;

void report_redis_command(std::string_view field, std::string_view value, CommandStats& stats,
                          Report& report);
void report_redis_latency_of(std::string_view field, std::string_view value,
                             const CommandStats& stats, Report& report);
void report_redis_error(std::string_view field, std::string_view value, Report& report);
void report_redis_sentinel_field(std::string_view field, std::string_view value, Report& report);

}  // namespace tocsin::collector
