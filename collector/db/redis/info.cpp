#include "collector/db/redis/info.h"

#include <array>
#include <cstdint>
#include <set>
#include <string>

#include "base/core/strings.h"
#include "collector/api/scan.h"
#include "collector/db/redis/info_sections.h"
#include "collector/db/redis/info_text.h"

namespace tocsin::collector {
namespace {

using enum MetricType;

constexpr MetricDesc kStart{"redis_start_time_seconds",
                            "Start time of the Redis instance since unix epoch in seconds.",
                            kGauge};
constexpr MetricDesc kInstance{"redis_instance_info", "Information about the Redis instance",
                               kGauge};
constexpr MetricDesc kSlave{"redis_slave_info", "Information about the Redis slave", kGauge};
constexpr MetricDesc kLinkUp{"redis_master_link_up", "Master link status on Redis slave", kGauge};
constexpr MetricDesc kLastIo{"redis_master_last_io_seconds_ago", "Master last io seconds ago",
                             kGauge};
constexpr MetricDesc kSync{"redis_master_sync_in_progress", "Master sync in progress", kGauge};
constexpr MetricDesc kSlaveOffset{"redis_slave_repl_offset", "Slave replication offset", kGauge};
constexpr MetricDesc kOffset{"redis_connected_slave_offset_bytes", "Offset of connected slave",
                             kGauge};
constexpr MetricDesc kLag{"redis_connected_slave_lag_seconds", "Lag of connected slave", kGauge};
constexpr MetricDesc kKeys{"redis_db_keys", "Total number of keys by DB", kGauge};
constexpr MetricDesc kExpiring{"redis_db_keys_expiring", "Total number of expiring keys by DB",
                               kGauge};
constexpr MetricDesc kTtl{"redis_db_avg_ttl_seconds", "Avg TTL in seconds", kGauge};
constexpr MetricDesc kCached{"redis_db_keys_cached", "Total number of cached keys by DB", kGauge};

class Info {
  public:
    Info(std::size_t databases, Timestamp now, Report& report)
        : databases_(databases), now_(now), report_(report) {}

    void read(std::string_view text) {
        std::string_view section;
        std::string_view field;
        std::string_view value;
        while (next_info_field(text, section, field, value)) {
            if (!special(section, field, value)) plain(field, value);
        }
        finish();
    }

  private:
    void plain(std::string_view field, std::string_view value) {
        const RedisField* known = find_redis_field(field);
        if (known == nullptr) return;
        if (const auto found = info_value(value)) report_.add(known->desc, *found * known->scale);
    }

    // Whether that was all there is to say of the field.
    bool special(std::string_view section, std::string_view field, std::string_view value) {
        remember(field, value);
        if (section == "Server") return server(field, value), false;
        if (section == "Replication") return replication(field, value);
        if (section == "Commandstats")
            return report_redis_command(field, value, commands_, report_), true;
        if (section == "Latencystats")
            return report_redis_latency_of(field, value, commands_, report_), true;
        if (section == "Errorstats") return report_redis_error(field, value, report_), true;
        if (section == "Keyspace") return keyspace(field, value), true;
        if (section == "Sentinel") return report_redis_sentinel_field(field, value, report_), true;
        return false;
    }

    void remember(std::string_view field, std::string_view value) {
        for (std::size_t i = 0; i < kInfoFields.size(); ++i) {
            if (field == kInfoFields[i]) info_[i] = value;
        }
        if (field == "master_host" || field == "master_port" || field == "slave_read_only") {
            (field == "master_host"   ? first_host_
             : field == "master_port" ? first_port_
                                      : read_only_) = value;
        }
    }

    void server(std::string_view field, std::string_view value) {
        if (field != "uptime_in_seconds") return;
        const auto uptime = to_number(value);
        const std::int64_t seconds = to_unix_ms(now_) / 1000;
        const auto now = static_cast<double>(seconds);
        if (uptime) report_.add(kStart, now - *uptime);
    }

    bool replication(std::string_view field, std::string_view value) {
        if (info_numbered(field, "slave")) return slave(value), true;
        // KeyDB numbers the masters after the first: master_1_host.
        std::string_view rest = field;
        if (rest.starts_with("master_")) {
            rest.remove_prefix(7);
            const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
            if (digits > 0 && rest.substr(digits).starts_with('_')) rest.remove_prefix(digits + 1);
        }
        if (rest == "host") host_ = value;
        if (rest == "port") port_ = value;
        if (rest == "link_status") {
            return master(kLinkUp, value == "up" ? 1.0 : 0.0), true;
        }
        const MetricDesc* desc = rest == "last_io_seconds_ago"  ? &kLastIo
                                 : rest == "sync_in_progress"   ? &kSync
                                 : field == "slave_repl_offset" ? &kSlaveOffset
                                                                : nullptr;
        if (desc == nullptr) return false;
        if (const auto found = to_number(value)) master(*desc, *found);
        return true;
    }

