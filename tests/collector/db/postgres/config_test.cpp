#include <catch2/catch.hpp>

#include "base/text/yaml.h"
#include "collector/db/postgres/plan.h"
#include "collector/db/postgres_config/postgres_config.h"
#include "tests/support/read_targets.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

using Read = test::ReadTargets<PostgresConfig>;

Read read(const std::string& text) {
    return test::read_targets<PostgresConfig>(read_postgres, text);
}

std::vector<std::string> names_of(const PgPlan& plan) {
    std::vector<std::string> names;
    for (const PgStep& step : plan.steps) {
        names.push_back(std::to_string(step.link) + " " + step.title());
    }
    return names;
}

}  // namespace

TEST_CASE("a server is read with its defaults") {
    const Read r = read(R"(
- dsn: host=/run/postgresql user=tocsin dbname=postgres
- instance: shop-db
  dsn: postgresql://tocsin@db.example:5433/shop
  job: databases
  password_file: /etc/tocsin/shop.password
  settings: false
  user_tables: true
  databases: [shop, crm]
  statement_timeout: 2s
  lock_timeout: 500ms
  every: 30s
  timeout: 5s
  checks: [{name: orders, query: SELECT 1 AS n, values: [n]}]
)");
    CHECK(r.said.empty());
    REQUIRE(r.targets.size() == 2);
    const PostgresConfig& plain = *r.targets[0];
    CHECK(plain.instance == "/run/postgresql:5432");
    CHECK(plain.job == "postgres");
    CHECK(plain.timeout == Duration(10s));
    CHECK(plain.statement_timeout == Duration(5s));
    CHECK(plain.lock_timeout == Duration(1s));
    CHECK(plain.settings == Told::kYes);
    CHECK(plain.user_tables == Told::kNo);
    const PostgresConfig& full = *r.targets[1];
    CHECK(full.instance == "shop-db");
    CHECK(full.server == "db.example:5433");
    CHECK(full.job == "databases");
    CHECK(full.password_file == "/etc/tocsin/shop.password");
    CHECK(full.settings == Told::kNo);
    CHECK(full.databases == std::vector<std::string>{"shop", "crm"});
    CHECK(full.statement_timeout == Duration(2s));
    CHECK(full.lock_timeout == Duration(500ms));
    CHECK(full.checks.size() == 1);
}

TEST_CASE("the server's limits yield to a shorter timeout unless they were written down") {
    const Read r = read("[{dsn: '', timeout: 800ms}]");
    CHECK(r.said.empty());
    CHECK(pg_statement_limit(r.at(0)) == Duration(400ms));
    CHECK(pg_lock_limit(r.at(0)) == Duration(200ms));
    CHECK(r.targets.at(0)->server == "localhost:5432");
}

TEST_CASE(
    "one slow statement leaves half of the collection's time, however short the interval is") {
    PostgresConfig config;
    CHECK(pg_statement_limit(config) == Duration(5s));
    CHECK(pg_lock_limit(config) == Duration(1s));
    config.settle_pace(1s);
    CHECK(pg_statement_limit(config) == Duration(500ms));
    CHECK(pg_lock_limit(config) == Duration(250ms));
    config.statement_timeout = 200ms;
    config.lock_timeout = 100ms;
    CHECK(pg_statement_limit(config) == Duration(200ms));
    CHECK(pg_lock_limit(config) == Duration(100ms));
    config.timeout = 1ms;  // 0 would be no limit at all
    CHECK(pg_statement_limit(config) == Duration(1ms));
    CHECK(pg_lock_limit(config) == Duration(1ms));
}

TEST_CASE("what is wrong with a server is named with its place") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"{}", "agent.yml:1:1: error: \"postgres\" is a list of"},
        {"[{instance: a}]", "agent.yml:1:2: error: a PostgreSQL server needs the key \"dsn\""},
        {"[{dsn: hots=a}]", "agent.yml:1:8: error: \"dsn\": no keyword \"hots\""},
        {"[{dsn: host=a password=b}]", "agent.yml:1:8: error: \"dsn\": \"password\": no password"},
        {"[{dsn: host=a, password: b}]", "agent.yml:1:16: error: unknown key \"password\""},
        {"[{dsn: host=a, databases: [b]}]",
         "agent.yml:1:27: error: \"databases\": says whose tables are told"},
        {"[{dsn: host=a, user_tables: perhaps}]", "agent.yml:1:29: error: \"user_tables\""},
        {"[{dsn: host=a, statement_timeout: 0s}]",
         "agent.yml:1:35: error: \"statement_timeout\": must be more than nothing"},
        {"[{dsn: host=a, statement_timeout: 6s}]",
         "agent.yml:1:35: error: \"statement_timeout\": is longer than half of \"timeout\" (10s)"},
        {"[{dsn: host=a, lock_timeout: 5s}]",
         "agent.yml:1:30: error: \"lock_timeout\": must be shorter than a statement may take (5s)"},
        {"[{dsn: host=a, checks: [{name: n, query: DELETE FROM t, values: [v]}]}]",
         "agent.yml:1:42: error: \"query\": must be one statement"},
    };
    for (const auto& [text, message] : cases) {
        const Read r = read(text);
        INFO(text);
        REQUIRE(r.said.size() == 1);
        CHECK_THAT(r.said[0], Catch::StartsWith(message));
    }
}

TEST_CASE("a collection asks the server first, then other databases, then the checks") {
    const Read r = read(R"(
- dsn: host=a dbname=shop
  user_tables: true
  databases: [shop, crm]
  checks:
    - {name: wal, query: SELECT 1 AS n, values: [n], database: crm}
    - {name: two, query: SELECT 1 AS n, values: [n], database: other}
    - {name: three, query: SELECT 1 AS n, values: [n]}
)");
    REQUIRE(r.said.empty());
    const PgPlan plan = make_plan(*r.targets.at(0));
    CHECK(plan.databases == std::vector<std::string>{"", "crm", "other"});
    const std::vector<std::string> names = names_of(plan);
    REQUIRE(names.size() > 10);
    CHECK(names.front() == "0 static");
    CHECK(std::vector<std::string>(names.end() - 5, names.end()) ==
          std::vector<std::string>{"0 stat_user_tables of shop", "1 stat_user_tables of crm",
                                   "1 check wal", "2 check two", "0 check three"});
    const auto without = names_of(make_plan(*read("[{dsn: '', settings: false}]").targets.at(0)));
    CHECK(std::find(without.begin(), without.end(), "0 settings") == without.end());
    CHECK(std::find(without.begin(), without.end(), "0 stat_user_tables") == without.end());
}
