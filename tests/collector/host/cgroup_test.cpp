#include "collector/host/cgroup.h"

#include <filesystem>

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

const std::string kMount = "sys/fs/cgroup";
const std::string kCron = kMount + "/system.slice/cron.service/";

std::string of(std::string_view name, std::string_view path, std::string_view more = "") {
    const std::string_view unit = path.substr(path.rfind('/') + 1);
    std::string text = "node_cgroup_" + std::string(name) + "{cgroup=\"" + std::string(path) + "\"";
    text.append(more).append(", unit=\"").append(unit).append("\"}");
    return text;
}
std::string cron(std::string_view name, std::string_view more = "") {
    return of(name, "/system.slice/cron.service", more);
}

}  // namespace

// Documentation/admin-guide/cgroup-v2.rst: times are microseconds, sizes bytes, "max" no limit.
TEST_CASE("a unit's CPU, memory, I/O and pressure are reported") {
    const FixtureTree tree{
        {kMount + "/cgroup.controllers", "cpu io memory\n"},
        {kMount + "/cpu.stat", "usage_usec 1\n"},  // the host, which other collectors report
        {kCron + "cpu.stat",
         "usage_usec 3500000\nuser_usec 2000000\nsystem_usec 1500000\n"
         "nr_periods 10\nnr_throttled 4\nthrottled_usec 250000\nnr_bursts 0\nburst_usec 0\n"},
        {kCron + "memory.current", "8192\n"},
        {kCron + "memory.max", "1048576\n"},
        {kCron + "memory.high", "max\n"},
        {kCron + "memory.swap.current", "0\n"},
        {kCron + "memory.stat",
         "anon 4096\nfile 2048\nkernel 1\ninactive_anon 7\ninactive_file 1024\npgmajfault 3\n"},
        {kCron + "memory.events", "low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\n"},
        {kCron + "io.stat",
         "8:0 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0\n"
         "9:9 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n"},
        {kCron + "cpu.pressure", "some avg10=0.00 total=1500000\nfull avg10=0.00 total=500000\n"},
        {kCron + "memory.pressure", "some avg10=0.00 total=1000000\n"}};
    tree.make_directory("sys/dev/block");
    std::filesystem::create_symlink("../../devices/pci0/block/sda", tree.at("sys/dev/block/8:0"));
    Collecting cgroup(create_cgroup, tree);
    const auto event = [&](std::string_view name) {
        return cron("memory_events_total", ", event=\"" + std::string(name) + "\"");
    };
    const auto io = [&](std::string_view name, std::string_view device) {
        return cron("io_" + std::string(name) + "_total",
                    ", device=\"" + std::string(device) + "\"");
    };
    REQUIRE(cgroup.collect() == Values{{cron("cpu_usage_seconds_total"), 3.5},
                                       {cron("cpu_user_seconds_total"), 2},
                                       {cron("cpu_system_seconds_total"), 1.5},
                                       {cron("cpu_periods_total"), 10},
                                       {cron("cpu_throttled_periods_total"), 4},
                                       {cron("cpu_throttled_seconds_total"), 0.25},
                                       {cron("memory_current_bytes"), 8192},
                                       {cron("memory_max_bytes"), 1048576},
                                       {cron("memory_swap_bytes"), 0},
                                       {cron("memory_anon_bytes"), 4096},
                                       {cron("memory_file_bytes"), 2048},
                                       {cron("memory_inactive_file_bytes"), 1024},
                                       {cron("memory_major_faults_total"), 3},
                                       {event("low"), 1},
                                       {event("high"), 2},
                                       {event("max"), 3},
                                       {event("oom"), 4},
                                       {event("oom_kill"), 5},
                                       {io("read_bytes", "sda"), 1459200},
                                       {io("written_bytes", "sda"), 314773504},
                                       {io("reads_completed", "sda"), 192},
                                       {io("writes_completed", "sda"), 353},
                                       {io("read_bytes", "9:9"), 1},
                                       {io("written_bytes", "9:9"), 2},
                                       {io("reads_completed", "9:9"), 3},
                                       {io("writes_completed", "9:9"), 4},
                                       {cron("pressure_cpu_waiting_seconds_total"), 1.5},
                                       {cron("pressure_cpu_stalled_seconds_total"), 0.5},
                                       {cron("pressure_memory_waiting_seconds_total"), 1}});
}

