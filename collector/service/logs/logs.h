// tocsin_log_matches_total, tocsin_log_lines_total, tocsin_log_backlog_bytes: lines that files get.
#pragma once

#include <memory>

#include "collector/api/target.h"

namespace tocsin::collector {

Result<std::unique_ptr<Target>> create_log(const std::shared_ptr<const TargetConfig>& config,
                                           const TargetContext& context);

}  // namespace tocsin::collector
