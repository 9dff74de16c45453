// What concerns the SQLite file alone.
#include <sqlite3.h>

#include <catch2/catch.hpp>

#include "backend.h"

using namespace tocsin;
using namespace tocsin::bridge;
using tocsin::bridge::test::SqliteBackend;

namespace {

void execute(const std::string& file, const char* text) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
    char* message = nullptr;
    const int rc = sqlite3_exec(db, text, nullptr, nullptr, &message);
    INFO((message == nullptr ? "" : message));
    sqlite3_close(db);
    REQUIRE(rc == SQLITE_OK);
}

std::string one_value(const std::string& file, const char* text) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_prepare_v2(db, text, -1, &statement, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
    const unsigned char* value = sqlite3_column_text(statement, 0);
    std::string out = value == nullptr ? "" : reinterpret_cast<const char*>(value);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return out;
}

}  // namespace

TEST_CASE("one bridge serves a file at a time; the next may when it has gone") {
    const SqliteBackend backend;
    {
        const auto store = backend.store();
        const auto second = Store::open(backend.url());
        REQUIRE_FALSE(second);
        CHECK(second.error().code == ErrorCode::kConflict);
    }
    CHECK(Store::open(backend.url()));
}

TEST_CASE("the file is in WAL mode and every table is strict") {
    const SqliteBackend backend;
    const auto store = backend.store();
    CHECK(one_value(backend.file(), "PRAGMA journal_mode") == "wal");
    CHECK(one_value(backend.file(),
                    "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND "
                    "name NOT LIKE 'sqlite_%' AND strict = 0") == "0");
}

TEST_CASE("a schema that is newer than the program is refused, and left alone") {
    const SqliteBackend backend;
    { const auto store = backend.store(); }
    execute(backend.file(), "INSERT INTO schema_version VALUES (9999, '9999_future')");
    const auto refused = Store::open(backend.url());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::kInvalid);
    CHECK(refused.error().message.find("9999") != std::string::npos);
}

TEST_CASE("what cannot be served is refused with a reason") {
    struct Case {
        const char* url;
        const char* says;
    };
    for (const Case& c : {Case{"postgresql://tocsin@db/tocsin", "sqlite:FILE"},
                          Case{"sqlite:", "sqlite:FILE"}, Case{"bridge.db", "sqlite:FILE"},
                          Case{"sqlite:/nonexistent/dir/bridge.db", "/nonexistent/dir"}}) {
        const auto refused = Store::open(c.url);
        REQUIRE_FALSE(refused);
        CAPTURE(c.url, refused.error().message);
        CHECK(refused.error().message.find(c.says) != std::string::npos);
    }
}

TEST_CASE("a file that is not a database is an error, not a crash") {
    const SqliteBackend backend;
    std::ofstream(backend.file()) << std::string(8192, 'x');
    CHECK_FALSE(Store::open(backend.url()));
}
