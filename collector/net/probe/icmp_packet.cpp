#include "collector/net/probe/icmp_packet.h"

namespace tocsin::collector::probe {
namespace {

constexpr std::size_t kHeader = 8;

unsigned byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

std::uint16_t word_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint16_t>(byte_at(bytes, at) << 8U | byte_at(bytes, at + 1));
}

void put_word(std::string& bytes, std::size_t at, unsigned value) {
    bytes[at] = static_cast<char>(value >> 8U & 0xffU);
    bytes[at + 1] = static_cast<char>(value & 0xffU);
}

// RFC 1071.
unsigned checksum(std::string_view bytes) {
    unsigned sum = 0;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) sum += word_at(bytes, i);
    if (bytes.size() % 2 != 0) sum += byte_at(bytes, bytes.size() - 1) << 8U;
    while (sum >> 16U != 0) sum = (sum & 0xffffU) + (sum >> 16U);
    return ~sum & 0xffffU;
}

}  // namespace

std::string echo_request(IcmpVersion version, const Echo& echo) {
    std::string packet(kHeader, '\0');
    packet[0] = version == IcmpVersion::k4 ? '\x08' : '\x80';
    put_word(packet, 4, echo.id);
    put_word(packet, 6, echo.sequence);
    packet += echo.payload;
    put_word(packet, 2, checksum(packet));
    return packet;
}

std::optional<Echo> parse_echo_reply(IcmpVersion version, std::string_view packet) {
    const unsigned type = version == IcmpVersion::k4 ? 0 : 129;
    if (packet.size() < kHeader || byte_at(packet, 0) != type || byte_at(packet, 1) != 0) {
        return std::nullopt;
    }
    return Echo{word_at(packet, 4), word_at(packet, 6), std::string(packet.substr(kHeader))};
}

std::string_view without_ip_header(std::string_view packet) {
    if (packet.empty()) return {};
    const std::size_t header = (byte_at(packet, 0) & 15U) * std::size_t{4};
    return packet.size() < header || header < 20 ? std::string_view() : packet.substr(header);
}

}  // namespace tocsin::collector::probe
