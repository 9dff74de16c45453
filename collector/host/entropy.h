// node_entropy_*: how full the kernel's pool of entropy is, from /proc/sys/kernel/random.
#pragma once

#include <memory>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

Result<std::unique_ptr<Collector>> create_entropy(const Context& context);

}  // namespace tocsin::collector
