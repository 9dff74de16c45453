// The section `mysql` of agent.yml: MySQL and MariaDB servers, and what of them beyond the usual.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/api/target.h"
#include "collector/db/sql/check.h"

namespace tocsin::collector {

struct MysqlTls {
    std::string ca_file;
    std::string certificate_file;  // of the client; "": none
    std::string key_file;
};

struct MysqlConfig final : TargetConfig {
    std::string host;  // "" with a socket
    std::uint16_t port = 3306;
    std::string socket;
    std::string user;
    std::string password_file;  // "": none is sent
    std::optional<MysqlTls> tls;
    bool processlist = false;
    std::vector<std::string> table_sizes;  // of which schemas; "*": all but the server's own
    std::vector<SqlCheck> checks;

    std::string address() const;  // "db.example:3306", "/run/mysqld/mysqld.sock"
};

TargetConfigs read_mysql(const text::YamlNode& section, Diagnostics& diagnostics);

}  // namespace tocsin::collector
