// Points in time and spans, in milliseconds as on the wire, and their text. Pure: no clock here.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/result.h"

namespace tocsin {

using Duration = std::chrono::milliseconds;
using Timestamp = std::chrono::sys_time<Duration>;  // wall time, UTC

using namespace std::chrono_literals;

constexpr Timestamp from_unix_ms(std::int64_t ms) {
    return Timestamp{Duration{ms}};
}
constexpr std::int64_t to_unix_ms(Timestamp t) {
    return t.time_since_epoch().count();
}
constexpr double to_unix_seconds(Timestamp t) {
    return static_cast<double>(t.time_since_epoch().count()) / 1000.0;
}

// RFC 3339 in UTC with milliseconds, "2026-11-22T21:22:41.000Z".
std::string format_rfc3339(Timestamp t);
// Any RFC 3339 time (offsets, fractions of any length; finer than a millisecond is cut).
Result<Timestamp> parse_rfc3339(std::string_view text);

// Prometheus's durations: "1d2h", "5m", "500ms", units y w d h m s ms each at most once and in
// falling order; "0" alone. kInvalid names what is wrong. An overflow is an error.
Result<Duration> parse_duration(std::string_view text);
// The shortest text that parses back: "1h30m", "0s".
std::string format_duration(Duration d);

}  // namespace tocsin
