// What can be seen without a server: tests/e2e/postgres_e2e.py has a real one.
#include "collector/db/postgres/postgres.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

#include "base/net/loop.h"
#include "base/net/offload.h"
#include "collector/db/postgres/endpoint.h"
#include "collector/db/postgres_config/postgres_config.h"
#include "tests/support/collecting.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/run_until.h"
#include "tests/support/tcp_port.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::FixtureTree;
using test::Values;

namespace {

// Answers the first who comes with these bytes, and hangs up.
void answer(const test::TcpPort& port, std::string_view bytes) {
    const int peer = ::accept(port.fd(), nullptr, nullptr);
    REQUIRE(peer >= 0);
    std::array<char, 4096> asked{};
    REQUIRE(::recv(peer, asked.data(), asked.size(), 0) > 0);
    REQUIRE(::send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
    ::close(peer);
}

struct Bench {
    SeriesTable table;
    net::Loop loop;
    net::OffloadPool pool{loop, 1, 4};
    std::unique_ptr<Target> target;
    bool answered = false;
    std::string error;
    Values values;

    explicit Bench(const std::string& dsn, const std::string& password_file = "") {
        auto config = std::make_shared<PostgresConfig>();
        config->job = "postgres";
        config->instance = "db";
        config->dsn = parse_conninfo(dsn).value();
        config->password_file = password_file;
        target = create_postgres(config, {{}, &table, &loop, &pool, ""}).value();
    }
    void start() {
        answered = false;
        target->start(from_unix_ms(0), [this](const Result<void>& result, Readings readings) {
            answered = true;
            error = result ? "" : result.error().message;
            values = test::values_of(readings);
        });
        REQUIRE_FALSE(answered);
    }
    bool run_until(const std::function<bool()>& condition) {
        return test::run_until(loop, condition);
    }
    void run() {
        start();
        REQUIRE(run_until([&] { return answered; }));
    }
};

const std::string kUp = R"(pg_up{instance="db", job="postgres"})";

}  // namespace

TEST_CASE("a server that is not there is told with its address") {
    std::string port;
    {
        const test::TcpPort gone;
        port = std::to_string(gone.number());
    }
    Bench bench("host=127.0.0.1 port=" + port);
    for (int i = 0; i < 2; ++i) {
        bench.run();
        CHECK_THAT(bench.error, Catch::Contains("127.0.0.1") && Catch::Contains(port) &&
                                    Catch::Contains("refused"));
        CHECK(bench.values == Values{{kUp, 0}});
    }
}

TEST_CASE("a server that never answers is let go, and asked anew") {
    const test::TcpPort silent;
    Bench bench("host=127.0.0.1 port=" + std::to_string(silent.number()));
    for (int i = 0; i < 2; ++i) {
        bench.start();
        const auto deadline = bench.loop.after(30ms, [] {});
        REQUIRE(bench.run_until([&] { return !deadline.armed(); }));
        CHECK_FALSE(bench.answered);
        CHECK(test::values_of(bench.target->cancel()) == Values{{kUp, 0}});
    }
    bench.start();
    bench.target.reset();
    CHECK(bench.run_until([&] { return bench.pool.busy() == 0; }));
    CHECK_FALSE(bench.answered);
}

TEST_CASE("what does not speak the protocol is an error, not a hang") {
    for (const std::string_view bytes :
         {"HTTP/1.1 400 Bad Request\r\n\r\n", "S", "", "R\xff\xff\xff\xff", "E"}) {
        const test::TcpPort peer;
        Bench bench("sslmode=disable host=127.0.0.1 port=" + std::to_string(peer.number()));
        bench.start();
        bool said = false;
        const auto timer = bench.loop.after(20ms, [&] {
            answer(peer, bytes);
            said = true;
        });
        REQUIRE(bench.run_until([&] { return said && bench.answered; }));
        CHECK_FALSE(bench.error.empty());
        CHECK(bench.values == Values{{kUp, 0}});
    }
}

TEST_CASE("a password that others can read, or that is not there, is named") {
    const FixtureTree tree{{"password", "secret\n"}};
    ::chmod(tree.at("password").c_str(), 0644);
    Bench open("host=127.0.0.1 port=1", tree.at("password"));
    open.run();
    CHECK_THAT(open.error, Catch::Contains(tree.at("password")));
    CHECK_THAT(open.error, !Catch::Contains("secret"));
    Bench missing("host=127.0.0.1 port=1", tree.at("nothing"));
    missing.run();
    CHECK_THAT(missing.error, Catch::Contains(tree.at("nothing")));
}

TEST_CASE("libpq is given addresses, a name for itself, and no name to look up") {
    const auto endpoint = [](const std::string& dsn, const std::string& database = "") {
        auto made = pg_endpoint(parse_conninfo(dsn).value(), "", database);
        REQUIRE(made);
        return std::map<std::string, std::string>(made.value().begin(), made.value().end());
    };
    auto local = endpoint("");
    CHECK(local["host"] == "/var/run/postgresql");
    CHECK(local["application_name"] == "tocsin");
    CHECK(local["client_encoding"] == "UTF8");
    CHECK(local.count("hostaddr") == 0);
    auto named = endpoint("host=localhost,10.0.0.1 port=5433 application_name=mine", "shop");
    CHECK_THAT(named["hostaddr"], Catch::Contains("127.0.0.1") || Catch::Contains("::1"));
    CHECK_THAT(named["host"], Catch::EndsWith(",10.0.0.1"));
    CHECK_THAT(named["port"], Catch::EndsWith("5433,5433"));
    CHECK(std::count(named["host"].begin(), named["host"].end(), ',') ==
          std::count(named["hostaddr"].begin(), named["hostaddr"].end(), ','));
    CHECK(named["dbname"] == "shop");
    CHECK(named["application_name"] == "mine");

    const auto unknown = pg_endpoint(parse_conninfo("host=no-such-host.invalid").value(), "", "");
    CHECK_THAT(unknown.error().message,
               Catch::StartsWith("the host no-such-host.invalid has no address: "));
}
