#include "collector/service/systemd/unit_failures.h"

#include <catch2/catch.hpp>
#include <map>
#include <vector>

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Values;

namespace {

constexpr Timestamp kStart = from_unix_ms(1'700'000'000'000);

UnitChange change(std::string result, std::string active, std::string sub,
                  std::uint64_t inactive_since) {
    return {"a.service", std::move(result), std::move(active), std::move(sub), inactive_since};
}

Values told(UnitFailures& failures, Timestamp now = kStart, bool listed = true) {
    Readings readings;
    failures.report(
        now, [&](const std::string&) { return listed; }, readings);
    return test::values_of(readings);
}

// All failures that these changes are, counting from 1000 on.
double count_of(const std::vector<UnitChange>& changes) {
    SeriesTable series;
    UnitFailures failures(series);
    failures.begin(1000);
    for (const UnitChange& each : changes) failures.note(each, kStart);
    told(failures);
    double sum = 0;
    for (const auto& [name, value] : told(failures)) sum += value;
    return sum;
}

}  // namespace

TEST_CASE("failures are counted as systemd tells a unit's life") {
    struct Case {
        std::string_view what;
        std::vector<UnitChange> changes;
        double failures;
    };
    const Case cases[] = {
        {"nothing happened", {}, 0},
        {"it runs and ends well",
         {change("success", "active", "running", 0), change("success", "inactive", "dead", 2000)},
         0},
        {"it is restarted after a good end",
         {change("success", "activating", "auto-restart", 2000),
          change("success", "active", "running", 2000)},
         0},
        {"it fails and stays so",
         {change("exit-code", "failed", "failed", 2000),
          change("exit-code", "failed", "failed", 2000)},
         1},
        // Recorded from systemd 252: Restart=always, RestartSec=0.
        {"it fails, is restarted and fails again",
         {change("success", "active", "running", 0), change("exit-code", "failed", "failed", 2000),
          change("exit-code", "activating", "auto-restart", 2000),
          change("exit-code", "activating", "auto-restart", 2000),
          change("success", "inactive", "dead", 2005), change("success", "active", "running", 2005),
          change("exit-code", "failed", "failed", 2010),
          change("exit-code", "activating", "auto-restart", 2010)},
         2},
        {"the restart is refused by its limit",
         {change("exit-code", "failed", "failed", 2000),
          change("exit-code", "activating", "auto-restart", 2000),
          change("exit-code", "inactive", "dead", 2005),
          change("exit-code", "failed", "failed", 2005)},
         2},
        {"the signals between two failures were folded into one",
         {change("exit-code", "activating", "auto-restart", 2000),
          change("exit-code", "activating", "auto-restart", 2010)},
         2},
        // RestartMode=direct: it never leaves activity.
        {"it is restarted directly",
         {change("signal", "activating", "auto-restart", 0),
          change("success", "active", "running", 0),
          change("signal", "activating", "auto-restart", 0)},
         1},
        {"it had failed before anyone listened, and the units were read again",
         {change("exit-code", "failed", "failed", 900),
          change("exit-code", "failed", "failed", 900)},
         0},
        {"it had failed before, and fails anew",
         {change("exit-code", "failed", "failed", 900), change("success", "active", "running", 900),
          change("exit-code", "failed", "failed", 2000)},
         1},
        {"it is stopped after its time",
         {change("timeout", "deactivating", "stop-sigterm", 0),
          change("timeout", "failed", "failed", 2000)},
         1},
        {"a target has no result", {change("", "failed", "failed", 2000)}, 0},
    };
    for (const Case& c : cases) {
        INFO(c.what);
        REQUIRE(count_of(c.changes) == c.failures);
    }
}

TEST_CASE("a later beginning, after a lost bus, forgets nothing") {
    SeriesTable series;
    UnitFailures failures(series);
    failures.begin(1000);
    failures.begin(5000);
    failures.note(change("exit-code", "failed", "failed", 2000), kStart);
    told(failures);
    REQUIRE(told(failures).begin()->second == 1);
}

TEST_CASE("the counter of a unit that has gone is kept for an hour after its last failure") {
    SeriesTable series;
    UnitFailures failures(series);
    failures.note(change("exit-code", "failed", "failed", 2000), kStart);
    REQUIRE(told(failures, kStart + 1h, false).size() == 1);
    REQUIRE(told(failures, kStart + 2h, true).size() == 1);
    REQUIRE(told(failures, kStart + 2h, false).empty());
    REQUIRE(series.size() == 0);
}

TEST_CASE("counters are bounded, and the one that failed longest ago goes first") {
    SeriesTable series;
    UnitFailures failures(series);
    for (std::size_t i = 0; i < UnitFailures::kMostCounters + 5; ++i) {
        failures.note_not_started("u" + std::to_string(i), kStart + i * 1ms);
    }
    const Values values = told(failures);
    REQUIRE(values.size() == UnitFailures::kMostCounters);
    REQUIRE(values.count("tocsin_unit_failures_total{result=\"dependency\", unit=\"u4\"}") == 0);
    REQUIRE(values.count("tocsin_unit_failures_total{result=\"dependency\", unit=\"u5\"}") == 1);
}

TEST_CASE("the path of a unit's object is its name, encoded") {
    struct Case {
        std::string_view path;
        std::string_view unit;
    };
    const Case cases[] = {
        {"/org/freedesktop/systemd1/unit/nginx_2eservice", "nginx.service"},
        {"/org/freedesktop/systemd1/unit/getty_40tty1_2eservice", "getty@tty1.service"},
        {"/org/freedesktop/systemd1/unit/dev_2ddisk_2dby_5cx2did_2edevice",
         "dev-disk-by\\x2did.device"},
        {"/a/_2dslice", "-slice"},
        {"/a/_", ""},
        {"/a/x_", "x_"},
        {"/a/x_2", "x_2"},
        {"/a/x_zz", "x_zz"},
        {"", ""},
    };
    for (const Case& c : cases) {
        INFO(c.path);
        REQUIRE(unit_of_path(c.path) == c.unit);
    }
    REQUIRE(unit_interface("a.service") == "Service");
    REQUIRE(unit_interface("a.b.timer") == "Timer");
    REQUIRE(unit_interface("") == "");
}
