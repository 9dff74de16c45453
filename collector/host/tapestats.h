// node_tape_*: what SCSI tape drives have done, from sysfs's class/scsi_tape.
#pragma once

#include <memory>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

inline constexpr std::string_view kTapeIgnored = "^$";

Result<std::unique_ptr<Collector>> create_tapestats(const Context& context);

}  // namespace tocsin::collector
