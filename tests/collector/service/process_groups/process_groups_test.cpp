#include "collector/service/process_groups/process_groups.h"

#include <unistd.h>

#include <filesystem>

#include "collector/service/process_groups/config.h"
#include "tests/support/target_bench.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::FixtureTree;
using test::read_section;
using test::TargetBench;
using test::Values;

namespace {

const double kTick = 1.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));

struct Proc {
    std::string_view comm = "nginx";
    char state = 'S';
    int user_ticks = 0;
    int start = 1000;
    int threads = 1;
};

void put_stat(const FixtureTree& tree, int pid, const Proc& proc) {
    const auto number = [](int value) { return std::to_string(value); };
    tree.write("proc/" + number(pid) + "/stat",
               number(pid) + " (" + std::string(proc.comm) + ") " + proc.state +
                   " 1 2 3 4 5 6 100 101 7 102 " + number(proc.user_ticks) + " 50 8 9 20 0 " +
                   number(proc.threads) + " 0 " + number(proc.start) + " 8192 2 1844 1\n");
}

void put(const FixtureTree& tree, int pid, const Proc& proc, std::string_view cmdline = "nginx") {
    const std::string at = "proc/" + std::to_string(pid) + "/";
    put_stat(tree, pid, proc);
    tree.write(at + "cmdline", cmdline);
    tree.write(at + "status",
               "Uid:\t0\t33\t33\t33\nVmSwap:\t1 kB\nvoluntary_ctxt_switches:\t5\n"
               "nonvoluntary_ctxt_switches:\t6\n");
    tree.write(at + "io", "read_bytes: 4096\nwrite_bytes: 8192\n");
    tree.write(at + "limits", "Max open files            10          20         files\n");
    tree.write(at + "cgroup", "9:name=systemd:/\n0::/system.slice/nginx.service\n");
    tree.write(at + "smaps_rollup", "Pss: 3 kB\nSwapPss: 2 kB\n");
    tree.write(at + "fd/0", "");
    tree.write(at + "fd/1", "");
}

struct Bench {
    FixtureTree tree{{"proc/stat", "cpu 1\nbtime 1700000000\n"}};
    std::unique_ptr<TargetBench> target;

    void make(std::string_view yaml) {
        const auto read = read_section(read_process_groups, yaml);
        INFO((read.said.empty() ? "" : read.said.front()));
        REQUIRE(read.said.empty());
        REQUIRE(read.targets.size() == 1);
        target = std::make_unique<TargetBench>(create_process_groups, tree, read.targets[0]);
    }
    Values collect() { return target->collect(); }
    double procs(const std::string& group) {
        return collect().at("namedprocess_namegroup_num_procs{groupname=\"" + group + "\"}");
    }
};

constexpr std::string_view kNginx = "[{name: web, match: {comm: nginx}}]";
const std::string kUser =
    "namedprocess_namegroup_cpu_seconds_total{groupname=\"web\", mode=\"user\"}";

}  // namespace

TEST_CASE("a group reports everything its processes have") {
    Bench bench;
    put(bench.tree, 10, {});
    put(bench.tree, 11, {.state = 'R', .start = 900, .threads = 3});
    put(bench.tree, 12, {.comm = "other"});
    bench.make("[{name: web, match: {comm: nginx}, smaps: true, context_switches: true}]");
    bench.tree.write("proc/11/task/11/status", "voluntary_ctxt_switches: 10\n");
    bench.tree.write("proc/11/task/13/status", "nonvoluntary_ctxt_switches: 20\n");
    const double page = static_cast<double>(::sysconf(_SC_PAGESIZE));
    const auto name = [](const std::string& metric, const std::string& label = "") {
        return "namedprocess_namegroup_" + metric +
               (label.starts_with("ctx") ? "{" + label + ", groupname=\"web\"}"
                : label.empty()          ? "{groupname=\"web\"}"
                                         : "{groupname=\"web\", " + label + "}");
    };
    const Values values = bench.collect();
    CHECK(values ==
          Values{{name("num_procs"), 2},
                 {name("num_threads"), 4},
                 {name("memory_bytes", "memtype=\"resident\""), 4 * page},
                 {name("memory_bytes", "memtype=\"virtual\""), 2 * 8192},
                 {name("memory_bytes", "memtype=\"swapped\""), 2 * 1024},
                 {name("memory_bytes", "memtype=\"proportionalResident\""), 2 * 3072},
                 {name("memory_bytes", "memtype=\"proportionalSwapped\""), 2 * 2048},
                 {name("open_filedesc"), 4},
                 {name("worst_fd_ratio"), 0.2},
                 {name("oldest_start_time_seconds"), 1700000000 + std::floor(900 * kTick)},
                 {name("states", "state=\"Running\""), 1},
                 {name("states", "state=\"Sleeping\""), 1},
                 {name("states", "state=\"Waiting\""), 0},
                 {name("states", "state=\"Zombie\""), 0},
                 {name("states", "state=\"Other\""), 0},
                 {name("cpu_seconds_total", "mode=\"user\""), 0},
                 {name("cpu_seconds_total", "mode=\"system\""), 0},
                 {name("read_bytes_total"), 0},
                 {name("write_bytes_total"), 0},
                 {name("minor_page_faults_total"), 0},
                 {name("major_page_faults_total"), 0},
                 {name("context_switches_total", "ctxswitchtype=\"voluntary\""), 0},
                 {name("context_switches_total", "ctxswitchtype=\"nonvoluntary\""), 0}});
    bench.tree.write("proc/11/task/13/status",
                     "voluntary_ctxt_switches: 7\nnonvoluntary_ctxt_switches: 25\n");
    const Values later = bench.collect();
    CHECK(later.at(name("context_switches_total", "ctxswitchtype=\"voluntary\"")) == 7);
    CHECK(later.at(name("context_switches_total", "ctxswitchtype=\"nonvoluntary\"")) == 5);
}

