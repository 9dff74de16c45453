// node_edac_*: memory errors that were corrected and that could not be, from sysfs's
// devices/system/edac/mc.
#pragma once

#include <memory>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

Result<std::unique_ptr<Collector>> create_edac(const Context& context);

}  // namespace tocsin::collector
