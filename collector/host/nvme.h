// node_nvme_info: the NVMe controllers of /sys/class/nvme.
#pragma once

#include <memory>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

Result<std::unique_ptr<Collector>> create_nvme(const Context& context);

}  // namespace tocsin::collector
