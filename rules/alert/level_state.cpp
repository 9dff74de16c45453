#include "rules/alert/level_state.h"

namespace tocsin::rules {
namespace {

LevelState enter(LevelState state, Duration hold, Duration now) {
    if (state.phase == LevelPhase::kNone) {
        state.phase = LevelPhase::kPending;
        state.since = now;
    }
    if (state.phase == LevelPhase::kPending && now - state.since >= hold) {
        state.phase = LevelPhase::kHeld;
        state.since = now;
    }
    state.leaving.reset();
    return state;
}

LevelState leave(LevelState state, Duration keep_firing_for, Duration now) {
    if (state.phase != LevelPhase::kHeld) return {};
    if (!state.leaving) state.leaving = now;
    if (now - *state.leaving >= keep_firing_for) return {};
    return state;
}

}  // namespace

LevelState step(LevelState state, Evidence evidence, Duration hold, Duration keep_firing_for,
                Duration now) {
    switch (evidence) {
        case Evidence::kEnters:
            return enter(state, hold, now);
        case Evidence::kStays:
            if (state.phase == LevelPhase::kPending) return {};
            state.leaving.reset();
            return state;
        case Evidence::kClears:
            return leave(state, keep_firing_for, now);
        case Evidence::kWaits:
            return state;
    }
    return state;
}

}  // namespace tocsin::rules
