// Runs a Nagios plugin as it is: nagios_check_status and nagios_perfdata.
#pragma once

#include <memory>

#include "collector/api/target.h"

namespace tocsin::collector {

Result<std::unique_ptr<Target>> create_plugin(const std::shared_ptr<const TargetConfig>& config,
                                              const TargetContext& context);

}  // namespace tocsin::collector
