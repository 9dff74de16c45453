// What clients ask for, read from their requests. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/net/http.h"
#include "bridge/api/access.h"
#include "bridge/incident/types.h"
#include "bridge/ingest/input.h"
#include "bridge/ingest/json_object.h"
#include "bridge/store/queries.h"

namespace tocsin::bridge {

// Of every list: how many rows at most (`usual` when it is not said), and the last one of the page
// before (0: from the first).
Result<int> parse_limit(const net::Request& request, int usual);
Result<std::int64_t> parse_after(const net::Request& request);

// GET /api/v1/incidents.
Result<IncidentFilter> parse_incident_filter(const net::Request& request);

// The body of an action (bridge/ingest/action_fields.h). Who acts is the caller; `actor` counts
// only where the caller has no name.
Result<UserAction> parse_action(ActionKind kind, std::string_view body, const Caller& caller,
                                Timestamp now);

// The body of POST /api/v1/incidents. A caller whose role is reporter reports in their own name.
Result<Report> parse_report(std::string_view body, const Caller& caller);

// The body of POST /api/v1/incidents/bulk: {"action": "acknowledge", "keys": […]}; the rest is each
// action's own.
struct Bulk {
    UserAction action;
    std::vector<std::string> keys;
};
Result<Bulk> parse_bulk(std::string_view body, const Caller& caller, Timestamp now);

std::string refusal_json(const Refusal& refusal, std::string_view language);
// The body of a host's move: {"to"} for a rename, {"actor"} as in an action.
Result<HostIn> parse_host_move(HostIn::Move move, std::string_view host, std::string_view body,
                               const Caller& caller);

net::Response refusal_response(const Refusal& refusal, std::string_view language);

}  // namespace tocsin::bridge
