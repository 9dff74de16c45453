#include "collector/host/meminfo_numa.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

std::string numa(std::string_view name, std::string_view node) {
    return "node_memory_numa_" + std::string(name) + "{node=\"" + std::string(node) + "\"}";
}

}  // namespace

TEST_CASE("memory of each node is bytes, and its allocations are counters") {
    const FixtureTree tree{
        {"sys/devices/system/node/node0/meminfo",
         "Node 0 MemTotal:       2048 kB\n"
         "Node 0 Active(anon):     3 kB\n"
         "Node 0 HugePages_Total:     5\n"
         "\n"},
        {"sys/devices/system/node/node0/numastat", "numa_hit 193460335812\nlocal_node 7\n"},
        {"sys/devices/system/node/node12/meminfo", "Node 12 MemTotal: 1 kB\n"},
        {"sys/devices/system/node/node12/numastat", "numa_hit 9\n"},
        {"sys/devices/system/node/online", "0,12\n"},
        {"sys/devices/system/node/nodes/meminfo", "no node\n"}};
    Collecting meminfo(create_meminfo_numa, tree);
    REQUIRE(meminfo.collect() == Values{{numa("MemTotal", "0"), 2097152},
                                        {numa("Active_anon", "0"), 3072},
                                        {numa("HugePages_Total", "0"), 5},
                                        {numa("numa_hit_total", "0"), 193460335812},
                                        {numa("local_node_total", "0"), 7},
                                        {numa("MemTotal", "12"), 1024},
                                        {numa("numa_hit_total", "12"), 9}});
    REQUIRE(meminfo.readings()[0].series.desc().type == MetricType::kGauge);
    REQUIRE(meminfo.readings()[3].series.desc().type == MetricType::kCounter);
    REQUIRE(meminfo.readings()[3].series.desc().help == "Memory information field numa_hit_total.");
}

TEST_CASE("a node that is taken off takes its series along") {
    const FixtureTree tree{{"sys/devices/system/node/node0/meminfo", "Node 0 MemFree: 1 kB\n"},
                           {"sys/devices/system/node/node0/numastat", "numa_hit 1\n"},
                           {"sys/devices/system/node/node1/meminfo", "Node 1 MemFree: 1 kB\n"},
                           {"sys/devices/system/node/node1/numastat", "numa_hit 2\n"}};
    Collecting meminfo(create_meminfo_numa, tree);
    REQUIRE(meminfo.collect().size() == 4);
    tree.remove("sys/devices/system/node/node0");
    const Values values = meminfo.collect();
    REQUIRE(values.size() == 2);
    REQUIRE(values.at(numa("numa_hit_total", "1")) == 2);
}

TEST_CASE("a malformed line of a node is named and costs only itself") {
    for (const std::string_view bad :
         {"Node 0 MemFree: x kB", "Node 0 MemFree 1 kB", "Node 0 MemFree:", "Node 0",
          "Node 0 MemFree: 1 MB", "Node 0 MemFree: 1 kB more", "Node 0 : 1 kB", "MemFree: 1 kB"}) {
        INFO(bad);
        std::vector<NumaField> fields;
        const std::string text = std::string(bad) + "\nNode 0 Dirty: 2 kB\n";
        const auto result = parse_numa_meminfo(text, fields);
        REQUIRE_THAT(result.error().message, Catch::Contains(std::string(bad)));
        REQUIRE(fields.size() == 1);
        REQUIRE(fields[0].key == "Dirty");
    }
    for (const std::string_view bad : {"numa_hit", "numa_hit x", "numa_hit 1 2"}) {
        INFO(bad);
        std::vector<NumaField> fields;
        const std::string text = std::string(bad) + "\nnuma_miss 2\n";
        REQUIRE_FALSE(parse_numastat(text, fields));
        REQUIRE(fields.size() == 1);
    }
    const FixtureTree tree{{"sys/devices/system/node/node0/meminfo", "Node 0 MemFree: 1 kB\n"}};
    Collecting meminfo(create_meminfo_numa, tree);
    REQUIRE(meminfo.collect_any().size() == 1);
    REQUIRE_THAT(meminfo.error(), Catch::Contains("node0/numastat"));
}

TEST_CASE("a kernel without NUMA reports no nodes and does not fail") {
    const FixtureTree tree;
    Collecting meminfo(create_meminfo_numa, tree);
    REQUIRE(meminfo.collect().empty());
}
