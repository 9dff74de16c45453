// node_network_{receive,transmit}_*_total, from /proc/net/dev and sysfs's rx_nohandler.
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

inline constexpr std::string_view kNetdevExclude = "^lo$";

// In the order of /proc/net/dev: receive bytes packets errs drop fifo frame compressed multicast,
// transmit bytes packets errs drop fifo colls carrier compressed.
struct NetdevLine {
    std::string_view device;
    std::array<std::uint64_t, 16> counters{};
};
// Appends what can be read; an error names the first line that cannot.
Result<void> parse_netdev(std::string_view text, std::vector<NetdevLine>& out);

Result<std::unique_ptr<Collector>> create_netdev(const Context& context);

}  // namespace tocsin::collector
