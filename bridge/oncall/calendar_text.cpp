// Hours and days as people write them.
#include <algorithm>
#include <optional>
#include <utility>

#include "base/core/strings.h"
#include "bridge/oncall/calendar.h"

namespace tocsin::bridge {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

Error invalid(std::string message) {
    return {ErrorCode::kInvalid, std::move(message)};
}

std::string quoted(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

// The parts between separators; never none.
std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 0;;) {
        const std::size_t next = text.find(separator, at);
        parts.push_back(trim(text.substr(at, next - at)));
        if (next == std::string_view::npos) return parts;
        at = next + separator.size();
    }
}

std::optional<std::size_t> day_index(std::string_view name) {
    const auto it = std::find_if(kDays.begin(), kDays.end(),
                                 [&](std::string_view day) { return iequals(day, name); });
    if (it == kDays.end()) return std::nullopt;
    return static_cast<std::size_t>(it - kDays.begin());
}

// "mon-fri,sun"; a range may go over the week's end.
Result<std::vector<std::size_t>> parse_weekdays(std::string_view text) {
    std::vector<std::size_t> days;
    for (const std::string_view part : split(text, ",")) {
        const auto ends = split(part, "-");
        const auto first = day_index(ends.front());
        const auto last = day_index(ends.back());
        if (!first || !last || ends.size() > 2) {
            return invalid(quoted(part) +
                           " is no day; days are mon, tue, wed, thu, fri, sat and sun, a range "
                           "mon-fri, a list mon,wed");
        }
        for (std::size_t day = *first;; day = (day + 1) % kDays.size()) {
            days.push_back(day);
            if (day == *last) break;
        }
    }
    return days;
}

// "09:00", "24:00".
std::optional<Duration> parse_clock(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto hours = parse_uint(text.substr(0, 2));
    const auto minutes = parse_uint(text.substr(3));
    if (!hours || !minutes || *minutes > 59) return std::nullopt;
    const Duration clock = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
    if (clock > Duration{24h}) return std::nullopt;
    return clock;
}

Result<DayHours> parse_hours(std::string_view text) {
    const auto ends = split(text, "-");
    const auto from = parse_clock(ends.front());
    const auto to = parse_clock(ends.back());
    if (ends.size() != 2 || !from || !to) {
        return invalid(quoted(text) + " must be hours like 09:00-18:00");
    }
    if (*to <= *from) {
        return invalid(quoted(text) +
                       " ends before it begins; hours over midnight are two: until 24:00, and from "
                       "00:00 of the day after");
    }
    return DayHours{*from, *to};
}

std::optional<LocalDay> parse_day(std::string_view text) {
    const auto parts = split(text, "-");
    if (text.size() != 10 || parts.size() != 3 || parts[0].size() != 4 || parts[1].size() != 2) {
        return std::nullopt;
    }
    const auto year = parse_uint(parts[0]);
    const auto month = parse_uint(parts[1]);
    const auto day = parse_uint(parts[2]);
    if (!year || !month || !day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return LocalDay{date};
}

}  // namespace

Result<void> add_hours(Week& week, std::string_view text) {
    text = trim(text);
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) {
        return invalid(quoted(text) + " must be days and hours, like \"mon-fri 09:00-18:00\"");
    }
    TOCSIN_TRY(auto days, parse_weekdays(text.substr(0, space)));
    for (const std::string_view part : split(text.substr(space + 1), ",")) {
        TOCSIN_TRY(const DayHours hours, parse_hours(part));
        for (const std::size_t index : days) {
            auto& day = week.at(index);
            const bool overlaps = std::any_of(day.begin(), day.end(), [&](const DayHours& h) {
                return hours.from < h.to && h.from < hours.to;
            });
            if (overlaps) {
                return invalid(quoted(part) + " overlaps other hours of " +
                               std::string(kDays.at(index)));
            }
            day.push_back(hours);
            std::sort(day.begin(), day.end(),
                      [](const DayHours& a, const DayHours& b) { return a.from < b.from; });
        }
    }
    return success();
}

Result<DayRange> parse_days(std::string_view text) {
    const auto ends = split(text, "..");
    const auto first = parse_day(ends.front());
    const auto last = parse_day(ends.back());
    if (!first || !last || ends.size() > 2) {
        return invalid(quoted(text) +
                       " must be a date like 2026-10-01, or a range like 2026-10-01..2026-10-07");
    }
    if (*last < *first) return invalid(quoted(text) + " ends before it begins");
    return DayRange{*first, *last};
}

}  // namespace tocsin::bridge
