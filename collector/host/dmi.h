// node_dmi_info: what the firmware calls the machine, from sysfs's class/dmi/id.
#pragma once

#include <memory>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

Result<std::unique_ptr<Collector>> create_dmi(const Context& context);

}  // namespace tocsin::collector
