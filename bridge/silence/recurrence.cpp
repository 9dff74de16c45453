#include "bridge/silence/recurrence.h"

#include <fmt/format.h>
#include <libical/ical.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/core/strings.h"

namespace tocsin::bridge {
namespace {

using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::year_month_day;

constexpr int kYearsAhead = 10;
constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed",
                                                       "thu", "fri", "sat"};
constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};

Error bad(std::string message) {
    return Error(ErrorCode::kInvalid, std::move(message));
}

std::vector<std::string_view> split(std::string_view text, std::string_view at) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of(at);
        if (end != 0) out.push_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return out;
}

template <std::size_t N>
std::optional<int> index_of(const std::array<std::string_view, N>& names, std::string_view name) {
    const auto found = std::find_if(names.begin(), names.end(),
                                    [&](std::string_view one) { return iequals(one, name); });
    if (found == names.end()) return std::nullopt;
    return static_cast<int>(found - names.begin());
}

std::optional<minutes> parse_clock(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || text.size() != colon + 3) return std::nullopt;
    const auto h = parse_uint(text.substr(0, colon));
    const auto m = parse_uint(text.substr(colon + 1));
    if (!h || !m || *h > 23 || *m > 59) return std::nullopt;
    return hours(*h) + minutes(*m);
}

icaltimetype to_ical(LocalTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    icaltimetype out = icaltime_null_time();
    out.year = static_cast<int>(date.year());
    out.month = static_cast<int>(static_cast<unsigned>(date.month()));
    out.day = static_cast<int>(static_cast<unsigned>(date.day()));
    out.hour = static_cast<int>(clock.hours().count());
    out.minute = static_cast<int>(clock.minutes().count());
    out.second = static_cast<int>(clock.seconds().count());
    out.is_date = 0;
    return out;
}

LocalTime from_ical(const icaltimetype& time) {
    const year_month_day date{std::chrono::year(time.year),
                              std::chrono::month(static_cast<unsigned>(time.month)),
                              std::chrono::day(static_cast<unsigned>(time.day))};
    return LocalTime(local_days(date)) + hours(time.hour) + minutes(time.minute) +
           std::chrono::seconds(time.second);
}

using Iterator = std::unique_ptr<icalrecur_iterator, decltype(&icalrecur_iterator_free)>;

// One field of a cron line: `*`, `5`, `1-5`, `*/15`, `1-5/2`, names, lists of them.
struct Field {
    int least = 0;
    int most = 0;
    int (*named)(std::string_view) = nullptr;  // a name's number, -1 for none
};

int weekday_named(std::string_view name) {
    return index_of(kWeekdays, name).value_or(-1);
}
int month_named(std::string_view name) {
    const auto found = index_of(kMonths, name);
    return found ? *found + 1 : -1;
}

std::optional<int> value_of(const Field& field, std::string_view text) {
    if (field.named != nullptr) {
        const int named = field.named(text);
        if (named >= 0) return named;
    }
    const auto number = parse_uint(text);
    if (!number || *number > 100) return std::nullopt;
    const int value = static_cast<int>(*number);
    if (value < field.least || value > field.most) return std::nullopt;
    return value;
}

Result<std::vector<int>> values_of(const Field& field, std::string_view text) {
    std::vector<int> out;
    const auto wrong = [&] {
        return bad(fmt::format("\"{}\" is no field of a cron line from {} to {}", text, field.least,
                               field.most));
    };
    for (const std::string_view part : split(text, ",")) {
        const std::size_t slash = part.find('/');
        std::string_view range = part.substr(0, slash);
        int step = 1;
        if (slash != std::string_view::npos) {
            const auto given = parse_uint(part.substr(slash + 1));
            if (!given || *given == 0 || *given > 100) return wrong();
            step = static_cast<int>(*given);
        }
        int from = field.least;
        int to = field.most;
        if (range != "*") {
            const std::size_t dash = range.find('-');
            const auto first = value_of(field, range.substr(0, dash));
            if (!first) return wrong();
            from = *first;
            to = slash == std::string_view::npos ? from : field.most;
            if (dash != std::string_view::npos) {
                const auto last = value_of(field, range.substr(dash + 1));
                if (!last || *last < from) return wrong();
                to = *last;
            }
        }
        for (int value = from; value <= to; value += step) out.push_back(value);
    }
    if (out.empty()) return wrong();
    return out;
}

