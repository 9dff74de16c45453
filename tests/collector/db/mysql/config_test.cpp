#include "collector/db/mysql_config/config.h"

#include <catch2/catch.hpp>

#include "base/text/yaml.h"
#include "tests/support/read_targets.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

using Read = test::ReadTargets<MysqlConfig>;

Read read(const std::string& text) {
    return test::read_targets<MysqlConfig>(read_mysql, text);
}

}  // namespace

TEST_CASE("an entry needs no more than where the server is") {
    const Read r = read("[{host: db.example}, {socket: /run/mysqld/mysqld.sock}, {host: '::1'}]");
    CHECK(r.said.empty());
    REQUIRE(r.targets.size() == 3);
    CHECK(r.targets[0]->instance == "db.example:3306");
    CHECK(r.targets[0]->job == "mysql");
    CHECK(r.targets[0]->user == "tocsin");
    CHECK(r.targets[0]->timeout == Duration(10s));
    CHECK_FALSE(r.targets[0]->tls);
    CHECK_FALSE(r.targets[0]->processlist);
    CHECK(r.targets[1]->instance == "/run/mysqld/mysqld.sock");
    CHECK(r.targets[2]->instance == "[::1]:3306");
}

TEST_CASE("a whole entry is read") {
    const Read r = read(R"(
- instance: shop
  job: databases
  host: db
  port: 3307
  user: mon
  password_file: /etc/tocsin/mysql.password
  tls: {ca_file: ca.pem, certificate_file: c.pem, key_file: k.pem}
  processlist: true
  table_sizes: [shop, blog]
  checks:
    - {name: orders, query: "SELECT count(*) AS n FROM shop.orders", values: [n], every: 1m}
  every: 30s
  timeout: 4s
)");
    CHECK(r.said.empty());
    REQUIRE(r.targets.size() == 1);
    const MysqlConfig& c = *r.targets[0];
    CHECK(c.instance == "shop");
    CHECK(c.job == "databases");
    CHECK(c.address() == "db:3307");
    CHECK(c.user == "mon");
    CHECK(c.password_file == "/etc/tocsin/mysql.password");
    REQUIRE(c.tls);
    CHECK(c.tls->ca_file == "ca.pem");
    CHECK(c.tls->certificate_file == "c.pem");
    CHECK(c.tls->key_file == "k.pem");
    CHECK(c.processlist);
    CHECK(c.table_sizes == std::vector<std::string>{"shop", "blog"});
    REQUIRE(c.checks.size() == 1);
    CHECK(c.checks[0].name == "orders");
    CHECK(c.checks[0].every == Duration(1min));
    CHECK(c.every == Duration(30s));
    CHECK(c.timeout == Duration(4s));
}

TEST_CASE("every mistake is named at its place") {
    struct Case {
        std::string text;
        std::string said;
    };
    const std::vector<Case> cases{
        {"{}", "1:1: error: \"mysql\" is a list of {host} or {socket}"},
        {"[{}]", "either a \"host\" or a \"socket\""},
        {"[{host: a, socket: /s}]", "1:20: error: \"socket\": a server has either"},
        {"[{socket: s}]", "no absolute path"},
        {"[{socket: /s, port: 1}]", "is the port of a \"host\""},
        {"[{host: a, port: 70000}]", "\"port\""},
        {"[{host: a, tls: {}}]", "\"ca_file\""},
        {"[{host: a, tls: {ca_file: x, key_file: k}}]", "go together"},
        {"[{socket: /s, tls: {ca_file: x}}]", "\"tls\": is for a \"host\""},
        {"[{host: a, password: x}]", "unknown key \"password\""},
        {"[{host: a}, {host: a, port: 3306}]", "two MySQL servers"},
        {"[{host: a, checks: [{name: x, query: DELETE FROM t, values: [n]}]}]",
         "must be one statement that begins with SELECT"},
        {"[{host: a, processlist: maybe}]", "\"processlist\""},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        CHECK_THAT(read(c.text).text, Catch::Contains(c.said));
    }
}
