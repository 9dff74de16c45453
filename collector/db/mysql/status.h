// SHOW GLOBAL STATUS, SHOW GLOBAL VARIABLES and the state of replicas, under mysqld_exporter's
// names. Pure functions of the answers; an answer of another shape says nothing.
#pragma once

#include "collector/api/report.h"
#include "collector/db/sql/rows.h"

namespace tocsin::collector {

void report_mysql_status(const SqlRows& rows, Report& report);

// What the variables say of what else there is to ask.
struct MysqlNature {
    bool response_times = false;  // query_response_time_stats is on
    bool percona = false;         // which tells reads and writes apart there
};
MysqlNature report_mysql_variables(const SqlRows& rows, Report& report);

void report_mysql_replication(const SqlRows& rows, Report& report);

}  // namespace tocsin::collector
