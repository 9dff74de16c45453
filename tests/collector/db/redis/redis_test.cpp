#include "collector/db/redis/redis.h"

#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <optional>

#include "collector/db/redis/config.h"
#include "tests/support/collecting.h"
#include "tests/support/redis_peer.h"
#include "tests/support/run_until.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::FixtureTree;
using test::RedisPeer;
using test::resp_bulk;
using test::Values;

namespace {

const std::string kInfo = "# Clients\r\nconnected_clients:4\r\n# Keyspace\r\n";

RedisPeer::Answers good(const std::string& info = kInfo) {
    return {
        {"CLIENT SETNAME tocsin", "+OK\r\n"},
        {"CONFIG GET databases", "*2\r\n" + resp_bulk("databases") + resp_bulk("1")},
        {"CONFIG GET maxmemory", "*2\r\n" + resp_bulk("maxmemory") + resp_bulk("7")},
        {"INFO all", resp_bulk(info)},
        {"LATENCY LATEST", "*1\r\n*4\r\n" + resp_bulk("fork") + ":1700000000\r\n:251\r\n:9\r\n"},
        {"SLOWLOG LEN", ":3\r\n"},
        {"SLOWLOG GET 1", "*1\r\n*4\r\n:14\r\n:1700000000\r\n:15000\r\n*1\r\n$4\r\nKEYS\r\n"}};
}

struct Bench {
    SeriesTable table;
    net::Loop loop;
    net::OffloadPool pool{loop, 2, 4};
    std::shared_ptr<RedisConfig> config = std::make_shared<RedisConfig>();
    std::unique_ptr<Target> target;
    std::optional<std::string> said;  // of the last collection; "" when it went well
    Values values;

    explicit Bench(std::uint16_t port) {
        config->peer.host = "127.0.0.1";
        config->peer.port = port;
    }
    void start() {
        if (!target) {
            auto made = create_redis(config, {{}, &table, &loop, &pool, ""});
            REQUIRE(made);
            target = std::move(made).value();
        }
        said.reset();
        target->start(from_unix_ms(1'700'000'000'000),
                      [this](const Result<void>& result, const Readings& readings) {
                          said = result ? "" : result.error().message;
                          values = test::values_of(readings);
                      });
        REQUIRE_FALSE(said);
    }
    bool until(const std::function<bool()>& condition) { return test::run_until(loop, condition); }
    std::string collect() {
        start();
        REQUIRE(until([&] { return said.has_value(); }));
        return *said;
    }
    // One series of the last collection.
    double at(const std::string& series) const {
        const auto found = values.find(series);
        INFO(series);
        REQUIRE(found != values.end());
        return found->second;
    }
};

std::ptrdiff_t count(const std::vector<std::string>& heard, const std::string& command) {
    return std::count(heard.begin(), heard.end(), command);
}

}  // namespace

TEST_CASE("a server is asked over one connection that stays") {
    RedisPeer peer(good());
    Bench bench(peer.port());
    REQUIRE(bench.collect().empty());
    CHECK(bench.at("redis_up") == 1);
    CHECK(bench.at("redis_connected_clients") == 4);
    CHECK(bench.at("redis_config_maxmemory") == 7);
    CHECK(bench.at("redis_db_keys{db=\"db0\"}") == 0);
    CHECK(bench.at("redis_slowlog_length") == 3);
    CHECK(bench.at("redis_slowlog_last_id") == 14);
    CHECK(bench.at("redis_last_slow_execution_duration_seconds") == 0.015);
    CHECK(bench.at("redis_latency_spike_last{event_name=\"fork\"}") == 1700000000);
    CHECK(bench.at("redis_latency_spike_duration_seconds{event_name=\"fork\"}") == 0.251);
    CHECK_FALSE(bench.values.contains("redis_db_keys{db=\"db1\"}"));
    REQUIRE(bench.collect().empty());
    CHECK(peer.connections() == 1);
    CHECK(count(peer.heard(), "CLIENT SETNAME tocsin") == 1);
    CHECK(count(peer.heard(), "INFO all") == 2);
}

