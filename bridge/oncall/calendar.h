// Service calendars: the hours in which a target's clock runs. Pure values; time comes in.
//
// Working time is a set of instants: those whose local time lies in the hours of a working day. An
// hour that the clock shows twice counts twice, one that it leaves out does not count.
#pragma once

#include <array>
#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "bridge/oncall/zone.h"

namespace tocsin::bridge {

// [from, to) of a local day, counted from its midnight as the clock shows it; `to` is 24h at most.
struct DayHours {
    Duration from{0};
    Duration to{0};
    bool operator==(const DayHours&) const = default;
};

// Local dates are days since 1970-01-01 in no zone. Both ends belong to the range.
using LocalDay = std::chrono::local_days;
struct DayRange {
    LocalDay first;
    LocalDay last;
    bool operator==(const DayRange&) const = default;
};

using Week = std::array<std::vector<DayHours>, 7>;  // from Monday; each in order, none overlaps

struct Calendar {
    std::string name = "7x24";
    bool always = true;  // 7x24: the rest has no meaning
    Week week;
    std::vector<DayRange> holidays;
    // Make-up working days (调休): they win over holidays. A day without hours of its own works as
    // the first working day of the week does.
    std::set<LocalDay> workdays;
    Zone zone;

    [[nodiscard]] const std::vector<DayHours>& hours_of(LocalDay day) const;
    bool operator==(const Calendar&) const = default;
};

bool is_working(const Calendar& calendar, Timestamp at);
// The first moment by which `duration` of working time has passed since `from`: the end of a day,
// not the beginning of the next. `from` itself when nothing is to pass. A calendar in which so much
// time does not come within ten years answers the moment ten years on.
Timestamp add_working(const Calendar& calendar, Timestamp from, Duration duration);
// Working time in [from, to); zero when `to` is not after `from`.
Duration working_between(const Calendar& calendar, Timestamp from, Timestamp to);

// "mon-fri 09:00-12:00,13:00-18:00": days (one, a range, a list), a space, hours. Adds to the week.
// kInvalid says what is wrong: an unknown day, hours that end before they begin or overlap.
Result<void> add_hours(Week& week, std::string_view text);
// "2026-10-01" or "2026-10-01..2026-10-07".
Result<DayRange> parse_days(std::string_view text);

}  // namespace tocsin::bridge
