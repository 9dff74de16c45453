#include "bridge/oncall/hours.h"

#include <algorithm>

namespace tocsin::bridge {
namespace {

using std::chrono::days;

constexpr days kLongest{366 * 2};  // hours that do not begin within so long never do

}  // namespace

bool is_open(const Hours& hours, Timestamp t) {
    return hours == nullptr || is_working(*hours, t);
}

Timestamp next_open(const Hours& hours, Timestamp t) {
    if (is_open(hours, t)) return t;
    // The first millisecond of working time ends one after it begins.
    return add_working(*hours, t, Duration{1}) - Duration{1};
}

Timestamp next_edge(const Calendar& calendar, Timestamp t) {
    const Zone::Stretch stretch = calendar.zone.stretch_at(t);
    const Duration local = (t + stretch.offset).time_since_epoch();
    const LocalDay today{std::chrono::floor<days>(local)};
    const auto instant = [&](LocalDay day, Duration clock) {
        return Timestamp{(day + clock).time_since_epoch() - stretch.offset};
    };
    Timestamp next = std::min(stretch.end, instant(today + days{8}, Duration{0}));
    if (calendar.always) return next;
    for (int i = 0; i < 8; ++i) {
        const LocalDay day = today + days{i};
        for (const DayHours& hours : calendar.hours_of(day)) {
            for (const Duration clock : {hours.from, hours.to}) {
                if (const Timestamp edge = instant(day, clock); edge > t) {
                    next = std::min(next, edge);
                }
            }
        }
    }
    return next;
}

Timestamp next_opening(const Hours& hours, Timestamp t) {
    if (hours == nullptr || hours->always) return t;
    bool open = is_working(*hours, t);
    for (Timestamp at = next_edge(*hours, t); at < t + kLongest; at = next_edge(*hours, at)) {
        const bool then = is_working(*hours, at);
        if (then && !open) return at;
        open = then;
    }
    return t;
}

const Hours& TellingHours::of(Priority priority) const {
    return by_priority.at(static_cast<std::size_t>(priority) - 1);
}

Timestamp TellingHours::first_step_at(Priority priority, Timestamp now) const {
    const bool digested = std::find(digest.begin(), digest.end(), priority) != digest.end();
    return digested ? next_opening(of(priority), now) : next_open(of(priority), now);
}

}  // namespace tocsin::bridge
