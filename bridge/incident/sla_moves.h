// What moves an incident's clocks (semantics 5) and the resolution ladder (semantics 6). Internal
// to this module: decide() and open() call these around whatever else happens.
#pragma once

#include "bridge/incident/draft.h"

namespace tocsin::bridge {

// At the opening, once priority, service and owner are known.
void start_clocks(Draft& d);
// Of an incident that a storm stood for no longer: as if it opened now.
void start_clocks_anew(Draft& d);
// After a decision that changes the incident: says what passed, follows priority, waits,
// resolution and reopening, and sets the timers anew.
void keep_clocks(Draft& d);
// The timer of a clock has fired: keep_clocks() does the rest.
Decision clock_due(Draft& d, SlaClock clock);
// For an incident that has none: a child of a storm.
void drop_clocks(Draft& d);

}  // namespace tocsin::bridge
