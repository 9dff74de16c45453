// Who is on call: rotations of people in turn, layers over each other, overrides and swaps over all
// of them. Pure: time comes in, names go out. Whoever needs a person looks the name up.
//
// A rotation's hand-overs lie on the wall clock of its zone: every 7 days at "mon 09:00", every day
// at "09:00", every 12 h from its start. Where the clock shows a hand-over's time twice, it is the
// first of the two; where the clock leaves it out, it is the moment at which the clock jumps. So
// the turns of a layer follow each other without a hole and without an overlap, whatever the clock
// does, and one whose both ends fall into a jump is no turn at all.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "bridge/oncall/calendar.h"
#include "bridge/oncall/zone.h"

namespace tocsin::bridge {

using WallTime = std::chrono::local_time<Duration>;

// The instant of a local time, by the rule above.
Timestamp instant_of(const Zone& zone, WallTime local);
WallTime local_of(const Zone& zone, Timestamp t);

inline constexpr Duration kShortestTurn = 1s;

struct RotationLayer {
    std::vector<std::string> people;  // in turn; none: nobody is on call
    WallTime first;                   // the hand-over at or before `starts`: of the first person
    Duration period = 24h * 7;        // between hand-overs, on the clock; kShortestTurn or more
    Timestamp starts;                 // nobody before
    Calendar only;                    // covers these hours alone; 7x24: all of them
    Zone zone;
    bool operator==(const RotationLayer&) const = default;
};

struct Rotation {
    std::string name;
    std::string team;                   // whose; "" for none
    std::vector<RotationLayer> layers;  // the last that covers a moment has it
    bool operator==(const Rotation&) const = default;
};

// Somebody instead of somebody else, in [from, to). They apply in the order of their ids, each to
// what those before it made: one that replaces li.na also replaces a li.na who stood in herself.
struct Override {
    enum class Kind {
        kCover,  // `person` has it, instead of `instead_of` or of whoever it would be
        kSwap,   // `person` has the shifts of `instead_of`, and the other way round
    };
    std::int64_t id = 0;
    Kind kind = Kind::kCover;
    std::string rotation;
    std::string person;
    std::string instead_of;  // "" for whoever it would be, and for nobody; always set for a swap
    Timestamp from;
    Timestamp to;
    bool operator==(const Override&) const = default;
};
std::string_view to_string(Override::Kind kind);  // "cover", "swap"
std::optional<Override::Kind> parse_override_kind(std::string_view text);

// Whose a moment is, and why.
struct Duty {
    std::string person;            // "" for nobody: a gap
    int layer = -1;                // from 0; -1 for none
    std::int64_t turn = 0;         // of the layer, from 0
    std::int64_t override_id = 0;  // what put the person there; 0 for none
    bool operator==(const Duty&) const = default;
};
Duty duty_at(const Rotation& rotation, const std::vector<Override>& overrides, Timestamp t);

// The longest stretch of time around a moment with the same duty.
struct Shift {
    Timestamp start;
    Timestamp end;
    Duty duty;
    bool operator==(const Shift&) const = default;
};
// They tile [from, to), gaps included; the first and the last are cut there. At most `most`, and no
// more than 100,000 moments at which the duty may change are looked at.
std::vector<Shift> shifts(const Rotation& rotation, const std::vector<Override>& overrides,
                          Timestamp from, Timestamp to, std::size_t most);
// Likewise, but the first and the last as long as they are.
std::vector<Shift> whole_shifts(const Rotation& rotation, const std::vector<Override>& overrides,
                                Timestamp from, Timestamp to, std::size_t most);
// The whole shift that `t` lies in; one that does not end within a year is cut there, and so is a
// gap at `t`, which has no beginning of its own.
Shift shift_at(const Rotation& rotation, const std::vector<Override>& overrides, Timestamp t);

// Stretches of [from, to) in which no layer has anybody, overrides aside.
std::vector<std::pair<Timestamp, Timestamp>> gaps(const Rotation& rotation, Timestamp from,
                                                  Timestamp to);

// Hand-overs as people write them: "mon 09:00" (weekly), "09:00" (daily).
struct Handover {
    std::optional<std::chrono::weekday> day;
    Duration clock{0};
};
Result<Handover> parse_weekly(std::string_view text);
Result<Handover> parse_daily(std::string_view text);
// "2026-01-05", or with its time: "2026-01-05 09:00".
struct StartDay {
    LocalDay day;
    std::optional<Duration> clock;
};
Result<StartDay> parse_start(std::string_view text);
// Sets `first` and `starts`. Without a clock of its own the start has the hand-over's. A start in
// the middle of a turn cuts the first one short.
void place(RotationLayer& layer, const StartDay& start, const std::optional<Handover>& handover);

}  // namespace tocsin::bridge
