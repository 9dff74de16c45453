#include "bridge/silence/window.h"

#include <fmt/format.h>

namespace tocsin::bridge {

using std::chrono::seconds;

Timestamp instant_of(LocalTime local, const Zone& zone) {
    // As if the place were on UTC; what it is really is within a day of it.
    const Timestamp guess{local.time_since_epoch()};
    Zone::Stretch stretch = zone.stretch_at(guess - 24h);
    while (true) {
        const Timestamp at = guess - stretch.offset;
        if (at < stretch.begin) return stretch.begin;  // left out by the change that begins here
        if (at < stretch.end || stretch.end > guess + 48h) return at;
        stretch = zone.stretch_at(stretch.end);
    }
}

std::vector<Occurrence> occurrences_at(const Window& window, Timestamp now, int most) {
    std::vector<Occurrence> out;
    const Timestamp oldest = now - window.lasts - kMaintenanceSettle;
    // Two days of margin: for the zone, and for a change of the clock.
    LocalTime from{std::chrono::floor<seconds>(oldest - 48h).time_since_epoch()};
    // Those that are over and settle are none of them.
    for (int found = 0; found < most;) {
        const auto local = window.every.next(from);
        if (!local) break;
        from = *local + seconds(1);
        const Timestamp start = instant_of(*local, window.zone);
        const Occurrence one{start, start + window.lasts};
        if (one.ends_at + kMaintenanceSettle <= now) continue;
        // Two local times that the clocks leave out are one instant.
        if (!out.empty() && out.back().starts_at == start) continue;
        if (one.ends_at > now) ++found;
        out.push_back(one);
    }
    return out;
}

Silence silence_of(const Window& window, const Occurrence& occurrence, Timestamp now) {
    Silence out;
    out.kind = SuppressorKind::kMaintenance;
    out.id =
        fmt::format("{}{}:{}", kPlannedPrefix, window.name, format_rfc3339(occurrence.starts_at));
    out.name = window.name;
    out.matchers = window.match;
    out.starts_at = occurrence.starts_at;
    out.ends_at = occurrence.ends_at;
    out.settle = kMaintenanceSettle;
    out.created_by = window.by;
    out.change = window.change;
    out.comment = window.change.empty() ? window.name : window.name + ", " + window.change;
    out.created_at = out.updated_at = now;
    return advance_silence(std::move(out), now).next;
}

}  // namespace tocsin::bridge
