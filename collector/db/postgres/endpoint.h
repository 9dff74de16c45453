// What libpq is given to connect with: the DSN, the password of its file, and addresses instead of
// names. Blocks (name service, files), so it is asked for in the pool.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "collector/db/postgres_config/conninfo.h"

namespace tocsin::collector {

using PgParameters = std::vector<std::pair<std::string, std::string>>;

// `database`: instead of the DSN's, unless "". kUnavailable names the host that has no address.
Result<PgParameters> pg_endpoint(const ConnInfo& dsn, const std::string& password_file,
                                 const std::string& database);

}  // namespace tocsin::collector
