// What the tables of information_schema say, under mysqld_exporter's names. Pure functions of the
// answers; an answer of another shape says nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collector/api/report.h"
#include "collector/db/sql/rows.h"

namespace tocsin::collector {

inline constexpr std::string_view kInnodbCmpSql =
    "SELECT page_size, compress_ops, compress_ops_ok, compress_time, uncompress_ops, "
    "uncompress_time FROM information_schema.innodb_cmp";
void report_innodb_cmp(const SqlRows& rows, Report& report);

inline constexpr std::string_view kInnodbCmpmemSql =
    "SELECT page_size, buffer_pool_instance, pages_used, pages_free, relocation_ops, "
    "relocation_time FROM information_schema.innodb_cmpmem";
void report_innodb_cmpmem(const SqlRows& rows, Report& report);

enum class Queries { kAll, kReads, kWrites };
std::string_view response_time_sql(Queries which);
// A histogram's parts.
void report_response_time(const SqlRows& rows, Queries which, Report& report);

inline constexpr std::string_view kProcesslistSql =
    "SELECT user, SUBSTRING_INDEX(host, ':', 1), COALESCE(command, ''), COALESCE(state, ''), "
    "COUNT(*), SUM(time) FROM information_schema.processlist WHERE id != CONNECTION_ID() "
    "GROUP BY 1, 2, 3, 4";
void report_processlist(const SqlRows& rows, Report& report);

// "*": every schema but the server's own.
std::string table_sizes_sql(const std::vector<std::string>& schemas);
void report_table_sizes(const SqlRows& rows, Report& report);

// A text as SQL writes it.
std::string mysql_quoted(std::string_view text);

}  // namespace tocsin::collector
