// ICMP echo as bytes (RFC 792, RFC 4443). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin::collector::probe {

enum class IcmpVersion { k4, k6 };

struct Echo {
    std::uint16_t id = 0;
    std::uint16_t sequence = 0;
    std::string payload;
    bool operator==(const Echo&) const = default;
};

// With its checksum; over IPv6 the kernel writes that.
std::string echo_request(IcmpVersion version, const Echo& echo);
// The echo of a reply; nothing when the bytes are anything else.
std::optional<Echo> parse_echo_reply(IcmpVersion version, std::string_view packet);
// What follows the IPv4 header that a raw socket gives along; "" when that is cut off.
std::string_view without_ip_header(std::string_view packet);

}  // namespace tocsin::collector::probe
