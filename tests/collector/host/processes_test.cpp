#include "collector/host/processes.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

std::string stat_of(std::string_view pid, std::string_view name, char state, int threads) {
    return std::string(pid) + " (" + std::string(name) + ") " + state +
           " 1 2 3 0 -1 4194560 5 6 7 8 9 10 11 12 20 0 " + std::to_string(threads) + " 0 21\n";
}

}  // namespace

TEST_CASE("processes and threads are counted by state") {
    const FixtureTree tree{{"proc/1/stat", stat_of("1", "init", 'S', 1)},
                           {"proc/1/task/1/stat", stat_of("1", "init", 'S', 1)},
                           {"proc/20/stat", stat_of("20", "a) R 1 (b", 'R', 3)},
                           {"proc/20/task/20/stat", stat_of("20", "a) R 1 (b", 'R', 3)},
                           {"proc/20/task/21/stat", stat_of("21", "a) R 1 (b", 'D', 3)},
                           {"proc/20/task/22/stat", stat_of("22", "a) R 1 (b", 'S', 3)},
                           {"proc/3000/stat", stat_of("3000", "gone", 'Z', 1)},
                           {"proc/sys/kernel/threads-max", "7801\n"},
                           {"proc/sys/kernel/pid_max", "4194304\n"}};
    Collecting processes(create_processes, tree);
    REQUIRE(processes.collect() == Values{{"node_processes_threads", 5},
                                          {"node_processes_max_threads", 7801},
                                          {"node_processes_pids", 3},
                                          {"node_processes_max_processes", 4194304},
                                          {"node_processes_state{state=\"S\"}", 1},
                                          {"node_processes_state{state=\"R\"}", 1},
                                          {"node_processes_state{state=\"Z\"}", 1},
                                          {"node_processes_threads_state{thread_state=\"S\"}", 2},
                                          {"node_processes_threads_state{thread_state=\"R\"}", 1},
                                          {"node_processes_threads_state{thread_state=\"D\"}", 1},
                                          {"node_processes_threads_state{thread_state=\"Z\"}", 1}});
    tree.remove("proc/3000");
    const Values later = processes.collect();
    REQUIRE(later.at("node_processes_pids") == 2);
    REQUIRE_FALSE(later.contains("node_processes_state{state=\"Z\"}"));
}

TEST_CASE("a process that ends while it is looked at is not counted") {
    const FixtureTree tree{{"proc/1/stat", stat_of("1", "init", 'S', 1)},
                           {"proc/2/stat", ""},
                           {"proc/4/stat", stat_of("4", "no tasks", 'S', 2)},
                           {"proc/sys/kernel/threads-max", "1\n"},
                           {"proc/sys/kernel/pid_max", "2\n"}};
    tree.make_directory("proc/3");
    Collecting processes(create_processes, tree);
    const Values values = processes.collect();
    REQUIRE(values.at("node_processes_pids") == 2);
    REQUIRE(values.at("node_processes_threads_state{thread_state=\"S\"}") == 1);
}

TEST_CASE("a stat file is read behind the last parenthesis") {
    REQUIRE(parse_process_stat(stat_of("1", ") Z 0 (", 'D', 17)).value().state == 'D');
    REQUIRE(parse_process_stat(stat_of("1", "", 'D', 17)).value().threads == 17);
    for (const std::string_view text : {"", "1 (x", "1 (x)", "1 (x) S", "1 (x) SS 1 2",
                                        "1 (x) S 1 2 3 0 -1 4 5 6 7 8 9 10 11 12 20 0",
                                        "1 (x) S 1 2 3 0 -1 4 5 6 7 8 9 10 11 12 20 0 -1 0"}) {
        INFO(text);
        REQUIRE_FALSE(parse_process_stat(text));
    }
}

TEST_CASE("limits that are not there or no numbers are errors, and what was counted stays") {
    const FixtureTree tree{{"proc/1/stat", stat_of("1", "init", 'S', 1)}};
    Collecting processes(create_processes, tree);
    REQUIRE(processes.collect_any().at("node_processes_pids") == 1);
    REQUIRE_THAT(processes.error(), Catch::Contains("threads-max"));
    tree.write("proc/sys/kernel/threads-max", "1\n");
    tree.write("proc/sys/kernel/pid_max", "many\n");
    REQUIRE(processes.collect_any().at("node_processes_max_threads") == 1);
    REQUIRE_THAT(processes.error(), Catch::Contains("pid_max: not a number"));
}
