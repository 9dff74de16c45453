#include "collector/db/mysql/mysql.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <map>

#include "collector/db/mysql/plan.h"
#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Values;

namespace {

// Answers what the test says of a statement, two columns to a row; of others, no rows.
class FakeSession final : public MysqlSession {
  public:
    struct Script {
        std::optional<Error> at_door;
        std::map<std::string, std::vector<std::pair<std::string, std::string>>, std::less<>> rows;
        std::map<std::string, Error, std::less<>> errors;
        std::string version = "10.11.19-MariaDB";
        bool gone = false;  // what ping finds
        int opened = 0;
        std::vector<std::string> asked;
        std::function<void(const std::string&)> on_query = [](const std::string&) {};
    };
    explicit FakeSession(std::shared_ptr<Script> script) : script_(std::move(script)) {}

    Result<void> open() override {
        ++script_->opened;
        if (script_->at_door) return *script_->at_door;
        open_ = true;
        return success();
    }
    void ping() override {
        if (std::exchange(script_->gone, false)) open_ = false;
    }
    bool is_open() const override { return open_; }
    void close() override { open_ = false; }
    std::string version() const override { return script_->version; }
    Result<MysqlAnswer> query(const std::string& sql) override {
        script_->asked.push_back(sql);
        script_->on_query(sql);
        if (const auto error = script_->errors.find(sql); error != script_->errors.end()) {
            if (error->second.code == ErrorCode::kUnavailable) open_ = false;
            return error->second;
        }
        MysqlAnswer answer({"n", "v"});
        if (const auto rows = script_->rows.find(sql); rows != script_->rows.end()) {
            for (const auto& [first, second] : rows->second) {
                answer.add(first);
                answer.add(second);
            }
        }
        return answer;
    }

  private:
    std::shared_ptr<Script> script_;
    bool open_ = false;
};

constexpr auto kVariables = "SHOW GLOBAL VARIABLES";
constexpr auto kStatus = "SHOW GLOBAL STATUS";
constexpr auto kReplicas = "SHOW ALL SLAVES STATUS";

struct Bench {
    SeriesTable table;
    std::shared_ptr<MysqlConfig> config = std::make_shared<MysqlConfig>();
    std::shared_ptr<FakeSession::Script> script = std::make_shared<FakeSession::Script>();
    std::unique_ptr<Collector> collector;
    Timestamp now = from_unix_ms(1'700'000'000'000);
    Values values;

    Bench() {
        script->rows[kVariables] = {{"max_connections", "151"}};
        script->rows[kStatus] = {{"Uptime", "5"}};
    }
    // "" when it went well.
    std::string collect() {
        if (!collector) {
            collector = make_mysql_collector(config, table, std::make_unique<FakeSession>(script));
        }
        Readings readings;
        const auto result = collector->collect(now, readings);
        values = test::values_of(readings);
        return result ? "" : result.error().message;
    }
    double at(const std::string& series) const {
        const auto found = values.find(series);
        INFO(series);
        REQUIRE(found != values.end());
        return found->second;
    }
    double success_of(const std::string& query) const {
        return at("tocsin_mysql_query_success{query=\"" + query + "\"}");
    }
    std::ptrdiff_t asked(const std::string& sql) const {
        return std::count(script->asked.begin(), script->asked.end(), sql);
    }
    SqlCheck& add_check(std::string name, Duration every = Duration{0}) {
        SqlCheck check;
        check.name = std::move(name);
        check.statement = check_statement("SELECT n, v FROM shop.t", SqlDialect::kMysql).value();
        check.every = every;
        check.labels = {"n"};
        static constexpr MetricDesc kWaiting{"waiting", "Waiting.", MetricType::kGauge};
        check.values = {{"v", &kWaiting}};
        config->checks.push_back(std::move(check));
        return config->checks.back();
    }
    std::string check_sql() const { return config->checks[0].statement.text; }
};

}  // namespace

