// What a server is asked in a collection, and what is made of each answer. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/api/report.h"
#include "collector/db/mysql/status.h"
#include "collector/db/mysql/values.h"
#include "collector/db/mysql_config/config.h"
#include "collector/db/sql/rows.h"

namespace tocsin::collector {

// What is known of the server by the time a question may be asked.
struct MysqlServer {
    const MysqlConfig* config = nullptr;
    MysqlVersion version;
    MysqlNature nature;
};

struct MysqlQuestion {
    std::string_view name;
    bool (*wanted)(const MysqlServer& server);
    std::string (*sql)(const MysqlServer& server);
    // An error says what the answer shows to be missing.
    Result<void> (*report)(const SqlRows& rows, MysqlServer& server, Report& report);
};

// In the order in which they are asked.
std::span<const MysqlQuestion> mysql_questions();

// After which a statement is broken off: half of what the collection has, so that one that is slow
// leaves time for the others.
Duration mysql_statement_limit(const MysqlConfig& config);

// The statements of a new connection: it only reads, in the quotes that a check was read with
// whatever the server's sql_mode says, waits for no lock for long, and each of its statements has
// the limit above.
std::vector<std::string> mysql_session_setup(const MysqlServer& server);

// What stands around a check's statement. Before: where it runs, how many rows it may give where it
// does not say so itself, and a transaction that only reads. After: what undoes all of that, and
// lets go of the locks that a function of somebody's own may have taken.
std::vector<std::string> mysql_before_check(const SqlCheck& check);
std::vector<std::string> mysql_after_check(const MysqlServer& server);

}  // namespace tocsin::collector
