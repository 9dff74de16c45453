#include "collector/host/schedstat.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

std::string sched(std::string_view name, std::string_view cpu) {
    return "node_schedstat_" + std::string(name) + "_total{cpu=\"" + std::string(cpu) + "\"}";
}

}  // namespace

// Documentation/scheduler/sched-stats.rst: the last three fields of a CPU's line.
TEST_CASE("running and waiting time of each CPU are seconds") {
    const FixtureTree tree{{"proc/schedstat",
                            "version 15\n"
                            "timestamp 4295089211\n"
                            "cpu0 0 0 3 4 5 6 1500000000 250000000 77\n"
                            "domain0 3 1 2 3 4 5 6 7 8\n"
                            "cpu12 0 0 0 0 0 0 18446744073709551615 1 0\n"}};
    Collecting schedstat(create_schedstat, tree);
    REQUIRE(schedstat.collect() == Values{{sched("running_seconds", "0"), 1.5},
                                          {sched("waiting_seconds", "0"), 0.25},
                                          {sched("timeslices", "0"), 77},
                                          {sched("running_seconds", "12"), 18446744073.709551615},
                                          {sched("waiting_seconds", "12"), 1e-9},
                                          {sched("timeslices", "12"), 0}});
}

TEST_CASE("a CPU that is taken off drops out of schedstat") {
    const FixtureTree tree{{"proc/schedstat", "cpu0 0 0 0 0 0 0 1 2 3\ncpu1 0 0 0 0 0 0 4 5 6\n"}};
    Collecting schedstat(create_schedstat, tree);
    REQUIRE(schedstat.collect().size() == 6);
    tree.write("proc/schedstat", "cpu1 0 0 0 0 0 0 4 5 6\n");
    const Values values = schedstat.collect();
    REQUIRE(values.size() == 3);
    REQUIRE(values.at(sched("timeslices", "1")) == 6);
}

TEST_CASE("a kernel without scheduler statistics reports none and does not fail") {
    const FixtureTree tree;
    Collecting schedstat(create_schedstat, tree);
    REQUIRE(schedstat.collect().empty());
}

TEST_CASE("a malformed line of schedstat is named and costs only itself") {
    std::vector<SchedstatLine> lines;
    const auto result = parse_schedstat(
        "cpu0 0 0 0 0 0 0 1 2\ncpux 0 0 0 0 0 0 1 2 3\ncpu2 0 0 0 0 0 0 1 -2 3\n"
        "cpu3 0 0 0 0 0 0 1 2 3\n",
        lines);
    REQUIRE_THAT(result.error().message, Catch::Contains("cpu0 0 0 0 0 0 0 1 2"));
    REQUIRE(lines.size() == 1);
    REQUIRE(lines[0].cpu == "3");
    lines.clear();
    REQUIRE(parse_schedstat("", lines));
    REQUIRE(lines.empty());
}