TEST_CASE("a server is asked over one connection, which only reads") {
    Bench bench;
    bench.config->timeout = 3s;
    REQUIRE(bench.collect().empty());
    CHECK(bench.at("mysql_up") == 1);
    CHECK(bench.at("mysql_global_variables_max_connections") == 151);
    CHECK(bench.at("mysql_global_status_uptime") == 5);
    CHECK(bench.success_of("slave_status") == 1);
    CHECK(bench.script->asked.at(0) == "SET SESSION TRANSACTION READ ONLY");
    CHECK(bench.asked("SET SESSION sql_mode = ''") == 1);
    CHECK(bench.asked("SET SESSION lock_wait_timeout = 2") == 1);
    CHECK(bench.asked("SET SESSION max_statement_time = 1.5") == 1);
    REQUIRE(bench.collect().empty());
    CHECK(bench.script->opened == 1);
    CHECK(bench.asked("SET SESSION TRANSACTION READ ONLY") == 1);
    CHECK(bench.asked(kStatus) == 2);
}

TEST_CASE("MySQL is asked in its own words, by its version") {
    struct Case {
        std::string version;
        std::string replication;
        std::string limit;
    };
    const std::vector<Case> cases{
        {"8.0.36", "SHOW SLAVE STATUS", "SET SESSION max_execution_time = 5000"},
        {"8.4.1", "SHOW REPLICA STATUS", "SET SESSION max_execution_time = 5000"},
        {"10.6.1-MariaDB", kReplicas, "SET SESSION max_statement_time = 5"},
    };
    for (const Case& c : cases) {
        INFO(c.version);
        Bench bench;
        bench.script->version = c.version;
        REQUIRE(bench.collect().empty());
        CHECK(bench.asked(c.replication) == 1);
        CHECK(bench.asked(c.limit) == 1);
    }
}

TEST_CASE("a server that is not to be reached is down") {
    Bench bench;
    bench.script->at_door = Error(ErrorCode::kUnavailable, "connecting to db: refused");
    CHECK(bench.collect() == "connecting to db: refused");
    CHECK(bench.values == Values{{"mysql_up", 0}});
    bench.script->at_door.reset();
    CHECK(bench.collect().empty());
    CHECK(bench.at("mysql_up") == 1);
}

TEST_CASE("a connection that does not become read-only is not used") {
    Bench bench;
    bench.script->errors.insert_or_assign("SET SESSION TRANSACTION READ ONLY",
                                          Error(ErrorCode::kInvalid, "no such thing"));
    CHECK(bench.collect() == "SET SESSION TRANSACTION READ ONLY: no such thing");
    CHECK(bench.asked(kStatus) == 0);
    CHECK(bench.at("mysql_up") == 0);
}

TEST_CASE("what a missing privilege hides is left out and the rest flows") {
    Bench bench;
    bench.config->processlist = true;
    bench.script->errors.insert_or_assign(
        kReplicas, Error(ErrorCode::kUnauthorized, "you need the SLAVE MONITOR privilege"));
    CHECK(bench.collect().empty());
    CHECK(bench.at("mysql_up") == 1);
    CHECK(bench.success_of("slave_status") == 0);
    CHECK(bench.success_of("innodb_cmp") == 1);
    // Nobody grants PROCESS here, and the server says nothing of it.
    CHECK(bench.success_of("process_privilege") == 0);
    CHECK(bench.success_of("processlist") == 1);
}

TEST_CASE("a statement that took too long fails the collection, and the rest is asked") {
    Bench bench;
    bench.script->errors.insert_or_assign(
        kReplicas, Error(ErrorCode::kTimeout, "max_statement_time exceeded"));
    CHECK(bench.collect() == "slave_status: max_statement_time exceeded");
    CHECK(bench.at("mysql_up") == 1);
    CHECK(bench.success_of("innodb_cmpmem") == 1);
}

