// node_rapl_*: the energy that parts of the machine have used, from sysfs's class/powercap.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

inline constexpr std::string_view kRaplZoneLabel = "false";

struct RaplName {
    std::string name;
    std::uint64_t index = 0;
    bool numbered = false;  // the index stood in the name
};
// "package-1" is number 1 of "package"; a name without one number at its end is whole.
RaplName parse_rapl_name(std::string_view text);

Result<std::unique_ptr<Collector>> create_rapl(const Context& context);

}  // namespace tocsin::collector
