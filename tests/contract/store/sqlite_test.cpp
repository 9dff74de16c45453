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

// What statements cost, counted by SQLite over every connection opened while it stands.
class Steps {
  public:
    Steps() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(&watch)); }
    ~Steps() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&watch)); }
    Steps(const Steps&) = delete;
    Steps& operator=(const Steps&) = delete;

    // Of what `work` asks.
    template <typename Work>
    static long of(const Work& work) {
        taken_ = 0;
        work();
        return taken_;
    }

  private:
    static int watch(sqlite3* db, char**, const sqlite3_api_routines*) {
        return sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, &count, nullptr);
    }
    static int count(unsigned, void*, void* statement, void*) {
        taken_ += sqlite3_stmt_status(static_cast<sqlite3_stmt*>(statement),
                                      SQLITE_STMTSTATUS_VM_STEP, 1);
        return 0;
    }
    static inline long taken_ = 0;  // the tests run on one thread
};

}  // namespace

TEST_CASE("one bridge serves a file at a time, the next may when it has gone") {
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

TEST_CASE("the folder of the file is made, for others to stay outside") {
    const SqliteBackend backend;
    const std::filesystem::path folder = backend.file() + ".d";
    REQUIRE(Store::open("sqlite:" + (folder / "bridge.db").string()));
    const auto others = std::filesystem::status(folder).permissions() &
                        (std::filesystem::perms::others_all | std::filesystem::perms::group_write);
    CHECK(others == std::filesystem::perms::none);
    const auto below = Store::open("sqlite:" + (folder / "a" / "b" / "bridge.db").string());
    REQUIRE_FALSE(below);  // one that is no mistake has a folder above it
    CHECK(below.error().code == ErrorCode::kNotFound);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    REQUIRE(Store::open("sqlite:" + (folder / "bridge.db").string()));  // one that there is stays
    CHECK(std::filesystem::status(folder).permissions() == std::filesystem::perms::owner_all);
}

TEST_CASE("what cannot be served is refused with a reason") {
    struct Case {
        const char* url;
        const char* says;
    };
    for (const Case& c : {Case{"postgresql://tocsin@db/tocsin", "sqlite:FILE"},
                          Case{"sqlite:", "sqlite:FILE"}, Case{"bridge.db", "sqlite:FILE"},
                          Case{"sqlite:/proc/none/bridge.db",
                               "making the folder /proc/none: No such file or directory; the store "
                               "needs a folder that this user may write"}}) {
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

TEST_CASE("among 100,000 past incidents similar ones are found without reading them all") {
    const Steps steps;
    const SqliteBackend backend;
    const auto store = backend.store();
    // Of 40 alerts on 500 hosts; every row is of the table's own shape.
    execute(backend.file(), R"(
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
        INSERT INTO incidents (id, key, dedup_key, state, priority, severity, title, labels,
            opened_at, updated_at, assignee, team, alerts_firing, alerts_resolved, alerts_unknown,
            last_entry, detail, alertname, host, service)
        SELECT i, 'INC-2026-' || i, 'k' || (i % 20000), 'closed', 'P3', 'warning', 'title ' || i,
            '{"alertname":"A' || (i % 40) || '","host":"h' || (i % 500) || '"}', i, i, '', '', 0, 1,
            0, 0, '{}', 'A' || (i % 40), 'h' || (i % 500), 's' || (i % 7) FROM n)");
    const auto queries = backend.queries();
    Incident now;
    now.key = "INC-2026-new";
    now.dedup_key = "k77";
    now.labels = Labels{{"alertname", "A37"}, {"host", "h77"}, {"service", "s3"}};
    const auto found = queries->knowledge().background(now);
    REQUIRE(found);
    REQUIRE(found.value().similar.size() == 3);
    CHECK(found.value().similar[0].dedup_key == "k77");
    CHECK(found.value().similar[0].key == "INC-2026-80077");  // the newest of five
    // In SQLite's own steps, which no other load of the machine changes: a scan takes one a row.
    const auto scan = Steps::of([&] {
        one_value(backend.file(), "SELECT count(*) FROM incidents WHERE title LIKE '%none%'");
    });
    REQUIRE(scan > 100'000);
    const auto look = Steps::of([&] { REQUIRE(queries->knowledge().background(now)); });
    CAPTURE(look, scan);
    CHECK(look > 0);
    CHECK(look * 50 < scan);
    // What a batch asks of each key that opens.
    const auto past = Steps::of([&] {
        REQUIRE(queries->knowledge().past_of({"k77", "k78"}, Timestamp{}).value().size() == 2);
    });
    CAPTURE(past);
    CHECK(past > 0);
    CHECK(past * 100 < scan);
}
