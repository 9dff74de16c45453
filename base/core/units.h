// Sizes and shares as people write them in configuration.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/result.h"

namespace tocsin {

struct Bytes {
    std::uint64_t count = 0;
    auto operator<=>(const Bytes&) const = default;
};
// "20MiB", "512KiB", "4GiB", "100B"; also kB, MB, GB (powers of ten). No unit is an error.
Result<Bytes> parse_bytes(std::string_view text);
// The largest unit that divides it: "20MiB".
std::string format_bytes(Bytes b);

struct Ratio {
    double value = 0;  // 0.8 for "80%"
    auto operator<=>(const Ratio&) const = default;
};
Result<Ratio> parse_ratio(std::string_view text);

}  // namespace tocsin
