#include "collector/host/xfs.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

// The form of Linux 6.1; each number of a line differs.
constexpr std::string_view kStats =
    "extent_alloc 11 12 13 14\n"
    "abt 21 22 23 24\n"
    "blk_map 31 32 33 34 35 36 37\n"
    "bmbt 41 42 43 44\n"
    "dir 51 52 53 54\n"
    "trans 0 0 0\n"
    "ig 61 62 63 64 65 66 67\n"
    "log 0 0 0 0 0\n"
    "rw 71 72\n"
    "vnodes 81 82 83 84 85 86 87 88\n"
    "abtb2 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n"
    "xpc 399724544 92823103 86219234\n"
    "debug 0\n";

std::string xfs(std::string_view name, std::string_view device = "sda1") {
    return "node_xfs_" + std::string(name) + "_total{device=\"" + std::string(device) + "\"}";
}

}  // namespace

// https://xfs.org/index.php/Runtime_Stats names the numbers of each line.
TEST_CASE("each number of a file system stands under its name") {
    const FixtureTree tree{{"sys/fs/xfs/sda1/stats/stats", kStats},
                           {"sys/fs/xfs/stats/stats", kStats},  // the sum of all
                           {"sys/fs/xfs/error/fail_at_unmount", "1\n"}};
    Collecting collecting(create_xfs, tree);
    const Values values = collecting.collect();
    REQUIRE(values.size() == kXfsMetrics);
    REQUIRE(values.at(xfs("extent_allocation_extents_allocated")) == 11);
    REQUIRE(values.at(xfs("extent_allocation_blocks_freed")) == 14);
    REQUIRE(values.at(xfs("allocation_btree_compares")) == 22);
    REQUIRE(values.at(xfs("block_mapping_extent_list_compares")) == 37);
    REQUIRE(values.at(xfs("block_map_btree_records_deleted")) == 44);
    REQUIRE(values.at(xfs("directory_operation_getdents")) == 54);
    REQUIRE(values.at(xfs("inode_operation_attribute_changes")) == 67);
    REQUIRE(values.at(xfs("write_calls")) == 71);
    REQUIRE(values.at(xfs("read_calls")) == 72);
    REQUIRE(values.at(xfs("vnode_active")) == 81);
    REQUIRE(values.at(xfs("vnode_remove")) == 87);
}

TEST_CASE("file systems are mounted and unmounted") {
    const FixtureTree tree;
    Collecting collecting(create_xfs, tree);
    REQUIRE(collecting.collect().empty());
    tree.write("sys/fs/xfs/sda1/stats/stats", kStats);
    tree.write("sys/fs/xfs/dm-0/stats/stats", kStats);
    REQUIRE(collecting.collect().size() == 2 * kXfsMetrics);
    tree.write("sys/fs/xfs/sda1/stats/stats", "rw 4294967295 0\n");
    tree.remove("sys/fs/xfs/dm-0");
    REQUIRE(collecting.collect() ==
            Values{{xfs("write_calls"), 4294967295.0}, {xfs("read_calls"), 0}});
}

TEST_CASE("a line that is short or no number is an error, and costs only its file system") {
    for (const std::string_view text : {"rw 1\n", "rw\n", "ig 1 2 3 4 5 6 x\n", "abt -1 2 3 4\n"}) {
        INFO(text);
        REQUIRE_FALSE(parse_xfs_stats(text));
    }
    REQUIRE(parse_xfs_stats(""));
    REQUIRE(parse_xfs_stats("new_line x\n\nrw 1 2 3\n"));
    const FixtureTree tree{{"sys/fs/xfs/sda1/stats/stats", "rw 1\n"},
                           {"sys/fs/xfs/sdb1/stats/stats", kStats}};
    Collecting collecting(create_xfs, tree);
    REQUIRE(collecting.collect_any().size() == kXfsMetrics);
    REQUIRE_THAT(collecting.error(), Catch::Contains("sda1/stats/stats"));
}
