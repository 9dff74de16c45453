// What is made of the server's answers.
#include <catch2/catch.hpp>

#include "collector/db/mysql/status.h"
#include "collector/db/mysql/tables.h"
#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Values;

namespace {

SqlTable pairs(std::vector<std::vector<std::optional<std::string>>> rows) {
    SqlTable table;
    table.names = {"Variable_name", "Value"};
    table.cells = std::move(rows);
    return table;
}

// The host's own (no instance), so that no label of a target is in the way.
struct Reported {
    SeriesTable table;
    TargetConfig config;
    Report report{table, config};

    template <class Read>
    Values of(Read read) {
        report.begin();
        read(report);
        return test::values_of(report.finish());
    }
    Values status(const SqlTable& rows) {
        return of([&](Report& into) { report_mysql_status(rows, into); });
    }
};

}  // namespace

TEST_CASE("status variables are metrics by themselves, or of their kind") {
    Reported reported;
    const Values values = reported.status(pairs({{"Uptime", "12"},
                                                 {"Com_select", "3"},
                                                 {"Compression", "OFF"},
                                                 {"Handler_read_key", "4"},
                                                 {"Connection_errors_accept", "5"},
                                                 {"Innodb_rows_read", "6"},
                                                 {"Performance_schema_users_lost", "7"},
                                                 {"Innodb_buffer_pool_pages_data", "8"},
                                                 {"Innodb_buffer_pool_pages_old", "9"},
                                                 {"Innodb_buffer_pool_pages_dirty", "10"},
                                                 {"Innodb_buffer_pool_pages_total", "11"},
                                                 {"Innodb_buffer_pool_pages_flushed", "12"},
                                                 {"Innodb_buffer_pool_load_status", "done"},
                                                 {"Max_memory_used", std::nullopt},
                                                 {std::nullopt, "1"},
                                                 {"wsrep_cluster_status", "Primary"},
                                                 {"wsrep_cluster_size", "3"}}));
    CHECK(values ==
          Values{{"mysql_global_status_uptime", 12},
                 {"mysql_global_status_commands_total{command=\"select\"}", 3},
                 {"mysql_global_status_compression", 0},
                 {"mysql_global_status_handlers_total{handler=\"read_key\"}", 4},
                 {"mysql_global_status_connection_errors_total{error=\"accept\"}", 5},
                 {"mysql_global_status_innodb_row_ops_total{operation=\"read\"}", 6},
                 {"mysql_global_status_performance_schema_lost_total{instrumentation=\"users_"
                  "lost\"}",
                  7},
                 {"mysql_global_status_buffer_pool_pages{state=\"data\"}", 8},
                 {"mysql_global_status_buffer_pool_pages{state=\"old\"}", 9},
                 {"mysql_global_status_buffer_pool_dirty_pages", 10},
                 {"mysql_global_status_buffer_pool_page_changes_total{operation=\"flushed\"}", 12},
                 {"mysql_global_status_wsrep_cluster_status", 1},
                 {"mysql_global_status_wsrep_cluster_size", 3}});
}

TEST_CASE("a Galera node says who it is and how far its peers are") {
    Reported reported;
    const Values values = reported.status(pairs({{"wsrep_local_state_uuid", "a-b"},
                                                 {"wsrep_cluster_state_uuid", "c-d"},
                                                 {"wsrep_provider_version", "26.4.9(r1)"},
                                                 {"wsrep_evs_repl_latency", "0.1/0.2/0.3/0.4/5"}}));
    CHECK(values == Values{{"mysql_galera_status_info{wsrep_cluster_state_uuid=\"c-d\", "
                            "wsrep_local_state_uuid=\"a-b\", "
                            "wsrep_provider_version=\"26.4.9(r1)\"}",
                            1},
                           {"mysql_galera_evs_repl_latency_min_seconds", 0.1},
                           {"mysql_galera_evs_repl_latency_avg_seconds", 0.2},
                           {"mysql_galera_evs_repl_latency_max_seconds", 0.3},
                           {"mysql_galera_evs_repl_latency_stdev", 0.4},
                           {"mysql_galera_evs_repl_latency_sample_size", 5}});
    for (const char* odd : {"", "1/2/3", "1/2/3/4/x", "1/2/3/4/5/6", "////"}) {
        INFO(odd);
        CHECK(reported.status(pairs({{"wsrep_evs_repl_latency", odd}})).empty());
    }
}

