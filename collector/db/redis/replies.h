// What Redis answers to everything but INFO, under redis_exporter's names. Pure; a reply of another
// shape says nothing.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "collector/api/report.h"
#include "collector/db/redis/config.h"
#include "collector/db/redis/resp.h"

namespace tocsin::collector {

// CONFIG GET: what it gives is redis_config_*; nothing else of the configuration is asked for, as
// it holds passwords.
void report_redis_config(const RespReply& reply, Report& report);
// How many databases there are, of CONFIG GET databases; 16, Redis's default, when it doesn't say.
std::size_t redis_databases(const RespReply& reply);

void report_redis_latest_latency(const RespReply& reply, Report& report);
void report_redis_slowlog_length(const RespReply& reply, Report& report);
void report_redis_slowlog_last(const RespReply& reply, Report& report);

// A list of names and values in turns, as SENTINEL MASTERS has it for each master.
using RespFields = std::map<std::string_view, std::string_view>;
RespFields resp_fields(const RespReply& reply);

struct RedisMaster {
    std::string name;
    std::string address;
};
void report_redis_quorum(const RedisMaster& master, const RespReply& reply, Report& report);
// Of SENTINEL SENTINELS (the one that is asked is not among them) and SENTINEL SLAVES.
void report_redis_sentinels(const RedisMaster& master, const RespReply& reply, Report& report);
void report_redis_slaves(const RedisMaster& master, const RespReply& reply, Report& report);

// The command whose integer is the size of a key of that type; "" when there is none.
std::string_view redis_size_command(std::string_view type);
void report_redis_key_size(const RedisKey& key, double size, Report& report);
void report_redis_key_value(const RedisKey& key, std::string_view text, Report& report);

}  // namespace tocsin::collector