    void master(const MetricDesc& desc, double value) {
        report_.add(desc, value, {{"master_host", host_}, {"master_port", port_}});
    }

    void slave(std::string_view value) {
        const auto offset = info_number(value, "offset");
        if (!offset) return;
        const auto add = [&](const MetricDesc& desc, double found) {
            report_.add(desc, found,
                        {{"slave_ip", info_part(value, "ip").value_or("")},
                         {"slave_port", info_part(value, "port").value_or("")},
                         {"slave_state", info_part(value, "state").value_or("")}});
        };
        add(kOffset, *offset);
        if (const auto lag = info_number(value, "lag"); lag && *lag > -1) add(kLag, *lag);
    }

    void keyspace(std::string_view field, std::string_view value) {
        const auto keys = info_number(value, "keys");
        const auto expires = info_number(value, "expires");
        if (!field.starts_with("db") || !keys || !expires) return;
        with_keys_.emplace(field);
        report_.add(kKeys, *keys, {{"db", field}});
        report_.add(kExpiring, *expires, {{"db", field}});
        if (const auto ttl = info_number(value, "avg_ttl")) {
            report_.add(kTtl, *ttl / 1000, {{"db", field}});
        }
        if (const auto cached = info_number(value, "cached_keys")) {
            report_.add(kCached, *cached, {{"db", field}});
        }
    }

    void finish() {
        for (std::size_t i = 0; i < databases_; ++i) {
            const std::string name = "db" + std::to_string(i);
            if (with_keys_.contains(name)) continue;
            report_.add(kKeys, 0, {{"db", name}});
            report_.add(kExpiring, 0, {{"db", name}});
        }
        report_.add(kInstance, 1,
                    {{kInfoFields[0], info_[0]},
                     {kInfoFields[1], info_[1]},
                     {kInfoFields[2], info_[2]},
                     {kInfoFields[3], info_[3]},
                     {kInfoFields[4], info_[4]},
                     {kInfoFields[5], info_[5]},
                     {kInfoFields[6], info_[6]},
                     {kInfoFields[7], info_[7]},
                     {kInfoFields[8], info_[8]}});
        if (info_[0] != "slave") return;
        report_.add(kSlave, 1,
                    {{"master_host", first_host_},
                     {"master_port", first_port_},
                     {"read_only", read_only_}});
    }

    // The labels of redis_instance_info are fields of INFO by their own names.
    static constexpr std::array<std::string_view, 9> kInfoFields{
        "role",     "redis_version", "redis_build_id", "redis_mode", "os", "maxmemory_policy",
        "tcp_port", "run_id",        "process_id"};

    std::size_t databases_;
    Timestamp now_;
    Report& report_;
    std::array<std::string_view, kInfoFields.size()> info_;
    std::string_view host_;  // of the master whose fields are being read
    std::string_view port_;
    std::string_view first_host_;
    std::string_view first_port_;
    std::string_view read_only_;
    CommandStats commands_;
    std::set<std::string_view> with_keys_;
};

}  // namespace

RedisNature redis_nature(std::string_view info) {
    RedisNature nature;
    std::string_view section;
    std::string_view field;
    std::string_view value;
    while (next_info_field(info, section, field, value)) {
        if (field == "cluster_enabled") nature.cluster = value == "1";
        if (section == "Sentinel") nature.sentinel = true;
    }
    return nature;
}

void report_redis_info(std::string_view info, std::size_t databases, Timestamp now,
                       Report& report) {
    Info(databases, now, report).read(info);
}

void report_redis_cluster(std::string_view info, Report& report) {
    std::string_view section;
    std::string_view field;
    std::string_view value;
    while (next_info_field(info, section, field, value)) {
        const auto found = info_value(value);
        if (!found || !field.starts_with("cluster_")) continue;
        if (const RedisField* known = find_redis_field(field)) {
            report.add(known->desc, *found);
            continue;
        }
        report.add_named("redis_" + std::string(field), std::string(field) + " metric", kGauge,
                         *found);
    }
}

}  // namespace tocsin::collector
