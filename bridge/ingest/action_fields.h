// The body of an action, as the API's clients and a simulation's lines write it. Pure.
#pragma once

#include "base/core/time.h"
#include "bridge/incident/event.h"
#include "bridge/ingest/json_object.h"

namespace tocsin::bridge {

// Fails at the first field that is none of any action's, nor one of `more`.
void allow_action_fields(JsonObject& fields, JsonObject::Names more = {});

// {"actor", "text", "to" | "person" | "team" | "priority", "until" | "for", …}; `for` counts from
// `now`. What is wrong is said by `fields`.
UserAction read_action(ActionKind kind, JsonObject& fields, Timestamp now);

}  // namespace tocsin::bridge
