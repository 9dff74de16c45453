#include "collector/host/bcache.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

constexpr std::string_view kUuid = "0f9c7a31-5b2e-4f0d-9c11-4a5b6c7d8e9f";
const std::string kSet = "sys/fs/bcache/" + std::string(kUuid) + "/";

std::string of_set(std::string_view name) {
    return "node_bcache_" + std::string(name) + "{uuid=\"" + std::string(kUuid) + "\"}";
}
std::string of_backing(std::string_view name) {
    return "node_bcache_" + std::string(name) + "{backing_device=\"bdev0\", uuid=\"" +
           std::string(kUuid) + "\"}";
}
std::string of_cache(std::string_view name) {
    return "node_bcache_" + std::string(name) + "{cache_device=\"cache0\", uuid=\"" +
           std::string(kUuid) + "\"}";
}

}  // namespace

// 1k is 1024; ".5" is 5/10.24 of it.
TEST_CASE("numbers for people are read with their unit and their odd fraction") {
    REQUIRE(parse_human("0") == 0);
    REQUIRE(parse_human("1023") == 1023);
    REQUIRE(parse_human("4.0k") == 4096);
    REQUIRE(parse_human("1.5G") == 1598029824);  // (1 + 5 / 10.24) · 2^30
    REQUIRE(parse_human("-1.5k") == -1524);      // 1524 = ⌊1.48828125 · 1024⌋
    REQUIRE(parse_human("-2.0M") == -2097152);
    REQUIRE(parse_human("7T") == 7696581394432.0);
    REQUIRE(parse_human("18446744073709551615") == 18446744073709551615.0);
    for (const std::string_view text :
         {"", "-", "k", "1.k", ".5k", "1.5", "1x", "1.5.5k", "--1", "0x10", "1 k", "nan"}) {
        INFO(text);
        REQUIRE_FALSE(parse_human(text));
    }
}

TEST_CASE("a set reports its own values, a read's duration as node_exporter scales it") {
    const FixtureTree tree{{kSet + "average_key_size", "64\n"},
                           {kSet + "btree_cache_size", "2.0M\n"},
                           {kSet + "cache_available_percent", "87\n"},
                           {kSet + "congested", "0\n"},
                           {kSet + "root_usage_percent", "40\n"},
                           {kSet + "tree_depth", "1\n"},
                           {kSet + "internal/active_journal_entries", "3\n"},
                           {kSet + "internal/btree_nodes", "7\n"},
                           {kSet + "internal/btree_read_average_duration_us", "1305\n"},
                           {kSet + "internal/cache_read_races", "9\n"},
                           {kSet + "stats_total/cache_hits", "1000\n"},
                           {"sys/fs/bcache/register", ""}};
    Collecting bcache(create_bcache, tree);
    REQUIRE(bcache.collect() == Values{{of_set("average_key_size_sectors"), 64},
                                       {of_set("btree_cache_size_bytes"), 2097152},
                                       {of_set("cache_available_percent"), 87},
                                       {of_set("congested"), 0},
                                       {of_set("root_usage_percent"), 40},
                                       {of_set("tree_depth"), 1},
                                       {of_set("active_journal_entries"), 3},
                                       {of_set("btree_nodes"), 7},
                                       {of_set("btree_read_average_duration_seconds"), 1305 * 1e-9},
                                       {of_set("cache_read_races_total"), 9}});
}