TEST_CASE("variables are gauges, and some texts labels") {
    Reported reported;
    MysqlNature nature;
    const SqlTable rows = pairs({{"max_connections", "151"},
                                 {"READ_ONLY", "ON"},
                                 {"sql_mode", "STRICT"},
                                 {"version", "10.11.19-MariaDB"},
                                 {"version_comment", "Percona Server"},
                                 {"tx_isolation", "REPEATABLE-READ"},
                                 {"query_response_time_stats", "ON"},
                                 {"wsrep_cluster_name", "shop"},
                                 {"wsrep_provider_options", "a = b; gcache.size = 128M; c = 1"}});
    const Values values =
        reported.of([&](Report& into) { nature = report_mysql_variables(rows, into); });
    CHECK(values == Values{{"mysql_global_variables_max_connections", 151},
                           {"mysql_global_variables_read_only", 1},
                           {"mysql_global_variables_query_response_time_stats", 1},
                           {"mysql_version_info{version=\"10.11.19-MariaDB\", "
                            "version_comment=\"Percona Server\"}",
                            1},
                           {"mysql_transaction_isolation{level=\"REPEATABLE-READ\"}", 1},
                           {"mysql_galera_variables_info{wsrep_cluster_name=\"shop\"}", 1},
                           {"mysql_galera_gcache_size_bytes", 134217728}});
    CHECK(nature.response_times);
    CHECK(nature.percona);
}

TEST_CASE("a replica's columns that mean a number are told by where they come from") {
    Reported reported;
    SqlTable rows;
    rows.names = {"Connection_name",  "Slave_IO_State",   "Master_Host",
                  "Master_Log_File",  "Slave_IO_Running", "Seconds_Behind_Master",
                  "Slave_SQL_Running"};
    rows.cells = {{"", "Waiting", "db-1", "bin.000012", "Yes", "7", "No"},
                  {"two", "", "db-2", "", "Connecting", std::nullopt, "Yes"}};
    const Values values = reported.of([&](Report& into) { report_mysql_replication(rows, into); });
    CHECK(values == Values{{"mysql_slave_status_slave_io_running{master_host=\"db-1\"}", 1},
                           {"mysql_slave_status_seconds_behind_master{master_host=\"db-1\"}", 7},
                           {"mysql_slave_status_slave_sql_running{master_host=\"db-1\"}", 0},
                           {"mysql_slave_status_slave_io_running{connection_name=\"two\", "
                            "master_host=\"db-2\"}",
                            0},
                           {"mysql_slave_status_slave_sql_running{connection_name=\"two\", "
                            "master_host=\"db-2\"}",
                            1}});
}

TEST_CASE("InnoDB's compression by page size") {
    Reported reported;
    SqlTable cmp;
    cmp.names = {"page_size", "ops", "ops_ok", "time", "uncompress", "uncompress_time"};
    cmp.cells = {{"1024", "1", "2", "3", "4", "5"}};
    CHECK(
        reported.of([&](Report& into) { report_innodb_cmp(cmp, into); }) ==
        Values{
            {"mysql_info_schema_innodb_cmp_compress_ops_total{page_size=\"1024\"}", 1},
            {"mysql_info_schema_innodb_cmp_compress_ops_ok_total{page_size=\"1024\"}", 2},
            {"mysql_info_schema_innodb_cmp_compress_time_seconds_total{page_size=\"1024\"}", 3},
            {"mysql_info_schema_innodb_cmp_uncompress_ops_total{page_size=\"1024\"}", 4},
            {"mysql_info_schema_innodb_cmp_uncompress_time_seconds_total{page_size=\"1024\"}", 5}});
    cmp.cells = {{"1024", "0", "7", "8", "9", "1500"}};
    const std::string labels = "{buffer_pool=\"0\", page_size=\"1024\"}";
    CHECK(reported.of([&](Report& into) { report_innodb_cmpmem(cmp, into); }) ==
          Values{{"mysql_info_schema_innodb_cmpmem_pages_used_total" + labels, 7},
                 {"mysql_info_schema_innodb_cmpmem_pages_free_total" + labels, 8},
                 {"mysql_info_schema_innodb_cmpmem_relocation_ops_total" + labels, 9},
                 {"mysql_info_schema_innodb_cmpmem_relocation_time_seconds_total" + labels, 1.5}});
}

