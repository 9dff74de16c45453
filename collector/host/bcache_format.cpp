// How bcache prints numbers for people.
#include <array>
#include <cmath>

#include "collector/api/scan.h"
#include "collector/host/bcache.h"

namespace tocsin::collector {
namespace {

struct Line {
    std::string_view key;
    double WritebackRate::*field;
};
constexpr std::array<Line, 5> kLines{{{"rate:", &WritebackRate::rate},
                                      {"target:", &WritebackRate::target},
                                      {"proportional:", &WritebackRate::proportional},
                                      {"integral:", &WritebackRate::integral},
                                      {"change:", &WritebackRate::change}}};

std::optional<double> whole_number(std::string_view text) {
    const auto number = to_uint(text);
    return number ? std::optional<double>(static_cast<double>(*number)) : std::nullopt;
}

std::optional<std::uint64_t> percent(std::string_view text) {
    if (!text.ends_with('%')) return std::nullopt;
    text.remove_suffix(1);
    return to_uint(text);
}

}  // namespace

std::optional<double> parse_human(std::string_view text) {
    constexpr std::string_view kUnits = "kMGTPEZY";
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
    const std::size_t unit = kUnits.find(text.back());
    std::optional<double> number;
    if (unit == std::string_view::npos) {
        number = whole_number(text);
    } else {
        text.remove_suffix(1);
        const std::size_t point = text.find('.');
        number = whole_number(text.substr(0, point));
        if (number && point != std::string_view::npos) {
            // The fraction is off a little: ".1" and ".10" differ, ".10" is more than ".9".
            const std::optional<double> fraction = whole_number(text.substr(point + 1));
            number = fraction ? std::optional<double>(*number + *fraction / 10.24) : std::nullopt;
        }
        if (number) *number = std::trunc(std::ldexp(*number, 10 * (static_cast<int>(unit) + 1)));
    }
    if (number && negative) *number = -*number;
    return number;
}

Result<WritebackRate> parse_writeback_rate(std::string_view text) {
    constexpr std::string_view kEachSecond = "/sec";
    WritebackRate rate;
    std::string_view line;
    while (next_line(text, line)) {
        std::string_view rest = line;
        std::string_view key;
        std::string_view value;
        if (!next_field(rest, key)) continue;
        for (const Line& known : kLines) {
            if (known.key != key) continue;
            next_field(rest, value);
            if (value.ends_with(kEachSecond)) value.remove_suffix(kEachSecond.size());
            const std::optional<double> number = parse_human(value);
            if (!number) {
                return Error(ErrorCode::kInvalid,
                             "writeback_rate_debug: \"" + valid_utf8(line) + "\"");
            }
            rate.*known.field = *number;
        }
    }
    return rate;
}

Result<PriorityStats> parse_priority_stats(std::string_view text) {
    PriorityStats stats;
    std::string_view line;
    while (next_line(text, line)) {
        std::string_view rest = line;
        std::string_view key;
        std::string_view value;
        if (!next_field(rest, key) || (key != "Unused:" && key != "Metadata:")) continue;
        next_field(rest, value);
        const auto number = percent(value);
        if (!number) {
            return Error(ErrorCode::kInvalid, "priority_stats: \"" + valid_utf8(line) + "\"");
        }
        (key == "Unused:" ? stats.unused : stats.metadata) = *number;
    }
    return stats;
}

}  // namespace tocsin::collector
