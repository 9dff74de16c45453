#include "collector/host/vmstat.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

TEST_CASE("paging, swapping, faults and OOM kills are read and the rest left") {
    const FixtureTree tree{{"proc/vmstat",
                            "nr_free_pages 977769\n"
                            "pgpgin 7344136\n"
                            "pgpgout 1541180\n"
                            "pswpin 1476\n"
                            "pswpout 35045\n"
                            "pgfault 2320168809\n"
                            "pgmajfault 507162\n"
                            "pgalloc_dma 0\n"
                            "oom_kill 2\n"}};
    Collecting vmstat(create_vmstat, tree);
    REQUIRE(vmstat.collect() == Values{{"node_vmstat_pgpgin", 7344136},
                                       {"node_vmstat_pgpgout", 1541180},
                                       {"node_vmstat_pswpin", 1476},
                                       {"node_vmstat_pswpout", 35045},
                                       {"node_vmstat_pgfault", 2320168809},
                                       {"node_vmstat_pgmajfault", 507162},
                                       {"node_vmstat_oom_kill", 2}});
    REQUIRE(vmstat.readings()[0].series.desc().type == MetricType::kUntyped);
    REQUIRE(vmstat.readings()[0].series.desc().help == "/proc/vmstat information field pgpgin.");
}

TEST_CASE("the fields are a setting") {
    const FixtureTree tree{{"proc/vmstat", "nr_dirty 7\noom_kill 2\n"}};
    Collecting vmstat(create_vmstat, tree, {{"fields", {"^nr_"}}});
    REQUIRE(vmstat.collect() == Values{{"node_vmstat_nr_dirty", 7}});
    SeriesTable table;
    REQUIRE_FALSE(create_vmstat({{}, {{"fields", {"("}}}, &table}));
}

TEST_CASE("a malformed line of vmstat is named and costs only itself") {
    const FixtureTree tree{{"proc/vmstat", "pgpgin many\npgpgout 3\n"}};
    Collecting vmstat(create_vmstat, tree);
    REQUIRE(vmstat.collect_any() == Values{{"node_vmstat_pgpgout", 3}});
    REQUIRE_THAT(vmstat.error(), Catch::Contains("pgpgin many"));
    std::vector<VmstatField> fields;
    REQUIRE_FALSE(parse_vmstat("", fields));
}
