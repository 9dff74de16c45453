#include "collector/host/zfs.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

const std::string kRoot = "proc/spl/kstat/zfs/";

std::string kstat(std::string_view lines) {
    return "13 1 0x01 96 26112 5266997922 97951858082072\n"
           "name                            type data\n" +
           std::string(lines);
}
std::string state(std::string_view pool, std::string_view name) {
    return "node_zfs_zpool_state{state=\"" + std::string(name) + "\", zpool=\"" +
           std::string(pool) + "\"}";
}
std::string dataset(std::string_view name, std::string_view pool, std::string_view field) {
    return "node_zfs_zpool_dataset_" + std::string(field) + "{dataset=\"" + std::string(name) +
           "\", zpool=\"" + std::string(pool) + "\"}";
}

}  // namespace

TEST_CASE("the host's unsigned statistics are reported under node_exporter's names") {
    const FixtureTree tree{
        {kRoot + "arcstats", kstat("hits                            4    8772612\n"
                                   "c_max                           4    18446744073709551615\n"
                                   "memory_available_bytes          3    -5\n"
                                   "some_text                       7    a b\n"
                                   "short                           4\n")},
        {kRoot + "fm", kstat("erpt-dropped 4 18\n")},
        {kRoot + "zil", kstat("zil_commit_count 4 10\n")},
        {kRoot + "dmu_tx", kstat("dmu_tx_assigned 4 3\n")},
        {kRoot + "dbufstats", kstat("cache_count 4 4\n")},
        {kRoot + "chksum_bench", "unknown\n"}};
    Collecting zfs(create_zfs, tree);
    REQUIRE(zfs.collect() == Values{{"node_zfs_arc_hits", 8772612},
                                    {"node_zfs_arc_c_max", 18446744073709551615.0},
                                    {"node_zfs_fm_erpt_dropped", 18},
                                    {"node_zfs_zil_zil_commit_count", 10},
                                    {"node_zfs_dmu_tx_dmu_tx_assigned", 3},
                                    {"node_zfs_dbuf_cache_count", 4}});
    for (const Reading& reading : zfs.readings()) {
        REQUIRE(reading.series.desc().type == MetricType::kUntyped);
        if (reading.series.labels().metric_name() != "node_zfs_fm_erpt_dropped") continue;
        REQUIRE(reading.series.desc().help == "kstat.zfs.misc.fm.erpt-dropped");
    }
}

TEST_CASE("a host without ZFS reports none") {
    const FixtureTree tree;
    Collecting zfs(create_zfs, tree);
    REQUIRE(zfs.collect().empty());
}

TEST_CASE("a pool has a state, one of seven, and the traffic that old versions count") {
    const FixtureTree tree{{kRoot + "tank/state", "DEGRADED\n"},
                           {kRoot + "tank/io",
                            "12 3 0x00 1 80 79205351707403 395818011156865\n"
                            "nread    nwritten reads\n"
                            "1884160  3206144  22\n"},
                           {kRoot + "tank/txgs", "txg birth\n"},
                           {kRoot + "a b/state", "SUSPENDED\n"}};
    Collecting zfs(create_zfs, tree);
    const Values values = zfs.collect();
    REQUIRE(values.size() == 17);
    REQUIRE(values.at(state("tank", "degraded")) == 1);
    REQUIRE(values.at(state("tank", "online")) == 0);
    REQUIRE(values.at(state("a b", "suspended")) == 1);
    REQUIRE(values.at("node_zfs_zpool_nread{zpool=\"tank\"}") == 1884160);
    REQUIRE(values.at("node_zfs_zpool_nwritten{zpool=\"tank\"}") == 3206144);
    REQUIRE(values.at("node_zfs_zpool_reads{zpool=\"tank\"}") == 22);
    tree.write(kRoot + "tank/state", "ONLINE\n");
    REQUIRE(zfs.collect().at(state("tank", "online")) == 1);
    tree.remove(kRoot + "tank");  // exported
    REQUIRE(zfs.collect().size() == 7);
    tree.write(kRoot + "a b/state", "SOMETHING NEW\n");
    REQUIRE(zfs.collect().at(state("a b", "online")) == 0);
}

TEST_CASE("datasets are told apart by their whole names, and follow a renaming") {
    const FixtureTree tree{
        {kRoot + "tank/objset-0x36", kstat("dataset_name                    7    tank/my data\n"
                                           "writes                          4    7\n")},
        {kRoot + "tank/objset-0x37", kstat("dataset_name                    7    tank/my music\n"
                                           "writes                          4    8\n")}};
    Collecting zfs(create_zfs, tree);
    REQUIRE(zfs.collect() == Values{{dataset("tank/my data", "tank", "writes"), 7},
                                    {dataset("tank/my music", "tank", "writes"), 8}});
    tree.write(kRoot + "tank/objset-0x36", kstat("dataset_name 7 tank/other\n"
                                                 "writes 4 9\n"));
    tree.remove(kRoot + "tank/objset-0x37");  // unmounted
    REQUIRE(zfs.collect() == Values{{dataset("tank/other", "tank", "writes"), 9}});
}

TEST_CASE("a statistic in another form is an error and costs only itself") {
    const FixtureTree tree{{kRoot + "zil", kstat("zil_commit_count 4 10\n")}};
    for (const std::string_view text : {"", "name type\n", "hits 4 1\n"}) {
        INFO(text);
        tree.write(kRoot + "arcstats", text);
        Collecting zfs(create_zfs, tree);
        REQUIRE(zfs.collect_any() == Values{{"node_zfs_zil_zil_commit_count", 10}});
        REQUIRE_THAT(zfs.error(), Catch::Contains("arcstats: no heading"));
    }
    tree.write(kRoot + "arcstats", kstat("hits 4 -1\n"));
    Collecting zfs(create_zfs, tree);
    REQUIRE(zfs.collect_any().size() == 1);
    REQUIRE_THAT(zfs.error(), Catch::Contains("hits is \"-1\""));
}

TEST_CASE("a pool's traffic needs a number for each name") {
    REQUIRE(parse_pool_io("").value().empty());
    REQUIRE(parse_pool_io("reads nread\n1 2\n").value().empty());
    REQUIRE(parse_pool_io("nread reads\n1 2 3\n").value().size() == 2);
    for (const std::string_view text :
         {"nread\n", "nread reads\n1\n", "nread\nx\n", "nread\n-1\n"}) {
        INFO(text);
        REQUIRE_FALSE(parse_pool_io(text));
    }
}
