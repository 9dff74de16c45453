// node_sockstat_*, from /proc/net/sockstat and /proc/net/sockstat6.
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

// One line: a protocol ("TCP", "sockets") and pairs of name and number.
struct SockstatItem {
    std::string_view name;
    std::uint64_t value = 0;
};
struct SockstatLine {
    std::string_view protocol;
    std::vector<SockstatItem> items;
};
// Reuses the lines of `out`; gives how many it filled. An error names the malformed line.
Result<std::size_t> parse_sockstat(std::string_view text, std::vector<SockstatLine>& out);

Result<std::unique_ptr<Collector>> create_sockstat(const Context& context);

}  // namespace tocsin::collector
