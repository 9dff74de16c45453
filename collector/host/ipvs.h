// node_ipvs_*: the kernel's load balancer, from /proc/net/ip_vs_stats and ip_vs.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

inline constexpr std::string_view kIpvsLabels =
    "local_address,local_port,remote_address,remote_port,proto,local_mark";

// In the order of ip_vs_stats: connections; incoming, outgoing packets; incoming, outgoing bytes.
using IpvsTotals = std::array<std::uint64_t, 5>;
Result<IpvsTotals> parse_ipvs_stats(std::string_view text);

// A real server of a virtual service, as ip_vs lists them: a line of the service, then one of each
// server. Endpoints are as the kernel prints them, "C0A80016:0CEA".
struct IpvsBackend {
    std::string_view proto;  // TCP, UDP, SCTP, FWM
    std::string_view local;  // "" of a service that is chosen by a firewall mark
    std::string_view mark;   // "" of a service that has an address
    std::string_view remote;
    std::uint64_t weight = 0;
    std::uint64_t active = 0;
    std::uint64_t inactive = 0;
};
// Appends what can be read; an error names the first line that cannot.
Result<void> parse_ipvs_backends(std::string_view text, std::vector<IpvsBackend>& out);

Result<std::unique_ptr<Collector>> create_ipvs(const Context& context);

}  // namespace tocsin::collector
