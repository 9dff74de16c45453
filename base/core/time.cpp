#include "base/core/time.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <optional>

#include "base/core/strings.h"

namespace tocsin {

std::string format_rfc3339(Timestamp t) {
    const auto day = std::chrono::floor<std::chrono::days>(t);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{t - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count(),
                       time.subseconds().count());
}

namespace {

// Reads a fixed-width text from left to right; one wrong character and it is wrong for good.
class Cursor {
  public:
    explicit Cursor(std::string_view text) : rest_(text) {}
    int digits(std::size_t n) {
        if (rest_.size() < n || !ok_) return fail();
        int value = 0;
        for (std::size_t i = 0; i < n; ++i) {
            if (rest_[i] < '0' || rest_[i] > '9') return fail();
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(n);
        return value;
    }
    // The character itself, when it is one of `allowed`.
    char one_of(std::string_view allowed) {
        if (!ok_ || rest_.empty() || allowed.find(rest_.front()) == std::string_view::npos) {
            fail();
            return '\0';
        }
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }
    // Milliseconds of ".5", ".123456789"; what is finer is cut off. 0 when there is none.
    int fraction() {
        if (!ok_ || rest_.empty() || rest_.front() != '.') return 0;
        rest_.remove_prefix(1);
        const std::size_t n = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
        if (n == 0) return fail();
        int ms = 0;
        for (std::size_t i = 0; i < 3; ++i) ms = ms * 10 + (i < n ? rest_[i] - '0' : 0);
        rest_.remove_prefix(n);
        return ms;
    }
    bool done() const { return ok_ && rest_.empty(); }

  private:
    int fail() {
        ok_ = false;
        return 0;
    }
    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace

Result<Timestamp> parse_rfc3339(std::string_view text) {
    Cursor in(text);
    const int year = in.digits(4);
    in.one_of("-");
    const int month = in.digits(2);
    in.one_of("-");
    const int day = in.digits(2);
    in.one_of("Tt ");
    const int hour = in.digits(2);
    in.one_of(":");
    const int minute = in.digits(2);
    in.one_of(":");
    const int second = in.digits(2);
    const int ms = in.fraction();
    const char zone = in.one_of("Zz+-");
    int offset = 0;
    if (zone == '+' || zone == '-') {
        const int hours = in.digits(2);
        in.one_of(":");
        const int minutes = in.digits(2);
        if (hours > 23 || minutes > 59) in.one_of("");
        offset = (zone == '-' ? -1 : 1) * (hours * 60 + minutes);
    }
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    // A leap second (60) counts as the first of the next minute.
    const Timestamp at = Timestamp{std::chrono::sys_days{date}.time_since_epoch()} +
                         std::chrono::hours{hour} + std::chrono::minutes{minute - offset} +
                         std::chrono::seconds{second} + Duration{ms};
    // Its offset or leap second may take it to a year that RFC 3339 can't write.
    if (!in.done() || !date.ok() || hour > 23 || minute > 59 || second > 60 ||
        at < std::chrono::sys_days{std::chrono::year{0} / 1 / 1} ||
        at >= std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1}) {
        return Error(ErrorCode::kInvalid,
                     fmt::format("\"{}\" is not an RFC 3339 time like 2026-11-22T21:22:41Z", text));
    }
    return at;
}

namespace {

struct DurationUnit {
    std::string_view name;
    std::int64_t ms;
};

constexpr std::array<DurationUnit, 7> kDurationUnits{{{"y", 365LL * 86'400'000},
                                                      {"w", 7LL * 86'400'000},
                                                      {"d", 86'400'000},
                                                      {"h", 3'600'000},
                                                      {"m", 60'000},
                                                      {"s", 1'000},
                                                      {"ms", 1}}};

Error bad_duration(std::string_view text, std::string_view why) {
    return Error(ErrorCode::kInvalid, fmt::format("\"{}\" is not a duration: {}", text, why));
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
    if (text.empty())
        return Error(ErrorCode::kInvalid, "empty duration: write it like 5m or 1h30m");
    if (text == "0") return Duration{0};
    std::int64_t total = 0;
    std::size_t next_unit = 0;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        if (digits == 0)
            return bad_duration(text, "a number is missing; write it like 5m or 1h30m");
        const std::string_view number = rest.substr(0, digits);
        rest.remove_prefix(digits);
        const std::size_t letters = std::min(rest.find_first_of("0123456789"), rest.size());
        const std::string_view name = rest.substr(0, letters);
        rest.remove_prefix(letters);
        if (name.empty()) {
            return bad_duration(text, fmt::format("{} has no unit (ms, s, m, h, d, w, y)", number));
        }
        std::size_t unit = 0;
        while (unit < kDurationUnits.size() && kDurationUnits[unit].name != name) ++unit;
        if (unit == kDurationUnits.size()) {
            return bad_duration(
                text, fmt::format("unknown unit \"{}\"; known are ms, s, m, h, d, w, y", name));
        }
        if (unit < next_unit) {
            return bad_duration(text, "units go from large to small, each once");
        }
        next_unit = unit + 1;
        const auto count = parse_int(number);
        std::int64_t part = 0;
        if (!count || __builtin_mul_overflow(*count, kDurationUnits[unit].ms, &part) ||
            __builtin_add_overflow(total, part, &total)) {
            return bad_duration(text, "it is too long");
        }
    }
    return Duration{total};
}

std::string format_duration(Duration d) {
    if (d == Duration{0}) return "0s";
    std::string out = d < Duration{0} ? "-" : "";
    auto rest = static_cast<std::uint64_t>(d.count());
    if (d < Duration{0}) rest = 0 - rest;
    for (const DurationUnit& unit : kDurationUnits) {
        const auto size = static_cast<std::uint64_t>(unit.ms);
        // Prometheus writes years and weeks only when nothing remains: "90d", not "12w6d".
        const bool whole_only = unit.name == "y" || unit.name == "w";
        if (rest < size || (whole_only && rest % size != 0)) continue;
        out += fmt::format("{}{}", rest / size, unit.name);
        rest %= size;
    }
    return out;
}

}  // namespace tocsin
