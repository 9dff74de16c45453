#include "cli/oncall_times.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "bridge/oncall/rotation.h"

namespace tocsin::cli {

std::string zone_time(Timestamp t, std::string_view zone) {
    static constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                              "Thu", "Fri", "Sat"};
    const auto known = bridge::Zone::named(zone).value_or(bridge::Zone{});
    const bridge::WallTime local = bridge::local_of(known, t);
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(local - day)};
    std::string out = fmt::format(
        "{} {:04}-{:02}-{:02} {:02}:{:02}", kDays.at(std::chrono::weekday{day}.c_encoding()),
        static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count());
    if (clock.seconds().count() != 0) out += fmt::format(":{:02}", clock.seconds().count());
    return out;
}

std::string zone_time(std::string_view rfc3339, std::string_view zone) {
    const auto t = parse_rfc3339(rfc3339);
    return t ? zone_time(t.value(), zone) : std::string(rfc3339);
}

Result<Timestamp> parse_zone_time(std::string_view text, std::string_view zone) {
    if (const auto exact = parse_rfc3339(text)) return exact.value();
    const auto local = bridge::parse_start(text);
    if (!local) {
        return Error(ErrorCode::kInvalid,
                     fmt::format("\"{}\" is no time: write 2026-01-05T09:00:00+08:00, or by the "
                                 "clock of {} 2026-01-05 or \"2026-01-05 09:00\"",
                                 text, zone));
    }
    const auto known = bridge::Zone::named(zone);
    if (!known) {
        return Error(ErrorCode::kInvalid,
                     fmt::format("this host knows no time zone \"{}\": write the time with its "
                                 "offset, 2026-01-05T09:00:00+08:00",
                                 zone));
    }
    return bridge::instant_of(*known, local.value().day + local.value().clock.value_or(0ms));
}

}  // namespace tocsin::cli
