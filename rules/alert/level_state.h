// One level of one alert: not there, waiting for its `for`, or held. A pure step.
#pragma once

#include <optional>

#include "base/core/time.h"

namespace tocsin::rules {

enum class LevelPhase { kNone, kPending, kHeld };

struct LevelState {
    LevelPhase phase = LevelPhase::kNone;
    Duration since{0};                // of the phase, on boottime
    std::optional<Duration> leaving;  // held, but clear since then: keep_firing_for is running

    bool operator==(const LevelState&) const = default;
};

// What one evaluation says of a level.
enum class Evidence {
    kEnters,  // the raw condition holds
    kStays,   // between the lines, or nothing is known: a held level stays, a pending one resets
    kClears,  // the way back is complete
    kWaits,   // nothing can be said yet: everything stays as it is
};

// Prometheus's order (a `for` of nothing fires at once; a fall ends a pending one at once).
LevelState step(LevelState state, Evidence evidence, Duration hold, Duration keep_firing_for,
                Duration now);

}  // namespace tocsin::rules
