// What is asked of single units: restarts, triggers, starts, tasks, sockets.
#include <catch2/catch.hpp>

#include "systemd_world.h"
#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using namespace tocsin::collector::systemd_test;
using test::Values;

TEST_CASE("a service tells its restarts, a timer its last trigger, any unit its start") {
    Bench bench;
    bench.more = {};
    bench.world.units = {unit("a.service", "active"), unit("b.service", "failed"),
                         unit("c.timer", "active")};
    bench.world.numbers = {{"a.service Service.NRestarts", 3},
                           {"b.service Service.NRestarts", 0},
                           {"a.service Unit.ActiveEnterTimestamp", 1'700'000'000'250'000},
                           {"b.service Unit.ActiveEnterTimestamp", 1'600'000'000'000'000},
                           {"c.timer Unit.ActiveEnterTimestamp", 1'700'000'001'000'000},
                           {"c.timer Timer.LastTriggerUSec", 1'700'000'002'500'000}};
    const Values values = bench.collect();
    REQUIRE(values.at(of("service_restart_total", "a.service")) == 3);
    REQUIRE(values.at(of("service_restart_total", "b.service")) == 0);
    REQUIRE(values.at(of("unit_start_time_seconds", "a.service")) == 1'700'000'000.25);
    REQUIRE(values.at(of("unit_start_time_seconds", "b.service")) == 0);
    REQUIRE(values.at(of("unit_start_time_seconds", "c.timer")) == 1'700'000'001);
    REQUIRE(values.at(of("timer_last_trigger_seconds", "c.timer")) == 1'700'000'002.5);
    REQUIRE(values.count(of("unit_tasks_current", "a.service")) == 0);
}

TEST_CASE("details are asked once, and again when systemd says that the unit changed") {
    Bench bench;
    bench.world.units = {unit("a.service", "active"), unit("b.service", "active")};
    bench.world.types = {{"a.service", "simple"}, {"b.service", "simple"}};
    bench.world.numbers = {{"a.service Service.NRestarts", 0}, {"b.service Service.NRestarts", 0}};
    for (int i = 0; i < 100; ++i) bench.collect();
    REQUIRE(bench.world.asked.at("a.service Service.NRestarts") == 1);

    bench.world.numbers["a.service Service.NRestarts"] = 1;
    REQUIRE(bench.collect().at(of("service_restart_total", "a.service")) == 0);
    bench.world.changes.units = {change("a.service", "success", "active", "running", 5),
                                 change("unknown.service", "success", "active", "running", 5)};
    REQUIRE(bench.collect().at(of("service_restart_total", "a.service")) == 1);
    REQUIRE(bench.world.asked.at("a.service Service.NRestarts") == 2);
    REQUIRE(bench.world.asked.at("b.service Service.NRestarts") == 1);

    SECTION("or is in another state than before") {
        bench.world.units[1].active_state = "failed";
        bench.collect();
        REQUIRE(bench.world.asked.at("b.service Service.NRestarts") == 2);
    }
    SECTION("or its signals were missed") {
        bench.world.changes.missed = true;
        bench.collect();
        REQUIRE(bench.world.asked.at("b.service Service.NRestarts") == 2);
    }
    SECTION("or the units were read again") {
        ++bench.world.loaded_at;
        bench.collect();
        REQUIRE(bench.world.asked.at("b.service Service.NRestarts") == 2);
    }
}

TEST_CASE("a socket that accepts is asked in each cycle, others say when they change") {
    Bench bench;
    bench.world.units = {unit("a.socket", "active"), unit("b.socket", "active")};
    for (const std::string socket : {"a.socket", "b.socket"}) {
        bench.world.numbers[socket + " Socket.Accept"] = socket == "a.socket" ? 1 : 0;
        bench.world.numbers[socket + " Socket.NAccepted"] = 0;
        bench.world.numbers[socket + " Socket.NConnections"] = 0;
    }
    bench.world.numbers["a.socket Socket.NRefused"] = 0;  // since systemd 239
    bench.collect();
    bench.world.numbers["a.socket Socket.NAccepted"] = 7;
    bench.world.numbers["a.socket Socket.NConnections"] = 2;
    bench.world.numbers["a.socket Socket.NRefused"] = 1;
    const Values values = bench.collect();
    REQUIRE(values.at(of("socket_accepted_connections_total", "a.socket")) == 7);
    REQUIRE(values.at(of("socket_current_connections", "a.socket")) == 2);
    REQUIRE(values.at(of("socket_refused_connections_total", "a.socket")) == 1);
    REQUIRE(values.at(of("socket_accepted_connections_total", "b.socket")) == 0);
    REQUIRE(values.count(of("socket_refused_connections_total", "b.socket")) == 0);
    REQUIRE(bench.world.asked.at("b.socket Socket.NAccepted") == 1);
}

TEST_CASE("tasks are reported where asked for, and where a service counts them") {
    Bench bench;
    bench.more = {{"enable_task_metrics", {"true"}},
                  {"enable_restarts_metrics", {"false"}},
                  {"enable_start_time_metrics", {"false"}}};
    bench.world.units = {unit("a.service", "active"), unit("b.service", "inactive")};
    bench.world.numbers = {{"a.service Service.TasksCurrent", 4},
                           {"a.service Service.TasksMax", 100},
                           {"b.service Service.TasksCurrent", ~std::uint64_t{0}},
                           {"b.service Service.TasksMax", ~std::uint64_t{0}}};
    bench.collect();
    bench.world.numbers["a.service Service.TasksCurrent"] = 5;
    const Values values = bench.collect();
    REQUIRE(values.at(of("unit_tasks_current", "a.service")) == 5);
    REQUIRE(values.at(of("unit_tasks_max", "a.service")) == 100);
    REQUIRE(values.count(of("unit_tasks_current", "b.service")) == 0);
    REQUIRE(values.count(of("unit_tasks_max", "b.service")) == 0);
    REQUIRE(values.count(of("service_restart_total", "a.service")) == 0);
}

TEST_CASE("a systemd that does not answer about a unit ends the cycle with why") {
    Bench bench;
    bench.world.units = {unit("a.service", "active"), unit("b.service", "active")};
    bench.world.silent = Error(ErrorCode::kTimeout, "no answer");
    bench.collect();
    REQUIRE(bench.error == "no answer");
}

TEST_CASE("the flags of details are true or false") {
    Bench bench;
    bench.more = {{"enable_task_metrics", {"yes"}}};
    SeriesTable table;
    const auto made = create_systemd_with({{}, bench.more, &table}, nullptr);
    REQUIRE_THAT(made.error().message, Catch::Contains("enable_task_metrics"));
}
