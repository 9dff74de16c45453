// A server that lets us in and does not answer everything in time.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/net/loop.h"
#include "base/net/offload.h"
#include "collector/db/postgres/postgres.h"
#include "collector/db/postgres_config/postgres_config.h"
#include "tests/support/collecting.h"
#include "tests/support/run_until.h"
#include "tests/support/tcp_port.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Values;

namespace {

// Speaks as much of PostgreSQL's protocol (manual, "Frontend/Backend Protocol") as an answer
// without rows takes. A statement in which a certain text stands is never answered.
class SlowServer {
  public:
    explicit SlowServer(std::string hangs) : hangs_(std::move(hangs)) {
        thread_ = std::thread([this] { serve(); });
    }
    ~SlowServer() {
        port_.shut();
        thread_.join();
    }
    SlowServer(const SlowServer&) = delete;
    SlowServer& operator=(const SlowServer&) = delete;

    std::string port() const { return std::to_string(port_.number()); }
    // What was asked since the last call.
    std::vector<std::string> asked() {
        const std::lock_guard lock(mutex_);
        return std::exchange(asked_, {});
    }
    bool hangs_now() {
        const std::lock_guard lock(mutex_);
        return std::any_of(asked_.begin(), asked_.end(),
                           [&](const std::string& s) { return s.find(hangs_) != s.npos; });
    }

  private:
    static std::string message(char type, std::string_view body) {
        const std::uint32_t size = htonl(static_cast<std::uint32_t>(body.size() + 4));
        std::string out(1, type);
        out.append(reinterpret_cast<const char*>(&size), sizeof size);
        return out.append(body);
    }
    static std::string ready(bool in_transaction) {
        return message('Z', in_transaction ? "T" : "I");
    }
    static std::string read(int peer, std::size_t size) {
        std::string out(size, '\0');
        if (size == 0) return out;  // or it would wait for more
        return ::recv(peer, out.data(), size, MSG_WAITALL) == static_cast<ssize_t>(size) ? out : "";
    }
    static std::string read_body(int peer) {
        std::uint32_t size = 0;
        const std::string bytes = read(peer, sizeof size);
        if (bytes.empty()) return "";
        std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(&size));
        return read(peer, ntohl(size) - sizeof size);
    }
    static void say(int peer, const std::string& bytes) {
        [[maybe_unused]] const auto sent = ::send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }

    void serve() {
        while (true) {
            const int peer = ::accept(port_.fd(), nullptr, nullptr);
            if (peer < 0) return;
            read_body(peer);  // whom it wants to be
            say(peer, message('R', std::string(4, '\0')) +
                          message('S', std::string("server_version\0"
                                                   "15.4\0",
                                                   20)) +
                          ready(false));
            converse(peer);
            ::close(peer);
        }
    }

    void converse(int peer) {
        bool in_transaction = false;
        bool silent = false;
        while (true) {
            const std::string type = read(peer, 1);
            if (type.empty()) return;
            const std::string body = read_body(peer);
            if (type == "Q") {
                if (body.starts_with("BEGIN")) in_transaction = true;
                if (body.starts_with("ROLLBACK")) in_transaction = false;
                say(peer, message('C', std::string("SET\0", 4)) + ready(in_transaction));
            } else if (type == "P") {
                const std::lock_guard lock(mutex_);
                asked_.emplace_back(body.c_str() + 1);  // after a name of no letters
                silent = asked_.back().find(hangs_) != std::string::npos;
            } else if (type == "S" && !silent) {
                say(peer, message('1', "") + message('2', "") + message('n', "") +
                              message('C', std::string("SELECT 0\0", 9)) + ready(in_transaction));
            }
        }
    }

    const std::string hangs_;
    test::TcpPort port_;
    std::mutex mutex_;
    std::vector<std::string> asked_;
    std::thread thread_;
};

struct Bench {
    SlowServer server;
    SeriesTable table;
    net::Loop loop;
    net::OffloadPool pool{loop, 1, 4};
    std::shared_ptr<PostgresConfig> config = std::make_shared<PostgresConfig>();
    std::unique_ptr<Target> target;
    Timestamp now = from_unix_ms(0);

