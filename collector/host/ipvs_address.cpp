#include "collector/host/ipvs_address.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <optional>

namespace tocsin::collector {
namespace {

using Groups = std::array<std::uint32_t, 8>;  // of 16 bits

std::optional<std::uint32_t> hex_digits(std::string_view text, std::size_t digits) {
    if (text.size() != digits) return std::nullopt;
    std::uint32_t value = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value, 16);
    if (error != std::errc{} || at != end) return std::nullopt;
    return value;
}

std::string dotted(std::uint32_t address) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8) {
        text += std::to_string((address >> shift) & 0xffU);
        if (shift > 0) text += '.';
    }
    return text;
}

bool carries_ipv4(const Groups& groups) {
    for (std::size_t i = 0; i < 5; ++i) {
        if (groups[i] != 0) return false;
    }
    return groups[5] == 0xffff;
}

// Where the longest run of two or more zero groups begins, and its length; 0 when there is none.
struct Run {
    std::size_t begin = 0;
    std::size_t length = 0;
};
Run longest_zeros(const Groups& groups) {
    Run best;
    Run now;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (groups[i] != 0) {
            now.length = 0;
            continue;
        }
        if (now.length == 0) now.begin = i;
        ++now.length;
        if (now.length >= 2 && now.length > best.length) best = now;
    }
    return best;
}

// RFC 5952, section 4.
std::string colons(const Groups& groups) {
    const Run zeros = longest_zeros(groups);
    std::string text;
    std::array<char, 8> digits{};
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (zeros.length > 0 && i == zeros.begin) {
            text += "::";
            i += zeros.length - 1;
            continue;
        }
        if (!text.empty() && text.back() != ':') text += ':';
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), groups[i], 16);
        text.append(digits.data(), end.ptr);
    }
    return text;
}

// "2620:0000:0000:0000:0000:0000:0000:0001"
std::optional<std::string> ipv6(std::string_view text) {
    constexpr std::size_t kStep = 5;  // four digits and a colon
    Groups groups{};
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const std::size_t begin = i * kStep;
        if (begin > text.size() || (i > 0 && text[begin - 1] != ':')) return std::nullopt;
        const bool last = i + 1 == groups.size();
        const auto group = hex_digits(text.substr(begin, last ? std::string_view::npos : 4), 4);
        if (!group) return std::nullopt;
        groups[i] = *group;
    }
    if (carries_ipv4(groups)) return dotted(groups[6] << 16U | groups[7]);
    return colons(groups);
}

}  // namespace

Result<IpvsEndpoint> parse_ipvs_endpoint(std::string_view text) {
    const Error malformed(ErrorCode::kInvalid,
                          "net/ip_vs: \"" + std::string(text) + "\" is not an address and a port");
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return malformed;
    std::string_view address = text.substr(0, colon);
    const auto port = hex_digits(text.substr(colon + 1), 4);
    if (!port) return malformed;
    if (address.starts_with('[') && address.ends_with(']')) {
        address = address.substr(1, address.size() - 2);
        const std::optional<std::string> six = ipv6(address);
        if (!six) return malformed;
        return IpvsEndpoint{*six, *port};
    }
    const auto four = hex_digits(address, 8);
    if (!four) return malformed;
    return IpvsEndpoint{dotted(*four), *port};
}

}  // namespace tocsin::collector
