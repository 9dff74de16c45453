#include "collector/db/sql/statement.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace tocsin;
using namespace tocsin::collector;

namespace {

std::string said(std::string_view text, SqlDialect dialect = SqlDialect::kPostgres) {
    const auto statement = check_statement(text, dialect);
    return statement ? "" : statement.error().message;
}

constexpr SqlDialect kMysql = SqlDialect::kMysql;

}  // namespace

TEST_CASE("a statement that only reads is taken as it is written, without its semicolon") {
    const std::vector<std::string> texts{
        "SELECT 1",
        "select count(*) from orders where state = 'new'",
        "WITH a AS (SELECT 1 AS n), b AS (SELECT n FROM a) SELECT * FROM b",
        "VALUES (1), (2)",
        "TABLE orders",
        "SHOW max_connections",
        "(SELECT 1) UNION (SELECT 2)",
        "SELECT 'DELETE FROM t; DROP TABLE t'",
        "SELECT E'it\\'s; DELETE FROM t'",
        "SELECT E'a'\n'\\'; DELETE FROM t'",
        "SELECT $$; DELETE FROM t$$",
        "SELECT $a$ $$; DELETE FROM t $b$ $a$",
        "SELECT a$b$c FROM t",
        "SELECT \"update\", \"in\"\"to\", t.update FROM t",
        "SELECT updated_at, deleted FROM t /* DELETE FROM t; */ -- ; UPDATE t",
        "SELECT 1 /* one /* in another */ still; */",
        "SELECT n_tup_upd FROM pg_stat_user_tables",
        "SELECT substring(name FOR 3) FROM t",
        "SELECT 'back\\' , 'slash'",
        "SELECT 1e5, .5, 0x10",
    };
    for (const std::string& text : texts) {
        INFO(text);
        CHECK(said(text) == "");
        const auto ended = check_statement("  " + text + "\n;\n", SqlDialect::kPostgres);
        REQUIRE(ended);
        CHECK(ended.value().text == text);
    }
}

TEST_CASE("what is not one statement that only reads is refused, and says why") {
    struct Case {
        std::string text;
        std::string said;
    };
    const std::vector<Case> cases{
        {"", "there is no statement"},
        {" -- nothing", "there is no statement"},
        {";", "there is no statement"},
        {"UPDATE t SET a = 1", "not with \"UPDATE\""},
        {"DELETE FROM t", "not with \"DELETE\""},
        {"DROP TABLE t", "not with \"DROP\""},
        {"EXPLAIN ANALYZE DELETE FROM t", "not with \"EXPLAIN\""},
        {"BEGIN", "not with \"BEGIN\""},
        {"DO $$ BEGIN DELETE FROM t; END $$", "not with \"DO\""},
        {"SELECT 1; SELECT 2", "another follows the semicolon"},
        {"SELECT 1;;", "another follows the semicolon"},
        {"SELECT 1; -- and\n DELETE FROM t", "another follows the semicolon"},
        {"SELECT '\\'; DELETE FROM t --'", "another follows the semicolon"},
        {"SELECT 1 --\r; DELETE FROM t", "another follows the semicolon"},
        {"SELECT e$$x$$; DELETE FROM t", "another follows the semicolon"},
        {"WITH gone AS (DELETE FROM t RETURNING *) SELECT count(*) FROM gone", "DELETE is none"},
        {"WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", "INSERT is none"},
        {"WITH a AS NOT MATERIALIZED (update t set b = 1 returning 1) TABLE a", "UPDATE is none"},
        {"WITH a AS (MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE) SELECT 1",
         "MERGE is none"},
        {"SELECT 1 INTO t", "INTO is none"},
        {"SELECT 1INTO t", "INTO is none"},
        {"SELECT * FROM t FOR UPDATE", "UPDATE is none"},
        {"SELECT * FROM t FOR/**/SHARE", "FOR SHARE takes locks"},
        {"SELECT * FROM t FOR KEY SHARE", "FOR KEY takes locks"},
        {"SELECT update FROM t", "a name that looks so stands in quotes"},
        {"SELECT 'open", "a string does not end"},
        {"SELECT \"open", "a quoted name does not end"},
        {"SELECT $a$ open $b$", "a string in dollars does not end"},
        {"SELECT 1 /* open /* twice */", "a comment does not end"},
        {"SELECT 1) AS a, (SELECT 2", "its parentheses do not match"},
        {"SELECT (1", "its parentheses do not match"},
        {"(SHOW all)", "SHOW stands in no parentheses"},
        {std::string("SELECT 1\0; DELETE FROM t", 24), "has a NUL byte"},
        {"SELECT '" + std::string(kLongestStatement, 'x') + "'", "is longer than 64 KiB"},
    };
    for (const Case& c : cases) {
        INFO(c.text.substr(0, 100));
        CHECK_THAT(said(c.text), Catch::Contains(c.said));
    }
}

TEST_CASE("MySQL's quotes and comments are its own") {
    const std::vector<std::string> right{
        "SELECT 'it\\'s; DELETE'",     "SELECT \"say \\\"; DELETE\\\"\"",
        "SELECT `update` FROM t",      "SELECT 5--3 FROM t",
        "SELECT 1 # ; DELETE FROM t",  "SELECT 1 -- ; DELETE FROM t",
        "SELECT REPLACE(a, 'x', 'y')", "SELECT INSERT('abc', 1, 2, 'x')",
        "SHOW GLOBAL STATUS",
    };
    for (const std::string& text : right) {
        INFO(text);
        CHECK(said(text, kMysql) == "");
    }
    const std::vector<std::pair<std::string, std::string>> wrong{
        {"SELECT 1 /*! ; DELETE FROM t */", "would be run"},
        {"SELECT 1 /*M!100100 INTO OUTFILE 'x' */", "would be run"},
        {"SELECT 1 --1; DELETE FROM t", "another follows the semicolon"},
        {"SELECT 1 /* a /* b */; DELETE FROM t */", "another follows the semicolon"},
        {"SELECT $$; DELETE FROM t$$", "another follows the semicolon"},
        {"SELECT 1 INTO OUTFILE '/tmp/x'", "INTO is none"},
        {"SELECT * FROM t LOCK IN SHARE MODE", "LOCK IN takes locks"},
        {"WITH a AS (SELECT 1) UPDATE (t) SET b = 1", "UPDATE is none"},
        {"REPLACE INTO t VALUES (1)", "not with \"REPLACE\""},
        {"SELECT `open", "a quoted name does not end"},
    };
    for (const auto& [text, message] : wrong) {
        INFO(text);
        CHECK_THAT(said(text, kMysql), Catch::Contains(message));
    }
}

TEST_CASE("what is sent gives no more rows than asked for, whatever ends the statement") {
    const auto query = check_statement("SELECT 1 -- one", SqlDialect::kPostgres).value();
    CHECK(limited(query, 11) == "SELECT * FROM (\nSELECT 1 -- one\n) AS tocsin_check LIMIT 11");
    const auto show = check_statement("SHOW max_connections;", SqlDialect::kPostgres).value();
    CHECK(limited(show, 11) == "SHOW max_connections");
}