TEST_CASE("what a user may not ask is left out and the rest flows") {
    auto answers = good();
    answers["SLOWLOG LEN"] = "-NOPERM this user has no permissions\r\n";
    answers["CONFIG GET maxmemory"] = "-NOPERM this user has no permissions\r\n";
    answers["CONFIG GET databases"] = "-NOPERM this user has no permissions\r\n";
    RedisPeer peer(answers);
    Bench bench(peer.port());
    REQUIRE(bench.collect().empty());
    CHECK(bench.at("redis_up") == 1);
    CHECK_FALSE(bench.values.contains("redis_slowlog_length"));
    CHECK(bench.at("redis_slowlog_last_id") == 14);
    CHECK(bench.at("redis_db_keys{db=\"db15\"}") == 0);
}

TEST_CASE("a login is sent with the user, and a refused one is named with its file") {
    const FixtureTree tree{{"password", "s3cret\n"}};
    ::chmod(tree.at("password").c_str(), 0600);
    auto answers = good();
    answers["AUTH mon s3cret"] = "+OK\r\n";
    answers["AUTH s3cret"] = "-WRONGPASS invalid username-password pair\r\n";
    RedisPeer peer(answers);
    Bench bench(peer.port());
    bench.config->password_file = tree.at("password");
    CHECK(bench.collect() == "127.0.0.1:" + std::to_string(peer.port()) +
                                 " refuses the login: WRONGPASS invalid username-password pair; "
                                 "check \"user\" and " +
                                 tree.at("password"));
    CHECK(bench.at("redis_up") == 0);
    CHECK(bench.values.size() == 1);
    Bench right(peer.port());
    right.config->user = "mon";
    right.config->password_file = tree.at("password");
    CHECK(right.collect().empty());
    // The file is read at each login, so that a new password needs no restart.
    ::chmod(tree.at("password").c_str(), 0644);
    CHECK(right.collect().empty());
    CHECK_THAT(bench.collect(), Catch::Contains(tree.at("password")));
    CHECK(bench.at("redis_up") == 0);
}

TEST_CASE("a server that wants a password is named once it says so") {
    auto answers = good();
    for (auto& [command, answer] : answers) answer = "-NOAUTH Authentication required.\r\n";
    RedisPeer peer(answers);
    Bench bench(peer.port());
    CHECK_THAT(bench.collect(),
               Catch::EndsWith(": NOAUTH Authentication required.; set \"password_file\""));
    CHECK(bench.at("redis_up") == 0);
}

TEST_CASE("a server that is gone is down, and up when it is back") {
    auto peer = std::make_unique<RedisPeer>(good());
    Bench bench(peer->port());
    REQUIRE(bench.collect().empty());
    peer.reset();
    CHECK_THAT(bench.collect(), Catch::Contains("127.0.0.1:"));
    CHECK(bench.values == Values{{"redis_up", 0}});
    RedisPeer back(good());
    bench.config->peer.port = back.port();
    REQUIRE(bench.collect().empty());
    CHECK(bench.at("redis_up") == 1);
}

TEST_CASE("one that hangs up says why, where it said so before") {
    auto answers = good();
    answers["CLIENT SETNAME tocsin"] = "-ERR max number of clients reached\r\n";
    answers["CONFIG GET databases"] = RedisPeer::kHangUp;
    RedisPeer peer(answers);
    Bench bench(peer.port());
    CHECK_THAT(bench.collect(),
               Catch::EndsWith(" after it said: ERR max number of clients reached"));
}

TEST_CASE("a silent server is let go at the deadline, and asked anew over another connection") {
    auto answers = good();
    answers["SLOWLOG LEN"] = "";
    RedisPeer peer(answers);
    Bench bench(peer.port());
    bench.start();
    REQUIRE(bench.until([&] { return count(peer.heard(), "SLOWLOG LEN") == 1; }));
    REQUIRE(bench.until([&] { return count(peer.heard(), "SLOWLOG GET 1") == 1; }));
    const Values had = test::values_of(bench.target->cancel());
    CHECK(had.at("redis_up") == 0);
    CHECK_FALSE(bench.said);
    peer.answer("SLOWLOG LEN", ":1\r\n");
    CHECK(bench.collect().empty());
    CHECK(peer.connections() == 2);
}