TEST_CASE("a statement that takes too long again and again is left alone, and the rest is asked") {
    Bench bench;
    bench.script->errors.insert_or_assign(
        kReplicas, Error(ErrorCode::kTimeout, "max_statement_time exceeded"));
    for (int i = 0; i < 10; ++i) {
        CHECK(bench.collect() == "slave_status: max_statement_time exceeded");
        CHECK(bench.success_of("slave_status") == 0);
        bench.now += 15s;
    }
    CHECK(bench.asked(kReplicas) == 3);
    CHECK(bench.asked(kStatus) == 10);
    bench.script->errors.clear();
    bench.now += 5min;
    CHECK(bench.collect().empty());
    CHECK(bench.success_of("slave_status") == 1);
}

TEST_CASE("a connection that breaks ends the collection, one that broke before is made anew") {
    Bench bench;
    REQUIRE(bench.collect().empty());
    bench.script->gone = true;
    REQUIRE(bench.collect().empty());
    CHECK(bench.script->opened == 2);
    bench.script->errors.insert_or_assign(kStatus,
                                          Error(ErrorCode::kUnavailable, "Lost connection"));
    CHECK(bench.collect() == "global_status: Lost connection");
    CHECK(bench.at("mysql_up") == 0);
    CHECK(bench.at("mysql_global_variables_max_connections") == 151);
    CHECK(bench.asked(kReplicas) == 2);
}

TEST_CASE("a check runs alone in a transaction that only reads, in its database") {
    Bench bench;
    bench.add_check("orders").database = "sh`op";
    bench.script->rows[bench.check_sql()] = {{"a", "1"}, {"b", "2"}};
    REQUIRE(bench.collect().empty());
    CHECK(bench.at("waiting{n=\"a\"}") == 1);
    CHECK(bench.at("waiting{n=\"b\"}") == 2);
    CHECK(bench.at("tocsin_sql_check_success{check=\"orders\"}") == 1);
    const auto& asked = bench.script->asked;
    // As it was written, with no more rows than are read; locks of the session end with it too.
    const std::vector<std::string> expected{
        "USE `sh``op`",
        "START TRANSACTION READ ONLY",
        "SET SESSION sql_select_limit = 1001",
        "SELECT n, v FROM shop.t",
        "ROLLBACK",
        "SET SESSION sql_select_limit = DEFAULT, @tocsin_released = RELEASE_ALL_LOCKS()"};
    REQUIRE(asked.size() >= expected.size());
    CHECK(std::vector(asked.end() - 6, asked.end()) == expected);
}

TEST_CASE("locks are let go of where the server has a word for it") {
    const std::vector<std::pair<std::string, std::ptrdiff_t>> cases{
        {"10.5.2-MariaDB", 1}, {"10.4.30-MariaDB", 0}, {"5.7.5", 1}, {"5.6.51", 0}};
    for (const auto& [version, releases] : cases) {
        INFO(version);
        Bench bench;
        bench.script->version = version;
        bench.add_check("orders");
        REQUIRE(bench.collect().empty());
        CHECK(bench.asked("SET SESSION sql_select_limit = DEFAULT, "
                          "@tocsin_released = RELEASE_ALL_LOCKS()") == releases);
        CHECK(bench.asked("SET SESSION sql_select_limit = DEFAULT") == 1 - releases);
    }
}

TEST_CASE("a check with a pace of its own is told again between its runs") {
    Bench bench;
    bench.add_check("orders", 1min);
    bench.script->rows[bench.check_sql()] = {{"a", "1"}};
    REQUIRE(bench.collect().empty());
    bench.now += 30s;
    bench.script->rows[bench.check_sql()] = {{"a", "7"}};
    REQUIRE(bench.collect().empty());
    CHECK(bench.at("waiting{n=\"a\"}") == 1);
    CHECK(bench.asked(bench.check_sql()) == 1);
    bench.now += 30s;
    REQUIRE(bench.collect().empty());
    CHECK(bench.at("waiting{n=\"a\"}") == 7);
}

