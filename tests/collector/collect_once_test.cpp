#include "collector/collect_once.h"

#include <catch2/catch.hpp>

#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::FixtureTree;

namespace {

CollectOptions options_for(const FixtureTree& tree, std::vector<std::string> names) {
    CollectOptions options;
    options.paths = {tree.at("proc"), tree.at("sys"), tree.at("root"), tree.at("udev")};
    options.names = std::move(names);
    return options;
}

}  // namespace

TEST_CASE("one collection is the text of the collectors that were named, with their account") {
    const FixtureTree tree{{"proc/loadavg", "0.5 1 2 1/1 1\n"}};
    const Collected collected = collect_once(options_for(tree, {"loadavg"})).value();
    REQUIRE(collected.failing.empty());
    REQUIRE_THAT(collected.text, Catch::StartsWith("# HELP node_load1 1m load average.\n"
                                                   "# TYPE node_load1 gauge\n"
                                                   "node_load1 0.5\n"));
    REQUIRE_THAT(collected.text,
                 Catch::Contains("\ntocsin_collector_success{collector=\"loadavg\"} 1\n"));
}

TEST_CASE("a collector that fails is named and the others still report") {
    const FixtureTree tree{{"proc/loadavg", "0.5 1 2 1/1 1\n"}};
    const Collected collected = collect_once(options_for(tree, {"loadavg", "meminfo"})).value();
    REQUIRE(collected.failing.size() == 1);
    REQUIRE(collected.failing[0].first == "meminfo");
    REQUIRE_THAT(collected.text, Catch::Contains("node_load1 0.5"));
    REQUIRE_THAT(collected.text,
                 Catch::Contains("tocsin_collector_success{collector=\"meminfo\"} 0\n"));
}

TEST_CASE("an unknown name and a wrong setting are errors that say so") {
    const FixtureTree tree;
    REQUIRE(collect_once(options_for(tree, {"cpus"})).error().code == ErrorCode::kNotFound);
    CollectOptions options = options_for(tree, {"filesystem"});
    options.settings["filesystem"] = {{"timeout", {"never"}}};
    REQUIRE_THAT(collect_once(options).error().message, Catch::StartsWith("filesystem: timeout: "));
}

TEST_CASE("a module that is not installed is named with its package") {
    const FixtureTree tree;
    ::setenv("TOCSIN_MODULE_DIR", tree.root().c_str(), 1);
    const auto missing = collect_once(options_for(tree, {"systemd"}));
    ::unsetenv("TOCSIN_MODULE_DIR");
    REQUIRE(missing.error().code == ErrorCode::kUnavailable);
    REQUIRE_THAT(missing.error().message, Catch::Contains(tree.at("systemd.so")));
    REQUIRE_THAT(missing.error().message, Catch::Contains("tocsin-agent-systemd"));
}

TEST_CASE("this host is collected without a failure by default") {
    const Collected collected = collect_once({}).value();
    for (const auto& [name, why] : collected.failing) FAIL(name << ": " << why);
    for (const char* family : {"node_cpu_seconds_total", "node_memory_MemTotal_bytes",
                               "node_filesystem_size_bytes", "node_uname_info"}) {
        REQUIRE_THAT(collected.text, Catch::Contains(std::string("# TYPE ") + family + " "));
    }
}
