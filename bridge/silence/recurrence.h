// When something recurs, on the wall clock of some place: an RRULE (RFC 5545, by libical), a cron
// line, or the short form that people write. Times here are local and know no zone; window.h puts
// them into one. Pure.
#pragma once

#include <bitset>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/core/result.h"

namespace tocsin::bridge {

using LocalTime = std::chrono::local_seconds;

// `2026-01-05` or `2026-01-05 01:00`.
Result<LocalTime> parse_local_time(std::string_view text);

class Recurrence {
  public:
    // "FREQ=MONTHLY;BYDAY=2SA;BYHOUR=1": counted from `first`, whose time of day it has where it
    // names none. kInvalid in libical's words.
    static Result<Recurrence> rrule(std::string_view text, LocalTime first);
    // "0 1 * * 6": minute, hour, day of the month, month, weekday (0 and 7 are Sunday), with lists,
    // ranges, steps and English names; both days given: either (crontab(5)).
    static Result<Recurrence> cron(std::string_view text);
    // "daily 01:00", "weekly sat 01:00", "weekly mon,thu 01:00", "monthly 15 01:00", "monthly last
    // 01:00", "monthly sat#2 01:00" (the second Saturday), "monthly sat#-1 01:00" (the last one).
    static Result<Recurrence> every(std::string_view text);

    // The first time that is not before `from`; none within ten years.
    [[nodiscard]] std::optional<LocalTime> next(LocalTime from) const;

  private:
    struct Rule {
        std::string text;
        LocalTime first;
    };
    struct Cron {
        std::bitset<60> minutes;
        std::bitset<24> hours;
        std::bitset<32> days;
        std::bitset<13> months;
        std::bitset<7> weekdays;
        enum class Days { kBoth, kEither } which = Days::kBoth;
    };
    explicit Recurrence(std::variant<Rule, Cron> how) : how_(std::move(how)) {}
    static std::optional<LocalTime> next_of(const Rule& rule, LocalTime from);
    static std::optional<LocalTime> next_of(const Cron& cron, LocalTime from);
    static bool is_day(const Cron& cron, std::chrono::local_days day);

    std::variant<Rule, Cron> how_;
};

}  // namespace tocsin::bridge
