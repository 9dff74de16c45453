// The section `postgres` of agent.yml: servers to ask, and what of them beyond the usual.
#pragma once

#include <string>
#include <vector>

#include "collector/api/target.h"
#include "collector/db/postgres_config/conninfo.h"
#include "collector/db/sql/check.h"

namespace tocsin::collector {

enum class Told { kNo, kYes };

struct PostgresConfig final : TargetConfig {
    ConnInfo dsn;
    std::string password_file;  // "": none
    std::string server;         // the label `server`, "host:port" as postgres_exporter writes it
    Duration statement_timeout{5s};  // as written; what counts is below
    Duration lock_timeout{1s};
    Told settings = Told::kYes;
    Told user_tables = Told::kNo;
    std::vector<std::string> databases;  // whose tables; none: the dsn's
    std::vector<SqlCheck> checks;
};

// The limits that the server keeps for us: a statement has half of the collection's time at most,
// so that one that is slow leaves time for the others, and waits for a lock for less than its own.
Duration pg_statement_limit(const PostgresConfig& config);
Duration pg_lock_limit(const PostgresConfig& config);

TargetConfigs read_postgres(const text::YamlNode& section, Diagnostics& diagnostics);

}  // namespace tocsin::collector
