#include "collector/db/redis/replies.h"

#include <algorithm>
#include <array>
#include <utility>

#include "collector/api/scan.h"

namespace tocsin::collector {
namespace {

using enum MetricType;

constexpr std::size_t kDatabases = 16;
constexpr std::size_t kMostDatabases = 1000;

constexpr std::array<std::pair<std::string_view, MetricDesc>, 3> kSettings{{
    {"io-threads", {"redis_config_io_threads", "config_io_threads metric", kGauge}},
    {"maxclients", {"redis_config_maxclients", "config_maxclients metric", kGauge}},
    {"maxmemory", {"redis_config_maxmemory", "config_maxmemory metric", kGauge}},
}};

constexpr MetricDesc kSpikeLast{"redis_latency_spike_last", "When the latency spike last occurred",
                                kGauge};
constexpr MetricDesc kSpikeDuration{"redis_latency_spike_duration_seconds",
                                    "Length of the last latency spike in seconds", kGauge};
constexpr MetricDesc kSlowLength{"redis_slowlog_length", "Total slowlog", kGauge};
constexpr MetricDesc kSlowId{"redis_slowlog_last_id", "Last id of slowlog", kGauge};
constexpr MetricDesc kSlowDuration{"redis_last_slow_execution_duration_seconds",
                                   "The amount of time needed for last slow execution, in seconds",
                                   kGauge};
constexpr MetricDesc kQuorum{"redis_sentinel_master_ckquorum_status", "Master ckquorum status",
                             kGauge};
constexpr MetricDesc kOkSentinels{"redis_sentinel_master_ok_sentinels",
                                  "The number of okay sentinels monitoring this master", kGauge};
constexpr MetricDesc kOkSlaves{"redis_sentinel_master_ok_slaves",
                               "The number of okay slaves of the master", kGauge};
constexpr MetricDesc kKeySize{"redis_key_size", "The length or size of \"key\"", kGauge};
constexpr MetricDesc kKeyValue{"redis_key_value", "The value of \"key\"", kGauge};

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kSizeCommands{{
    {"hash", "HLEN"},
    {"list", "LLEN"},
    {"set", "SCARD"},
    {"stream", "XLEN"},
    {"zset", "ZCARD"},
}};

// Those of a list that nobody holds to be down.
double count_up(const RespReply& reply) {
    const auto up = [](const RespReply& item) {
        const RespFields fields = resp_fields(item);
        const auto flags = fields.find("flags");
        return flags != fields.end() && flags->second.find("o_down") == std::string_view::npos &&
               flags->second.find("s_down") == std::string_view::npos;
    };
    return static_cast<double>(std::count_if(reply.items.begin(), reply.items.end(), up));
}

}  // namespace

void report_redis_config(const RespReply& reply, Report& report) {
    const RespFields fields = resp_fields(reply);
    for (const auto& [name, desc] : kSettings) {
        const auto found = fields.find(name);
        if (found == fields.end()) continue;
        if (const auto value = to_number(found->second)) report.add(desc, *value);
    }
}

std::size_t redis_databases(const RespReply& reply) {
    const RespFields fields = resp_fields(reply);
    const auto found = fields.find("databases");
    const auto count = found == fields.end() ? std::nullopt : to_uint(found->second);
    return count ? std::min(static_cast<std::size_t>(*count), kMostDatabases) : kDatabases;
}

void report_redis_latest_latency(const RespReply& reply, Report& report) {
    for (const RespReply& event : reply.items) {
        // Its name, when it last was, how long that and the longest took in milliseconds.
        if (event.items.size() < 3 || !event.items[0].is_text()) continue;
        const std::string& name = event.items[0].text;
        report.add(kSpikeLast, static_cast<double>(event.items[1].integer), {{"event_name", name}});
        report.add(kSpikeDuration, static_cast<double>(event.items[2].integer) / 1e3,
                   {{"event_name", name}});
    }
}

void report_redis_slowlog_length(const RespReply& reply, Report& report) {
    if (reply.kind != RespReply::Kind::kInteger) return;
    report.add(kSlowLength, static_cast<double>(reply.integer));
}

void report_redis_slowlog_last(const RespReply& reply, Report& report) {
    if (!reply.is_array()) return;
    std::int64_t id = 0;
    std::int64_t usec = 0;
    // Its id, when it began, how long it took; then its words, which are nobody's business.
    if (!reply.items.empty() && reply.items[0].items.size() >= 3) {
        id = reply.items[0].items[0].integer;
        usec = reply.items[0].items[2].integer;
    }
    report.add(kSlowId, static_cast<double>(id));
    report.add(kSlowDuration, static_cast<double>(usec) / 1e6);
}

RespFields resp_fields(const RespReply& reply) {
    RespFields fields;
    for (std::size_t i = 0; i + 1 < reply.items.size(); i += 2) {
        if (!reply.items[i].is_text() || !reply.items[i + 1].is_text()) continue;
        fields.emplace(reply.items[i].text, reply.items[i + 1].text);
    }
    return fields;
}

void report_redis_quorum(const RedisMaster& master, const RespReply& reply, Report& report) {
    report.add(kQuorum, reply.is_error() ? 0.0 : 1.0,
               {{"master_name", master.name}, {"message", reply.text}});
}

void report_redis_sentinels(const RedisMaster& master, const RespReply& reply, Report& report) {
    report.add(kOkSentinels, 1 + count_up(reply),
               {{"master_name", master.name}, {"master_address", master.address}});
}

void report_redis_slaves(const RedisMaster& master, const RespReply& reply, Report& report) {
    report.add(kOkSlaves, count_up(reply),
               {{"master_name", master.name}, {"master_address", master.address}});
}

std::string_view redis_size_command(std::string_view type) {
    for (const auto& [name, command] : kSizeCommands) {
        if (name == type) return command;
    }
    return {};
}

void report_redis_key_size(const RedisKey& key, double size, Report& report) {
    const std::string database = "db" + std::to_string(key.database);
    report.add(kKeySize, size, {{"db", database}, {"key", key.name}});
}

void report_redis_key_value(const RedisKey& key, std::string_view text, Report& report) {
    const std::string database = "db" + std::to_string(key.database);
    const auto value = to_number(text);
    if (value) report.add(kKeyValue, *value, {{"db", database}, {"key", key.name}});
}

}  // namespace tocsin::collector
