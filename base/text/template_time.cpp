// What toTime gives: a moment in UTC, and the methods of Go's time.Time that messages use.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/text/template_text.h"

namespace tocsin::text {

namespace {

constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kDays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                "Thursday", "Friday", "Saturday"};

struct Parts {
    int year, month, day, weekday, year_day, hour, minute, second, millisecond;
};

Parts parts_of(Timestamp t) {
    using namespace std::chrono;
    const auto midnight = floor<days>(t);
    const year_month_day date(midnight);
    const hh_mm_ss clock(duration_cast<milliseconds>(t - midnight));
    const auto first = sys_days(date.year() / January / 1);
    return {static_cast<int>(date.year()),
            static_cast<int>(static_cast<unsigned>(date.month())),
            static_cast<int>(static_cast<unsigned>(date.day())),
            static_cast<int>(weekday(midnight).c_encoding()),
            static_cast<int>((midnight - first).count()) + 1,
            static_cast<int>(clock.hours().count()),
            static_cast<int>(clock.minutes().count()),
            static_cast<int>(clock.seconds().count()),
            static_cast<int>(clock.subseconds().count())};
}

std::string_view month_of(const Parts& p) {
    return kMonths[static_cast<std::size_t>(p.month) - 1];
}
std::string_view day_of(const Parts& p) {
    return kDays[static_cast<std::size_t>(p.weekday)];
}
int half_day(const Parts& p) {
    return p.hour % 12 == 0 ? 12 : p.hour % 12;
}
std::string two(int n) {
    return fmt::format("{:02}", n);
}

struct Piece {
    std::string_view layout;
    std::string (*print)(const Parts&);
};

// Of two that begin alike the longer stands first.
constexpr std::array<Piece, 31> kPieces{{
    {"January", [](const Parts& p) { return std::string(month_of(p)); }},
    {"Jan", [](const Parts& p) { return std::string(month_of(p).substr(0, 3)); }},
    {"Monday", [](const Parts& p) { return std::string(day_of(p)); }},
    {"Mon", [](const Parts& p) { return std::string(day_of(p).substr(0, 3)); }},
    {"MST", [](const Parts&) { return std::string("UTC"); }},
    {"2006", [](const Parts& p) { return fmt::format("{:04}", p.year); }},
    {"002", [](const Parts& p) { return fmt::format("{:03}", p.year_day); }},
    {"01", [](const Parts& p) { return two(p.month); }},
    {"02", [](const Parts& p) { return two(p.day); }},
    {"03", [](const Parts& p) { return two(half_day(p)); }},
    {"04", [](const Parts& p) { return two(p.minute); }},
    {"05", [](const Parts& p) { return two(p.second); }},
    {"06", [](const Parts& p) { return two(p.year % 100); }},
    {"15", [](const Parts& p) { return two(p.hour); }},
    {"__2", [](const Parts& p) { return fmt::format("{:3}", p.year_day); }},
    {"_2006", [](const Parts& p) { return fmt::format("_{:04}", p.year); }},
    {"_2", [](const Parts& p) { return fmt::format("{:2}", p.day); }},
    {"PM", [](const Parts& p) { return std::string(p.hour < 12 ? "AM" : "PM"); }},
    {"pm", [](const Parts& p) { return std::string(p.hour < 12 ? "am" : "pm"); }},
    {"-07:00:00", [](const Parts&) { return std::string("+00:00:00"); }},
    {"-07:00", [](const Parts&) { return std::string("+00:00"); }},
    {"-0700", [](const Parts&) { return std::string("+0000"); }},
    {"-07", [](const Parts&) { return std::string("+00"); }},
    {"Z07:00", [](const Parts&) { return std::string("Z"); }},
    {"Z0700", [](const Parts&) { return std::string("Z"); }},
    {"Z07", [](const Parts&) { return std::string("Z"); }},
    {"1", [](const Parts& p) { return std::to_string(p.month); }},
    {"2", [](const Parts& p) { return std::to_string(p.day); }},
    {"3", [](const Parts& p) { return std::to_string(half_day(p)); }},
    {"4", [](const Parts& p) { return std::to_string(p.minute); }},
    {"5", [](const Parts& p) { return std::to_string(p.second); }},
}};

// ".000" or ".999" at the front of the layout, behind which no digit stands: how long it is.
std::size_t fraction(std::string_view layout) {
    if (layout.size() < 2 || (layout[0] != '.' && layout[0] != ',')) return 0;
    if (layout[1] != '0' && layout[1] != '9') return 0;
    const std::size_t end = std::min(layout.find_first_not_of(layout[1], 1), layout.size());
    return end < layout.size() && layout[end] >= '0' && layout[end] <= '9' ? 0 : end;
}

std::string formatted(const Parts& p, std::string_view layout) {
    std::string out;
    while (!layout.empty()) {
        if (const std::size_t n = fraction(layout); n > 0) {
            std::string digits = fmt::format("{:03}000000", p.millisecond);
            digits.resize(std::min<std::size_t>(n - 1, digits.size()), '0');
            if (layout[1] == '9') digits.resize(digits.find_last_not_of('0') + 1);
            if (!digits.empty()) out += layout[0] + digits;
            layout.remove_prefix(n);
            continue;
        }
        const auto* const piece = std::find_if(kPieces.begin(), kPieces.end(), [&](const Piece& k) {
            return layout.starts_with(k.layout);
        });
        if (piece == kPieces.end()) {
            out += layout.front();
            layout.remove_prefix(1);
        } else {
            out += piece->print(p);
            layout.remove_prefix(piece->layout.size());
        }
    }
    return out;
}

}  // namespace

std::string time_text(Timestamp t) {
    return formatted(parts_of(t), "2006-01-02 15:04:05.999 -0700 MST");
}

Result<Value> time_method(Timestamp t, std::string_view name, const std::vector<Value>& arguments) {
    const Parts p = parts_of(t);
    const auto number = [](std::int64_t n) { return Value(n); };
    if (name == "Format" && arguments.size() == 1) {
        if (const auto* layout = std::get_if<std::string>(&arguments[0].get())) {
            return Value(formatted(p, *layout));
        }
    }
    if (!arguments.empty() || name == "Format") {
        return Error(ErrorCode::kInvalid, fmt::format("wrong arguments for {}", name));
    }
    if (name == "Unix")
        return number(to_unix_ms(std::chrono::floor<std::chrono::seconds>(t)) / 1000);
    if (name == "UnixMilli") return number(to_unix_ms(t));
    if (name == "Year") return number(p.year);
    if (name == "Month") return Value(std::string(month_of(p)));
    if (name == "Day") return number(p.day);
    if (name == "YearDay") return number(p.year_day);
    if (name == "Weekday") return Value(std::string(day_of(p)));
    if (name == "Hour") return number(p.hour);
    if (name == "Minute") return number(p.minute);
    if (name == "Second") return number(p.second);
    if (name == "UTC") return Value(t);
    if (name == "String") return Value(time_text(t));
    return Error(ErrorCode::kInvalid, fmt::format("a time has no {}", name));
}

}  // namespace tocsin::text