TEST_CASE("services, slices and containers are reported by default, sessions are not") {
    const FixtureTree tree;
    tree.write(kMount + "/cgroup.controllers", "");
    for (const char* path :
         {"init.scope", "system.slice", "system.slice/a b.service", "system.slice/docker-12.scope",
          "system.slice/docker.socket", "user.slice/user-0.slice/session-1.scope",
          "other/x.service", "machine.slice/machine-vm.scope"}) {
        tree.write(kMount + "/" + path + "/memory.current", "1\n");
    }
    Collecting cgroup(create_cgroup, tree);
    REQUIRE(cgroup.collect() ==
            Values{{of("memory_current_bytes", "/system.slice"), 1},
                   {of("memory_current_bytes", "/system.slice/a b.service"), 1},
                   {of("memory_current_bytes", "/system.slice/docker-12.scope"), 1},
                   {of("memory_current_bytes", "/other/x.service"), 1},
                   {of("memory_current_bytes", "/machine.slice/machine-vm.scope"), 1}});
    Collecting some(create_cgroup, tree,
                    {{"include", {"^/system.slice/|scope$"}}, {"exclude", {"docker|session"}}});
    REQUIRE(some.collect() ==
            Values{{of("memory_current_bytes", "/init.scope"), 1},
                   {of("memory_current_bytes", "/system.slice/a b.service"), 1},
                   {of("memory_current_bytes", "/machine.slice/machine-vm.scope"), 1}});
}

TEST_CASE("cgroup v2 is found beside v1, a host with v1 alone reports none") {
    const FixtureTree tree{{kMount + "/memory/a.service/memory.current", "1\n"}};
    Collecting cgroup(create_cgroup, tree);
    REQUIRE(cgroup.collect().empty());
    tree.write(kMount + "/unified/cgroup.controllers", "");
    tree.write(kMount + "/unified/a.service/cpu.stat", "usage_usec 1000000\n");
    REQUIRE(cgroup.collect() == Values{{of("cpu_usage_seconds_total", "/a.service"), 1}});
}

TEST_CASE("units start and stop, and limits are set and lifted") {
    const FixtureTree tree{{kMount + "/cgroup.controllers", ""},
                           {kCron + "memory.current", "1\n"},
                           {kCron + "memory.max", "max\n"}};
    Collecting cgroup(create_cgroup, tree);
    REQUIRE(cgroup.collect().size() == 1);
    tree.write(kCron + "memory.max", "4096\n");
    REQUIRE(cgroup.collect().at(cron("memory_max_bytes")) == 4096);
    tree.write(kMount + "/system.slice/at.service/memory.current", "2\n");
    REQUIRE(cgroup.collect().size() == 3);
    tree.remove(kCron);
    REQUIRE(cgroup.collect() ==
            Values{{of("memory_current_bytes", "/system.slice/at.service"), 2}});
    tree.write(kCron + "memory.current", "3\n");  // the same unit again
    REQUIRE(cgroup.collect().at(cron("memory_current_bytes")) == 3);
}

TEST_CASE("a file of a cgroup in another form is an error and costs only itself") {
    const FixtureTree tree{{kMount + "/cgroup.controllers", ""},
                           {kCron + "memory.current", "1\n"},
                           {kCron + "cpu.pressure", ""}};
    Collecting cgroup(create_cgroup, tree);
    REQUIRE(cgroup.collect_any() == Values{{cron("memory_current_bytes"), 1}});
    REQUIRE_THAT(cgroup.error(), Catch::Contains("cron.service/cpu.pressure"));
}

TEST_CASE("values of cgroup files are numbers, no limit, absent or wrong") {
    REQUIRE(parse_cgroup_value("18446744073709551615\n", "").value() == UINT64_MAX);
    REQUIRE_FALSE(parse_cgroup_value("max\n", "").value());
    REQUIRE(parse_cgroup_value("ab 1\na 2\n", "a").value() == 2);
    REQUIRE_FALSE(parse_cgroup_value("ab 1\n", "a").value());
    REQUIRE_FALSE(parse_cgroup_value("", "a").value());
    for (const std::string_view text : {"", "\n", "-1\n", "x\n", "18446744073709551616\n"}) {
        INFO(text);
        REQUIRE_FALSE(parse_cgroup_value(text, ""));
    }
    for (const std::string_view text : {"a\n", "a x\n", "a -1\n"}) {
        INFO(text);
        REQUIRE_FALSE(parse_cgroup_value(text, "a"));
    }
}

TEST_CASE("devices without counters are left out, even where a kernel forgets the line feed") {
    std::vector<CgroupIo> io;
    REQUIRE(
        parse_cgroup_io("7:0 \n7:1 7:2 8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\n"
                        "8:16 cost.usage=5\n",
                        io));
    REQUIRE(io.size() == 1);
    REQUIRE(io[0].device == "8:0");
    REQUIRE(io[0].counters == std::array<std::uint64_t, 4>{1, 2, 3, 4});
    for (const std::string_view text :
         {"8:0 rbytes=1 wbytes=2 rios=3\n", "8:0 rbytes=x wbytes=2 rios=3 wios=4\n",
          "rbytes=1 wbytes=2 rios=3 wios=4\n", "8:0 rbytes=-1 wbytes=2 rios=3 wios=4\n"}) {
        INFO(text);
        REQUIRE_FALSE(parse_cgroup_io(text, io));
    }
}
