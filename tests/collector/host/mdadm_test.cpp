#include "collector/host/mdadm.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

MdArray only(std::string_view text) {
    std::vector<MdArray> arrays;
    REQUIRE(parse_mdstat(text, arrays));
    REQUIRE(arrays.size() == 1);
    return arrays[0];
}

}  // namespace

TEST_CASE("an array's disks, blocks and state are reported") {
    const FixtureTree tree{{"proc/mdstat",
                            "Personalities : [raid1] [raid6] [raid5] [raid4]\n"
                            "md0 : active raid1 sdc1[2](S) sdb1[1](F) sda1[0]\n"
                            "      1000 blocks super 1.2 [2/1] [U_]\n"
                            "      bitmap: 1/1 pages [4KB], 65536KB chunk\n"
                            "\n"
                            "unused devices: <none>\n"}};
    Collecting mdadm(create_mdadm, tree);
    REQUIRE(mdadm.collect() == Values{{"node_md_state{device=\"md0\", state=\"active\"}", 1},
                                      {"node_md_state{device=\"md0\", state=\"inactive\"}", 0},
                                      {"node_md_state{device=\"md0\", state=\"recovering\"}", 0},
                                      {"node_md_state{device=\"md0\", state=\"resync\"}", 0},
                                      {"node_md_state{device=\"md0\", state=\"check\"}", 0},
                                      {"node_md_disks{device=\"md0\", state=\"active\"}", 1},
                                      {"node_md_disks{device=\"md0\", state=\"failed\"}", 1},
                                      {"node_md_disks{device=\"md0\", state=\"spare\"}", 1},
                                      {"node_md_disks_required{device=\"md0\"}", 2},
                                      {"node_md_blocks{device=\"md0\"}", 1000},
                                      {"node_md_blocks_synced{device=\"md0\"}", 1000}});
    tree.write("proc/mdstat", "Personalities : [raid1]\nunused devices: <none>\n");
    REQUIRE(mdadm.collect().empty());
}

TEST_CASE("what an array is doing is its state, and how far it is its synced blocks") {
    const std::string head =
        "md1 : active raid5 sdc[3] sdb[1] sda[0]\n"
        "      2000 blocks super 1.2 level 5, 512k chunk, algorithm 2 [3/2] [UU_]\n";
    const MdArray recovery = only(
        head + "      [==>....]  recovery = 12.5% (250/1000) finish=1.0min speed=100K/sec\n\n");
    REQUIRE(recovery.state == MdState::kRecovering);
    REQUIRE(recovery.blocks_synced == 250);
    REQUIRE(recovery.disks_required == 3);
    REQUIRE(recovery.disks_active == 2);
    const MdArray check = only(head + "      [>]  check = 0.1% (1/1000) finish=9min\n");
    REQUIRE(check.state == MdState::kCheck);
    REQUIRE(check.blocks_synced == 1);
    const MdArray resync = only(head + "      [>]  resync = 0.1% (1/1000) finish=9min\n      \n");
    REQUIRE(resync.state == MdState::kResync);
    for (const char* waiting : {"      \tresync=DELAYED\n", "      \tresync=PENDING\n"}) {
        const MdArray array = only(head + waiting);
        REQUIRE(array.state == MdState::kResync);
        REQUIRE(array.blocks_synced == 0);
    }
    // Growing an array is no state of its own in node_exporter.
    const MdArray reshape = only(head + "      [>]  reshape = 0.1% (1/1000) finish=9min\n");
    REQUIRE(reshape.state == MdState::kActive);
    REQUIRE(reshape.blocks_synced == 2000);
}

TEST_CASE("arrays for which the kernel counts no disks") {
    const MdArray striped = only("md2 : active raid0 sdb[1] sda[0]\n  300 blocks 64k chunks\n");
    REQUIRE(striped.disks_required == 2);
    REQUIRE(striped.disks_active == 2);
    const MdArray linear = only("md3 : active linear sda[0]\n      300 blocks 0k rounding\n");
    REQUIRE(linear.disks_required == 1);
    const MdArray inactive =
        only("md4 : inactive sdb[1](S) sda[0](S)\n      300 blocks super external:imsm\n");
    REQUIRE(inactive.state == MdState::kInactive);
    REQUIRE(inactive.disks_spare == 2);
    REQUIRE(inactive.disks_required == 0);
    REQUIRE(inactive.blocks == 300);
    const MdArray read_only =
        only("md5 : active (auto-read-only) raid1 sdb[1] sda[0]\n      7 blocks [2/2] [UU]\n");
    REQUIRE(read_only.state == MdState::kActive);
    REQUIRE(read_only.disks_active == 2);
}

TEST_CASE("an array that cannot be read is named and costs only itself") {
    const std::string good = "md9 : active raid1 sda[0] sdb[1]\n      7 blocks [2/2] [UU]\n";
    for (const std::string_view bad :
         {"md0\n", "md0 : active raid1 sda[0]\n", "md0 : active raid1 sda[0]\n      x blocks\n",
          "md0 : active raid1 sda[0]\n      7 blocks\n",
          "md0 : active raid1 sda[0]\n      7 blocks [2/x] [UU]\n",
          "md0 : active raid1 sda[0]\n      7 blocks [2/2] [UU]\n      recovery = 5%\n",
          "md0 : active raid1 sda[0]\n      -7 blocks [2/2] [UU]\n"}) {
        INFO(bad);
        std::vector<MdArray> arrays;
        const std::string text = std::string(bad) + good;
        const auto result = parse_mdstat(text, arrays);
        REQUIRE_THAT(result.error().message, Catch::Contains("md0"));
        REQUIRE(arrays.size() == 1);
        REQUIRE(arrays[0].device == "md9");
    }
}

TEST_CASE("a kernel without software RAID reports none and does not fail") {
    const FixtureTree tree;
    Collecting mdadm(create_mdadm, tree);
    REQUIRE(mdadm.collect().empty());
}
