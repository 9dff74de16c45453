#include "collector/db/redis/config.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/core/strings.h"
#include "base/net/http.h"

namespace tocsin::collector {
namespace {

constexpr std::uint16_t kPort = 6379;
constexpr std::size_t kMostKeys = 1000;
constexpr int kMostDatabase = 65535;

Error wrong_url(std::string_view why) {
    return {ErrorCode::kInvalid,
            std::string(why) + "; it is redis://host:port, rediss://host:port or unix:///path"};
}

Result<net::StreamPeer> parse_address(std::string_view text) {
    net::StreamPeer peer;
    if (text.ends_with('/')) text.remove_suffix(1);
    if (text.find('/') != std::string_view::npos) return wrong_url("names a path");
    if (text.find('@') != std::string_view::npos) {
        return Error(ErrorCode::kInvalid,
                     "holds a user or password; write them as \"user\" and \"password_file\"");
    }
    if (text.empty() || text.starts_with(':')) return wrong_url("names no host");
    // A port is what follows the last colon that is not part of an IPv6 address.
    const bool bare =
        text.starts_with('[') ? text.ends_with(']') : text.find(':') == std::string_view::npos;
    auto parsed = net::parse_host_port(std::string(text) +
                                       (bare ? ":" + std::to_string(kPort) : std::string()));
    if (!parsed) return wrong_url("has no address that reads");
    peer.host = parsed.value().host;
    peer.port = parsed.value().port;
    return peer;
}

void read_tls(const text::YamlNode& node, net::StreamPeer& peer, text::MapReader& entry,
              Diagnostics& diagnostics) {
    if (!node) return;
    text::MapReader reader(node, "TLS to Redis", diagnostics);
    net::StreamTls tls;
    tls.ca_file = reader.string("ca_file").value_or("");
    tls.certificate_file = reader.string("certificate_file").value_or("");
    tls.key_file = reader.string("key_file").value_or("");
    tls.server_name = reader.string("server_name").value_or("");
    if (tls.certificate_file.empty() != tls.key_file.empty()) {
        reader.error(tls.key_file.empty() ? "certificate_file" : "key_file",
                     "\"certificate_file\" and \"key_file\" go together");
    }
    reader.finish();
    if (!peer.tls && !(peer.host.empty() && peer.path.empty())) {
        entry.error("tls", "is for a url that begins with rediss://");
    }
    peer.tls = std::move(tls);
}

void read_keys(text::MapReader& reader, RedisConfig& into) {
    for (const std::string& text : reader.strings("check_keys")) {
        RedisKey key = parse_redis_key(text);
        if (key.name.empty()) {
            reader.error("check_keys", "a key has no name");
        } else if (std::find(into.keys.begin(), into.keys.end(), key) != into.keys.end()) {
            reader.error("check_keys", "the key \"" + text + "\" stands twice");
        } else {
            into.keys.push_back(std::move(key));
        }
    }
    if (into.keys.size() > kMostKeys) {
        reader.error("check_keys", "are more than " + std::to_string(kMostKeys));
    }
    // One database after the other, so that a connection changes it as rarely as can be.
    std::stable_sort(into.keys.begin(), into.keys.end(),
                     [](const RedisKey& a, const RedisKey& b) { return a.database < b.database; });
}

std::shared_ptr<RedisConfig> read_server(const text::YamlNode& node, Diagnostics& diagnostics) {
    text::MapReader reader(node, "a Redis server", diagnostics);
    auto server = std::make_shared<RedisConfig>();
    read_target(reader, *server, "redis");
    reader.require("url");
    if (const auto url = reader.string("url")) {
        auto peer = parse_redis_url(*url);
        if (peer) {
            server->peer = std::move(peer).value();
        } else {
            reader.error("url", peer.error().message);
        }
    }
    const bool known = !server->peer.host.empty() || !server->peer.path.empty();
    server->instance = reader.string("instance").value_or(known ? server->peer.text() : "");
    server->user = reader.string("user").value_or("");
    server->password_file = reader.string("password_file").value_or("");
    if (!server->user.empty() && server->password_file.empty()) {
        reader.error("user", "needs a \"password_file\"");
    }
    read_tls(reader.node("tls"), server->peer, reader, diagnostics);
    read_keys(reader, *server);
    server->peer.connect_timeout = server->timeout;
    reader.finish();
    return server;
}

}  // namespace

Result<net::StreamPeer> parse_redis_url(std::string_view url) {
    constexpr std::string_view kPlain = "redis://";
    constexpr std::string_view kTls = "rediss://";
    constexpr std::string_view kUnix = "unix://";
    if (url.starts_with(kUnix)) {
        net::StreamPeer peer;
        peer.path = url.substr(kUnix.size());
        if (!peer.path.starts_with('/')) return wrong_url("has no absolute path");
        return peer;
    }
    if (url.starts_with(kPlain)) return parse_address(url.substr(kPlain.size()));
    if (!url.starts_with(kTls)) return wrong_url("begins with no scheme that is known");
    auto peer = parse_address(url.substr(kTls.size()));
    if (peer) peer.value().tls.emplace();
    return peer;
}

RedisKey parse_redis_key(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (text.starts_with("db") && equals != std::string_view::npos) {
        const auto number = parse_uint(text.substr(2, equals - 2));
        if (number && *number <= kMostDatabase) {
            return {static_cast<int>(*number), std::string(text.substr(equals + 1))};
        }
    }
    return {0, std::string(text)};
}

TargetConfigs read_redis(const text::YamlNode& section, Diagnostics& diagnostics) {
    TargetConfigs out;
    if (section.kind() != text::YamlKind::kSequence) {
        diagnostics.error(section.position(), "\"redis\" is a list of {url}");
        return out;
    }
    std::set<std::pair<std::string, std::string>> names;
    for (const text::YamlNode& node : section.items()) {
        auto server = read_server(node, diagnostics);
        if (!server->instance.empty() && !names.emplace(server->job, server->instance).second) {
            diagnostics.error(node.position(), "there are two Redis servers with the instance \"" +
                                                   server->instance +
                                                   "\"; give one of them another");
        }
        out.push_back(std::move(server));
    }
    return out;
}

}  // namespace tocsin::collector
