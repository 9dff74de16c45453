#include "collector/db/postgres_config/postgres_config.h"

#include <algorithm>
#include <utility>

namespace tocsin::collector {
namespace {

// postgres_exporter's name for a server.
std::string server_of(const ConnInfo& dsn) {
    const std::string_view host = dsn.get("host");
    const std::string_view address = dsn.get("hostaddr");
    const std::string_view port = dsn.get("port");
    std::string server(!host.empty() ? host : !address.empty() ? address : "localhost");
    return server + ":" + std::string(port.empty() ? "5432" : port);
}

void read_dsn(text::MapReader& reader, PostgresConfig& into) {
    reader.require("dsn");
    const auto text = reader.string("dsn");
    if (!text) return;
    auto dsn = parse_conninfo(*text);
    if (!dsn) {
        reader.error("dsn", dsn.error().message);
        return;
    }
    into.dsn = std::move(dsn).value();
    into.server = server_of(into.dsn);
}

// The limits that the server keeps for us. What a person wrote must fit; a default yields.
void read_limits(text::MapReader& reader, PostgresConfig& into) {
    for (const auto& [key, limit] : {std::pair("statement_timeout", &into.statement_timeout),
                                     std::pair("lock_timeout", &into.lock_timeout)}) {
        const auto given = reader.duration(key);
        if (given) *limit = *given;
        if (*limit <= Duration{0}) reader.error(key, "must be more than nothing");
    }
    if (reader.node("statement_timeout") && into.statement_timeout > into.timeout / 2) {
        reader.error("statement_timeout",
                     "is longer than half of \"timeout\" (" + format_duration(into.timeout) + ")");
    }
    const Duration statement = pg_statement_limit(into);
    if (reader.node("lock_timeout") && into.lock_timeout >= statement) {
        reader.error("lock_timeout", "must be shorter than a statement may take (" +
                                         format_duration(statement) + ")");
    }
}

void read_told(text::MapReader& reader, std::string_view key, Told& into) {
    if (const auto told = reader.boolean(key)) into = *told ? Told::kYes : Told::kNo;
}

std::shared_ptr<PostgresConfig> read_server(const text::YamlNode& node, Diagnostics& diagnostics) {
    text::MapReader reader(node, "a PostgreSQL server", diagnostics);
    auto config = std::make_shared<PostgresConfig>();
    read_target(reader, *config, "postgres");
    read_dsn(reader, *config);
    config->instance = reader.string("instance").value_or(config->server);
    config->password_file = reader.string("password_file").value_or("");
    read_limits(reader, *config);
    read_told(reader, "settings", config->settings);
    read_told(reader, "user_tables", config->user_tables);
    config->databases = reader.strings("databases");
    if (!config->databases.empty() && config->user_tables == Told::kNo) {
        reader.error("databases", "says whose tables are told, and \"user_tables\" is not true");
    }
    config->checks = read_sql_checks(reader, "checks", SqlDialect::kPostgres, diagnostics);
    reader.finish();
    return config;
}

}  // namespace

Duration pg_statement_limit(const PostgresConfig& config) {
    // Never 0, which is none for the server.
    return std::max(std::min(config.statement_timeout, config.timeout / 2), Duration{1});
}

Duration pg_lock_limit(const PostgresConfig& config) {
    const Duration statement = pg_statement_limit(config);
    if (config.lock_timeout < statement) return config.lock_timeout;
    return std::max(statement / 2, Duration{1});
}

TargetConfigs read_postgres(const text::YamlNode& section, Diagnostics& diagnostics) {
    TargetConfigs out;
    if (section.kind() != text::YamlKind::kSequence) {
        diagnostics.error(section.position(), "\"postgres\" is a list of {instance, dsn}");
        return out;
    }
    for (const text::YamlNode& node : section.items())
        out.push_back(read_server(node, diagnostics));
    return out;
}

}  // namespace tocsin::collector
