// What people ask for about what holds alerts back, as the API's clients and a simulation's lines
// write it. Pure; what is wrong is said by `fields`.
#pragma once

#include <string_view>

#include "base/core/time.h"
#include "bridge/ingest/json_object.h"
#include "bridge/silence/silence.h"

namespace tocsin::bridge {

// A silence: {"match": [matchers] or "host": "web-17", "starts_at", "ends_at" or "for", "by",
// "comment"}. The caller, where they have a name, is who makes it, whatever "by" says.
Silence read_silence(JsonObject& fields, std::string_view caller, Timestamp now);

// A one-off maintenance window: the same with "name" and "change", and at most 30 days.
Silence read_maintenance(JsonObject& fields, std::string_view caller, Timestamp now);

// One for an incident: {"text", "for", "actor"}; without `for` until its alerts have cleared, at
// most kLongestUntilClear. Its matchers are added where the incident is known.
Silence read_incident_silence(JsonObject& fields, std::string_view caller, Timestamp now);

}  // namespace tocsin::bridge
