// A rotation's shifts as an iCalendar (RFC 5545), for whoever wants them in their own calendar.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bridge/oncall/people.h"

namespace tocsin::bridge {

// One event a shift, under the name of whoever has it as others see them; gaps are none. `person`:
// only theirs, "" for all. Times are UTC; a shift keeps its identity (UID) when it changes hands.
std::string icalendar(const Oncall& oncall, const Rotation& rotation,
                      const std::vector<Shift>& shifts, std::string_view person, Timestamp now);

// All of one person's shifts, rotation by rotation, as one calendar under their name.
struct RotationShifts {
    const Rotation* rotation = nullptr;
    std::vector<Shift> shifts;
};
std::string icalendar_of_person(const Oncall& oncall, const Person& person,
                                const std::vector<RotationShifts>& all, Timestamp now);

// A content line with its line break: folded so that none is longer than 75 octets, never inside of
// a character. `value` is escaped as TEXT.
std::string ical_text_line(std::string_view name, std::string_view value);

}  // namespace tocsin::bridge
