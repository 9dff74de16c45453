// node_systemd_*: states and details of systemd's units, and tocsin_unit_failures_total of those
// that fail, also between two cycles.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"
#include "collector/service/systemd/manager.h"

namespace tocsin::collector {

// The first number of three digits or more, with a fraction: 252 of "252.39-1~deb12u1".
std::optional<double> systemd_version_number(std::string_view version);

// Settings unit_include and unit_exclude match the whole name of a unit;
// enable_{restarts,start_time,task}_metrics are flags.
Result<std::unique_ptr<Collector>> create_systemd(const Context& context);
Result<std::unique_ptr<Collector>> create_systemd_with(const Context& context,
                                                       std::unique_ptr<SystemdManager> manager);

}  // namespace tocsin::collector
