#include "collector/host/watchdog.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

const std::string kDevice = "sys/class/watchdog/watchdog0/";

std::string number(std::string_view name, std::string_view device = "watchdog0") {
    return "node_watchdog_" + std::string(name) + "{name=\"" + std::string(device) + "\"}";
}

}  // namespace

// Documentation/ABI/testing/sysfs-class-watchdog.
TEST_CASE("a watchdog's numbers and words are reported") {
    const FixtureTree tree{{kDevice + "bootstatus", "1\n"},
                           {kDevice + "fw_version", "2\n"},
                           {kDevice + "nowayout", "0\n"},
                           {kDevice + "timeleft", "300\n"},
                           {kDevice + "timeout", "60\n"},
                           {kDevice + "pretimeout", "120\n"},
                           {kDevice + "access_cs0", "0\n"},
                           {kDevice + "options", "0x8380\n"},
                           {kDevice + "identity", "Software Watchdog\n"},
                           {kDevice + "state", "active\n"},
                           {kDevice + "status", "0x8000\n"},
                           {kDevice + "pretimeout_governor", "noop\n"}};
    Collecting watchdog(create_watchdog, tree);
    REQUIRE(watchdog.collect() ==
            Values{{number("bootstatus"), 1},
                   {number("fw_version"), 2},
                   {number("nowayout"), 0},
                   {number("timeleft_seconds"), 300},
                   {number("timeout_seconds"), 60},
                   {number("pretimeout_seconds"), 120},
                   {number("access_cs0"), 0},
                   {"node_watchdog_info{identity=\"Software Watchdog\", name=\"watchdog0\", "
                    "options=\"0x8380\", pretimeout_governor=\"noop\", state=\"active\", "
                    "status=\"0x8000\"}",
                    1}});
}

TEST_CASE("a driver reports what its hardware can, and its state as it changes") {
    const FixtureTree tree{{kDevice + "state", "inactive\n"}, {kDevice + "timeout", "-1\n"}};
    Collecting watchdog(create_watchdog, tree);
    const auto info = [](std::string_view state) {
        return "node_watchdog_info{name=\"watchdog0\", state=\"" + std::string(state) + "\"}";
    };
    REQUIRE(watchdog.collect() == Values{{number("timeout_seconds"), -1}, {info("inactive"), 1}});
    tree.write(kDevice + "state", "active\n");
    REQUIRE(watchdog.collect() == Values{{number("timeout_seconds"), -1}, {info("active"), 1}});
    const SeriesRef kept = watchdog.readings().back().series;
    watchdog.collect();
    REQUIRE(watchdog.readings().back().series == kept);
}

TEST_CASE("watchdogs come and go") {
    const FixtureTree tree;
    Collecting watchdog(create_watchdog, tree);
    REQUIRE(watchdog.collect().empty());
    tree.write("sys/class/watchdog/watchdog1/timeout", "30\n");
    const Values one{{number("timeout_seconds", "watchdog1"), 30},
                     {"node_watchdog_info{name=\"watchdog1\"}", 1}};
    REQUIRE(watchdog.collect() == one);
    tree.make_directory("sys/class/watchdog/watchdog0");
    Values two = one;
    two["node_watchdog_info{name=\"watchdog0\"}"] = 1;
    REQUIRE(watchdog.collect() == two);
    tree.remove("sys/class/watchdog/watchdog0");
    REQUIRE(watchdog.collect() == one);
}

TEST_CASE("a malformed number is an error and costs only itself") {
    const FixtureTree tree{{kDevice + "timeout", "30\n"}};
    for (const std::string_view text : {"", "soon\n", "99999999999999999999\n"}) {
        INFO(text);
        tree.write(kDevice + "timeleft", text);
        Collecting watchdog(create_watchdog, tree);
        REQUIRE(watchdog.collect_any().size() == 2);
        REQUIRE_THAT(watchdog.error(), Catch::Contains("watchdog0/timeleft"));
    }
}
