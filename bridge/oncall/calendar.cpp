#include "bridge/oncall/calendar.h"

#include <algorithm>
#include <optional>

namespace tocsin::bridge {
namespace {

using std::chrono::days;

constexpr days kHorizon{3653};  // ten years

struct Span {
    Timestamp begin;
    Timestamp end;
};

LocalDay day_of(Timestamp t, Duration offset) {
    return LocalDay{std::chrono::floor<days>((t + offset).time_since_epoch())};
}

// Calls `visit(span)` for the stretches of working time in [from, to), in order, until it says
// false. Hours that touch come as two spans.
template <class Visit>
void each_span(const Calendar& calendar, Timestamp from, Timestamp to, Visit visit) {
    if (calendar.always) {
        if (from < to) visit(Span{from, to});
        return;
    }
    Timestamp at = from;
    while (at < to) {
        const Zone::Stretch stretch = calendar.zone.stretch_at(at);
        const Timestamp end = std::min(stretch.end, to);
        const auto instant = [&](LocalDay day, Duration since_midnight) {
            return Timestamp{day.time_since_epoch() + since_midnight - stretch.offset};
        };
        for (LocalDay day = day_of(at, stretch.offset); instant(day, Duration{0}) < end;
             day += days{1}) {
            for (const DayHours& hours : calendar.hours_of(day)) {
                const Span span{std::max(at, instant(day, hours.from)),
                                std::min(end, instant(day, hours.to))};
                if (span.begin < span.end && !visit(span)) return;
            }
        }
        if (stretch.end <= at) return;  // beyond what the zone knows
        at = stretch.end;
    }
}

}  // namespace

const std::vector<DayHours>& Calendar::hours_of(LocalDay day) const {
    static const std::vector<DayHours> kNone;
    const auto& usual = week.at(std::chrono::weekday{day}.iso_encoding() - 1);
    if (workdays.contains(day)) {
        if (!usual.empty()) return usual;
        const auto first = std::find_if(week.begin(), week.end(),
                                        [](const auto& hours) { return !hours.empty(); });
        return first == week.end() ? kNone : *first;
    }
    const bool holiday = std::any_of(holidays.begin(), holidays.end(), [&](const DayRange& range) {
        return range.first <= day && day <= range.last;
    });
    return holiday ? kNone : usual;
}

bool is_working(const Calendar& calendar, Timestamp at) {
    if (calendar.always) return true;
    const Duration offset = calendar.zone.stretch_at(at).offset;
    const LocalDay day = day_of(at, offset);
    const Duration since_midnight = (at + offset).time_since_epoch() - day.time_since_epoch();
    const auto& hours = calendar.hours_of(day);
    return std::any_of(hours.begin(), hours.end(), [&](const DayHours& h) {
        return h.from <= since_midnight && since_midnight < h.to;
    });
}

Timestamp add_working(const Calendar& calendar, Timestamp from, Duration duration) {
    if (duration <= Duration{0}) return from;
    if (calendar.always) return from + duration;
    const Timestamp horizon = from + kHorizon;
    Timestamp at = horizon;
    each_span(calendar, from, horizon, [&](const Span& span) {
        const Duration length = span.end - span.begin;
        if (duration <= length) {
            at = span.begin + duration;
            return false;
        }
        duration -= length;
        return true;
    });
    return at;
}

Duration working_between(const Calendar& calendar, Timestamp from, Timestamp to) {
    Duration sum{0};
    each_span(calendar, from, to, [&](const Span& span) {
        sum += span.end - span.begin;
        return true;
    });
    return sum;
}

}  // namespace tocsin::bridge
