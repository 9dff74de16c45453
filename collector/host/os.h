// node_os_info and node_os_version, from /etc/os-release or /usr/lib/os-release.
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

// os-release(5): assignments as a shell reads them, quotes and backslashes undone, in order.
struct OsField {
    std::string key;
    std::string value;
    bool operator==(const OsField&) const = default;
};
std::vector<OsField> parse_os_release(std::string_view text);

// The leading major.minor of VERSION_ID: 22.04 of "22.04.1". None when it starts otherwise.
std::optional<double> os_version(std::string_view version_id);

Result<std::unique_ptr<Collector>> create_os(const Context& context);

}  // namespace tocsin::collector
