#include "collector/service/systemd/systemd.h"

#include <catch2/catch.hpp>
#include <optional>

#include "systemd_world.h"
#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using namespace tocsin::collector::systemd_test;
using test::Values;

TEST_CASE("a unit is five series, one of them 1, and units are counted by state") {
    Bench bench;
    bench.world.units = {
        unit("ssh.service", "failed"), unit("cron.timer", "active"), unit("sda.device", "active"),
        unit("gone.service", "inactive", "not-found"), unit("x.service", "reloading")};
    bench.world.types = {{"ssh.service", "notify"}, {"x.service", "dbus"}};
    REQUIRE(bench.collect() ==
            Values{{"node_systemd_version{version=\"252.39-1~deb12u1\"}", 252.39},
                   {"node_systemd_system_running", 1},
                   {state_of("ssh.service", "active", "notify"), 0},
                   {state_of("ssh.service", "activating", "notify"), 0},
                   {state_of("ssh.service", "deactivating", "notify"), 0},
                   {state_of("ssh.service", "inactive", "notify"), 0},
                   {state_of("ssh.service", "failed", "notify"), 1},
                   {state_of("cron.timer", "active", ""), 1},
                   {state_of("cron.timer", "activating", ""), 0},
                   {state_of("cron.timer", "deactivating", ""), 0},
                   {state_of("cron.timer", "inactive", ""), 0},
                   {state_of("cron.timer", "failed", ""), 0},
                   {state_of("x.service", "active", "dbus"), 0},
                   {state_of("x.service", "activating", "dbus"), 0},
                   {state_of("x.service", "deactivating", "dbus"), 0},
                   {state_of("x.service", "inactive", "dbus"), 0},
                   {state_of("x.service", "failed", "dbus"), 0},
                   {count_of("active"), 2},
                   {count_of("activating"), 0},
                   {count_of("deactivating"), 0},
                   {count_of("inactive"), 1},
                   {count_of("failed"), 1},
                   {count_of("reloading"), 1}});
    REQUIRE(bench.error.empty());
}

TEST_CASE("units are chosen by their whole names") {
    Bench bench;
    bench.world.units = {unit("nginx.service", "active"), unit("nginx.service.d", "active"),
                         unit("cron.service", "active")};
    const Values values = bench.collect("nginx\\.service|cron.*", "cron.*");
    REQUIRE(values.contains(state_of("nginx.service", "active", "")));
    REQUIRE_FALSE(values.contains(state_of("nginx.service.d", "active", "")));
    REQUIRE_FALSE(values.contains(state_of("cron.service", "active", "")));
    REQUIRE(values.at(count_of("active")) == 3);
}

TEST_CASE("a system that is degraded does not run") {
    Bench bench;
    for (const char* state : {"degraded", "starting", "maintenance", "stopping"}) {
        bench.world.state = state;
        REQUIRE(bench.collect().at("node_systemd_system_running") == 0);
    }
}

TEST_CASE("a change of state moves the 1, and a unit that goes takes its series") {
    Bench bench;
    bench.world.units = {unit("a.timer", "active"), unit("b.timer", "active")};
    bench.collect();
    bench.world.units = {unit("b.timer", "failed")};
    const Values values = bench.collect();
    REQUIRE(values.at(state_of("b.timer", "active", "")) == 0);
    REQUIRE(values.at(state_of("b.timer", "failed", "")) == 1);
    REQUIRE_FALSE(values.contains(state_of("a.timer", "active", "")));
}

TEST_CASE("types are asked once, and again after the units were read again") {
    Bench bench;
    bench.world.units = {unit("a.service", "active")};
    bench.world.types = {{"a.service", "simple"}};
    for (int i = 0; i < 100; ++i) bench.collect();
    REQUIRE(bench.world.type_questions == 1);
    REQUIRE(bench.world.version_questions == 1);
    bench.world.loaded_at = 2;
    bench.world.types = {{"a.service", "oneshot"}};
    REQUIRE(bench.collect().at(state_of("a.service", "active", "oneshot")) == 1);
    REQUIRE(bench.world.type_questions == 2);
    REQUIRE(bench.world.version_questions == 2);
}

TEST_CASE("a systemd that does not say when it read its units is asked every five minutes") {
    Bench bench;
    bench.world.loaded_at = 0;
    bench.world.units = {unit("a.service", "active")};
    bench.world.types = {{"a.service", "simple"}};
    for (int i = 0; i < 20; ++i) bench.collect();  // 0 s to 285 s
    REQUIRE(bench.world.type_questions == 1);
    bench.collect();
    REQUIRE(bench.world.type_questions == 2);
}