    explicit Bench(const std::string& hangs) : server(hangs) {
        config->job = "postgres";
        config->instance = "db";
        config->settings = Told::kNo;
        config->dsn =
            parse_conninfo("sslmode=disable host=127.0.0.1 port=" + server.port()).value();
    }
    void add_check(const std::string& name, Duration every = Duration{0}) {
        SqlCheck check;
        check.name = name;
        check.statement =
            check_statement("SELECT v FROM mine_" + name, SqlDialect::kPostgres).value();
        check.every = every;
        config->checks.push_back(std::move(check));
    }
    // Until it is done, or hangs and is let go.
    Values collect() {
        if (!target) {
            target = create_postgres(config, {{}, &table, &loop, &pool, ""}).value();
        }
        Values values;
        bool answered = false;
        now += 15s;
        server.asked();
        target->start(now, [&](const Result<void>&, Readings readings) {
            answered = true;
            values = test::values_of(readings);
        });
        REQUIRE(test::run_until(loop, [&] { return answered || server.hangs_now(); }));
        return answered ? values : test::values_of(target->cancel());
    }
    std::vector<std::string> checks_asked() {
        std::vector<std::string> out;
        for (const std::string& statement : server.asked()) {
            const auto at = statement.find("mine_");
            if (statement.find("SELECT v FROM mine_") == statement.npos) continue;
            out.push_back(statement.substr(at + 5, 1));
        }
        return out;
    }
};

const std::string kUp = R"(pg_up{instance="db", job="postgres"})";

std::string check_series(const std::string& name) {
    return R"(tocsin_sql_check_success{check=")" + name + R"(", instance="db", job="postgres"})";
}
std::string query_series(const std::string& name) {
    return R"(tocsin_pg_query_success{instance="db", job="postgres", query=")" + name + R"("})";
}

}  // namespace

TEST_CASE(
    "a check that hangs is told as failed with those it kept waiting, which come first next") {
    Bench bench("mine_b");
    for (const char* const name : {"a", "b", "c"}) bench.add_check(name);
    Values values = bench.collect();
    CHECK(bench.checks_asked() == std::vector<std::string>{"a", "b"});
    CHECK(values.at(kUp) == 1);
    CHECK(values.at(check_series("b")) == 0);
    CHECK(values.at(check_series("c")) == 0);
    values = bench.collect();
    CHECK(bench.checks_asked() == std::vector<std::string>{"c", "a", "b"});
    CHECK(values.at(kUp) == 1);
}

TEST_CASE("a check whose time has not come is told as it was, though another hangs") {
    Bench bench("mine_b");
    bench.add_check("a", 1h);
    bench.add_check("b");
    bench.add_check("c", 1h);
    bench.collect();
    CHECK(bench.checks_asked() == std::vector<std::string>{"a", "b"});
    bench.collect();
    CHECK(bench.checks_asked() == std::vector<std::string>{"c", "b"});
    const Values values = bench.collect();
    CHECK(bench.checks_asked() == std::vector<std::string>{"b"});
    CHECK(values.count(check_series("a")) == 1);
    CHECK(values.count(check_series("c")) == 1);
}

TEST_CASE("no check begins that could take the collection past its deadline") {
    Bench bench("nothing hangs");
    bench.add_check("a");
    bench.config->timeout = 0ms;
    const Values values = bench.collect();
    CHECK(bench.checks_asked().empty());
    CHECK(values.at(kUp) == 1);
    CHECK(values.at(check_series("a")) == 0);
}

TEST_CASE("a query that takes the collection past its deadline again and again is left alone") {
    Bench bench("pg_stat_archiver");
    bench.add_check("a");
    for (int i = 0; i < 3; ++i) {
        const Values values = bench.collect();
        CHECK(values.at(kUp) == 1);
        CHECK(values.at(query_series("stat_archiver")) == 0);
        CHECK(values.at(check_series("a")) == 0);
        CHECK(bench.checks_asked().empty());
    }
    const Values values = bench.collect();
    CHECK_FALSE(bench.server.hangs_now());
    CHECK(values.at(query_series("stat_archiver")) == 0);
    CHECK(bench.checks_asked() == std::vector<std::string>{"a"});
}
