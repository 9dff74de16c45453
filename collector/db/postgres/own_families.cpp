// What postgres_exporter 0.11 does not tell by itself: names of its later versions and of the
// queries that came with it as an example, and ours.
#include <array>

#include "collector/db/postgres/families.h"

namespace tocsin::collector {
namespace {

constexpr std::array kPrivileges{
    pg_gauge("tocsin_pg_monitor_granted",
             "Whether the agent's user has the rights of pg_monitor; without them much is hidden."),
};

constexpr std::array kPostmaster{
    pg_gauge("pg_postmaster_start_time_seconds", "Time at which postmaster started"),
};

constexpr std::array kLag{
    pg_gauge("pg_replication_lag", "Replication lag behind master in seconds"),
    pg_gauge("pg_replication_lag_seconds", "Replication lag behind master in seconds"),
    pg_gauge("pg_replication_is_replica", "Indicates if the server is a replica"),
};

constexpr std::array kWraparound{
    pg_label("datname"),
    pg_gauge("pg_database_wraparound_age_datfrozenxid_seconds",
             "Age of the oldest transaction ID that has not been frozen."),
    pg_gauge(
        "pg_database_wraparound_age_datminmxid_seconds",
        "Age of the oldest multi-transaction ID that has been replaced with a transaction ID."),
};

constexpr std::array kLongTransactions{
    pg_gauge("pg_long_running_transactions", "Current number of long running transactions"),
    pg_gauge("pg_long_running_transactions_oldest_timestamp_seconds",
             "The current maximum transaction age in seconds"),
};

constexpr std::array kOldTransactions{
    pg_label("datname"),
    pg_label("pid"),
    pg_label("usename"),
    pg_label("application_name"),
    pg_label("state"),
    pg_gauge("tocsin_pg_old_transaction_seconds",
             "For how long a transaction has been open; those older than a minute, the oldest 20."),
};

constexpr std::array kBlocked{
    pg_label("datname"),
    pg_gauge("tocsin_pg_blocked_sessions", "Sessions that wait for a lock."),
};

constexpr std::array kBlockers{
    pg_label("datname"),
    pg_label("pid"),
    pg_label("usename"),
    pg_label("application_name"),
    pg_label("blocked_by_pid"),
    pg_label("blocked_by_usename"),
    pg_label("blocked_by_application_name"),
    pg_label("blocked_by_state"),
    pg_gauge("tocsin_pg_blocked_seconds",
             "For how long the statement of a session has run that waits for a lock, and which "
             "session it waits for; the longest 50."),
};

constexpr std::array kWal{
    pg_gauge("pg_wal_segments", "Number of WAL segments"),
    pg_gauge("pg_wal_size_bytes", "Total size of WAL segments"),
};

constexpr std::array kStatWal{
    pg_counter("tocsin_pg_wal_records_total", "WAL records written."),
    pg_counter("tocsin_pg_wal_full_page_images_total", "Full pages written to the WAL."),
    pg_counter("tocsin_pg_wal_bytes_total", "Bytes of WAL written."),
    pg_counter("tocsin_pg_wal_buffers_full_total",
               "Times that WAL was written to disk because its buffers were full."),
};

constexpr std::array kUserTables{
    pg_label("datname"),
    pg_label("schemaname"),
    pg_label("relname"),
    pg_counter("pg_stat_user_tables_seq_scan",
               "Number of sequential scans initiated on this table"),
    pg_counter("pg_stat_user_tables_seq_tup_read",
               "Number of live rows fetched by sequential scans"),
    pg_counter("pg_stat_user_tables_idx_scan", "Number of index scans initiated on this table"),
    pg_counter("pg_stat_user_tables_idx_tup_fetch", "Number of live rows fetched by index scans"),
    pg_counter("pg_stat_user_tables_n_tup_ins", "Number of rows inserted"),
    pg_counter("pg_stat_user_tables_n_tup_upd", "Number of rows updated"),
    pg_counter("pg_stat_user_tables_n_tup_del", "Number of rows deleted"),
    pg_counter("pg_stat_user_tables_n_tup_hot_upd",
               "Number of rows HOT updated (i.e., with no separate index update required)"),
    pg_gauge("pg_stat_user_tables_n_live_tup", "Estimated number of live rows"),
    pg_gauge("pg_stat_user_tables_n_dead_tup", "Estimated number of dead rows"),
    pg_gauge("pg_stat_user_tables_n_mod_since_analyze",
             "Estimated number of rows changed since last analyze"),
    pg_gauge("pg_stat_user_tables_last_vacuum",
             "Last time at which this table was manually vacuumed (not counting VACUUM FULL)"),
    pg_gauge("pg_stat_user_tables_last_autovacuum",
             "Last time at which this table was vacuumed by the autovacuum daemon"),
    pg_gauge("pg_stat_user_tables_last_analyze",
             "Last time at which this table was manually analyzed"),
    pg_gauge("pg_stat_user_tables_last_autoanalyze",
             "Last time at which this table was analyzed by the autovacuum daemon"),
    pg_counter("pg_stat_user_tables_vacuum_count",
               "Number of times this table has been manually vacuumed (not counting VACUUM FULL)"),
    pg_counter("pg_stat_user_tables_autovacuum_count",
               "Number of times this table has been vacuumed by the autovacuum daemon"),
    pg_counter("pg_stat_user_tables_analyze_count",
               "Number of times this table has been manually analyzed"),
    pg_counter("pg_stat_user_tables_autoanalyze_count",
               "Number of times this table has been analyzed by the autovacuum daemon"),
};

constexpr std::array kFamilies{
    PgFamily{kPrivilegesQuery, 12, kAnyVersion, PgScope::kServer,
             "SELECT pg_has_role('pg_monitor', 'USAGE')", kPrivileges},
    PgFamily{"postmaster", 12, kAnyVersion, PgScope::kServer,
             "SELECT extract(epoch FROM pg_postmaster_start_time())", kPostmaster},
    PgFamily{"replication", 12, kAnyVersion, PgScope::kServer,
             "SELECT l.lag, l.lag, pg_is_in_recovery() FROM (SELECT CASE WHEN pg_is_in_recovery() "
             "THEN greatest(0, extract(epoch FROM now() - pg_last_xact_replay_timestamp())) "
             "ELSE 0 END) AS l(lag)",
             kLag},
    PgFamily{"database_wraparound", 12, kAnyVersion, PgScope::kServer,
             "SELECT datname, age(datfrozenxid), mxid_age(datminmxid) FROM pg_database "
             "WHERE datallowconn",
             kWraparound},
    PgFamily{
        "long_running_transactions", 12, kAnyVersion, PgScope::kServer,
        "SELECT count(*), coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) "
        "FROM pg_stat_activity WHERE state IS DISTINCT FROM 'idle' "
        "AND query NOT LIKE 'autovacuum:%' AND xact_start IS NOT NULL "
        "AND pid <> pg_backend_pid()",
        kLongTransactions},
    PgFamily{"old_transactions", 12, kAnyVersion, PgScope::kServer,
             "SELECT datname, pid, usename, application_name, state, "
             "extract(epoch FROM clock_timestamp() - xact_start) FROM pg_stat_activity "
             "WHERE xact_start < clock_timestamp() - interval '1 minute' "
             "AND query NOT LIKE 'autovacuum:%' ORDER BY xact_start LIMIT 20",
             kOldTransactions},
    PgFamily{"blocked_sessions", 12, kAnyVersion, PgScope::kServer,
             "SELECT d.datname, count(a.pid) FROM pg_database AS d LEFT JOIN pg_stat_activity AS a "
             "ON a.datid = d.oid AND a.wait_event_type = 'Lock' WHERE d.datallowconn "
             "GROUP BY d.datname",
             kBlocked},
    // pg_blocking_pids holds up the lock manager for a moment: only those that wait are asked for.
    PgFamily{"blockers", 12, kAnyVersion, PgScope::kServer,
             "SELECT a.datname, a.pid, a.usename, a.application_name, k.pid, b.usename, "
             "b.application_name, b.state, "
             "extract(epoch FROM clock_timestamp() - a.query_start) "
             "FROM (SELECT * FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
             "ORDER BY query_start LIMIT 50) AS a "
             "CROSS JOIN LATERAL (SELECT DISTINCT unnest(pg_blocking_pids(a.pid))) AS k(pid) "
             "LEFT JOIN pg_stat_activity AS b ON b.pid = k.pid ORDER BY a.query_start LIMIT 50",
             kBlockers},
    PgFamily{"wal", 12, kAnyVersion, PgScope::kServer,
             "SELECT count(*), coalesce(sum(size), 0) FROM pg_ls_waldir() "
             "WHERE name ~ '^[0-9A-F]{24}$'",
             kWal},
    PgFamily{"stat_wal", 14, kAnyVersion, PgScope::kServer,
             "SELECT wal_records, wal_fpi, wal_bytes, wal_buffers_full FROM pg_stat_wal", kStatWal},
    PgFamily{"stat_user_tables", 12, kAnyVersion, PgScope::kDatabase,
             "SELECT current_database(), schemaname, relname, seq_scan, seq_tup_read, "
             "coalesce(idx_scan, 0), coalesce(idx_tup_fetch, 0), n_tup_ins, n_tup_upd, n_tup_del, "
             "n_tup_hot_upd, n_live_tup, n_dead_tup, n_mod_since_analyze, "
             "floor(coalesce(extract(epoch FROM last_vacuum), 0)), "
             "floor(coalesce(extract(epoch FROM last_autovacuum), 0)), "
             "floor(coalesce(extract(epoch FROM last_analyze), 0)), "
             "floor(coalesce(extract(epoch FROM last_autoanalyze), 0)), "
             "vacuum_count, autovacuum_count, analyze_count, autoanalyze_count "
             "FROM pg_stat_user_tables ORDER BY relid LIMIT 2000",
             kUserTables},
};

}  // namespace

std::span<const PgFamily> own_families() {
    return kFamilies;
}

}  // namespace tocsin::collector