TEST_CASE("a backing device reports what it did and how it is written back") {
    const std::string device = kSet + "bdev0/";
    const FixtureTree tree{{device + "dirty_data", "1.0G\n"},
                           {device + "stats_total/bypassed", "3.0k\n"},
                           {device + "stats_total/cache_bypass_hits", "1\n"},
                           {device + "stats_total/cache_bypass_misses", "2\n"},
                           {device + "stats_total/cache_hits", "3\n"},
                           {device + "stats_total/cache_miss_collisions", "4\n"},
                           {device + "stats_total/cache_misses", "5\n"},
                           {device + "writeback_rate_debug",
                            "rate:\t\t4.0k/sec\ndirty:\t\t9.0k\ntarget:\t\t2.0M\n"
                            "proportional:\t-1.5k\nintegral:\t-2.0M\nchange:\t\t-7/sec\n"
                            "next io:\t-9223372036854ms\n"}};
    Collecting bcache(create_bcache, tree);
    const Values without{{of_backing("dirty_data_bytes"), 1073741824},
                         {of_backing("bypassed_bytes_total"), 3072},
                         {of_backing("cache_bypass_hits_total"), 1},
                         {of_backing("cache_bypass_misses_total"), 2},
                         {of_backing("cache_hits_total"), 3},
                         {of_backing("cache_miss_collisions_total"), 4},
                         {of_backing("cache_misses_total"), 5},
                         {of_backing("writeback_rate"), 4096},
                         {of_backing("dirty_target_bytes"), 2097152},
                         {of_backing("writeback_rate_proportional_term"), -1524},
                         {of_backing("writeback_rate_integral_term"), -2097152},
                         {of_backing("writeback_change"), -7}};
    REQUIRE(bcache.collect() == without);
    tree.write(device + "stats_total/cache_readaheads", "6\n");  // of older kernels
    REQUIRE(bcache.collect().at(of_backing("cache_readaheads_total")) == 6);
}

TEST_CASE("a cache device reports its priorities where the settings ask for them") {
    const FixtureTree tree{{kSet + "cache0/io_errors", "1\n"},
                           {kSet + "cache0/metadata_written", "512\n"},
                           {kSet + "cache0/written", "1.0T\n"},
                           {kSet + "cache0/priority_stats",
                            "Unused:\t\t99%\nClean:\t\t0%\nMetadata:\t3%\nQuantiles:\t[0 0 2]\n"},
                           {kSet + "cache_mode", "writeback\n"}};
    const Values without{{of_cache("io_errors"), 1},
                         {of_cache("metadata_written_bytes_total"), 512},
                         {of_cache("written_bytes_total"), 1099511627776.0}};
    REQUIRE(Collecting(create_bcache, tree).collect() == without);
    Collecting bcache(create_bcache, tree, {{"priority_stats", {"true"}}});
    Values with = without;
    with[of_cache("priority_stats_unused_percent")] = 99;
    with[of_cache("priority_stats_metadata_percent")] = 3;
    REQUIRE(bcache.collect() == with);
    SeriesTable series;
    REQUIRE_FALSE(create_bcache({{}, {{"priority_stats", {"yes"}}}, &series}));
}

TEST_CASE("a host without bcache reports none, sets and devices come and go") {
    const FixtureTree tree;
    Collecting bcache(create_bcache, tree);
    REQUIRE(bcache.collect().empty());
    tree.write(kSet + "tree_depth", "1\n");
    tree.write(kSet + "bdev0/dirty_data", "0\n");
    REQUIRE(bcache.collect().size() == 2);
    tree.remove(kSet + "bdev0");
    REQUIRE(bcache.collect() == Values{{of_set("tree_depth"), 1}});
    tree.remove(kSet);
    REQUIRE(bcache.collect().empty());
}

TEST_CASE("content that is malformed is an error and costs only itself") {
    const FixtureTree tree{{kSet + "tree_depth", "1\n"},
                           {kSet + "congested", "much\n"},
                           {kSet + "bdev0/writeback_rate_debug", "rate: fast\n"},
                           {kSet + "bdev0/dirty_data", "1\n"}};
    Collecting bcache(create_bcache, tree);
    REQUIRE(bcache.collect_any() ==
            Values{{of_set("tree_depth"), 1}, {of_backing("dirty_data_bytes"), 1}});
    REQUIRE_THAT(bcache.error(), Catch::Contains("congested: \"much\""));
    REQUIRE_FALSE(parse_writeback_rate("target:\n"));
    REQUIRE(parse_writeback_rate("").value().rate == 0);
    REQUIRE_FALSE(parse_priority_stats("Unused: 99\n"));
    REQUIRE_FALSE(parse_priority_stats("Metadata: -1%\n"));
}
