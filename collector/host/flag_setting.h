// A setting of a collector that is true or false.
#pragma once

#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// Whether `key` says "true"; `fallback` ("true" or "false") where it is not set. kInvalid for any
// other word.
Result<bool> flag_setting(const Settings& settings, std::string_view key,
                          std::string_view fallback);

}  // namespace tocsin::collector
