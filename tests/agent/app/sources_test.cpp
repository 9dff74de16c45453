#include "agent/app/sources.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <optional>

#include "tests/support/fixture_tree.h"
#include "tests/support/run_until.h"

using namespace tocsin;
using namespace tocsin::agent;

namespace {

// A host on which no module's package is installed.
struct Bench {
    test::FixtureTree nothing;
    net::Loop loop;
    TargetPools pools{loop};
    SeriesTable series;
    Config config;

    Bench() { ::setenv("TOCSIN_MODULE_DIR", nothing.root().c_str(), 1); }
    ~Bench() { ::unsetenv("TOCSIN_MODULE_DIR"); }
};

}  // namespace

TEST_CASE("a target that cannot be made is down, and says why") {
    Bench bench;
    auto config = std::make_shared<collector::TargetConfig>();
    config->job = "mysql";
    config->instance = "db:3306";
    bench.config.collect.targets = {{"mysql", {config}}};
    auto targets = make_targets(bench.config.collect.targets,
                                {{}, &bench.series, &bench.loop, nullptr, ""}, bench.pools);
    REQUIRE(targets.size() == 1);
    CHECK_FALSE(targets[0].made);

    const SystemClock clock;
    collector::TargetRunner runner(bench.loop, clock, bench.series, 5ms, std::move(targets));
    std::optional<double> up;
    runner.start([&](Timestamp, const collector::Readings& readings) {
        for (const auto& reading : readings) {
            if (reading.series.labels().text() == "up{instance=\"db:3306\", job=\"mysql\"}") {
                up = reading.value;
            }
        }
    });
    REQUIRE(test::run_until(bench.loop, [&] { return up.has_value(); }));
    CHECK(*up == 0);
    REQUIRE(runner.failing().size() == 1);
    CHECK(runner.failing()[0].first == "mysql db:3306");
    CHECK_THAT(runner.failing()[0].second,
               Catch::Contains("install the package tocsin-agent-mysql"));
}

TEST_CASE("a collector that cannot be made stands among the others and fails with the reason") {
    Bench bench;
    bench.config.collect.collectors = {{"systemd", true, {}}};
    const auto collectors = make_collectors(bench.config, bench.series);
    CHECK(collectors.unmade == std::vector<std::string>{"systemd"});
    CHECK(collectors.entries.size() == enabled_collectors(bench.config).size());
    for (const auto& entry : collectors.entries) {
        if (entry.name != "systemd") continue;
        collector::Readings readings;
        const Result<void> result = entry.collector->collect(from_unix_ms(0), readings);
        REQUIRE_FALSE(result);
        CHECK_THAT(result.error().message,
                   Catch::Contains("install the package tocsin-agent-systemd"));
    }
    // Tried again at a reload, with the same outcome while nothing has changed.
    CHECK_FALSE(make_collector(bench.config, bench.series, "systemd"));
    CHECK(make_collector(bench.config, bench.series, "loadavg"));
}

TEST_CASE("what runs already as it is wanted is found by what its entry says and its files have") {
    struct Running final : collector::Target {
        bool same_files = true;
        void start(Timestamp, collector::TargetDone) override {}
        collector::Readings cancel() override { return {}; }
        bool reread() override { return same_files; }
    };
    const auto config = [](const std::string& instance, const std::string& source) {
        auto made = std::make_shared<collector::TargetConfig>();
        made->job = "j";
        made->instance = instance;
        made->source = source;
        return made;
    };
    const auto entry = [&](const std::string& kind, const std::string& instance,
                           const std::string& source) {
        return collector::TargetEntry{kind, config(instance, source), std::make_unique<Running>()};
    };
    std::vector<TargetSection> wanted{{"snmp", {config("a", "1"), config("b", "1")}},
                                      {"probe", {config("a", "1")}}};
    CHECK_FALSE(runs_already(entry("snmp", "a", "2"), wanted));
    CHECK_FALSE(runs_already(entry("snmp", "c", "1"), wanted));
    auto other_files = entry("snmp", "a", "1");
    static_cast<Running&>(*other_files.target).same_files = false;
    CHECK_FALSE(runs_already(other_files, wanted));
    auto stand_in = entry("snmp", "a", "1");
    stand_in.made = false;
    CHECK_FALSE(runs_already(stand_in, wanted));
    CHECK(wanted[0].targets[0] != nullptr);
    CHECK(runs_already(entry("snmp", "a", "1"), wanted));
    CHECK(wanted[0].targets[0] == nullptr);
    CHECK(wanted[1].targets[0] != nullptr);
    CHECK_FALSE(runs_already(entry("snmp", "a", "1"), wanted));  // one is wanted, not two
}
