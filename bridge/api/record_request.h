// What clients ask of problems, reviews and articles, read from their requests. Pure.
#pragma once

#include <string_view>

#include "base/core/result.h"
#include "base/net/http.h"
#include "bridge/api/access.h"
#include "bridge/ingest/records.h"

namespace tocsin::bridge {

// GET /api/v1/problems and its like: state (a state, or all; what is going on when absent),
// incident, owner, q, limit, after.
Result<RecordFilter> parse_record_filter(RecordKind kind, const net::Request& request);

// The body of POST /api/v1/problems and its like.
Result<RecordRequest> parse_new_record(RecordKind kind, std::string_view body, const Caller& caller,
                                       Timestamp now);
// The body of a move: {"text", the fields of the kind, "incidents", "number", "actor"}.
Result<RecordRequest> parse_record_move(RecordKind kind, std::string_view key, MoveKind move,
                                        std::string_view body, const Caller& caller, Timestamp now);

}  // namespace tocsin::bridge
