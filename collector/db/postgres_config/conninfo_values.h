// What a connection string's values may be, as far as libpq refuses others (PostgreSQL's manual,
// 34.1.2 "Parameter Key Words"). Pure.
#pragma once

#include "base/core/result.h"
#include "collector/db/postgres_config/conninfo.h"

namespace tocsin::collector {

// kInvalid names the keyword and what it may be. An empty value is none at all.
Result<void> check_conninfo_values(const ConnInfo& info);

}  // namespace tocsin::collector
