#include "collector/host/meminfo.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

// Documentation/filesystems/proc.rst, meminfo. kB there means 1024 bytes.
TEST_CASE("every line of meminfo is a metric, in bytes where the kernel gives kB") {
    const FixtureTree tree{{"proc/meminfo",
                            "MemTotal:       32858820 kB\n"
                            "Active(anon):         16 kB\n"
                            "HugePages_Total:       4\n"
                            "DirectMap4k:           0 kB\n"}};
    Collecting meminfo(create_meminfo, tree);
    REQUIRE(meminfo.collect() == Values{{"node_memory_MemTotal_bytes", 33647431680},
                                        {"node_memory_Active_anon_bytes", 16384},
                                        {"node_memory_HugePages_Total", 4},
                                        {"node_memory_DirectMap4k_bytes", 0}});
    const MetricDesc& desc = meminfo.readings()[1].series.desc();
    REQUIRE(desc.help == "Memory information field Active_anon_bytes.");
    REQUIRE(desc.type == MetricType::kGauge);
}

TEST_CASE("lines that come and go between cycles come and go as series") {
    const FixtureTree tree{{"proc/meminfo", "A: 1 kB\nB: 2 kB\n"}};
    Collecting meminfo(create_meminfo, tree);
    REQUIRE(meminfo.collect().size() == 2);
    const SeriesId b = meminfo.readings()[1].series.id();
    tree.write("proc/meminfo", "B: 3 kB\nC: 4\n");
    REQUIRE(meminfo.collect() == Values{{"node_memory_B_bytes", 3072}, {"node_memory_C", 4}});
    REQUIRE(meminfo.readings()[0].series.id() == b);
}

TEST_CASE("a malformed line is named and costs only itself") {
    const FixtureTree tree{{"proc/meminfo", "MemTotal: 5 kB\n\nMemFree: lots\nBuffers: 1 kB\n"}};
    Collecting meminfo(create_meminfo, tree);
    REQUIRE(meminfo.collect_any() ==
            Values{{"node_memory_MemTotal_bytes", 5120}, {"node_memory_Buffers_bytes", 1024}});
    REQUIRE_THAT(meminfo.error(), Catch::Contains("MemFree: lots"));
    for (const std::string_view text :
         {"", "x", "A: 1 MB\n", ": 1 kB\n", "A: 1 kB more\n", "A: kB\n"}) {
        INFO(text);
        std::vector<MemInfoField> fields;
        REQUIRE_FALSE(parse_meminfo(text, fields));
    }
}

TEST_CASE("characters that no metric name has become underscores") {
    const FixtureTree tree{{"proc/meminfo", "Odd-Name%: 1\n"}};
    Collecting meminfo(create_meminfo, tree);
    REQUIRE(meminfo.collect() == Values{{"node_memory_Odd_Name_", 1}});
}
