// What the engine makes of input and of a store that fail.
#include <sqlite3.h>

#include <catch2/catch.hpp>

#include "bridge/ingest/engine.h"
#include "tests/support/bridge_lab.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;
using Catch::Matchers::Contains;

TEST_CASE("one bad alert costs itself") {
    BridgeLab lab;
    {
        // The store refuses what names the host "bad", as a full table or a bug would.
        sqlite3* db = nullptr;
        REQUIRE(sqlite3_open(lab.file().c_str(), &db) == SQLITE_OK);
        REQUIRE(sqlite3_exec(db,
                             "CREATE TRIGGER refuse BEFORE INSERT ON alerts "
                             "WHEN NEW.host = 'bad' BEGIN SELECT RAISE(ABORT, 'refused'); END",
                             nullptr, nullptr, nullptr) == SQLITE_OK);
        sqlite3_close(db);
    }
    std::vector<Input> inputs;
    for (int i = 0; i < 7; ++i) {
        inputs.push_back(AlertsIn{
            {foreign_alert("A", i == 4 ? "bad" : "h" + std::to_string(i), "warning")}, "p", {}});
    }
    inputs.push_back(
        AlertsIn{{foreign_alert("B", "good-1", "warning"), foreign_alert("B", "bad", "warning"),
                  foreign_alert("B", "good-2", "warning")},
                 "p",
                 {}});
    const auto answers = lab.engine().process(inputs, lab.clock.now());
    REQUIRE(answers.size() == 8);
    for (std::size_t i = 0; i < 7; ++i) {
        CAPTURE(i);
        CHECK(answers[i].has_value() == (i != 4));
    }
    CHECK(answers[4].error().code == ErrorCode::kInvalid);  // 400: the sender drops it
    REQUIRE_FALSE(answers[7]);
    CHECK_THAT(answers[7].error().message, Contains("1 of 3 alerts"));
    std::vector<std::string> hosts;
    for (const auto& row : lab.incidents()) {
        hosts.emplace_back(row.incident.labels.get("host"));
    }
    std::sort(hosts.begin(), hosts.end());
    CHECK(hosts ==
          std::vector<std::string>{"good-1", "good-2", "h0", "h1", "h2", "h3", "h5", "h6"});
}

TEST_CASE("a store that is damaged refuses nobody's alert for good") {
    BridgeLab lab;
    REQUIRE(lab.post({foreign_alert("DiskFull", "web-1", "warning")}));
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(lab.file().c_str(), &other) == SQLITE_OK);
    REQUIRE(sqlite3_exec(other, "ALTER TABLE alerts RENAME TO lost", nullptr, nullptr, nullptr) ==
            SQLITE_OK);
    const auto refused = lab.post({foreign_alert("DiskFull", "web-2", "warning")});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::kUnavailable);
    CHECK(refused.error().retry == Retry::kYes);
    REQUIRE(sqlite3_exec(other, "ALTER TABLE lost RENAME TO alerts", nullptr, nullptr, nullptr) ==
            SQLITE_OK);
    sqlite3_close(other);
    CHECK(lab.post({foreign_alert("DiskFull", "web-2", "warning")}));
    CHECK(lab.incidents().size() == 2);
}