template <std::size_t N>
Result<void> read_field(const Field& field, std::string_view text, std::bitset<N>& into) {
    TOCSIN_TRY(const auto values, values_of(field, text));
    for (const int value : values) into.set(static_cast<std::size_t>(value) % N);
    return success();
}

Result<std::string> byday_of_month(std::string_view text) {
    if (iequals(text, "last")) return std::string("BYMONTHDAY=-1");
    const std::size_t hash = text.find('#');
    if (hash == std::string_view::npos) {
        const auto day = parse_uint(text);
        if (!day || *day < 1 || *day > 31) {
            return bad(fmt::format("\"{}\" is no day of a month: write 15, last or sat#2", text));
        }
        return fmt::format("BYMONTHDAY={}", *day);
    }
    const auto weekday = index_of(kWeekdays, text.substr(0, hash));
    const auto nth = parse_int(text.substr(hash + 1));
    if (!weekday || !nth || *nth < -5 || *nth > 5 || *nth == 0) {
        return bad(
            fmt::format("\"{}\" is no weekday of a month: write sat#2, or sat#-1 for the "
                        "last one",
                        text));
    }
    static constexpr std::array<std::string_view, 7> kIcal = {"SU", "MO", "TU", "WE",
                                                              "TH", "FR", "SA"};
    return fmt::format("BYDAY={}{}", *nth, kIcal.at(static_cast<std::size_t>(*weekday)));
}

Result<std::string> byday_of_week(std::string_view text) {
    std::string out = "BYDAY=";
    for (const std::string_view name : split(text, ",")) {
        const auto weekday = index_of(kWeekdays, name);
        if (!weekday) {
            return bad(
                fmt::format("\"{}\" is no weekday: write mon, tue, wed, thu, fri, sat or "
                            "sun",
                            name));
        }
        std::string two(kWeekdays.at(static_cast<std::size_t>(*weekday)).substr(0, 2));
        for (char& c : two) c = static_cast<char>(c - 'a' + 'A');
        if (out.back() != '=') out += ',';
        out += two;
    }
    return out;
}

constexpr std::string_view kForms =
    "write \"daily 01:00\", \"weekly sat 01:00\", \"monthly 15 01:00\" or \"monthly sat#2 01:00\"";

}  // namespace

Result<LocalTime> parse_local_time(std::string_view text) {
    const std::size_t space = text.find_first_of(" T");
    const auto parts = split(text.substr(0, space), "-");
    const auto clock = space == std::string_view::npos
                           ? std::optional(minutes(0))
                           : parse_clock(text.substr(space + 1).substr(0, 5));
    if (parts.size() == 3 && clock) {
        const auto y = parse_uint(parts[0]);
        const auto m = parse_uint(parts[1]);
        const auto d = parse_uint(parts[2]);
        if (y && m && d && *y < 10'000 && *m < 13 && *d < 32) {
            const year_month_day date{std::chrono::year(static_cast<int>(*y)),
                                      std::chrono::month(static_cast<unsigned>(*m)),
                                      std::chrono::day(static_cast<unsigned>(*d))};
            if (date.ok()) return LocalTime(local_days(date)) + *clock;
        }
    }
    return bad(
        fmt::format("\"{}\" is no local time: write 2026-01-05 or \"2026-01-05 01:00\"", text));
}

Result<Recurrence> Recurrence::rrule(std::string_view text, LocalTime first) {
    const std::string rule(text.starts_with("RRULE:") ? text.substr(6) : text);
    icalrecurrencetype parsed = icalrecurrencetype_from_string(rule.c_str());
    if (parsed.freq == ICAL_NO_RECURRENCE) {
        return bad(
            fmt::format("\"{}\" is no recurrence rule of RFC 5545, like "
                        "FREQ=WEEKLY;BYDAY=SA;BYHOUR=1;BYMINUTE=0",
                        text));
    }
    if (parsed.freq < ICAL_HOURLY_RECURRENCE) {
        return bad("a recurrence by the minute or second is no maintenance window");
    }
    Recurrence made(Rule{rule, first});
    if (!made.next(first)) return bad(fmt::format("\"{}\" never comes", text));
    return made;
}

