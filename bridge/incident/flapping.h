// Flapping (semantics 7): what opens again and again is one open incident until it has been quiet.
//
// An opening is the moment at which something fires where nothing fired before: the incident's
// first alert, an alert inside the stability window, one that reopens it, one that supersedes it.
// Six of them in 30 m start it; 30 m in which no alert of it fires or clears end it. Meanwhile it
// does not resolve by itself, its ladder goes on, and those concerned hear at the start, every hour
// and at the end, with the state that it ended in.
#pragma once

#include <vector>

#include "base/core/time.h"

namespace tocsin::bridge {

class Draft;
struct Decision;

struct FlappingSettings {
    int openings = 6;         // so many of them, at least 2 …
    Duration within = 30min;  // … in so long: it flaps
    Duration quiet = 30min;   // so long without change: it flaps no more
};

// How often those concerned hear that it goes on.
inline constexpr Duration kFlappingTellEvery = 1h;

// The openings that still count, with one more now: at most settings.openings of them, the oldest
// first. Those of a clock that was ahead are forgotten.
std::vector<Timestamp> with_opening(std::vector<Timestamp> before, const FlappingSettings& settings,
                                    Timestamp now);

// Moves of a draft; internal to this module.

// Something fires where nothing did. True when that starts flapping: say so, and tell_flapping()
// when all else of the decision has been told.
bool note_opening(Draft& d);
void tell_flapping(Draft& d);
// An alert fired or cleared: the quiet time starts anew.
void flapping_changed(Draft& d);
// Without a word: a person has ended it, or the incident is over.
void stop_flapping(Draft& d);
Decision flapping_over(Draft& d);    // the quiet time has passed
Decision flapping_remind(Draft& d);  // an hour has

}  // namespace tocsin::bridge
