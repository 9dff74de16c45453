#include "collector/db/mysql/plan.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/core/strings.h"
#include "collector/db/mysql/tables.h"

namespace tocsin::collector {
namespace {

using Server = MysqlServer;

constexpr int kLockWaitSeconds = 2;

// A statement of a check without a database of its own runs here, wherever the last one ran.
constexpr std::string_view kNowhere = "information_schema";

std::string quoted_name(std::string_view name) {
    std::string out = "`";
    for (const char c : name) {
        if (c == '`') out += c;
        out += c;
    }
    return out + "`";
}

bool always(const Server&) {
    return true;
}

// From 8.4 on MySQL knows no SHOW SLAVE STATUS; 8.0.22 brought the other.
std::string replication_sql(const Server& server) {
    if (server.version.mariadb) return "SHOW ALL SLAVES STATUS";
    return server.version.at_least(8, 4) ? "SHOW REPLICA STATUS" : "SHOW SLAVE STATUS";
}

template <void (*Read)(const SqlRows&, Report&)>
Result<void> just(const SqlRows& rows, Server&, Report& report) {
    Read(rows, report);
    return success();
}

template <Queries Which>
Result<void> response_times(const SqlRows& rows, Server&, Report& report) {
    report_response_time(rows, Which, report);
    return success();
}

Result<void> variables(const SqlRows& rows, Server& server, Report& report) {
    server.nature = report_mysql_variables(rows, report);
    return success();
}

// Without it the list has the user's own threads alone, and nothing says so.
Result<void> process_privilege(const SqlRows& rows, Server&, Report&) {
    if (rows.row_count() > 0) return success();
    return Error(ErrorCode::kUnauthorized,
                 "the user lacks the privilege PROCESS: it sees its own threads alone");
}

bool wants_processlist(const Server& server) {
    return server.config->processlist;
}
bool has_percona_times(const Server& server) {
    return server.nature.response_times && server.nature.percona;
}

constexpr std::array<MysqlQuestion, 11> kQuestions{{
    {"global_variables", always, [](const Server&) { return std::string("SHOW GLOBAL VARIABLES"); },
     variables},
    {"global_status", always, [](const Server&) { return std::string("SHOW GLOBAL STATUS"); },
     just<report_mysql_status>},
    {"slave_status", always, replication_sql, just<report_mysql_replication>},
    {"innodb_cmp", always, [](const Server&) { return std::string(kInnodbCmpSql); },
     just<report_innodb_cmp>},
    {"innodb_cmpmem", always, [](const Server&) { return std::string(kInnodbCmpmemSql); },
     just<report_innodb_cmpmem>},
    {"query_response_time", [](const Server& server) { return server.nature.response_times; },
     [](const Server&) { return std::string(response_time_sql(Queries::kAll)); },
     response_times<Queries::kAll>},
    {"query_response_time_read", has_percona_times,
     [](const Server&) { return std::string(response_time_sql(Queries::kReads)); },
     response_times<Queries::kReads>},
    {"query_response_time_write", has_percona_times,
     [](const Server&) { return std::string(response_time_sql(Queries::kWrites)); },
     response_times<Queries::kWrites>},
    {"process_privilege", wants_processlist,
     [](const Server&) {
         return std::string(
             "SELECT 1 FROM information_schema.user_privileges WHERE privilege_type = 'PROCESS' "
             "LIMIT 1");
     },
     process_privilege},
    {"processlist", wants_processlist, [](const Server&) { return std::string(kProcesslistSql); },
     just<report_processlist>},
    {"table_sizes", [](const Server& server) { return !server.config->table_sizes.empty(); },
     [](const Server& server) { return table_sizes_sql(server.config->table_sizes); },
     just<report_table_sizes>},
}};

}  // namespace

std::span<const MysqlQuestion> mysql_questions() {
    return kQuestions;
}

Duration mysql_statement_limit(const MysqlConfig& config) {
    return std::max(config.timeout / 2, Duration{1});
}

std::vector<std::string> mysql_session_setup(const MysqlServer& server) {
    const Duration limit = mysql_statement_limit(*server.config);
    std::vector<std::string> out{
        "SET SESSION TRANSACTION READ ONLY", "SET SESSION sql_mode = ''",
        "SET SESSION lock_wait_timeout = " + std::to_string(kLockWaitSeconds)};
    if (server.version.mariadb) {
        const std::chrono::duration<double> seconds = limit;
        out.push_back("SET SESSION max_statement_time = " + format_fixed(seconds.count()));
    } else if (server.version.at_least(5, 7)) {
        out.push_back("SET SESSION max_execution_time = " + std::to_string(limit.count()));
    }
    return out;
}

std::vector<std::string> mysql_before_check(const SqlCheck& check) {
    return {"USE " + quoted_name(check.database.empty() ? kNowhere : check.database),
            "START TRANSACTION READ ONLY",
            "SET SESSION sql_select_limit = " + std::to_string(kMostCheckRows + 1)};
}

std::vector<std::string> mysql_after_check(const MysqlServer& server) {
    const MysqlVersion& version = server.version;
    const bool releases = version.mariadb ? version.at_least(10, 5) : version.at_least(5, 7);
    std::vector<std::string> out{"ROLLBACK", "SET SESSION sql_select_limit = DEFAULT"};
    if (releases) out.back() += ", @tocsin_released = RELEASE_ALL_LOCKS()";
    return out;
}

}  // namespace tocsin::collector
