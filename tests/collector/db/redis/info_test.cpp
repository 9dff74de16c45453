#include "collector/db/redis/info.h"

#include <catch2/catch.hpp>

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Values;

namespace {

// The host's own (no instance), so that no label of a target is in the way.
struct Reported {
    SeriesTable table;
    TargetConfig config;
    Report report{table, config};

    Values info(std::string_view text, std::size_t databases = 0) {
        report.begin();
        report_redis_info(text, databases, from_unix_ms(1'700'000'100'900), report);
        return test::values_of(report.finish());
    }
    Values cluster(std::string_view text) {
        report.begin();
        report_redis_cluster(text, report);
        return test::values_of(report.finish());
    }
};

Values without_instance(Values values) {
    std::erase_if(values, [](const auto& v) { return v.first.starts_with("redis_instance_info"); });
    return values;
}

}  // namespace

TEST_CASE("fields of INFO have the exporter's names, and words their numbers") {
    Reported reported;
    const Values values = without_instance(
        reported.info("# Server\r\nuptime_in_seconds:100\r\nredis_git_dirty:1\r\n\r\n"
                      "# Memory\r\nused_memory:1e3\r\nused_memory_human:1K\r\n"
                      "# Persistence\r\nrdb_last_bgsave_status:err\r\naof_last_write_status:ok\r\n"
                      "# Stats\r\nkeyspace_hits:18446744073709551615\r\nlatest_fork_usec:1500\r\n"
                      "blocked_clients:abc\r\nconnected_clients:-1\r\n"));
    CHECK(values == Values{{"redis_start_time_seconds", 1'700'000'000},
                           {"redis_uptime_in_seconds", 100},
                           {"redis_memory_used_bytes", 1000},
                           {"redis_rdb_last_bgsave_status", 0},
                           {"redis_aof_last_write_status", 1},
                           {"redis_keyspace_hits_total", 18446744073709551615.0},
                           {"redis_latest_fork_seconds", 0.0015},
                           {"redis_connected_clients", -1}});
}

TEST_CASE("what a server is stands in labels, an absent field is no label") {
    Reported reported;
    const Values values = reported.info(
        "# Server\nredis_version:7.0.15\nredis_build_id:ae4d\nredis_mode:standalone\nos:Linux x\n"
        "process_id:7\nrun_id:fe7d\ntcp_port:6379\n# Memory\nmaxmemory_policy:noeviction\n"
        "# Replication\nrole:master\n");
    CHECK(values.contains(
        "redis_instance_info{maxmemory_policy=\"noeviction\", os=\"Linux x\", process_id=\"7\", "
        "redis_build_id=\"ae4d\", redis_mode=\"standalone\", redis_version=\"7.0.15\", "
        "role=\"master\", run_id=\"fe7d\", tcp_port=\"6379\"}"));
    CHECK(reported.info("").contains("redis_instance_info"));
}

TEST_CASE("a replica tells of its master, and KeyDB of each") {
    Reported reported;
    const Values values = without_instance(reported.info(
        "# Replication\nrole:slave\nmaster_host:10.0.0.9\nmaster_port:6379\n"
        "master_link_status:down\nmaster_last_io_seconds_ago:-1\nmaster_sync_in_progress:1\n"
        "slave_read_repl_offset:78\nslave_repl_offset:77\nmaster_link_down_since_seconds:5\n"
        "slave_priority:100\nslave_read_only:1\nmaster_1_host:kdb1\nmaster_1_port:6377\n"
        "master_1_link_status:up\nmaster_1_last_io_seconds_ago:3\nmaster_1_sync_in_progress:0\n"
        "master_repl_offset:8\n"));
    const std::string first = "{master_host=\"10.0.0.9\", master_port=\"6379\"}";
    const std::string second = "{master_host=\"kdb1\", master_port=\"6377\"}";
    CHECK(values == Values{{"redis_master_link_up" + first, 0},
                           {"redis_master_link_up" + second, 1},
                           {"redis_master_last_io_seconds_ago" + first, -1},
                           {"redis_master_last_io_seconds_ago" + second, 3},
                           {"redis_master_sync_in_progress" + first, 1},
                           {"redis_master_sync_in_progress" + second, 0},
                           {"redis_slave_repl_offset" + first, 77},
                           {"redis_slave_priority", 100},
                           {"redis_master_repl_offset", 8},
                           {"redis_slave_info{master_host=\"10.0.0.9\", master_port=\"6379\", "
                            "read_only=\"1\"}",
                            1}});
}

TEST_CASE("a master tells of its replicas, one without lag, as before Redis 3, has none") {
    Reported reported;
    const Values values = without_instance(
        reported.info("# Replication\nrole:master\nconnected_slaves:2\n"
                      "slave0:ip=10.1.1.1,port=6379,state=online,offset=1751844676,lag=0\n"
                      "slave1:ip=10.1.1.2,port=6379,state=wait_bgsave,offset=1751844222\n"
                      "slave2:ip=a,port=b,state=online,offset=x,lag=0\n"));
    const std::string labels =
        "{slave_ip=\"10.1.1.1\", slave_port=\"6379\", slave_state=\"online\"}";
    CHECK(values == Values{{"redis_connected_slaves", 2},
                           {"redis_connected_slave_offset_bytes" + labels, 1751844676},
                           {"redis_connected_slave_lag_seconds" + labels, 0},
                           {"redis_connected_slave_offset_bytes{slave_ip=\"10.1.1.2\", "
                            "slave_port=\"6379\", slave_state=\"wait_bgsave\"}",
                            1751844222}});
}

TEST_CASE("commands have their counts, failures from 6.2 on, and latencies") {
    Reported reported;
    const Values values = without_instance(reported.info(
        "# Commandstats\n"
        "cmdstat_get:calls=21,usec=175,usec_per_call=8.33\n"
        "cmdstat_config|get:calls=61,usec=3139,usec_per_call=5,rejected_calls=2,failed_calls=3\n"
        "cmdstat_bad:calls=1,usec=x,usec_per_call=51.46\n"
        "cmdstat_host::calls=1,usec=2,usec_per_call=1\n"
        "# Errorstats\nerrorstat_ERR:count=5\nerrorstat_WRONGTYPE:count=x\n"
        "# Latencystats\nlatency_percentiles_usec_get:p50=0.001,p99=1.003,p99.9=3.007\n"
        "latency_percentiles_usec_nobody:p50=1\nlatency_percentiles_usec_host:p50=x,=,p=1,q=2\n"));
    CHECK(values ==
          Values{{"redis_commands_total{cmd=\"get\"}", 21},
                 {"redis_commands_duration_seconds_total{cmd=\"get\"}", 0.000175},
                 {"redis_commands_total{cmd=\"config|get\"}", 61},
                 {"redis_commands_duration_seconds_total{cmd=\"config|get\"}", 0.003139},
                 {"redis_commands_rejected_calls_total{cmd=\"config|get\"}", 2},
                 {"redis_commands_failed_calls_total{cmd=\"config|get\"}", 3},
                 {"redis_commands_total{cmd=\"host\"}", 1},
                 {"redis_commands_duration_seconds_total{cmd=\"host\"}", 0.000002},
                 {"redis_errors_total{err=\"ERR\"}", 5},
                 {"redis_latency_percentiles_usec{cmd=\"get\", quantile=\"50\"}", 0.001},
                 {"redis_latency_percentiles_usec{cmd=\"get\", quantile=\"99\"}", 1.003},
                 {"redis_latency_percentiles_usec{cmd=\"get\", quantile=\"99.9\"}", 3.007},
                 {"redis_latency_percentiles_usec_sum{cmd=\"get\"}", 175},
                 {"redis_latency_percentiles_usec_count{cmd=\"get\"}", 21},
                 {"redis_latency_percentiles_usec_sum{cmd=\"host\"}", 2},
                 {"redis_latency_percentiles_usec_count{cmd=\"host\"}", 1}});
}

TEST_CASE("databases have their keys, and those without are told as empty") {
    Reported reported;
    const Values values = without_instance(reported.info(
        "# Keyspace\ndb0:keys=7,expires=1,avg_ttl=79397\ndb2:keys=1,expires=0,avg_ttl=0,"
        "cached_keys=4\ndb5:keys=x,expires=0,avg_ttl=1\n",
        3));
    CHECK(values == Values{{"redis_db_keys{db=\"db0\"}", 7},
                           {"redis_db_keys_expiring{db=\"db0\"}", 1},
                           {"redis_db_avg_ttl_seconds{db=\"db0\"}", 79.397},
                           {"redis_db_keys{db=\"db2\"}", 1},
                           {"redis_db_keys_expiring{db=\"db2\"}", 0},
                           {"redis_db_avg_ttl_seconds{db=\"db2\"}", 0},
                           {"redis_db_keys_cached{db=\"db2\"}", 4},
                           {"redis_db_keys{db=\"db1\"}", 0},
                           {"redis_db_keys_expiring{db=\"db1\"}", 0}});
}

TEST_CASE("a sentinel tells of the masters it watches") {
    Reported reported;
    const std::string_view text =
        "# Sentinel\nsentinel_masters:2\nsentinel_tilt:0\nsentinel_running_scripts:1\n"
        "sentinel_scripts_queue_length:3\nsentinel_simulate_failure_flags:4\n"
        "master0:name=a,status=sdown,address=1.1.1.1:6381,slaves=1,sentinels=5\n"
        "master1:name=b,status=ok\n";
    const Values values = without_instance(reported.info(text));
    const std::string labels = "{master_address=\"1.1.1.1:6381\", master_name=\"a\"}";
    CHECK(values == Values{{"redis_sentinel_masters", 2},
                           {"redis_sentinel_tilt", 0},
                           {"redis_sentinel_running_scripts", 1},
                           {"redis_sentinel_scripts_queue_length", 3},
                           {"redis_sentinel_simulate_failure_flags", 4},
                           {"redis_sentinel_master_status{master_address=\"1.1.1.1:6381\", "
                            "master_name=\"a\", master_status=\"sdown\"}",
                            0},
                           {"redis_sentinel_master_slaves" + labels, 1},
                           {"redis_sentinel_master_sentinels" + labels, 5}});
    CHECK(redis_nature(text).sentinel);
    CHECK_FALSE(redis_nature(text).cluster);
}

TEST_CASE("a cluster's node tells of the cluster") {
    Reported reported;
    CHECK(redis_nature("# Cluster\r\ncluster_enabled:1\r\n").cluster);
    CHECK_FALSE(redis_nature("# Cluster\r\ncluster_enabled:0\r\n").cluster);
    CHECK(reported.cluster("cluster_state:ok\r\ncluster_slots_ok:16384\r\n"
                           "cluster_stats_messages_sent:3\r\ntotal_links:5\r\n"
                           "cluster_stats_messages_auth-req_sent:1\r\ncluster_size:many\r\n") ==
          Values{{"redis_cluster_state", 1},
                 {"redis_cluster_slots_ok", 16384},
                 {"redis_cluster_messages_sent_total", 3},
                 {"redis_cluster_stats_messages_auth_req_sent", 1}});
    CHECK(reported.cluster("cluster_state:fail\r\n") == Values{{"redis_cluster_state", 0}});
}

TEST_CASE("text that is no INFO says nothing and breaks nothing") {
    Reported reported;
    for (const std::string_view text :
         {":", "#", "# \n:\n::", "# Keyspace\ndb0", "# Replication\nslave:\nslave9:",
          "# Commandstats\ncmdstat_:calls=,usec=", "used_memory:", "\xff\xfe:\xff"}) {
        INFO(text);
        CHECK(without_instance(reported.info(text)).empty());
    }
}
