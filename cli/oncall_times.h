// Times as people read and write them: by the clock of a rotation, or UTC. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "base/core/time.h"

namespace tocsin::cli {

// "Mon 2026-01-05 09:00" by the clock of the zone; UTC for one that this host does not know.
std::string zone_time(Timestamp t, std::string_view zone);
// The same of an RFC 3339 text; the text itself when it is none.
std::string zone_time(std::string_view rfc3339, std::string_view zone);
// RFC 3339, "2026-01-05" or "2026-01-05 09:00" by the clock of the zone; kInvalid else.
Result<Timestamp> parse_zone_time(std::string_view text, std::string_view zone);

}  // namespace tocsin::cli
