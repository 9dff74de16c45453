// A systemd that says what a test wants, and a collector that asks it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/service/systemd/systemd.h"
#include "tests/support/collecting.h"

namespace tocsin::collector::systemd_test {

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

    tocsin::test::Values collect(const std::string& include = ".+",
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
        return tocsin::test::values_of(readings);
    }
};

inline SystemdUnit unit(std::string name, std::string active, std::string load = "loaded") {
    return {std::move(name), std::move(load), std::move(active),
            "/org/freedesktop/systemd1/unit/x"};
}

inline std::string state_of(std::string_view name, std::string_view state, std::string_view type) {
    std::string text = "node_systemd_unit_state{name=\"" + std::string(name) + "\", state=\"" +
                       std::string(state) + "\"";
    if (!type.empty()) text += ", type=\"" + std::string(type) + "\"";
    return text + "}";
}
inline std::string of(std::string_view metric, std::string_view name) {
    return "node_systemd_" + std::string(metric) + "{name=\"" + std::string(name) + "\"}";
}
inline std::string failures_of(std::string_view name, std::string_view result) {
    return "tocsin_unit_failures_total{result=\"" + std::string(result) + "\", unit=\"" +
           std::string(name) + "\"}";
}
inline UnitChange change(std::string name, std::string result, std::string active, std::string sub,
                         std::uint64_t inactive_since) {
    return {std::move(name), std::move(result), std::move(active), std::move(sub), inactive_since};
}
inline std::string count_of(std::string_view state) {
    return "node_systemd_units{state=\"" + std::string(state) + "\"}";
}

}  // namespace tocsin::collector::systemd_test
