// What should come and does not.
#include "bridge/incident/expect.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

const Timestamp kNow = from_unix_ms(1'795'000'000'000);
const Timestamp kLongAgo = kNow - 24h * 30;

Expectation backup(std::vector<std::string> by = {}) {
    Expectation e;
    e.name = "backup";
    e.match = {parse_matcher("alertname=\"BackupDone\"").value()};
    e.every = 25h;
    e.by = std::move(by);
    return e;
}

const Labels kDone{{"alertname", "BackupDone"}, {"host", "db-1"}, {"site", "bj1"}};

}  // namespace

TEST_CASE("an alert belongs to the first expectation that matches it") {
    Expectation watchdog = backup();
    watchdog.name = "other";
    const std::vector<Expectation> all = {backup(), watchdog};
    CHECK(expectation_of(all, kDone)->name == "backup");
    CHECK(expectation_of(all, Labels{{"alertname", "DiskFull"}}) == nullptr);
    CHECK(expectation_of({}, kDone) == nullptr);
}

TEST_CASE("one row an expectation, or one for each value of its labels") {
    CHECK(expect_key(backup(), kDone) == "backup{}");
    CHECK(expect_key(backup({"host"}), kDone) == "backup{host=\"db-1\"}");
    CHECK(expect_key(backup({"host", "site"}), kDone) == "backup{host=\"db-1\",site=\"bj1\"}");
    CHECK(expect_key(backup({"rack"}), kDone) == "backup{}");
}

TEST_CASE("the deadline counts from what came last, and after an absence from the return") {
    struct Case {
        std::string what;
        std::optional<Timestamp> last_seen;
        Timestamp served_since;
        Duration every;
        Timestamp deadline;
    };
    const std::vector<Case> cases = {
        {"came", kNow - 1h, kLongAgo, 25h, kNow + 24h},
        {"never came", std::nullopt, kLongAgo, 25h, kNow + 23h},
        {"due while the bridge was away", kNow - 30h, kNow, 25h, kNow + 10min},
        {"a watchdog, likewise", kNow - 30h, kNow, 5min, kNow + 5min},
        {"due after its return", kNow - 24h, kNow, 25h, kNow + 1h},
    };
    for (const Case& c : cases) {
        INFO(c.what);
        Expectation e = backup();
        e.every = c.every;
        ExpectRecord row = expected_from(e, kNow - 2h);
        row.last_seen = c.last_seen;
        const Timestamp deadline = expect_deadline(row, e, c.served_since);
        CHECK(deadline == c.deadline);
        CHECK(check_expected(row, e, c.served_since, deadline - 1ms).alerts.empty());
        CHECK(check_expected(row, e, c.served_since, deadline).alerts.size() == 1);
    }
}

TEST_CASE("its absence is one alert, which ends when it comes, with the same labels") {
    const Expectation e = backup({"host"});
    const ExpectRecord seen = expected_came(nullptr, e, kDone, kNow - 26h).next;
    CHECK(seen.labels == Labels{{"host", "db-1"}});
    const ExpectChange missing = check_expected(seen, e, kLongAgo, kNow);
    CHECK(missing.next.missing_since == kNow);
    REQUIRE(missing.alerts.size() == 1);
    const Alert& alert = missing.alerts[0];
    CHECK(alert.labels == Labels{{"alertname", "ExpectedMissing"},
                                 {"expected", "backup"},
                                 {"host", "db-1"},
                                 {"severity", "critical"}});
    CHECK(alert.annotations.at("summary") ==
          "backup of host=\"db-1\" has not come for 1d1h: last at " + format_rfc3339(kNow - 26h));
    CHECK_FALSE(alert.ends_at);
    // Once.
    CHECK(check_expected(missing.next, e, kLongAgo, kNow + 1h).alerts.empty());

    const ExpectChange back = expected_came(&missing.next, e, kDone, kNow + 2h);
    CHECK_FALSE(back.next.missing_since);
    REQUIRE(back.alerts.size() == 1);
    CHECK(back.alerts[0].labels == alert.labels);
    CHECK(back.alerts[0].ends_at == kNow + 2h);
    CHECK(expected_came(&back.next, e, kDone, kNow + 3h).alerts.empty());
}

TEST_CASE("what is expected no longer ends its alert with the severity that it fired with") {
    Expectation e = backup();
    ExpectRecord row = expected_from(e, kLongAgo);
    CHECK(end_expected(row, kNow).empty());
    row = check_expected(row, e, kLongAgo, kNow).next;
    e.severity = "info";
    REQUIRE(end_expected(row, kNow).size() == 1);
    CHECK(end_expected(row, kNow)[0].labels.get("severity") == "critical");
}
