// node_udp_queues: bytes that wait in UDP sockets, from /proc/net/udp and udp6.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

// The bytes in the queues of all sockets.
struct UdpQueues {
    std::uint64_t transmit = 0;
    std::uint64_t receive = 0;
};
Result<UdpQueues> parse_udp_queues(std::string_view text);

Result<std::unique_ptr<Collector>> create_udp_queues(const Context& context);

}  // namespace tocsin::collector
