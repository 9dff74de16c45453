// An acknowledge that expires (`acknowledge_for`). Internal to this module.
#pragma once

#include "bridge/incident/draft.h"

namespace tocsin::bridge {

// After a decision: the time runs from the acknowledge and from every word of the owner's, after
// the end of a snooze; nothing runs while the incident waits.
void keep_acknowledge(Draft& d, const Event& event);
// The time is over: the owner is asked first, then the ladder goes on.
Decision acknowledge_ended(Draft& d);

}  // namespace tocsin::bridge
