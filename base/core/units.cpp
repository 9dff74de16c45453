#include "base/core/units.h"

#include <fmt/format.h>

#include <array>
#include <limits>

#include "base/core/strings.h"

namespace tocsin {

namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

// Largest first within each family; format_bytes uses the binary ones.
constexpr std::array<Unit, 11> kUnits{{{"TiB", 1ULL << 40U},
                                       {"GiB", 1ULL << 30U},
                                       {"MiB", 1ULL << 20U},
                                       {"KiB", 1ULL << 10U},
                                       {"B", 1},
                                       {"TB", 1'000'000'000'000},
                                       {"GB", 1'000'000'000},
                                       {"MB", 1'000'000},
                                       {"kB", 1'000},
                                       {"KB", 1'000},
                                       {"bytes", 1}}};

}  // namespace

Result<Bytes> parse_bytes(std::string_view text) {
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (text.empty() || digits == 0) {
        return Error(ErrorCode::kInvalid,
                     fmt::format("\"{}\" is not a size: write it like 20MiB", text));
    }
    if (digits == std::string_view::npos) {
        return Error(
            ErrorCode::kInvalid,
            fmt::format("\"{}\" has no unit: write it like {}MiB or {}B", text, text, text));
    }
    const auto count = parse_uint(text.substr(0, digits));
    const std::string_view unit = trim(text.substr(digits));
    for (const Unit& u : kUnits) {
        if (u.name != unit) continue;
        if (!count || *count > std::numeric_limits<std::uint64_t>::max() / u.factor) {
            return Error(ErrorCode::kInvalid, fmt::format("\"{}\" is too large a size", text));
        }
        return Bytes{*count * u.factor};
    }
    return Error(
        ErrorCode::kInvalid,
        fmt::format("\"{}\" has an unknown unit \"{}\": use B, KiB, MiB, GiB, TiB, kB, MB, "
                    "GB or TB",
                    text, unit));
}

std::string format_bytes(Bytes b) {
    for (const Unit& u : kUnits) {
        if (b.count >= u.factor && b.count % u.factor == 0) {
            return fmt::format("{}{}", b.count / u.factor, u.name);
        }
    }
    return "0B";
}

Result<Ratio> parse_ratio(std::string_view text) {
    if (text.size() < 2 || text.back() != '%') {
        return Error(ErrorCode::kInvalid,
                     fmt::format("\"{}\" is not a share: write it like 80%", text));
    }
    const auto number = parse_double(trim(text.substr(0, text.size() - 1)));
    if (!number || !(*number >= 0) || *number > 1e6) {
        return Error(ErrorCode::kInvalid,
                     fmt::format("\"{}\" is not a share: write it like 80%", text));
    }
    return Ratio{*number / 100};
}

}  // namespace tocsin
