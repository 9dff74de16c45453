// What clients ask for, read from their requests. Pure.
#pragma once

#include <string_view>

#include "base/core/result.h"
#include "base/net/http.h"
#include "bridge/api/access.h"
#include "bridge/incident/types.h"
#include "bridge/store/queries.h"

namespace tocsin::bridge {

// GET /api/v1/incidents.
Result<IncidentFilter> parse_incident_filter(const net::Request& request);

// The body of an action: {"text", "to" | "person" | "team" | "priority", "until" | "for", "actor"}.
// Who acts is the caller; `actor` counts only where the caller has no name.
Result<UserAction> parse_action(ActionKind kind, std::string_view body, const Caller& caller,
                                Timestamp now);

net::Response refusal_response(const Refusal& refusal);

}  // namespace tocsin::bridge
