// node_pressure_*: how long tasks waited for CPU, I/O and memory, from /proc/pressure.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// The totals of one file in microseconds (Documentation/accounting/psi.rst): some task waited;
// all tasks waited, which old kernels do not print for the CPU.
struct Pressure {
    std::uint64_t some = 0;
    std::optional<std::uint64_t> full;
};
Result<Pressure> parse_pressure(std::string_view text);

Result<std::unique_ptr<Collector>> create_pressure(const Context& context);

}  // namespace tocsin::collector
