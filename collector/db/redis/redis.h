// Redis servers, replicas, sentinels and cluster nodes, under redis_exporter's names.
#pragma once

#include <memory>

#include "collector/api/target.h"

namespace tocsin::collector {

Result<std::unique_ptr<Target>> create_redis(const std::shared_ptr<const TargetConfig>& config,
                                             const TargetContext& context);

}  // namespace tocsin::collector
