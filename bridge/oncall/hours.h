// The hours in which somebody is told, a contact is used, a step applies: a calendar, or none for
// "at any time". Pure.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "base/core/time.h"
#include "bridge/oncall/calendar.h"
#include "bridge/oncall/priority.h"

namespace tocsin::bridge {

using Hours = std::shared_ptr<const Calendar>;  // null: at any time

bool is_open(const Hours& hours, Timestamp t);
// The first moment from `t` on that is open: `t` itself when it is.
Timestamp next_open(const Hours& hours, Timestamp t);
// The next moment after `t` at which the hours begin; `t` for "at any time".
Timestamp next_opening(const Hours& hours, Timestamp t);
// A moment after `t` before which the calendar does not change between working and not.
Timestamp next_edge(const Calendar& calendar, Timestamp t);

// When people are told of incidents (semantics 6): P1 and P2 wake people.
struct TellingHours {
    std::array<Hours, kPriorities.size()> by_priority;  // P1 first
    Hours resolved;                                     // of ends: silent at night
    std::vector<Priority> digest{Priority::kP4};        // not at once, but when hours begin

    [[nodiscard]] const Hours& of(Priority priority) const;
    // When the ladder of a new incident may begin; `now` when at once.
    [[nodiscard]] Timestamp first_step_at(Priority priority, Timestamp now) const;
};

}  // namespace tocsin::bridge
