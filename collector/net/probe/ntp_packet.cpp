#include "collector/net/probe/ntp_packet.h"

#include <cmath>

#include "base/core/strings.h"

namespace tocsin::collector::probe {
namespace {

constexpr std::size_t kSize = 48;
constexpr std::uint64_t kUnixEpoch = 2'208'988'800U;  // 1970 in seconds of NTP
constexpr double kFraction = 4294967296.0;            // 2^32
constexpr double kMostDistance = 3.46608;             // as node_exporter has it by default
constexpr double kMostAge = 131072;                   // 2^17 s, RFC 5905's longest poll
constexpr int kUnsynchronised = 3;
constexpr int kMostStratum = 15;

std::uint64_t number(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char c : bytes) value = value << 8U | static_cast<unsigned char>(c);
    return value;
}

double difference(NtpTime a, NtpTime b) {
    return static_cast<double>(static_cast<std::int64_t>(a - b)) / kFraction;
}

// 16 bits of seconds, 16 of fractions.
double short_seconds(std::string_view bytes) {
    return static_cast<double>(number(bytes)) / 65536.0;
}

}  // namespace

NtpTime ntp_time(std::int64_t unix_nanoseconds) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    const auto seconds = static_cast<std::uint64_t>(unix_nanoseconds / kSecond) + kUnixEpoch;
    const auto rest = static_cast<std::uint64_t>(unix_nanoseconds % kSecond);
    return (seconds << 32U) | ((rest << 32U) / static_cast<std::uint64_t>(kSecond));
}

std::string ntp_request(NtpTime cookie) {
    std::string packet(kSize, '\0');
    packet[0] = 0x23;  // version 4, client
    for (std::size_t i = 0; i < 8; ++i) {
        packet[kSize - 1 - i] = static_cast<char>(cookie >> (8 * i) & 0xffU);
    }
    return packet;
}

std::optional<NtpAnswer> parse_ntp_answer(std::string_view packet, NtpTime cookie, NtpTime sent,
                                          NtpTime received) {
    constexpr unsigned kServer = 4;
    if (packet.size() < kSize) return std::nullopt;
    const auto first = static_cast<unsigned char>(packet[0]);
    if ((first & 7U) != kServer || number(packet.substr(24, 8)) != cookie) return std::nullopt;
    NtpAnswer answer;
    answer.leap = first >> 6U;
    answer.stratum = static_cast<unsigned char>(packet[1]);
    answer.root_delay = short_seconds(packet.substr(4, 4));
    answer.root_dispersion = short_seconds(packet.substr(8, 4));
    if (answer.stratum == 0) answer.kiss = valid_utf8(packet.substr(12, 4));
    const NtpTime reference = number(packet.substr(16, 8));
    const NtpTime arrived = number(packet.substr(32, 8));
    const NtpTime answered = number(packet.substr(40, 8));
    answer.offset = (difference(arrived, sent) + difference(answered, received)) / 2;
    answer.rtt = difference(received, sent) - difference(answered, arrived);
    answer.reference_time =
        difference(reference, received) + difference(received, kUnixEpoch << 32U);
    // Past 2036 the seconds since 1970 no longer fit 31 bits; ours tell which era it is.
    if (answer.reference_time < 0) answer.reference_time += kFraction;
    return answer;
}

Result<void> judge_ntp(const NtpAnswer& answer, NtpTime now) {
    const auto wrong = [](std::string text) { return Error(ErrorCode::kInvalid, std::move(text)); };
    if (answer.stratum == 0) return wrong("refuses to answer (" + answer.kiss + ")");
    if (answer.leap == kUnsynchronised || answer.stratum > kMostStratum) {
        return wrong("says that its clock is not synchronised");
    }
    const double distance = answer.root_delay / 2 + answer.root_dispersion;
    if (distance > kMostDistance) {
        return wrong("is " + format_double(distance) + " s away from its root, more than " +
                     format_double(kMostDistance));
    }
    double unix_now = difference(now, kUnixEpoch << 32U);
    if (unix_now < 0) unix_now += kFraction;
    if (unix_now + answer.offset - answer.reference_time > kMostAge) {
        return wrong("has not set its clock for more than a day");
    }
    return success();
}

}  // namespace tocsin::collector::probe
