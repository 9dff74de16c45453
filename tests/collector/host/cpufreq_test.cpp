#include "collector/host/cpufreq.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

const std::string kRoot = "sys/devices/system/cpu/";

std::string series(std::string_view name, std::string_view cpu) {
    return "node_cpu_" + std::string(name) + "_hertz{cpu=\"" + std::string(cpu) + "\"}";
}

}  // namespace

// Documentation/admin-guide/pm/cpufreq.rst: frequencies are in kHz.
TEST_CASE("frequencies of each CPU are hertz") {
    const FixtureTree tree{{kRoot + "cpu0/cpufreq/cpuinfo_cur_freq", "2100000\n"},
                           {kRoot + "cpu0/cpufreq/cpuinfo_min_freq", "800000\n"},
                           {kRoot + "cpu0/cpufreq/cpuinfo_max_freq", "3600000\n"},
                           {kRoot + "cpu0/cpufreq/scaling_cur_freq", "1800007\n"},
                           {kRoot + "cpu0/cpufreq/scaling_min_freq", "900000\n"},
                           {kRoot + "cpu0/cpufreq/scaling_max_freq", "3500000\n"},
                           {kRoot + "cpu0/cpufreq/scaling_setspeed", "<unsupported>\n"},
                           {kRoot + "cpufreq/policy0/scaling_cur_freq", "1\n"}};
    Collecting cpufreq(create_cpufreq, tree);
    REQUIRE(cpufreq.collect() == Values{{series("frequency", "0"), 2'100'000'000},
                                        {series("frequency_min", "0"), 800'000'000},
                                        {series("frequency_max", "0"), 3'600'000'000},
                                        {series("scaling_frequency", "0"), 1'800'007'000},
                                        {series("scaling_frequency_min", "0"), 900'000'000},
                                        {series("scaling_frequency_max", "0"), 3'500'000'000}});
    REQUIRE(cpufreq.readings()[3].series.desc().help ==
            "Current scaled CPU thread frequency in hertz.");
}

TEST_CASE("what a driver does not give is left out and is no error") {
    const FixtureTree tree{{kRoot + "cpu0/cpufreq/scaling_cur_freq", "1000\n"},
                           {kRoot + "cpu1/cpufreq/cpuinfo_cur_freq", "<unknown>\n"},
                           {kRoot + "cpu1/cpufreq/scaling_cur_freq", "3000\n"},
                           {kRoot + "cpu2/online", "1\n"}};
    tree.make_directory(kRoot + "cpu1/cpufreq/scaling_max_freq");  // cannot be read
    Collecting cpufreq(create_cpufreq, tree);
    REQUIRE(cpufreq.collect() == Values{{series("scaling_frequency", "0"), 1'000'000},
                                        {series("scaling_frequency", "1"), 3'000'000}});
}

TEST_CASE("a host without frequency scaling, or without CPUs in sysfs, reports none") {
    const FixtureTree tree{{kRoot + "cpu0/topology/core_id", "0\n"}};
    REQUIRE(Collecting(create_cpufreq, tree).collect().empty());
    const FixtureTree empty;
    REQUIRE(Collecting(create_cpufreq, empty).collect().empty());
}

TEST_CASE("CPUs are taken off and come back with the same series") {
    const FixtureTree tree{{kRoot + "cpu0/cpufreq/scaling_cur_freq", "1000\n"},
                           {kRoot + "cpu1/cpufreq/scaling_cur_freq", "2000\n"}};
    Collecting cpufreq(create_cpufreq, tree);
    REQUIRE(cpufreq.collect().size() == 2);
    const SeriesRef second = cpufreq.readings()[1].series;
    tree.remove(kRoot + "cpu1");
    REQUIRE(cpufreq.collect() == Values{{series("scaling_frequency", "0"), 1'000'000}});
    tree.write(kRoot + "cpu1/cpufreq/scaling_cur_freq", "2500\n");
    REQUIRE(cpufreq.collect().at(series("scaling_frequency", "1")) == 2'500'000);
    REQUIRE(cpufreq.readings()[1].series == second);
}

TEST_CASE("a frequency that is no number is an error and costs only itself") {
    const FixtureTree tree{{kRoot + "cpu0/cpufreq/cpuinfo_min_freq", "-1\n"},
                           {kRoot + "cpu0/cpufreq/cpuinfo_max_freq", ""},
                           {kRoot + "cpu1/cpufreq/cpuinfo_max_freq", "18446744073709551615\n"}};
    Collecting cpufreq(create_cpufreq, tree);
    REQUIRE(cpufreq.collect_any() ==
            Values{{series("frequency_max", "1"), 18446744073709551615.0 * 1000}});
    REQUIRE_THAT(cpufreq.error(), Catch::Contains("cpuinfo_min_freq: \"-1\""));
}