Result<Recurrence> Recurrence::cron(std::string_view text) {
    const auto fields = split(text, " \t");
    if (fields.size() != 5) {
        return bad(
            fmt::format("\"{}\" has {} fields; a cron line has five: minute, hour, day of "
                        "the month, month, weekday",
                        text, fields.size()));
    }
    Cron cron;
    TOCSIN_TRY(read_field({0, 59, nullptr}, fields[0], cron.minutes));
    TOCSIN_TRY(read_field({0, 23, nullptr}, fields[1], cron.hours));
    TOCSIN_TRY(read_field({1, 31, nullptr}, fields[2], cron.days));
    TOCSIN_TRY(read_field({1, 12, month_named}, fields[3], cron.months));
    TOCSIN_TRY(read_field({0, 7, weekday_named}, fields[4], cron.weekdays));
    if (!fields[2].starts_with('*') && !fields[4].starts_with('*')) {
        cron.which = Cron::Days::kEither;
    }
    Recurrence made(cron);
    const LocalTime any{};
    if (!made.next(any)) return bad(fmt::format("\"{}\" never comes", text));
    return made;
}

Result<Recurrence> Recurrence::every(std::string_view text) {
    const auto words = split(text, " ");
    const auto clock = words.empty() ? std::nullopt : parse_clock(words.back());
    if (!clock) return bad(fmt::format("\"{}\" names no time of day; {}", text, kForms));
    std::string days;
    std::string rule;
    if (words.size() == 2 && words[0] == "daily") {
        rule = "FREQ=DAILY";
    } else if (words.size() == 3 && words[0] == "weekly") {
        TOCSIN_TRY(days, byday_of_week(words[1]));
        rule = "FREQ=WEEKLY;" + days;
    } else if (words.size() == 3 && words[0] == "monthly") {
        TOCSIN_TRY(days, byday_of_month(words[1]));
        rule = "FREQ=MONTHLY;" + days;
    } else {
        return bad(fmt::format("\"{}\" is not understood; {}", text, kForms));
    }
    using namespace std::chrono;
    const LocalTime first = LocalTime(local_days(year(2000) / 1 / 1)) + *clock;
    return rrule(rule, first);
}

std::optional<LocalTime> Recurrence::next(LocalTime from) const {
    return std::visit([&](const auto& how) { return next_of(how, from); }, how_);
}

std::optional<LocalTime> Recurrence::next_of(const Rule& rule, LocalTime from) {
    icalrecurrencetype recur = icalrecurrencetype_from_string(rule.text.c_str());
    const Iterator iterator(icalrecur_iterator_new(recur, to_ical(rule.first)),
                            icalrecur_iterator_free);
    if (!iterator) return std::nullopt;
    // Skips what is long past; a rule with COUNT counts from its first time and cannot.
    if (from > rule.first && recur.count == 0) {
        (void)icalrecur_iterator_set_start(iterator.get(), to_ical(from));
    }
    const LocalTime last = from + std::chrono::years(kYearsAhead);
    while (true) {
        const icaltimetype time = icalrecur_iterator_next(iterator.get());
        if (icaltime_is_null_time(time) != 0) return std::nullopt;
        const LocalTime at = from_ical(time);
        if (at > last) return std::nullopt;
        if (at >= from) return at;
    }
}

bool Recurrence::is_day(const Cron& cron, std::chrono::local_days day) {
    const year_month_day date(day);
    if (!cron.months.test(static_cast<unsigned>(date.month()))) return false;
    const bool by_date = cron.days.test(static_cast<unsigned>(date.day()));
    const bool by_week = cron.weekdays.test(std::chrono::weekday(day).c_encoding());
    return cron.which == Cron::Days::kEither ? by_date || by_week : by_date && by_week;
}

std::optional<LocalTime> Recurrence::next_of(const Cron& cron, LocalTime from) {
    const auto first = std::chrono::floor<std::chrono::days>(from);
    for (local_days day = first; day < first + std::chrono::years(kYearsAhead);
         day += std::chrono::days(1)) {
        if (!is_day(cron, day)) continue;
        for (int m = 0; m < 24 * 60; ++m) {
            const auto hour = static_cast<std::size_t>(m / 60);
            const auto minute = static_cast<std::size_t>(m % 60);
            const LocalTime at = LocalTime(day) + minutes(m);
            if (at >= from && cron.hours.test(hour) && cron.minutes.test(minute)) return at;
        }
    }
    return std::nullopt;
}

}  // namespace tocsin::bridge
