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
        {"SELECT 1 AS a --\x01'\n, SLEEP(3) AS b -- '", "has a control character"},
        {"SELECT 1 AS a --\x7f'\n, SLEEP(3) AS b -- '", "has a control character"},
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

TEST_CASE("a call of a function that acts is refused and named, however it is written") {
    struct Case {
        std::string text;
        std::string name;
    };
    const std::vector<Case> postgres{
        {"SELECT pg_advisory_lock(42)", "pg_advisory_lock"},
        {"SELECT PG_Advisory_Xact_Lock_Shared (42)", "PG_Advisory_Xact_Lock_Shared"},
        {"SELECT pg_catalog.pg_try_advisory_lock(1)", "pg_try_advisory_lock"},
        {"SELECT pg_catalog . \"pg_advisory_lock\" /* so */ -- and\n (1)", "pg_advisory_lock"},
        {"SELECT n FROM t WHERE pg_sleep/**/(n) IS NULL", "pg_sleep"},
        {"WITH a AS (SELECT pg_sleep_for('1 s')) SELECT 1", "pg_sleep_for"},
        {"SELECT * FROM nextval('s')", "nextval"},
        {"SELECT set_config('a.b', 'c', false)", "set_config"},
        {"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity", "pg_terminate_backend"},
        {"SELECT pg_reload_conf()", "pg_reload_conf"},
        {"SELECT pg_logical_emit_message(false, 'x', 'y')", "pg_logical_emit_message"},
        {"SELECT count(*) FROM pg_logical_slot_peek_changes('s', NULL, NULL)",
         "pg_logical_slot_peek_changes"},
        {"SELECT pg_replication_slot_advance('s', '0/0')", "pg_replication_slot_advance"},
        {"SELECT pg_stat_reset_shared('bgwriter')", "pg_stat_reset_shared"},
        {"SELECT lo_unlink(1)", "lo_unlink"},
        {"SELECT pg_read_file('/etc/passwd')", "pg_read_file"},
        {"SELECT v FROM public.dblink('dbname=x', 'select f()') AS t(v int)", "dblink"},
        {"SELECT dblink_exec('DELETE FROM t')", "dblink_exec"},
        {"SELECT query_to_xml('select pg_advisory_lock(1)', true, true, '')", "query_to_xml"},
        {"VALUES (pg_switch_wal())", "pg_switch_wal"},
        {"SELECT 1U&\"pg_advisory\\005flock\"(1)", "U&"},
    };
    const std::vector<Case> mysql{
        {"SELECT GET_LOCK('nightly_job', 0) AS v", "GET_LOCK"},
        {"SELECT `get_lock` # so\n('a', 0)", "get_lock"},
        {"SELECT \"Sleep\"(1)", "Sleep"},
        {"SELECT mariadb_schema.release_lock('a')", "release_lock"},
        {"SELECT RELEASE_ALL_LOCKS()", "RELEASE_ALL_LOCKS"},
        {"SELECT 1 FROM t WHERE BENCHMARK(1e9, MD5('a'))", "BENCHMARK"},
        {"SELECT LOAD_FILE('/etc/passwd')", "LOAD_FILE"},
        {"SELECT MASTER_POS_WAIT('a', 4)", "MASTER_POS_WAIT"},
        {"SELECT NEXTVAL(s)", "NEXTVAL"},
        {"SELECT next /**/ value FOR s", "NEXT VALUE"},
        {"SELECT group_replication_switch_to_multi_primary_mode()",
         "group_replication_switch_to_multi_primary_mode"},
    };
    for (const auto& [dialect, cases] :
         {std::pair(SqlDialect::kPostgres, postgres), std::pair(kMysql, mysql)}) {
        for (const Case& c : cases) {
            INFO(c.text);
            CHECK_THAT(said(c.text, dialect), Catch::Contains(c.name));
        }
    }
    const std::vector<std::pair<std::string, SqlDialect>> right{
        {"SELECT nextval, pg_sleep AS n FROM t", SqlDialect::kPostgres},
        {"SELECT 'pg_advisory_lock(1)', $$pg_sleep(1)$$ /* pg_sleep(1) */", SqlDialect::kPostgres},
        {"SELECT count(*) FROM pg_replication_slots", SqlDialect::kPostgres},
        {"SELECT pg_current_wal_lsn() - '0/0', pg_wal_lsn_diff(a, b) FROM t",
         SqlDialect::kPostgres},
        {"SELECT lastval(), currval('s'), lo_get(1)", SqlDialect::kPostgres},
        {"SELECT count(*) FROM pg_ls_waldir(), pg_stat_file('x')", SqlDialect::kPostgres},
        {"SELECT my_pg_sleep(1)", SqlDialect::kPostgres},
        {"SELECT sleep(1)", SqlDialect::kPostgres},
        {"SELECT sleep, 'GET_LOCK(1)' FROM t", kMysql},
        {"SELECT LASTVAL(s), PREVIOUS VALUE FOR s, IS_USED_LOCK('a')", kMysql},
        {"SELECT pg_sleep(1)", kMysql},
    };
    for (const auto& [text, dialect] : right) {
        INFO(text);
        CHECK(said(text, dialect) == "");
    }
}

TEST_CASE("what is sent gives no more rows than asked for, whatever ends the statement") {
    const auto query = check_statement("SELECT 1 -- one", SqlDialect::kPostgres).value();
    const std::vector<std::string> columns{"one", "a\"b"};
    const auto cut = [](const std::string& name) {
        return "NULLIF(pg_catalog.left(pg_catalog.format('%s', " + name + "), 1025), '') AS " +
               name;
    };
    CHECK(limited(query, columns, 11) ==
          "SELECT " + cut("\"one\"") + ", " + cut("\"a\"\"b\"") +
              " FROM (\nSELECT 1 -- one\n) AS tocsin_check LIMIT 11");
    const auto show = check_statement("SHOW max_connections;", SqlDialect::kPostgres).value();
    CHECK(limited(show, columns, 11) == "SHOW max_connections");
}