TEST_CASE("counters begin at nothing, count late comers whole, and never fall") {
    Bench bench;
    put(bench.tree, 10, {.user_ticks = 500});
    bench.make(kNginx);
    CHECK(bench.collect().at(kUser) == 0);
    put_stat(bench.tree, 10, {.user_ticks = 530});
    CHECK(bench.collect().at(kUser) == Approx(30 * kTick));
    put(bench.tree, 11, {.user_ticks = 40, .start = 2000});
    CHECK(bench.collect().at(kUser) == Approx(70 * kTick));
    bench.tree.remove("proc/10");
    CHECK(bench.collect().at(kUser) == Approx(70 * kTick));
    // Its number is used again at once, by a process of the same name.
    put_stat(bench.tree, 11, {.user_ticks = 5, .start = 3000});
    CHECK(bench.collect().at(kUser) == Approx(75 * kTick));
    bench.tree.remove("proc/11");
    const Values none = bench.collect();
    CHECK(none.at(kUser) == Approx(75 * kTick));
    CHECK(none.at("namedprocess_namegroup_num_procs{groupname=\"web\"}") == 0);
    CHECK_FALSE(
        none.contains("namedprocess_namegroup_oldest_start_time_seconds{groupname=\"web\"}"));
}

TEST_CASE("a group that nothing is in says so from the start") {
    Bench bench;
    bench.make(kNginx);
    const Values values = bench.collect();
    CHECK(values.at("namedprocess_namegroup_num_procs{groupname=\"web\"}") == 0);
    CHECK_FALSE(values.contains(kUser));
}

TEST_CASE("processes are told apart by what they are") {
    struct Case {
        std::string_view keys;
        double procs;
    };
    const std::vector<Case> cases{
        {"comm: nginx", 2},
        {"comm: [nginx, python3]", 3},
        {"comm: ngin", 0},
        {"cmdline: 'worker'", 1},
        {"cmdline: '^nginx: (master|worker)'", 2},
        {"cgroup: 'nginx\\.service$'", 3},
        {"cgroup: '^/$'", 3},
        {"cgroup: 'apache'", 0},
        {"user: 33", 3},
        {"user: [0, 33]", 3},
        {"user: root", 0},
        {"user: no-such-user", 0},
        {"exe: /usr/sbin/nginx", 1},
        {"exe: nginx", 1},
        {"exe: [/usr/bin/python3, nginx]", 2},
        {"comm: nginx, cmdline: worker, user: 33", 1},
        {"comm: python3, cmdline: worker", 0},
    };
    Bench bench;
    put(bench.tree, 10, {}, {"nginx: master\0-c\0", 17});
    put(bench.tree, 11, {}, {"nginx: worker\0", 14});
    put(bench.tree, 12, {.comm = "python3"}, {"/usr/bin/python3\0x\0", 19});
    std::filesystem::create_symlink("/usr/sbin/nginx (deleted)", bench.tree.at("proc/10/exe"));
    for (const Case& c : cases) {
        INFO(c.keys);
        bench.make("[{name: it, match: {" + std::string(c.keys) + "}}]");
        CHECK(bench.procs("it") == c.procs);
    }
}

