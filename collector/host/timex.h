// node_timex_*: how the kernel keeps its clock in step with a reference, from adjtimex(2).
#pragma once

#include <sys/timex.h>

#include <array>
#include <cstddef>
#include <memory>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

inline constexpr std::size_t kTimexMetrics = 17;

// In the order of the names; `state` is what adjtimex(2) returned.
std::array<double, kTimexMetrics> timex_values(const ::timex& clock, int state);

Result<std::unique_ptr<Collector>> create_timex(const Context& context);

}  // namespace tocsin::collector
