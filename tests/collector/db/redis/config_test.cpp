#include "collector/db/redis/config.h"

#include <catch2/catch.hpp>

#include "base/text/yaml.h"
#include "tests/support/read_targets.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

using Read = test::ReadTargets<RedisConfig>;

Read read(const std::string& text) {
    return test::read_targets<RedisConfig>(read_redis, text);
}

}  // namespace

TEST_CASE("an entry needs no more than its url") {
    const Read r = read("[{url: redis://127.0.0.1}]");
    CHECK(r.said.empty());
    REQUIRE(r.targets.size() == 1);
    const RedisConfig& c = *r.targets[0];
    CHECK(c.job == "redis");
    CHECK(c.instance == "127.0.0.1:6379");
    CHECK(c.peer.host == "127.0.0.1");
    CHECK(c.peer.port == 6379);
    CHECK_FALSE(c.peer.tls);
    CHECK(c.timeout == Duration(10s));
    CHECK(c.every == Duration(0));
}

TEST_CASE("a whole entry is read") {
    const Read r = read(R"(
- instance: cache
  job: caches
  url: rediss://cache.example:6380/
  user: mon
  password_file: /etc/tocsin/redis.password
  tls: {ca_file: ca.pem, certificate_file: c.pem, key_file: k.pem, server_name: cache}
  check_keys: [queue, db3=mail=out, "db=x", db0=other]
  every: 30s
  timeout: 3s
)");
    CHECK(r.said.empty());
    REQUIRE(r.targets.size() == 1);
    const RedisConfig& c = *r.targets[0];
    CHECK(c.instance == "cache");
    CHECK(c.job == "caches");
    CHECK(c.user == "mon");
    CHECK(c.password_file == "/etc/tocsin/redis.password");
    REQUIRE(c.peer.tls);
    CHECK(c.peer.tls->ca_file == "ca.pem");
    CHECK(c.peer.tls->certificate_file == "c.pem");
    CHECK(c.peer.tls->key_file == "k.pem");
    CHECK(c.peer.tls->server_name == "cache");
    CHECK(c.keys ==
          std::vector<RedisKey>{{0, "queue"}, {0, "db=x"}, {0, "other"}, {3, "mail=out"}});
    CHECK(c.every == Duration(30s));
    CHECK(c.timeout == Duration(3s));
    CHECK(c.peer.connect_timeout == Duration(3s));
}

TEST_CASE("addresses in every form") {
    struct Case {
        std::string url;
        std::string text;
        bool tls;
    };
    const std::vector<Case> cases{
        {"redis://db", "db:6379", false},
        {"redis://db:1/", "db:1", false},
        {"redis://[::1]", "[::1]:6379", false},
        {"redis://[::1]:7", "[::1]:7", false},
        {"rediss://db", "db:6379", true},
        {"unix:///run/redis/redis.sock", "/run/redis/redis.sock", false},
    };
    for (const Case& c : cases) {
        INFO(c.url);
        const auto peer = parse_redis_url(c.url);
        REQUIRE(peer);
        CHECK(peer.value().text() == c.text);
        CHECK(peer.value().tls.has_value() == c.tls);
    }
}

TEST_CASE("every mistake is named at its place") {
    struct Case {
        std::string text;
        std::string said;
    };
    const std::vector<Case> cases{
        {"{}", "1:1: error: \"redis\" is a list of {url}"},
        {"[{}]", "\"url\""},
        {"[{url: http://a}]", "1:8: error: \"url\": begins with no scheme that is known"},
        {"[{url: redis://a/3}]", "names a path"},
        {"[{url: redis://}]", "names no host"},
        {"[{url: 'redis://:6379'}]", "names no host"},
        {"[{url: redis://a:x}]", "has no address that reads"},
        {"[{url: unix://a}]", "has no absolute path"},
        {"[{url: 'redis://u:secret@a'}]", "holds a user or password"},
        {"[{url: redis://a, user: x}]", "\"user\": needs a \"password_file\""},
        {"[{url: redis://a, tls: {}}]", "\"tls\": is for a url that begins with rediss://"},
        {"[{url: rediss://a, tls: {certificate_file: x}}]", "go together"},
        {"[{url: rediss://a, tls: {ca: x}}]", "unknown key \"ca\""},
        {"[{url: redis://a, check_keys: [db1=]}]", "a key has no name"},
        {"[{url: redis://a, check_keys: [x, db0=x]}]", "stands twice"},
        {"[{url: redis://a, paswordfile: x}]", "did you mean \"password_file\""},
        {"[{url: redis://a}, {url: 'redis://a:6379'}]", "two Redis servers"},
        {"[{url: redis://a, every: 1s, timeout: 2s}]", "longer than \"every\""},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        CHECK_THAT(read(c.text).text, Catch::Contains(c.said));
    }
    CHECK(read("[{url: 'redis://u:secret@a'}]").text.find("secret") == std::string::npos);
}
