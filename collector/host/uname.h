// node_uname_info, from uname(2).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/model/labels.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// What uname(2) says of the running kernel and host.
struct Uname {
    std::string sysname;
    std::string release;
    std::string version;
    std::string machine;
    std::string nodename;
    std::string domainname;
    bool operator==(const Uname&) const = default;
};
Uname read_uname();
Labels uname_labels(const Uname& uname);

Result<std::unique_ptr<Collector>> create_uname(const Context& context);

}  // namespace tocsin::collector
