#include "bridge/incident/sla.h"

#include <algorithm>

namespace tocsin::bridge {
namespace {

// The first moment by which `amount` of working time has passed since `from`, pauses left out.
// Pauses may overlap: the end of the latest counts.
std::optional<Timestamp> walk(const Calendar& calendar, std::span<const SlaPause> pauses,
                              Timestamp from, Duration amount) {
    Timestamp at = from;
    for (const SlaPause& pause : pauses) {
        const Duration before = working_between(calendar, at, pause.from);
        if (amount <= before) return add_working(calendar, at, amount);
        amount -= before;
        if (!pause.to) return std::nullopt;
        at = std::max(at, *pause.to);
    }
    return add_working(calendar, at, amount);
}

}  // namespace

const Calendar& SlaSettings::calendar(std::string_view name) const {
    static const Calendar kAlways;
    const auto found = std::find_if(calendars.begin(), calendars.end(),
                                    [&](const Calendar& c) { return c.name == name; });
    return found == calendars.end() ? kAlways : *found;
}

const PendingReason* SlaSettings::reason(std::string_view name) const {
    const auto found = std::find_if(reasons.begin(), reasons.end(),
                                    [&](const PendingReason& r) { return r.name == name; });
    return found == reasons.end() ? nullptr : &*found;
}

std::string_view to_string(SlaClock clock) {
    return clock == SlaClock::kResponse ? "response" : "resolution";
}

std::optional<Timestamp> reached(const SlaMeter& meter, std::span<const SlaPause> pauses,
                                 const SlaSettings& settings, int percent) {
    std::optional<Timestamp> first;
    for (const SlaRun& run : meter.runs) {
        const auto at =
            walk(settings.calendar(run.calendar), pauses, run.from, run.target * percent / 100);
        if (at && (!first || *at < *first)) first = at;
    }
    return first;
}

Duration paused_for(std::span<const SlaPause> pauses, std::string_view reason, Timestamp now) {
    Duration sum{0};
    for (const SlaPause& pause : pauses) {
        if (pause.reason != reason) continue;
        sum += std::max(std::min(pause.to.value_or(now), now) - pause.from, Duration{0});
    }
    return sum;
}

}  // namespace tocsin::bridge
