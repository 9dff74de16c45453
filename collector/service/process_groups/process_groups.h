// namedprocess_namegroup_*: what groups of processes use, by process-exporter's names.
#pragma once

#include <memory>

#include "collector/api/target.h"

namespace tocsin::collector {

Result<std::unique_ptr<Target>> create_process_groups(
    const std::shared_ptr<const TargetConfig>& config, const TargetContext& context);

}  // namespace tocsin::collector