TEST_CASE("a unit whose type cannot be had is reported without and asked again") {
    Bench bench;
    bench.world.units = {unit("a.service", "active")};
    REQUIRE(bench.collect().contains(state_of("a.service", "active", "")));
    bench.world.types = {{"a.service", "simple"}};
    const Values values = bench.collect();
    REQUIRE(values.contains(state_of("a.service", "active", "simple")));
    REQUIRE_FALSE(values.contains(state_of("a.service", "active", "")));
}

TEST_CASE("a unit listed twice is reported once") {
    Bench bench;
    bench.world.units = {unit("a.timer", "active"), unit("a.timer", "active")};
    REQUIRE(bench.collect().at(state_of("a.timer", "active", "")) == 1);
}

TEST_CASE("what the manager cannot do is the collector's error") {
    Bench bench;
    bench.world.broken = Error(ErrorCode::kUnavailable, "no bus");
    REQUIRE(bench.collect().empty());
    REQUIRE(bench.error == "no bus");
    bench.world.broken.reset();
    REQUIRE_FALSE(bench.collect().empty());
}

TEST_CASE("the version is its first number of three digits") {
    struct Case {
        std::string_view text;
        std::optional<double> version;
    };
    const Case cases[] = {{"252.39-1~deb12u1", 252.39}, {"249", 249},         {"v255~rc1", 255},
                          {"systemd 12 256.", 256},     {"21", std::nullopt}, {"", std::nullopt}};
    for (const Case& c : cases) {
        INFO(c.text);
        REQUIRE(systemd_version_number(c.text) == c.version);
    }
}

TEST_CASE("a unit that fails and is restarted between two cycles is counted") {
    Bench bench;
    bench.world.units = {unit("a.service", "active")};
    bench.world.changes = {true, 1000, {}, {}};
    REQUIRE(bench.collect().count(failures_of("a.service", "exit-code")) == 0);
    bench.world.changes.units = {
        change("a.service", "exit-code", "failed", "failed", 2000),
        change("a.service", "exit-code", "activating", "auto-restart", 2000),
        change("a.service", "success", "active", "running", 2000)};
    // At first as 0, so that increase() has where to start from.
    REQUIRE(bench.collect().at(failures_of("a.service", "exit-code")) == 0);
    REQUIRE(bench.collect().at(failures_of("a.service", "exit-code")) == 1);
    bench.world.changes.units = {change("a.service", "signal", "failed", "failed", 3000)};
    bench.collect();
    const Values values = bench.collect();
    REQUIRE(values.at(failures_of("a.service", "exit-code")) == 1);
    REQUIRE(values.at(failures_of("a.service", "signal")) == 1);
}

TEST_CASE("failures of units that are not chosen are not counted") {
    Bench bench;
    bench.world.changes = {
        true, 1000, {change("x.mount", "exit-code", "failed", "failed", 2000)}, {"x.mount"}};
    bench.collect();
    for (const auto& [series, value] : bench.collect()) {
        INFO(series);
        REQUIRE_FALSE(series.starts_with("tocsin_unit_failures_total"));
    }
}

TEST_CASE("a unit that failed while the bus was lost and stays failed is counted once") {
    Bench bench;
    bench.world.units = {unit("a.service", "active"), unit("old.service", "failed")};
    bench.world.texts = {{"a.service Service.Result", "success"},
                         {"old.service Service.Result", "timeout"}};
    bench.world.numbers = {{"old.service Unit.InactiveEnterTimestampMonotonic", 500}};
    bench.world.changes = {true, 1000, {}, {}};
    bench.collect();
    REQUIRE(bench.collect().count(failures_of("old.service", "timeout")) == 0);

    bench.world.units[0].active_state = "failed";
    bench.world.texts["a.service Service.Result"] = "oom-kill";
    bench.world.numbers["a.service Unit.InactiveEnterTimestampMonotonic"] = 2000;
    for (int i = 0; i < 3; ++i) {
        bench.world.changes = {true, 2500, {}, {}};
        bench.collect();
    }
    const Values values = bench.collect();
    REQUIRE(values.at(failures_of("a.service", "oom-kill")) == 1);
    REQUIRE(values.count(failures_of("old.service", "timeout")) == 0);
}

TEST_CASE("a unit that did not start as another failed is counted as dependency") {
    Bench bench;
    bench.world.units = {unit("a.service", "inactive")};
    bench.world.changes.not_started = {"a.service"};
    bench.collect();
    REQUIRE(bench.collect().at(failures_of("a.service", "dependency")) == 1);
}
