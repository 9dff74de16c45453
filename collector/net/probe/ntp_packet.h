// NTP as bytes (RFC 5905, 7.3). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/result.h"

namespace tocsin::collector::probe {

// Seconds and fractions since 1900, modulo 2^64: differences are right across 2036.
using NtpTime = std::uint64_t;
NtpTime ntp_time(std::int64_t unix_nanoseconds);

// `cookie` takes the place of the time of sending: the answer returns it, and what a peer or a
// stranger on the way cannot guess must be ours.
std::string ntp_request(NtpTime cookie);

struct NtpAnswer {
    int leap = 0;  // 3: not synchronised
    int stratum = 0;
    double root_delay = 0;  // seconds, as the next two
    double root_dispersion = 0;
    double offset = 0;  // of the server's clock from ours
    double rtt = 0;
    double reference_time = 0;  // when its clock was set last, Unix seconds
    std::string kiss;           // why it refuses: "RATE", "DENY" …
};

// Nothing when the packet is no answer to that request.
std::optional<NtpAnswer> parse_ntp_answer(std::string_view packet, NtpTime cookie, NtpTime sent,
                                          NtpTime received);
// Whether that is a clock to go by: synchronised, fresh, not too far from its root.
Result<void> judge_ntp(const NtpAnswer& answer, NtpTime now);

}  // namespace tocsin::collector::probe
