// node_arp_entries: how many neighbours each device knows, from /proc/net/arp.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// Appends the device of each entry, in the order of the file (proc(5)). An error names the first
// line that has not all its columns; the others are still read.
Result<void> parse_arp(std::string_view text, std::vector<std::string_view>& devices);

Result<std::unique_ptr<Collector>> create_arp(const Context& context);

}  // namespace tocsin::collector
