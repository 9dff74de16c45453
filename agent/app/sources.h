// What the configuration collects, made: the host's collectors and the targets.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "agent/app/target_pools.h"
#include "agent/config/config.h"
#include "base/core/result.h"
#include "base/model/series.h"
#include "collector/api/runner.h"
#include "collector/api/target_runner.h"

namespace tocsin::agent {

// Those on by default or named in the configuration, but for those switched off there.
std::vector<std::string> enabled_collectors(const Config& config);

// For one that cannot be made (its module is not installed) another stands in that fails with the
// reason (collector/api/unmade.h); it costs only itself.
struct MadeCollectors {
    std::vector<collector::RunnerEntry> entries;
    std::vector<std::string> unmade;  // their names
};
MadeCollectors make_collectors(const Config& config, SeriesTable& series);
Result<collector::RunnerEntry> make_collector(const Config& config, SeriesTable& series,
                                              const std::string& name);

struct MadeTargets {
    std::vector<collector::TargetEntry> entries;
    std::size_t unmade = 0;
};
MadeTargets make_targets(const Config& config, collector::TargetContext context,
                         TargetPools& pools);

}  // namespace tocsin::agent
