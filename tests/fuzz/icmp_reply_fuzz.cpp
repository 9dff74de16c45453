// What comes in on a ping's socket.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "collector/net/probe/icmp_packet.h"

using namespace tocsin::collector::probe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view packet(reinterpret_cast<const char*>(data), size);
    for (const IcmpVersion version : {IcmpVersion::k4, IcmpVersion::k6}) {
        for (const std::string_view bytes : {packet, without_ip_header(packet)}) {
            const auto echo = parse_echo_reply(version, bytes);
            if (!echo) continue;
            // What was read is what a request of it carries.
            const std::string request = echo_request(version, *echo);
            if (request.substr(4) != bytes.substr(4)) std::abort();
        }
    }
    return 0;
}