TEST_CASE("a check that fails costs only itself, until it runs again") {
    Bench bench;
    bench.add_check("orders", 1min);
    bench.script->errors.insert_or_assign(bench.check_sql(),
                                          Error(ErrorCode::kTimeout, "took too long"));
    REQUIRE(bench.collect().empty());
    CHECK(bench.at("tocsin_sql_check_success{check=\"orders\"}") == 0);
    CHECK(bench.asked("ROLLBACK") == 1);
    bench.now += 30s;
    bench.script->errors.clear();
    REQUIRE(bench.collect().empty());
    CHECK(bench.at("tocsin_sql_check_success{check=\"orders\"}") == 0);
    bench.now += 30s;
    REQUIRE(bench.collect().empty());
    CHECK(bench.at("tocsin_sql_check_success{check=\"orders\"}") == 1);
}

TEST_CASE("a check that would take the collection past its deadline waits for the next") {
    Bench bench;
    bench.config->timeout = 0ms;  // all of it is gone before the first
    bench.add_check("orders");
    REQUIRE(bench.collect().empty());
    CHECK(bench.asked(bench.check_sql()) == 0);
    CHECK(bench.at("tocsin_sql_check_success{check=\"orders\"}") == 0);
    bench.config->timeout = 10s;
    REQUIRE(bench.collect().empty());
    CHECK(bench.at("tocsin_sql_check_success{check=\"orders\"}") == 1);
}

TEST_CASE("the check that waited longest begins, so that none waits for good") {
    Bench bench;
    const std::vector<std::string> names{"a", "b", "c"};
    for (const std::string& name : names) {
        bench.add_check(name).statement =
            check_statement("SELECT n, v FROM shop." + name, SqlDialect::kMysql).value();
    }
    std::vector<std::string> ran;
    bench.script->on_query = [&](const std::string& sql) {
        for (const std::string& name : names) {
            if (sql.find("shop." + name) == std::string::npos) continue;
            ran.push_back(name);
            bench.config->timeout = 0ms;  // each takes all the time that there is
        }
    };
    for (int i = 0; i < 4; ++i) {
        bench.config->timeout = 10s;
        REQUIRE(bench.collect().empty());
        bench.now += 15s;
    }
    CHECK(ran == std::vector<std::string>{"a", "b", "c", "a"});
    CHECK(bench.at("tocsin_sql_check_success{check=\"a\"}") == 1);
    CHECK(bench.at("tocsin_sql_check_success{check=\"b\"}") == 0);
}

TEST_CASE("a statement that the server never ends costs the connection, but not for good") {
    Bench bench;
    bench.config->timeout = 0ms;  // over by the time the connection is given up
    bench.script->errors.insert_or_assign(kReplicas,
                                          Error(ErrorCode::kUnavailable, "Lost connection"));
    for (int i = 0; i < 3; ++i) CHECK(bench.collect() == "slave_status: Lost connection");
    CHECK(bench.at("mysql_up") == 0);
    bench.collect();
    CHECK(bench.asked(kReplicas) == 3);
    CHECK(bench.at("mysql_up") == 1);
    CHECK(bench.success_of("innodb_cmp") == 1);
}

TEST_CASE("an answer's cells are what was put there, NULL and empty apart") {
    MysqlAnswer answer({"a", "b"});
    CHECK(answer.row_count() == 0);
    for (const auto& cell :
         std::vector<std::optional<std::string_view>>{"one", std::nullopt, "", "four"}) {
        answer.add(cell);
    }
    CHECK(answer.row_count() == 2);
    CHECK(answer.cell(0, 0) == "one");
    CHECK_FALSE(answer.cell(0, 1));
    CHECK(answer.cell(1, 0) == "");
    CHECK(answer.cell(1, 1) == "four");
    CHECK(answer.bytes() == 7);
    CHECK(MysqlAnswer({}).row_count() == 0);
}

TEST_CASE("error numbers mean what there is to do") {
    CHECK(mysql_error_code(1045) == ErrorCode::kUnauthorized);
    CHECK(mysql_error_code(1227) == ErrorCode::kUnauthorized);
    CHECK(mysql_error_code(1969) == ErrorCode::kTimeout);
    CHECK(mysql_error_code(2013) == ErrorCode::kUnavailable);
    CHECK(mysql_error_code(1040) == ErrorCode::kUnavailable);
    CHECK(mysql_error_code(1064) == ErrorCode::kInvalid);
}
