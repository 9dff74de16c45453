// Reading a collector's settings when it is made. Errors name the key.
#pragma once

#include <string>
#include <string_view>

#include "base/core/result.h"
#include "base/core/time.h"
#include "collector/api/collector.h"
#include "collector/api/filter.h"

namespace tocsin::collector {

// The one value of `key`, or `fallback`; kInvalid when several stand there.
Result<std::string> text_setting(const Settings& settings, std::string_view key,
                                 std::string_view fallback);
Result<Pattern> pattern_setting(const Settings& settings, std::string_view key,
                                std::string_view fallback);
// Whether it says "true"; `fallback` is "true" or "false". kInvalid for any other word.
Result<bool> flag_setting(const Settings& settings, std::string_view key,
                          std::string_view fallback);
// More than zero.
Result<Duration> duration_setting(const Settings& settings, std::string_view key,
                                  std::string_view fallback);

// node_exporter's pair: `device_include` and `device_exclude` exclude each other; an include
// replaces the default exclude.
class DeviceFilter {
  public:
    static Result<DeviceFilter> create(const Settings& settings, std::string_view default_exclude);
    // kInvalid where both stand.
    static Result<void> check(const Settings& settings);
    bool ignored(std::string_view device) const;

  private:
    bool only_included_ = false;
    Pattern pattern_;
};

}  // namespace tocsin::collector
