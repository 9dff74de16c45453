#include "collector/host/cpu.h"

#include "collector/host/cpu_info.h"
#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

std::string series(std::string_view name, std::string_view cpu, std::string_view mode) {
    return std::string(name) + "{cpu=\"" + std::string(cpu) + "\", mode=\"" + std::string(mode) +
           "\"}";
}
std::string seconds(std::string_view cpu, std::string_view mode) {
    return series("node_cpu_seconds_total", cpu, mode);
}
std::string guest(std::string_view cpu, std::string_view mode) {
    return series("node_cpu_guest_seconds_total", cpu, mode);
}

}  // namespace

// proc(5): user nice system idle iowait irq softirq steal guest guest_nice, in 1/100 s.
TEST_CASE("each CPU's modes are seconds, guests apart") {
    const FixtureTree tree{{"proc/stat",
                            "cpu  1 2 3 4 5 6 7 8 9 10\n"
                            "cpu3 100 200 300 400 500 600 700 800 900 1050\n"
                            "intr 1\n"}};
    Collecting cpu(create_cpu, tree);
    REQUIRE(cpu.collect() == Values{{seconds("3", "user"), 1},
                                    {seconds("3", "nice"), 2},
                                    {seconds("3", "system"), 3},
                                    {seconds("3", "idle"), 4},
                                    {seconds("3", "iowait"), 5},
                                    {seconds("3", "irq"), 6},
                                    {seconds("3", "softirq"), 7},
                                    {seconds("3", "steal"), 8},
                                    {guest("3", "user"), 9},
                                    {guest("3", "nice"), 10.5}});
}

