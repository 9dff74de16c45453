// What opened no incident, or told nobody: what is expected, held back, observed.
#pragma once

#include <cstdint>
#include <string>

#include "cli/session.h"

namespace tocsin::cli {

// 1 when nothing is expected.
int list_expected(const Session& session);
// What cleared before open_when let it open an incident. 1 when there is none.
int list_blips(const Session& session, std::int64_t limit);
// `from`: RFC 3339, "" for the last 7 days. 1 when nothing was observed.
int report_observed(const Session& session, const std::string& from);

}  // namespace tocsin::cli
