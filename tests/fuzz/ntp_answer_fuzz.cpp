// What a time server, or who speaks in its place, can send.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "collector/net/probe/ntp_packet.h"

using namespace tocsin::collector::probe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr NtpTime kCookie = 0x3030303030303030U;  // digits, which corpora have
    const NtpTime now = ntp_time(1'790'000'000'000'000'000);
    const auto answer = parse_ntp_answer({reinterpret_cast<const char*>(data), size}, kCookie, now,
                                         now + 1'000'000);
    if (!answer) return 0;
    if (!std::isfinite(answer->offset) || !std::isfinite(answer->rtt)) std::abort();
    if (answer->stratum < 0 || answer->stratum > 255 || answer->leap > 3) std::abort();
    if (answer->stratum == 0 && judge_ntp(*answer, now)) std::abort();
    return 0;
}
