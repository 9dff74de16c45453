// One handler an event; decide() picks. Internal to this module.
#pragma once

#include "bridge/incident/draft.h"

namespace tocsin::bridge {

Decision on_firing(Draft& d, const AlertFiring& event);
Decision on_resolved(Draft& d, const AlertResolved& event);
Decision on_unknown(Draft& d, const AlertUnknown& event);
Decision on_suppressed(Draft& d, const AlertSuppressed& event);
Decision on_released(Draft& d, const AlertReleased& event);
Decision on_cause(Draft& d, const CauseFound& cause);
Decision on_silence_ending(Draft& d, const SilenceEnding& event);
Decision on_action(Draft& d, const UserAction& action);
Decision on_timer(Draft& d, const TimerDue& timer);
Decision on_outcome(Draft& d, const EffectOutcome& outcome);

}  // namespace tocsin::bridge