TEST_CASE("a process belongs to the first group that takes it") {
    Bench bench;
    put(bench.tree, 10, {}, "nginx: worker");
    bench.make("[{name: workers, match: {cmdline: worker}}, {name: web, match: {comm: nginx}}]");
    CHECK(bench.procs("workers") == 1);
    CHECK(bench.procs("web") == 0);
}

TEST_CASE("a process that becomes another program changes its group") {
    Bench bench;
    put(bench.tree, 10, {.comm = "sh", .user_ticks = 10});
    bench.make(kNginx);
    CHECK(bench.procs("web") == 0);
    put_stat(bench.tree, 10, {.user_ticks = 20});
    CHECK(bench.collect().at(kUser) == 0);  // it was there before us
    put_stat(bench.tree, 10, {.user_ticks = 25});
    CHECK(bench.collect().at(kUser) == Approx(5 * kTick));
    put_stat(bench.tree, 10, {.comm = "sh", .user_ticks = 90});
    CHECK(bench.procs("web") == 0);
}

TEST_CASE("a process that sets its title after its fork is found at the second look") {
    Bench bench;
    put(bench.tree, 10, {}, "bash");
    bench.make("[{name: it, match: {cmdline: worker}}]");
    CHECK(bench.procs("it") == 0);
    bench.tree.write("proc/10/cmdline", "worker");
    CHECK(bench.procs("it") == 1);
    bench.tree.write("proc/10/cmdline", "bash");
    CHECK(bench.procs("it") == 1);  // settled while its name stays
}

TEST_CASE("what cannot be read of a process is absent, and the rest stands") {
    Bench bench;
    bench.tree.write("proc/10/stat", "");
    bench.tree.make_directory("proc/11");
    bench.tree.write("proc/12/stat", "12 (nginx) S");
    bench.tree.write("proc/self/stat", "not a number's");
    put_stat(bench.tree, 13, {});
    bench.make("[{name: web, match: {comm: nginx}, smaps: true, context_switches: true}]");
    const Values values = bench.collect();
    CHECK(values.at("namedprocess_namegroup_num_procs{groupname=\"web\"}") == 1);
    CHECK(values.contains(kUser));
    for (const auto* absent :
         {"read_bytes_total", "write_bytes_total", "open_filedesc", "worst_fd_ratio"}) {
        INFO(absent);
        CHECK_FALSE(values.contains("namedprocess_namegroup_" + std::string(absent) +
                                    "{groupname=\"web\"}"));
    }
    CHECK_FALSE(
        values.contains("namedprocess_namegroup_memory_bytes{groupname=\"web\", "
                        "memtype=\"proportionalResident\"}"));
}

TEST_CASE("without a /proc it says so") {
    Bench bench;
    bench.make(kNginx);
    bench.tree.remove("proc");
    CHECK(bench.target->collect_any().empty());
    CHECK_THAT(bench.target->error(), Catch::EndsWith("proc: No such file or directory"));
}

TEST_CASE("every mistake in process groups is named at its place") {
    const std::vector<std::pair<std::string_view, std::string_view>> cases{
        {"{name: x}", "agent.yml:1:1: error: \"groups\" is a list of {name, match}"},
        {"[{match: {comm: x}}]", "agent.yml:1:2: error: a process group needs the key \"name\""},
        {"[{name: x}]",
         "agent.yml:1:2: error: a process group needs \"match\" with comm, exe, cmdline, cgroup "
         "or user, or it would take every process"},
        {"[{name: x, match: {comm: a}}, {name: x, match: {comm: b}}]",
         "agent.yml:1:31: error: there are two process groups \"x\""},
        {"[{name: x, match: {comm: a-name-of-16-byt}}]",
         "agent.yml:1:26: error: \"comm\": the kernel keeps 15 bytes of a name: "
         "\"a-name-of-16-by\""},
        {"[{name: x, match: {cmdline: '('}}]", "agent.yml:1:29: error: \"cmdline\": "},
        {"[{name: x, match: {com: y}}]", "agent.yml:1:20: error: unknown key \"com\""},
    };
    for (const auto& [yaml, message] : cases) {
        const auto read = read_section(read_process_groups, yaml);
        INFO(yaml);
        REQUIRE_FALSE(read.said.empty());
        CHECK_THAT(read.said.back() + read.said.front(), Catch::Contains(std::string(message)));
    }
    CHECK(read_section(read_process_groups, "[]").targets.empty());
}
