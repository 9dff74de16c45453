// What the configuration collects, made: the host's collectors and the targets.
#pragma once

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

// One that cannot be made has a stand-in too. A target that is null runs already.
std::vector<collector::TargetEntry> make_targets(const std::vector<TargetSection>& sections,
                                                 collector::TargetContext context,
                                                 TargetPools& pools);
// Whether one of the targets that are wanted runs as this entry, made of the same text and files:
// it is taken out of them.
bool runs_already(const collector::TargetEntry& entry, std::vector<TargetSection>& wanted);

}  // namespace tocsin::agent
