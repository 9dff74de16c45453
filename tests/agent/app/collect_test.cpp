#include "agent/app/collect.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

#include "agent/app/sources.h"
#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::agent;
using test::FixtureTree;

namespace {

struct Collected {
    int status = -1;
    std::string out;
    std::string err;
};

Collected collect_with(const Config& config) {
    std::ostringstream out;
    std::ostringstream err;
    const int status = collect(config, out, err);
    return {status, out.str(), err.str()};
}

// Of the host's collectors only loadavg and meminfo.
Config config_of(const FixtureTree& tree) {
    Config config;
    config.path = {tree.at("proc"), tree.at("sys"), tree.at("root"), tree.at("udev")};
    for (const std::string& name : enabled_collectors(config)) {
        config.collect.collectors.push_back({name, name == "loadavg" || name == "meminfo", {}});
    }
    return config;
}

}  // namespace

TEST_CASE("a page that was printed is a success, whichever collector failed") {
    const FixtureTree tree{{"proc/loadavg", "0.5 1 2 1/1 1\n"}};
    const Collected told = collect_with(config_of(tree));
    CHECK(told.status == 0);
    CHECK(told.err.empty());
    CHECK_THAT(told.out, Catch::Contains("node_load1 0.5\n"));
    CHECK_THAT(told.out, Catch::Contains("tocsin_collector_success{collector=\"meminfo\"} 0\n"));
}

TEST_CASE("kinds of targets that are not asked are named in a line") {
    const FixtureTree tree{{"proc/loadavg", "0.5 1 2 1/1 1\n"},
                           {"proc/meminfo", "MemFree: 1 kB\n"}};
    Config config = config_of(tree);
    config.collect.targets = {{"redis", {std::make_shared<collector::TargetConfig>()}},
                              {"logs", {}},
                              {"scrape", {std::make_shared<collector::TargetConfig>()}}};
    const Collected told = collect_with(config);
    CHECK(told.status == 0);
    CHECK(told.err ==
          "tocsin-agent: not collected here, but by the running agent: redis, scrape\n");
}

TEST_CASE("a collector that cannot be made prints no page") {
    const FixtureTree tree;
    Config config = config_of(tree);
    const auto at = std::find_if(config.collect.collectors.begin(), config.collect.collectors.end(),
                                 [](const auto& c) { return c.name == "filesystem"; });
    at->enabled = true;
    at->settings = {{"timeout", {"never"}}};
    const Collected told = collect_with(config);
    CHECK(told.status == 1);
    CHECK(told.out.empty());
    CHECK_THAT(told.err, Catch::Contains("filesystem: timeout: "));
}
