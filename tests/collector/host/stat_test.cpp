#include "collector/host/stat.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

// proc(5), /proc/stat.
TEST_CASE("the kernel's counters are read from stat") {
    const FixtureTree tree{{"proc/stat",
                            "cpu  10132153 290696 3084719 46828483 16683 0 25195 0 175628 0\n"
                            "cpu0 1393280 32966 572056 13343292 6130 0 17875 0 23933 0\n"
                            "intr 1462898 8 1 0 0 0 0 3\n"
                            "ctxt 115315092\n"
                            "btime 769041601\n"
                            "processes 86031\n"
                            "procs_running 6\n"
                            "procs_blocked 2\n"
                            "softirq 229245889 94 60001584 13619 5175704 2471304 28 51212741\n"}};
    Collecting stat(create_stat, tree);
    REQUIRE(stat.collect() == Values{{"node_intr_total", 1462898},
                                     {"node_context_switches_total", 115315092},
                                     {"node_boot_time_seconds", 769041601},
                                     {"node_forks_total", 86031},
                                     {"node_procs_running", 6},
                                     {"node_procs_blocked", 2}});
}

TEST_CASE("calls of soft interrupts are reported by vector where they are asked for") {
    const FixtureTree tree{{"proc/stat", "ctxt 5\nsoftirq 60 1 2 3 4 5 6 7 8 9 15\n"}};
    Collecting stat(create_stat, tree, {{"softirq", {"true"}}});
    Values expected{{"node_context_switches_total", 5}};
    double calls = 1;
    for (const char* vector : {"hi", "timer", "net_tx", "net_rx", "block", "block_iopoll",
                               "tasklet", "sched", "hrtimer"}) {
        expected["node_softirqs_total{vector=\"" + std::string(vector) + "\"}"] = calls++;
    }
    expected["node_softirqs_total{vector=\"rcu\"}"] = 15;
    REQUIRE(stat.collect() == expected);
    // Fewer or more than are known, none, and what is no number.
    tree.write("proc/stat", "ctxt 5\nsoftirq 60 1 2\n");
    REQUIRE(stat.collect().size() == 3);
    tree.write("proc/stat", "ctxt 5\nsoftirq 60 1 2 3 4 5 6 7 8 9 10 11 12\n");
    REQUIRE(stat.collect().size() == 11);
    tree.write("proc/stat", "ctxt 5\n");
    REQUIRE(stat.collect().size() == 1);
    tree.write("proc/stat", "ctxt 5\nsoftirq 60 1 x\n");
    REQUIRE(stat.collect_any().size() == 1);
    REQUIRE(stat.error() == "stat: \"x\" is no number of softirqs");
}

TEST_CASE("a line that the kernel does not print is not reported as zero") {
    const KernelStat stat = parse_stat("ctxt 5\nbtime 7\n").value();
    REQUIRE(stat.context_switches == 5);
    REQUIRE(stat.boot_time == 7);
    REQUIRE_FALSE(stat.interrupts);
    REQUIRE_FALSE(stat.procs_blocked);
}

TEST_CASE("the largest counter is read and a malformed or empty stat refused") {
    REQUIRE(parse_stat("ctxt 18446744073709551615\n").value().context_switches == UINT64_MAX);
    for (const std::string_view text : {"", "hello\n", "ctxt\n", "ctxt many\n", "ctxt -1\n"}) {
        INFO(text);
        REQUIRE_FALSE(parse_stat(text));
    }
}
