#include "collector/service/systemd/systemd.h"

#include <catch2/catch.hpp>
#include <map>

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
    std::uint64_t loaded_at = 1;
    std::optional<Error> broken;
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
    Result<std::string> unit_type(const SystemdUnit& unit) override {
        ++world_.type_questions;
        const auto found = world_.types.find(unit.name);
        if (found == world_.types.end()) return Error(ErrorCode::kNotFound, "no such unit");
        return found->second;
    }
    Result<std::uint64_t> units_loaded_at() override {
        if (world_.broken) return *world_.broken;
        return world_.loaded_at;
    }

  private:
    World& world_;
};

struct Bench {
    World world;
    SeriesTable table;
    std::unique_ptr<Collector> collector;
    Readings readings;
    std::string error;
    Timestamp now = from_unix_ms(1'700'000'000'000);

    Values collect(const std::string& include = ".+",
                   const std::string& exclude = ".+\\.(device|mount)") {
        if (!collector) {
            const Settings settings{{"unit_include", {include}}, {"unit_exclude", {exclude}}};
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