TEST_CASE("what is not Redis is said to be none") {
    test::StreamPeer server([](const test::PeerConnection& connection) {
        std::string heard;
        if (connection.read(heard)) connection.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    Bench bench(server.port());
    CHECK_THAT(bench.collect(), Catch::StartsWith("not Redis's protocol: "));
    CHECK(bench.at("redis_up") == 0);
}

TEST_CASE("a server without INFO is down, whatever else it says") {
    auto answers = good();
    answers["INFO all"] = "-NOPERM this user has no permissions to run the 'info' command\r\n";
    RedisPeer peer(answers);
    Bench bench(peer.port());
    CHECK_THAT(bench.collect(), Catch::Contains(" has no answer to INFO: NOPERM"));
    CHECK(bench.at("redis_up") == 0);
    CHECK(bench.at("redis_slowlog_length") == 3);
}

TEST_CASE("keys that are watched have their size by their type, and numbers their value") {
    auto answers = good();
    answers["SELECT 0"] = "+OK\r\n";
    answers["SELECT 3"] = "+OK\r\n";
    answers["SELECT 99"] = "-ERR DB index is out of range\r\n";
    answers["TYPE none"] = "+none\r\n";
    answers["TYPE text"] = "+string\r\n";
    answers["GETRANGE text 0 63"] = resp_bulk("3.5");
    answers["STRLEN text"] = ":3\r\n";
    answers["TYPE long"] = "+string\r\n";
    answers["GETRANGE long 0 63"] = resp_bulk(std::string(64, '1'));
    answers["STRLEN long"] = ":65\r\n";
    answers["TYPE hll"] = "+string\r\n";
    answers["GETRANGE hll 0 63"] = resp_bulk("HYLL\1");
    answers["PFCOUNT hll"] = ":4\r\n";
    answers["TYPE queue"] = "+list\r\n";
    answers["LLEN queue"] = ":12\r\n";
    answers["TYPE module"] = "+other\r\n";
    answers["TYPE moved"] = "-MOVED 866 10.0.0.1:6379\r\n";
    answers["TYPE nowhere"] = "+string\r\n";
    RedisPeer peer(answers);
    Bench bench(peer.port());
    bench.config->keys = {{0, "none"},   {0, "text"},  {0, "long"},  {0, "hll"},
                          {0, "module"}, {0, "moved"}, {3, "queue"}, {99, "nowhere"}};
    for (int round = 0; round < 2; ++round) {
        REQUIRE(bench.collect().empty());
        Values keys = bench.values;
        std::erase_if(keys, [](const auto& v) { return !v.first.starts_with("redis_key_"); });
        CHECK(keys == Values{{"redis_key_size{db=\"db0\", key=\"none\"}", 0},
                             {"redis_key_size{db=\"db0\", key=\"text\"}", 3},
                             {"redis_key_value{db=\"db0\", key=\"text\"}", 3.5},
                             {"redis_key_size{db=\"db0\", key=\"long\"}", 65},
                             {"redis_key_size{db=\"db0\", key=\"hll\"}", 4},
                             {"redis_key_size{db=\"db3\", key=\"queue\"}", 12}});
    }
}

TEST_CASE("a sentinel is asked about each master, and a node about its cluster") {
    auto answers = good("# Sentinel\r\nsentinel_masters:1\r\n# Cluster\r\ncluster_enabled:1\r\n");
    const auto fields = [](const std::vector<std::string>& words) {
        std::string out = "*" + std::to_string(words.size()) + "\r\n";
        for (const std::string& word : words) out += resp_bulk(word);
        return out;
    };
    answers["SENTINEL MASTERS"] =
        "*2\r\n" + fields({"name", "m", "ip", "::1", "port", "6379"}) + fields({"name", "no"});
    answers["SENTINEL CKQUORUM m"] = "-NOQUORUM 1 usable\r\n";
    answers["SENTINEL SENTINELS m"] = "*1\r\n" + fields({"flags", "s_down,sentinel"});
    answers["SENTINEL SLAVES m"] =
        "*2\r\n" + fields({"flags", "slave"}) + fields({"flags", "o_down,slave"});
    answers["CLUSTER INFO"] = resp_bulk("cluster_state:ok\r\ncluster_size:3\r\n");
    RedisPeer peer(answers);
    Bench bench(peer.port());
    REQUIRE(bench.collect().empty());
    const std::string labels = "{master_address=\"::1:6379\", master_name=\"m\"}";
    CHECK(bench.at("redis_sentinel_master_ok_sentinels" + labels) == 1);
    CHECK(bench.at("redis_sentinel_master_ok_slaves" + labels) == 1);
    CHECK(bench.at("redis_sentinel_master_ckquorum_status{master_name=\"m\", "
                   "message=\"NOQUORUM 1 usable\"}") == 0);
    CHECK(bench.at("redis_cluster_state") == 1);
    CHECK(bench.at("redis_cluster_size") == 3);
}
