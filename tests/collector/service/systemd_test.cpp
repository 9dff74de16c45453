#include "collector/service/systemd/systemd.h"

#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <utility>

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Values;

namespace {

struct World {
    std::string version = "252.39-1~deb12u1";
    std::string state = "running";
    std::vector<SystemdUnit> units;
    std::map<std::string, std::string> types;  // by unit; absent: cannot be had
    // By "unit Interface.Property"; absent: there is none.
    std::map<std::string, std::string> texts;
    std::map<std::string, std::uint64_t> numbers;
    std::map<std::string, int> asked;
    SystemdChanges changes;  // taken by the next cycle
    std::uint64_t loaded_at = 1;
    std::optional<Error> broken;
    std::optional<Error> silent;  // what every question about a unit is answered with
    int type_questions = 0;
    int version_questions = 0;
};

class Fake final : public SystemdManager {
  public:
    explicit Fake(World& world) : world_(world) {}
    Result<std::string> version() override {
        ++world_.version_questions;
        return world_.version;
    }
    Result<std::string> system_state() override { return world_.state; }
    Result<std::vector<SystemdUnit>> units() override { return world_.units; }
    Result<std::string> text(const SystemdUnit& unit, std::string_view interface,
                             std::string_view property) override {
        if (world_.silent) return *world_.silent;
        if (property != "Type") return of(world_.texts, key(unit, interface, property));
        ++world_.type_questions;
        return of(world_.types, unit.name);
    }
    Result<std::uint64_t> number(const SystemdUnit& unit, std::string_view interface,
                                 std::string_view property) override {
        if (world_.silent) return *world_.silent;
        ++world_.asked[key(unit, interface, property)];
        return of(world_.numbers, key(unit, interface, property));
    }
    Result<SystemdChanges> changes() override { return std::exchange(world_.changes, {}); }
    Result<std::uint64_t> units_loaded_at() override {
        if (world_.broken) return *world_.broken;
        return world_.loaded_at;
    }

  private:
    static std::string key(const SystemdUnit& unit, std::string_view interface,
                           std::string_view property) {
        return unit.name + " " + std::string(interface) + "." + std::string(property);
    }
    template <class T>
    static Result<T> of(const std::map<std::string, T>& all, const std::string& name) {
        const auto found = all.find(name);
        if (found == all.end()) return Error(ErrorCode::kNotFound, "no " + name);
        return found->second;
    }

    World& world_;
};

struct Bench {
    World world;
    SeriesTable table;
    std::unique_ptr<Collector> collector;
    Readings readings;
    std::string error;
    Timestamp now = from_unix_ms(1'700'000'000'000);
    Settings more{{"enable_start_time_metrics", {"false"}}};

    Values collect(const std::string& include = ".+",
                   const std::string& exclude = ".+\\.(device|mount)") {
        if (!collector) {
            Settings settings{{"unit_include", {include}}, {"unit_exclude", {exclude}}};
            settings.insert(settings.end(), more.begin(), more.end());
            collector =
                create_systemd_with({{}, settings, &table}, std::make_unique<Fake>(world)).value();
        }
        readings.clear();
        const Result<void> result = collector->collect(now, readings);
        error = result ? "" : result.error().message;
        now += 15s;
        return test::values_of(readings);
    }
};

SystemdUnit unit(std::string name, std::string active, std::string load = "loaded") {
    return {std::move(name), std::move(load), std::move(active),
            "/org/freedesktop/systemd1/unit/x"};
}

std::string state_of(std::string_view name, std::string_view state, std::string_view type) {
    std::string text = "node_systemd_unit_state{name=\"" + std::string(name) + "\", state=\"" +
                       std::string(state) + "\"";
    if (!type.empty()) text += ", type=\"" + std::string(type) + "\"";
    return text + "}";
}
std::string of(std::string_view metric, std::string_view name) {
    return "node_systemd_" + std::string(metric) + "{name=\"" + std::string(name) + "\"}";
}
std::string failures_of(std::string_view name, std::string_view result) {
    return "tocsin_unit_failures_total{result=\"" + std::string(result) + "\", unit=\"" +
           std::string(name) + "\"}";
}
UnitChange change(std::string name, std::string result, std::string active, std::string sub,
                  std::uint64_t inactive_since) {
    return {std::move(name), std::move(result), std::move(active), std::move(sub), inactive_since};
}
std::string count_of(std::string_view state) {
    return "node_systemd_units{state=\"" + std::string(state) + "\"}";
}

}  // namespace

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

TEST_CASE("the flags of details are true or false") {
    Bench bench;
    bench.more = {{"enable_task_metrics", {"yes"}}};
    SeriesTable table;
    const auto made = create_systemd_with({{}, bench.more, &table}, nullptr);
    REQUIRE_THAT(made.error().message, Catch::Contains("enable_task_metrics"));
}
