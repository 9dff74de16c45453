// Addresses as /proc/net/ip_vs prints them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/result.h"

namespace tocsin::collector {

// An address of hexadecimal digits, IPv6 in brackets and with colons, and a port of them.
struct IpvsEndpoint {
    std::string address;  // as RFC 5952 writes it; IPv4 where IPv6 carries one
    std::uint32_t port = 0;
};
Result<IpvsEndpoint> parse_ipvs_endpoint(std::string_view text);

}  // namespace tocsin::collector
