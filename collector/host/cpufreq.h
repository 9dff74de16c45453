// node_cpu_frequency_*_hertz and node_cpu_scaling_frequency_*_hertz: what each CPU runs at, from
// sysfs's devices/system/cpu/cpu*/cpufreq.
#pragma once

#include <memory>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

Result<std::unique_ptr<Collector>> create_cpufreq(const Context& context);

}  // namespace tocsin::collector
