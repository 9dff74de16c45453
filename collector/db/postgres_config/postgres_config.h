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
    Duration statement_timeout{5s};
    Duration lock_timeout{1s};
    Told settings = Told::kYes;
    Told user_tables = Told::kNo;
    std::vector<std::string> databases;  // whose tables; none: the dsn's
    std::vector<SqlCheck> checks;
};

TargetConfigs read_postgres(const text::YamlNode& section, Diagnostics& diagnostics);

}  // namespace tocsin::collector
