// Recurring maintenance windows: when they are, in their own time zone, and the silence that each
// occurrence is. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/time.h"
#include "base/model/matcher.h"
#include "bridge/oncall/zone.h"
#include "bridge/silence/recurrence.h"
#include "bridge/silence/silence.h"

namespace tocsin::bridge {

struct Window {
    std::string name;
    Matchers match;
    Recurrence every;
    Duration lasts{0};  // of real time: three hours are three hours on the night of a clock change
    Zone zone;
    std::string by;
    std::string change;
};

// An occurrence's local time as an instant. One that the clocks leave out is the moment of their
// change; of one that comes twice it is the first.
Timestamp instant_of(LocalTime local, const Zone& zone);

struct Occurrence {
    Timestamp starts_at;
    Timestamp ends_at;
    bool operator==(const Occurrence&) const = default;
};
// The first `most` that have not settled by `now`: what is under way, and what comes next.
std::vector<Occurrence> occurrences_at(const Window& window, Timestamp now, int most);

// The id of a window's row begins so; those of one-off windows are UUIDs.
inline constexpr std::string_view kPlannedPrefix = "window:";
Silence silence_of(const Window& window, const Occurrence& occurrence, Timestamp now);

}  // namespace tocsin::bridge