TEST_CASE("response times are a histogram's parts") {
    Reported reported;
    SqlTable rows;
    rows.names = {"time", "count", "total"};
    rows.cells = {{"      0.000001", "2", "      0.000000"},
                  {"      1.000000", "3", "      0.500000"},
                  {"TOO LONG", "1", "TOO LONG"}};
    const std::string name = "mysql_info_schema_read_query_response_time_seconds";
    CHECK(reported.of([&](Report& into) { report_response_time(rows, Queries::kReads, into); }) ==
          Values{{name + "_bucket{le=\"1e-06\"}", 2},
                 {name + "_bucket{le=\"1\"}", 5},
                 {name + "_bucket{le=\"+Inf\"}", 6},
                 {name + "_sum", 0.5},
                 {name + "_count", 6}});
}

TEST_CASE("threads are counted by command and state, by user and by host") {
    Reported reported;
    SqlTable rows;
    rows.names = {"user", "host", "command", "state", "count", "seconds"};
    rows.cells = {{"web", "10.0.0.1", "Query", "Waiting for table metadata lock", "2", "9"},
                  {"web", "10.0.0.2", "Query", "Waiting for table metadata lock", "1", "1"},
                  {"root", "", "Sleep", "", "1", std::nullopt}};
    const std::string waiting = "{command=\"query\", state=\"waiting_for_table_metadata_lock\"}";
    const std::string idle = "{command=\"sleep\", state=\"unknown\"}";
    const std::string name = "mysql_info_schema_processlist_";
    CHECK(reported.of([&](Report& into) { report_processlist(rows, into); }) ==
          Values{{name + "threads" + waiting, 3},
                 {name + "seconds" + waiting, 10},
                 {name + "threads" + idle, 1},
                 {name + "seconds" + idle, 0},
                 {name + "processes_by_user{mysql_user=\"web\"}", 3},
                 {name + "processes_by_user{mysql_user=\"root\"}", 1},
                 {name + "processes_by_host{client_host=\"10.0.0.1\"}", 2},
                 {name + "processes_by_host{client_host=\"10.0.0.2\"}", 1},
                 {name + "processes_by_host{client_host=\"unknown\"}", 1}});
}

TEST_CASE("tables have rows and sizes, of the schemas that were named") {
    Reported reported;
    SqlTable rows;
    rows.names.assign(11, "x");
    rows.cells = {
        {"shop", "t", "BASE TABLE", "InnoDB", "10", "Dynamic", "2", "16384", "8", "4", "a=b"}};
    const std::string table = "schema=\"shop\", table=\"t\"";
    const std::string size = "mysql_info_schema_table_size{component=";
    CHECK(reported.of([&](Report& into) { report_table_sizes(rows, into); }) ==
          Values{{"mysql_info_schema_table_version{create_options=\"a=b\", engine=\"InnoDB\", "
                  "row_format=\"Dynamic\", " +
                      table + ", type=\"BASE TABLE\"}",
                  10},
                 {"mysql_info_schema_table_rows{" + table + "}", 2},
                 {size + "\"data_length\", " + table + "}", 16384},
                 {size + "\"index_length\", " + table + "}", 8},
                 {size + "\"data_free\", " + table + "}", 4}});
    CHECK_THAT(table_sizes_sql({"a", "o'b\\"}), Catch::EndsWith("IN ('a', 'o''b\\\\')"));
    CHECK_THAT(table_sizes_sql({"a", "*"}), Catch::Contains("NOT IN ('mysql'"));
}

TEST_CASE("answers of another shape say nothing") {
    Reported reported;
    SqlTable one;
    one.names = {"x"};
    one.cells = {{"1"}};
    CHECK(reported.status(one).empty());
    CHECK(reported
              .of([&](Report& into) {
                  report_innodb_cmp(one, into);
                  report_innodb_cmpmem(one, into);
                  report_response_time(one, Queries::kAll, into);
                  report_processlist(one, into);
                  report_table_sizes(one, into);
              })
              .empty());
}
