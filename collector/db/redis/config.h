// The section `redis` of agent.yml: Redis servers, replicas, sentinels and cluster nodes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/net/byte_stream.h"
#include "collector/api/target.h"

namespace tocsin::collector {

struct RedisKey {
    int database = 0;
    std::string name;
    bool operator==(const RedisKey&) const = default;
};

struct RedisConfig final : TargetConfig {
    net::StreamPeer peer;
    std::string user;           // "": the default one
    std::string password_file;  // "": none is sent
    std::vector<RedisKey> keys;
};

// redis://host[:port], rediss://host[:port], unix:///path. The file names of TLS are not in it.
Result<net::StreamPeer> parse_redis_url(std::string_view url);
// "name" in database 0, "db3=name" in another.
RedisKey parse_redis_key(std::string_view text);

TargetConfigs read_redis(const text::YamlNode& section, Diagnostics& diagnostics);

}  // namespace tocsin::collector
