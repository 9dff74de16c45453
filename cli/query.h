// `tocsin query EXPR`: PromQL on the agent of this host.
#pragma once

#include <string>

#include "cli/session.h"

namespace tocsin::cli {

struct QueryOptions {
    std::string expr;
    std::string at;     // RFC 3339 or Unix seconds; "": now
    std::string range;  // a duration back from `at`; "": an instant query
    std::string step = "15s";
};

// 1 when the result is empty.
int query(const Session& session, const QueryOptions& options);

}  // namespace tocsin::cli