TEST_CASE("columns that an old kernel lacks are zero and those of a newer one ignored") {
    std::vector<CpuLine> lines;
    REQUIRE(parse_cpu_lines("cpu 1 1 1 1\ncpu0 1 2 3 4\ncpu1 1 2 3 4 5 6 7 8 9 10 11 12\n", lines));
    REQUIRE(lines[0].ticks == CpuTicks{1, 2, 3, 4});
    REQUIRE(lines[1].ticks == CpuTicks{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
}

TEST_CASE("more than a thousand CPUs are all reported") {
    std::string text = "cpu  0 0 0 0 0 0 0 0 0 0\n";
    for (int i = 0; i < 2048; ++i) text += "cpu" + std::to_string(i) + " 1 0 0 100 0 0 0 0 0 0\n";
    const FixtureTree tree{{"proc/stat", text}};
    Collecting cpu(create_cpu, tree);
    const Values values = cpu.collect();
    REQUIRE(values.size() == 2048 * 10);
    REQUIRE(values.at(seconds("2047", "idle")) == 1);
}

TEST_CASE("a CPU that goes off takes its series with it and comes back with fresh counters") {
    const FixtureTree tree{{"proc/stat", "cpu0 0 0 0 900\ncpu1 0 0 0 1000\ncpu2 7 0 0 900\n"}};
    Collecting cpu(create_cpu, tree);
    REQUIRE(cpu.collect().size() == 30);
    tree.write("proc/stat", "cpu0 0 0 0 900\ncpu2 8 0 0 900\n");
    const Values two = cpu.collect();
    REQUIRE(two.size() == 20);
    REQUIRE(two.at(seconds("2", "user")) == 0.08);
    tree.write("proc/stat", "cpu0 0 0 0 900\ncpu1 0 0 0 5\ncpu2 8 0 0 900\n");
    REQUIRE(cpu.collect().at(seconds("1", "idle")) == 0.05);
}

TEST_CASE("counters that step back a little are held and a reset is passed on") {
    CpuTicks kept{100, 0, 0, 1000, 50};
    keep_rising(kept, CpuTicks{101, 0, 0, 999, 40});
    REQUIRE(kept == CpuTicks{101, 0, 0, 1000, 50});
    keep_rising(kept, CpuTicks{102, 0, 0, 701, 60});  // 2.99 s back
    REQUIRE(kept == CpuTicks{102, 0, 0, 1000, 60});
    keep_rising(kept, CpuTicks{3, 0, 0, 700, 2});  // 3 s back
    REQUIRE(kept == CpuTicks{3, 0, 0, 700, 2});
}

TEST_CASE("a stat without CPUs, or with a short or foreign line, is an error") {
    for (const std::string_view text :
         {"", "cpu 1 2 3 4\n", "intr 5\n", "cpu0 1 2 3\n", "cpu0 a b c d\n", "cpux 1 2 3 4\n"}) {
        INFO(text);
        std::vector<CpuLine> lines;
        REQUIRE_FALSE(parse_cpu_lines(text, lines));
    }
}

// Documentation/ABI/testing/sysfs-devices-system-cpu.
TEST_CASE("lists of CPUs are read as sysfs prints them") {
    REQUIRE(parse_cpu_list("0-3,8\n") == std::vector<unsigned>{0, 1, 2, 3, 8});
    REQUIRE(parse_cpu_list("\n").empty());
    REQUIRE(parse_cpu_list("3-1").empty());
    REQUIRE(parse_cpu_list("a").empty());
    REQUIRE(parse_cpu_list("0-99999999999").empty());
}

TEST_CASE("isolated CPUs are marked") {
    const FixtureTree tree{{"proc/stat", "cpu0 1 2 3 4\n"},
                           {"sys/devices/system/cpu/isolated", "1,3-4\n"}};
    Collecting cpu(create_cpu, tree);
    const Values values = cpu.collect();
    REQUIRE(values.size() == 13);
    REQUIRE(values.at("node_cpu_isolated{cpu=\"4\"}") == 1);
}

TEST_CASE("throttling is reported once for each core and package") {
    const std::string base = "sys/devices/system/cpu/";
    const FixtureTree tree{{"proc/stat", "cpu0 1 2 3 4\ncpu1 1 2 3 4\ncpu2 1 2 3 4\n"}};
    const auto add = [&](const std::string& cpu, std::string_view core, std::string_view count) {
        tree.write(base + cpu + "/topology/physical_package_id", "0\n");
        tree.write(base + cpu + "/topology/core_id", core);
        tree.write(base + cpu + "/thermal_throttle/core_throttle_count", count);
    };
    add("cpu0", "0\n", "5\n");
    add("cpu1", "0\n", "5\n");
    add("cpu2", "1\n", "9\n");
    tree.write(base + "cpu0/thermal_throttle/package_throttle_count", "30\n");
    tree.make_directory(base + "cpuidle");
    Collecting cpu(create_cpu, tree);
    const Values values = cpu.collect();
    REQUIRE(values.size() == 33);
    REQUIRE(values.at("node_cpu_core_throttles_total{core=\"0\", package=\"0\"}") == 5);
    REQUIRE(values.at("node_cpu_core_throttles_total{core=\"1\", package=\"0\"}") == 9);
    REQUIRE(values.at("node_cpu_package_throttles_total{package=\"0\"}") == 30);
    tree.write(base + "cpu2/thermal_throttle/core_throttle_count", "10\n");
    REQUIRE(cpu.collect().at("node_cpu_core_throttles_total{core=\"1\", package=\"0\"}") == 10);
}

TEST_CASE("guest time is left out where the settings say so") {
    const FixtureTree tree{{"proc/stat", "cpu0 1 2 3 4 5 6 7 8 9 10\n"}};
    Collecting cpu(create_cpu, tree, {{"guest", {"false"}}});
    const Values values = cpu.collect();
    REQUIRE(values.size() == 8);
    REQUIRE_FALSE(values.contains(guest("0", "user")));
    SeriesTable series;
    REQUIRE_THAT(create_cpu({{}, {{"guest", {"maybe"}}}, &series}).error().message,
                 Catch::Contains("guest must be true or false"));
}

namespace {

constexpr std::string_view kCpuinfo =
    "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 142\n"
    "model name\t: A CPU: at 1.90GHz\nstepping\t: 10\nmicrocode\t: 0xb4\n"
    "cache size\t: 8192 KB\nphysical id\t: 0\ncore id\t\t: 3\nflags\t\t: fpu avx avx2 avx\n"
    "bugs\t\t: meltdown spectre_v1\npower management:\n\n"
    "processor\t: 1\nvendor_id\t: GenuineIntel\nmodel name\t:\nflags\t\t: fpu other\n\n";

}  // namespace

TEST_CASE("what CPUs there are is told where the settings ask for it") {
    const FixtureTree tree{{"proc/stat", "cpu0 1 2 3 4\ncpu1 1 2 3 4\n"},
                           {"proc/cpuinfo", kCpuinfo}};
    REQUIRE(Collecting(create_cpu, tree).collect().size() == 20);
    Collecting cpu(create_cpu, tree, {{"info", {"true"}}});
    const Values values = cpu.collect();
    REQUIRE(values.size() == 22);
    REQUIRE(values.at(R"(node_cpu_info{cachesize="8192 KB", core="3", cpu="0", family="6", )"
                      R"(microcode="0xb4", model="142", model_name="A CPU: at 1.90GHz", )"
                      R"(package="0", stepping="10", vendor="GenuineIntel"})") == 1);
    REQUIRE(values.at(R"(node_cpu_info{cpu="1", vendor="GenuineIntel"})") == 1);
}

TEST_CASE("chosen flags and bugs are the first CPU's, each once, and bring the information") {
    const FixtureTree tree{{"proc/stat", "cpu0 1 2 3 4\n"}, {"proc/cpuinfo", kCpuinfo}};
    Collecting cpu(create_cpu, tree,
                   {{"info_flags_include", {"^(avx|other)"}}, {"info_bugs_include", {"spectre"}}});
    const Values values = cpu.collect();
    REQUIRE(values.size() == 10 + 2 + 3);
    REQUIRE(values.contains(R"(node_cpu_flag_info{flag="avx"})"));
    REQUIRE(values.contains(R"(node_cpu_flag_info{flag="avx2"})"));
    REQUIRE(values.contains(R"(node_cpu_bug_info{bug="spectre_v1"})"));
}

TEST_CASE("the information is read again when the number of CPUs changes") {
    const FixtureTree tree{{"proc/stat", "cpu0 1 2 3 4\n"}, {"proc/cpuinfo", "processor : 0\n"}};
    Collecting cpu(create_cpu, tree, {{"info", {"true"}}});
    REQUIRE(cpu.collect().contains("node_cpu_info{cpu=\"0\"}"));
    tree.write("proc/cpuinfo", "processor : 0\nprocessor : 7\n");
    REQUIRE(cpu.collect().size() == 11);
    tree.write("proc/stat", "cpu0 1 2 3 4\ncpu7 1 2 3 4\n");
    const Values both = cpu.collect();
    REQUIRE(both.size() == 22);
    REQUIRE(both.contains("node_cpu_info{cpu=\"7\"}"));
}

TEST_CASE("a cpuinfo without a processor, or none, is an error that costs only itself") {
    const FixtureTree tree{{"proc/stat", "cpu0 1 2 3 4\n"}};
    Collecting cpu(create_cpu, tree, {{"info", {"true"}}});
    REQUIRE(cpu.collect_any().size() == 10);
    REQUIRE_THAT(cpu.error(), Catch::Contains("cpuinfo"));
    for (const std::string_view text : {"", "flags : a\n", "processor\n", "processor : x\n"}) {
        INFO(text);
        REQUIRE(parse_cpuinfo(text).empty());
    }
    tree.write("proc/cpuinfo", "processor : 0\nFeatures : fp asimd\n");  // Arm
    REQUIRE(cpu.collect().size() == 11);
}
