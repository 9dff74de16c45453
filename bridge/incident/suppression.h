// Incidents whose alerts are held back (suppressor.h). Internal to this module.
#pragma once

#include <optional>

#include "bridge/incident/draft.h"

namespace tocsin::bridge {

// When every alert of the incident that has not cleared is held back: what does so the longest.
// None when one of them is not, or when all have cleared.
std::optional<Suppressor> held_by(const Incident& incident);
// Whether an alert speaks for its incident's level: of those that have not cleared, the ones that
// are not held back; all of them when every one is (`all_held`: held_by() has a value).
bool speaks(const AlertRecord& alert, bool all_held);

// After a change of alerts: the incident becomes held back (its ladder stops), or comes out of it:
// told once, its ladder from the first step. Nothing when neither.
void settle_suppression(Draft& d);

// Held back by this from now on, or by nothing: what settle_suppression() does once it knows.
void set_suppressed(Draft& d, const std::optional<Suppressor>& by);

// The ladder goes on unless the incident is held back.
void go_on(Draft& d, MessageKind kind);

}  // namespace tocsin::bridge
