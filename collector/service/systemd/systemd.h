// node_systemd_unit_state, node_systemd_units, node_systemd_system_running, node_systemd_version.
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

// Settings unit_include and unit_exclude match the whole name of a unit.
Result<std::unique_ptr<Collector>> create_systemd(const Context& context);
Result<std::unique_ptr<Collector>> create_systemd_with(const Context& context,
                                                       std::unique_ptr<SystemdManager> manager);

}  // namespace tocsin::collector
