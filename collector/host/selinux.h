// node_selinux_*: whether SELinux is on and enforces, from selinuxfs and /etc/selinux/config.
#pragma once

#include <memory>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// The mode that `SELINUX=` of /etc/selinux/config names: 1 enforcing, 0 permissive, -1 any other.
int parse_selinux_mode(std::string_view config);

Result<std::unique_ptr<Collector>> create_selinux(const Context& context);

}  // namespace tocsin::collector
