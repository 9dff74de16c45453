#include "collector/db/sql/acting.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/core/strings.h"

namespace tocsin::collector {
namespace {

// A star at the end stands for any ending. What the end of a read-only transaction undoes, or the
// server refuses in one, may be left out.

// PostgreSQL's manual, 9.17 "Sequence Manipulation Functions", 9.27 "System Administration
// Functions" and 9.28 with what they were called before 15 and 10, 35.4 "Server-Side Functions" of
// large objects, and the extensions of appendix F.
constexpr auto kPostgres = std::to_array<std::string_view>({
    // They take locks, wait, or change the session.
    "pg_advisory_*",
    "pg_try_advisory_*",
    "pg_sleep*",
    "nextval",
    "setval",
    "set_config",
    // They reach other sessions, and the server.
    "pg_terminate_backend",
    "pg_cancel_backend",
    "pg_reload_conf",
    "pg_rotate_logfile*",
    "pg_log_backend_memory_contexts",
    "pg_log_standby_snapshot",
    "pg_stat_reset*",
    "pg_stat_statements_reset",
    "pg_promote",
    "pg_backup_start",
    "pg_backup_stop",
    "pg_start_backup",
    "pg_stop_backup",
    "pg_create_restore_point",
    "pg_switch_wal",
    "pg_switch_xlog",
    "pg_wal_replay_pause",
    "pg_wal_replay_resume",
    "pg_xlog_replay_pause",
    "pg_xlog_replay_resume",
    // Replication: a slot that is read, too, is taken from whom it belongs to.
    "pg_logical_emit_message",
    "pg_logical_slot_*",
    "pg_replication_*",
    "pg_create_physical_replication_slot",
    "pg_create_logical_replication_slot",
    "pg_copy_physical_replication_slot",
    "pg_copy_logical_replication_slot",
    "pg_drop_replication_slot",
    "pg_sync_replication_slots",
    // Indexes, pages and buffers.
    "brin_summarize_*",
    "brin_desummarize_range",
    "gin_clean_pending_list",
    "heap_force_*",
    "pg_truncate_visibility_map",
    "pg_buffercache_evict*",
    "pg_prewarm",
    "autoprewarm_*",
    // Large objects, and files of the server's host.
    "lo_creat",
    "lo_create",
    "lo_export",
    "lo_from_bytea",
    "lo_import",
    "lo_manage",
    "lo_open",
    "lo_put",
    "lo_truncate*",
    "lo_unlink",
    "lowrite",
    "pg_file_*",
    "pg_read_file*",
    "pg_read_binary_file",
    // They run what a string says, here or elsewhere.
    "dblink*",
    "postgres_fdw_disconnect*",
    "query_to_xml*",
    "ts_stat",
    "ts_rewrite",
    "crosstab*",
    "connectby",
    "xpath_table",
    // It keeps writers out of the table.
    "bt_index_parent_check",
});

// MySQL's manual, "Locking Functions", "Miscellaneous Functions", "Performance Schema Functions",
// "Functions which Configure the Group", and MariaDB's "Built-in Functions".
constexpr auto kMysql = std::to_array<std::string_view>({
    // They take locks, or wait.
    "get_lock",
    "release_lock",
    "release_all_locks",
    "service_get_*",
    "service_release_locks",
    "sleep",
    "benchmark",
    "master_pos_wait",
    "master_gtid_wait",
    "source_pos_wait",
    "wait_for_executed_gtid_set",
    "wait_until_sql_thread_after_gtids",
    "wsrep_sync_wait_upto_gtid",
    // They act on the server and its peers, or read its host's files.
    "nextval",
    "setval",
    "load_file",
    "asynchronous_connection_failover_*",
    "group_replication_*",
    "mysql_firewall_flush_status",
    "set_firewall_*",
    "version_tokens_*",
    "flush_rewrite_rules",
    "load_rewrite_rules",
    "audit_*",
    "keyring_*",
    // They run what a string says, here or elsewhere.
    "spider_*",
    "mroonga_command",
    "sys_eval",
    "sys_exec",
    "sys_set",
});

bool matches(std::string_view name, std::string_view entry) {
    if (!entry.ends_with('*')) return iequals(name, entry);
    entry.remove_suffix(1);
    return iequals(name.substr(0, entry.size()), entry);
}

}  // namespace

bool is_acting_function(std::string_view name, SqlDialect dialect) {
    const std::span<const std::string_view> all =
        dialect == SqlDialect::kPostgres ? std::span<const std::string_view>(kPostgres) : kMysql;
    return std::any_of(all.begin(), all.end(),
                       [&](std::string_view entry) { return matches(name, entry); });
}

}  // namespace tocsin::collector
