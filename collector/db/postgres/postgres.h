// A PostgreSQL server as a target: postgres_exporter's names, who blocks whom, checks in SQL.
#pragma once

#include <memory>

#include "collector/api/target.h"

namespace tocsin::collector {

Result<std::unique_ptr<Target>> create_postgres(const std::shared_ptr<const TargetConfig>& config,
                                                const TargetContext& context);

}  // namespace tocsin::collector
