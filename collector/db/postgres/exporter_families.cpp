// The queries of postgres_exporter 0.11, under its names, types and help. Where it says "Unknown
// metric" it met a column that it had no text for; dashboards know the name all the same.
#include <array>

#include "collector/db/postgres/families.h"

namespace tocsin::collector {
namespace {

constexpr std::array kStatic{
    pg_label("version"),
    pg_label("short_version"),
    pg_untyped("pg_static", "Version string as reported by postgres"),
};

constexpr std::array kSize{
    pg_label("datname"),
    pg_gauge("pg_database_size_bytes", "Disk space used by the database"),
};

constexpr std::array kDatabase{
    pg_label("datid"),
    pg_label("datname"),
    pg_gauge("pg_stat_database_numbackends",
             "Number of backends currently connected to this database. This is the only column in "
             "this view that returns a value reflecting current state; all other columns return "
             "the accumulated values since the last reset."),
    pg_counter("pg_stat_database_xact_commit",
               "Number of transactions in this database that have been committed"),
    pg_counter("pg_stat_database_xact_rollback",
               "Number of transactions in this database that have been rolled back"),
    pg_counter("pg_stat_database_blks_read", "Number of disk blocks read in this database"),
    pg_counter("pg_stat_database_blks_hit",
               "Number of times disk blocks were found already in the buffer cache, so that a read "
               "was not necessary (this only includes hits in the PostgreSQL buffer cache, not the "
               "operating system's file system cache)"),
    pg_counter("pg_stat_database_tup_returned",
               "Number of rows returned by queries in this database"),
    pg_counter("pg_stat_database_tup_fetched",
               "Number of rows fetched by queries in this database"),
    pg_counter("pg_stat_database_tup_inserted",
               "Number of rows inserted by queries in this database"),
    pg_counter("pg_stat_database_tup_updated",
               "Number of rows updated by queries in this database"),
    pg_counter("pg_stat_database_tup_deleted",
               "Number of rows deleted by queries in this database"),
    pg_counter(
        "pg_stat_database_conflicts",
        "Number of queries canceled due to conflicts with recovery in this database. (Conflicts "
        "occur only on standby servers; see pg_stat_database_conflicts for details.)"),
    pg_counter("pg_stat_database_temp_files",
               "Number of temporary files created by queries in this database. All temporary files "
               "are counted, regardless of why the temporary file was created (e.g., sorting or "
               "hashing), and regardless of the log_temp_files setting."),
    pg_counter("pg_stat_database_temp_bytes",
               "Total amount of data written to temporary files by queries in this database. All "
               "temporary files are counted, regardless of why the temporary file was created, and "
               "regardless of the log_temp_files setting."),
    pg_counter("pg_stat_database_deadlocks", "Number of deadlocks detected in this database"),
    pg_counter("pg_stat_database_blk_read_time",
               "Time spent reading data file blocks by backends in this database, in milliseconds"),
    pg_counter("pg_stat_database_blk_write_time",
               "Time spent writing data file blocks by backends in this database, in milliseconds"),
    pg_counter("pg_stat_database_stats_reset", "Time at which these statistics were last reset"),
    pg_untyped("pg_stat_database_checksum_failures", "Unknown metric from pg_stat_database"),
    pg_untyped("pg_stat_database_checksum_last_failure", "Unknown metric from pg_stat_database"),
};

constexpr std::array kSessions{
    pg_label("datid"),
    pg_label("datname"),
    pg_untyped("pg_stat_database_session_time", "Unknown metric from pg_stat_database"),
    pg_untyped("pg_stat_database_active_time", "Unknown metric from pg_stat_database"),
    pg_untyped("pg_stat_database_idle_in_transaction_time", "Unknown metric from pg_stat_database"),
    pg_untyped("pg_stat_database_sessions", "Unknown metric from pg_stat_database"),
    pg_untyped("pg_stat_database_sessions_abandoned", "Unknown metric from pg_stat_database"),
    pg_untyped("pg_stat_database_sessions_fatal", "Unknown metric from pg_stat_database"),
    pg_untyped("pg_stat_database_sessions_killed", "Unknown metric from pg_stat_database"),
};

constexpr std::array kConflicts{
    pg_label("datid"),
    pg_label("datname"),
    pg_counter(
        "pg_stat_database_conflicts_confl_tablespace",
        "Number of queries in this database that have been canceled due to dropped tablespaces"),
    pg_counter("pg_stat_database_conflicts_confl_lock",
               "Number of queries in this database that have been canceled due to lock timeouts"),
    pg_counter("pg_stat_database_conflicts_confl_snapshot",
               "Number of queries in this database that have been canceled due to old snapshots"),
    pg_counter("pg_stat_database_conflicts_confl_bufferpin",
               "Number of queries in this database that have been canceled due to pinned buffers"),
    pg_counter("pg_stat_database_conflicts_confl_deadlock",
               "Number of queries in this database that have been canceled due to deadlocks"),
};

constexpr std::array kSlotConflicts{
    pg_label("datid"),
    pg_label("datname"),
    pg_untyped("pg_stat_database_conflicts_confl_active_logicalslot",
               "Unknown metric from pg_stat_database_conflicts"),
};

constexpr std::array kLocks{
    pg_label("datname"),
    pg_label("mode"),
    pg_gauge("pg_locks_count", "Number of locks"),
};

constexpr std::array kActivity{
    pg_label("datname"),
    pg_label("state"),
    pg_gauge("pg_stat_activity_count", "number of connections in this state"),
    pg_gauge("pg_stat_activity_max_tx_duration",
             "max duration in seconds any active transaction has been running"),
};

constexpr std::array kReplication{
    pg_label("application_name"),
    pg_label("client_addr"),
    pg_label("state"),
    pg_label("slot_name"),
    pg_gauge("pg_stat_replication_pg_current_wal_lsn_bytes", "WAL position in bytes"),
    pg_gauge("pg_stat_replication_pg_wal_lsn_diff", "Lag in bytes between master and slave"),
    pg_untyped("pg_stat_replication_reply_time", "Unknown metric from pg_stat_replication"),
};

constexpr std::array kSlots{
    pg_label("slot_name"),
    pg_label("database"),
    pg_gauge("pg_replication_slots_active", "Flag indicating if the slot is active"),
    pg_gauge("pg_replication_slots_pg_wal_lsn_diff", "Replication lag in bytes"),
};

constexpr std::array kArchiver{
    pg_counter("pg_stat_archiver_archived_count",
               "Number of WAL files that have been successfully archived"),
    pg_counter("pg_stat_archiver_failed_count",
               "Number of failed attempts for archiving WAL files"),
    pg_gauge("pg_stat_archiver_last_archive_age",
             "Time in seconds since last WAL segment was successfully archived"),
};

constexpr std::array kBgwriter{
    pg_counter("pg_stat_bgwriter_checkpoints_timed_total",
               "Number of scheduled checkpoints that have been performed"),
    pg_counter("pg_stat_bgwriter_checkpoints_req_total",
               "Number of requested checkpoints that have been performed"),
    pg_counter("pg_stat_bgwriter_checkpoint_write_time_total",
               "Total amount of time that has been spent in the portion of checkpoint processing "
               "where files are written to disk, in milliseconds"),
    pg_counter("pg_stat_bgwriter_checkpoint_sync_time_total",
               "Total amount of time that has been spent in the portion of checkpoint processing "
               "where files are synchronized to disk, in milliseconds"),
    pg_counter("pg_stat_bgwriter_buffers_checkpoint_total",
               "Number of buffers written during checkpoints"),
    pg_counter("pg_stat_bgwriter_buffers_clean_total",
               "Number of buffers written by the background writer"),
    pg_counter("pg_stat_bgwriter_maxwritten_clean_total",
               "Number of times the background writer stopped a cleaning scan because it had "
               "written too many buffers"),
    pg_counter("pg_stat_bgwriter_buffers_backend_total",
               "Number of buffers written directly by a backend"),
    pg_counter("pg_stat_bgwriter_buffers_backend_fsync_total",
               "Number of times a backend had to execute its own fsync call (normally the "
               "background writer handles those even when the backend does its own write)"),
    pg_counter("pg_stat_bgwriter_buffers_alloc_total", "Number of buffers allocated"),
    pg_counter("pg_stat_bgwriter_stats_reset_total",
               "Time at which these statistics were last reset"),
};

constexpr std::array kFamilies{
    PgFamily{"static", 12, kAnyVersion, PgScope::kServer,
             "SELECT version(), current_setting('server_version_num')::int / 10000 || '.' || "
             "current_setting('server_version_num')::int % 10000 || '.0', 1",
             kStatic},
    // pg_database_size fails as a whole for one database that it may not see.
    PgFamily{"database_size", 12, kAnyVersion, PgScope::kServer,
             "SELECT datname, pg_database_size(oid) FROM pg_database "
             "WHERE has_database_privilege(oid, 'CONNECT') "
             "OR pg_has_role('pg_read_all_stats', 'USAGE')",
             kSize},
    PgFamily{"stat_database", 12, kAnyVersion, PgScope::kServer,
             "SELECT datid, datname, numbackends, xact_commit, xact_rollback, blks_read, blks_hit, "
             "tup_returned, tup_fetched, tup_inserted, tup_updated, tup_deleted, conflicts, "
             "temp_files, temp_bytes, deadlocks, blk_read_time, blk_write_time, "
             "floor(extract(epoch FROM stats_reset)), checksum_failures, "
             "floor(extract(epoch FROM checksum_last_failure)) FROM pg_stat_database",
             kDatabase},
    PgFamily{
        "stat_database_sessions", 14, kAnyVersion, PgScope::kServer,
        "SELECT datid, datname, session_time, active_time, idle_in_transaction_time, sessions, "
        "sessions_abandoned, sessions_fatal, sessions_killed FROM pg_stat_database",
        kSessions},
    PgFamily{"stat_database_conflicts", 12, kAnyVersion, PgScope::kServer,
             "SELECT datid, datname, confl_tablespace, confl_lock, confl_snapshot, "
             "confl_bufferpin, confl_deadlock FROM pg_stat_database_conflicts",
             kConflicts},
    PgFamily{"stat_database_slot_conflicts", 16, kAnyVersion, PgScope::kServer,
             "SELECT datid, datname, confl_active_logicalslot FROM pg_stat_database_conflicts",
             kSlotConflicts},
    PgFamily{"locks", 12, kAnyVersion, PgScope::kServer,
             "SELECT d.datname, m.mode, count(l.mode) FROM (VALUES ('accesssharelock'), "
             "('rowsharelock'), ('rowexclusivelock'), ('shareupdateexclusivelock'), ('sharelock'), "
             "('sharerowexclusivelock'), ('exclusivelock'), ('accessexclusivelock'), "
             "('sireadlock')) AS m(mode) CROSS JOIN pg_database AS d "
             "LEFT JOIN pg_locks AS l ON l.database = d.oid AND lower(l.mode) = m.mode "
             "GROUP BY d.datname, m.mode",
             kLocks},
    PgFamily{"stat_activity", 12, kAnyVersion, PgScope::kServer,
             "SELECT d.datname, s.state, count(a.pid), "
             "coalesce(max(extract(epoch FROM now() - a.xact_start)), 0) "
             "FROM (VALUES ('active'), ('idle'), ('idle in transaction'), "
             "('idle in transaction (aborted)'), ('fastpath function call'), ('disabled')) "
             "AS s(state) CROSS JOIN pg_database AS d "
             "LEFT JOIN pg_stat_activity AS a ON a.datid = d.oid AND a.state = s.state "
             "GROUP BY d.datname, s.state",
             kActivity},
    // A stream without a slot is told by its process, so that two of one client stay apart.
    PgFamily{"stat_replication", 12, kAnyVersion, PgScope::kServer,
             "SELECT r.application_name, r.client_addr, r.state, "
             "coalesce(s.slot_name::text, r.pid::text), pg_wal_lsn_diff(w.lsn, '0/0'), "
             "pg_wal_lsn_diff(w.lsn, r.replay_lsn), floor(extract(epoch FROM r.reply_time)) "
             "FROM pg_stat_replication AS r "
             "LEFT JOIN pg_replication_slots AS s ON s.active_pid = r.pid "
             "CROSS JOIN (SELECT CASE WHEN NOT pg_is_in_recovery() "
             "THEN pg_current_wal_lsn() END) AS w(lsn)",
             kReplication},
    PgFamily{"replication_slots", 12, kAnyVersion, PgScope::kServer,
             "SELECT s.slot_name, s.database, s.active, pg_wal_lsn_diff(w.lsn, s.restart_lsn) "
             "FROM pg_replication_slots AS s CROSS JOIN (SELECT CASE WHEN pg_is_in_recovery() "
             "THEN coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) "
             "ELSE pg_current_wal_lsn() END) AS w(lsn)",
             kSlots},
    PgFamily{"stat_archiver", 12, kAnyVersion, PgScope::kServer,
             "SELECT archived_count, failed_count, extract(epoch FROM now() - last_archived_time) "
             "FROM pg_stat_archiver",
             kArchiver},
    // From 17 on the checkpointer has a view of its own.
    PgFamily{"stat_bgwriter", 12, 16, PgScope::kServer,
             "SELECT checkpoints_timed, checkpoints_req, checkpoint_write_time, "
             "checkpoint_sync_time, buffers_checkpoint, buffers_clean, maxwritten_clean, "
             "buffers_backend, buffers_backend_fsync, buffers_alloc, "
             "floor(extract(epoch FROM stats_reset)) FROM pg_stat_bgwriter",
             kBgwriter},
};

}  // namespace

std::span<const PgFamily> exporter_families() {
    return kFamilies;
}

}  // namespace tocsin::collector
