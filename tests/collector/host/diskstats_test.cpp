#include "collector/host/diskstats.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

std::string disk(std::string_view name, std::string_view device) {
    return "node_disk_" + std::string(name) + "{device=\"" + std::string(device) + "\"}";
}

constexpr std::string_view kSda =
    "   8       0 sda 10 20 30 4000 50 60 70 8000 9 10000 11000 12 13 14 15000 16 17000\n";

}  // namespace

// Documentation/admin-guide/iostats.rst: times are milliseconds, sectors are 512 bytes.
TEST_CASE("each disk's counters are read in their units") {
    const FixtureTree tree{{"proc/diskstats", kSda}};
    Collecting diskstats(create_diskstats, tree);
    REQUIRE(diskstats.collect() ==
            Values{{"node_disk_info{device=\"sda\", major=\"8\", minor=\"0\"}", 1},
                   {disk("reads_completed_total", "sda"), 10},
                   {disk("reads_merged_total", "sda"), 20},
                   {disk("read_bytes_total", "sda"), 15360},
                   {disk("read_time_seconds_total", "sda"), 4},
                   {disk("writes_completed_total", "sda"), 50},
                   {disk("writes_merged_total", "sda"), 60},
                   {disk("written_bytes_total", "sda"), 35840},
                   {disk("write_time_seconds_total", "sda"), 8},
                   {disk("io_now", "sda"), 9},
                   {disk("io_time_seconds_total", "sda"), 10},
                   {disk("io_time_weighted_seconds_total", "sda"), 11},
                   {disk("discards_completed_total", "sda"), 12},
                   {disk("discards_merged_total", "sda"), 13},
                   {disk("discarded_sectors_total", "sda"), 14},
                   {disk("discard_time_seconds_total", "sda"), 15},
                   {disk("flush_requests_total", "sda"), 16},
                   {disk("flush_requests_time_seconds_total", "sda"), 17}});
}

TEST_CASE("kernels with fewer and with more columns are read as far as they go") {
    const FixtureTree tree{{"proc/diskstats",
                            "8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n"
                            "8 16 sdb 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n"
                            "8 32 sdc 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19\n"
                            "3 2 hdx 1 2 3 4\n"}};
    Collecting diskstats(create_diskstats, tree);
    const Values values = diskstats.collect();
    REQUIRE(values.size() == 12 + 16 + 18);
    REQUIRE_FALSE(values.contains(disk("discards_completed_total", "sda")));
    REQUIRE(values.contains(disk("discard_time_seconds_total", "sdb")));
    REQUIRE_FALSE(values.contains(disk("flush_requests_total", "sdb")));
}

TEST_CASE("partitions, loops and RAM disks are left out by default") {
    const FixtureTree tree{{"proc/diskstats",
                            "7 0 loop0 1 2 3 4 5 6 7 8 9 10 11\n"
                            "1 0 ram0 1 2 3 4 5 6 7 8 9 10 11\n"
                            "8 1 sda1 1 2 3 4 5 6 7 8 9 10 11\n"
                            "259 0 nvme0n1 1 2 3 4 5 6 7 8 9 10 11\n"
                            "259 1 nvme0n1p1 1 2 3 4 5 6 7 8 9 10 11\n"
                            "253 0 dm-0 1 2 3 4 5 6 7 8 9 10 11\n"}};
    Collecting by_default(create_diskstats, tree);
    const Values values = by_default.collect();
    REQUIRE(values.size() == 24);
    REQUIRE(values.contains(disk("io_now", "nvme0n1")));
    REQUIRE(values.contains(disk("io_now", "dm-0")));
    Collecting chosen(create_diskstats, tree, {{"device_include", {"^sda1$"}}});
    REQUIRE(chosen.collect().contains(disk("io_now", "sda1")));
    REQUIRE(chosen.collect().size() == 12);
}

TEST_CASE("a disk that is unplugged takes its series along and may return as another device") {
    const FixtureTree tree{{"proc/diskstats", std::string(kSda) +
                                                  "8 16 sdb 7 2 3 4 5 6 7 8 9 10 11\n"
                                                  "8 32 sdc 8 2 3 4 5 6 7 8 9 10 11\n"}};
    Collecting diskstats(create_diskstats, tree);
    REQUIRE(diskstats.collect().size() == 18 + 12 + 12);
    tree.write("proc/diskstats", std::string(kSda) + "8 32 sdc 8 2 3 4 5 6 7 8 9 10 11\n");
    const Values without = diskstats.collect();
    REQUIRE(without.size() == 18 + 12);
    REQUIRE(without.at(disk("reads_completed_total", "sdc")) == 8);
    tree.write("proc/diskstats", "65 48 sdc 9 2 3 4 5 6 7 8 9 10 11\n");
    const Values other = diskstats.collect();
    REQUIRE(other.contains("node_disk_info{device=\"sdc\", major=\"65\", minor=\"48\"}"));
    REQUIRE(other.size() == 12);
}

TEST_CASE("what udev knows of a disk is told and followed when it changes") {
    const FixtureTree tree{{"proc/diskstats", "8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n"},
                           {"udev/b8:0",
                            "S:disk/by-id/ata-X\n"
                            "E:ID_MODEL=WDC_WD40\n"
                            "E:ID_PATH=pci-0000:00:1f.2-ata-1\n"
                            "E:ID_SERIAL_SHORT=SHORT\n"
                            "E:SCSI_IDENT_SERIAL=PRINTED\n"
                            "E:ID_WWN=0x50014ee2\n"
                            "E:ID_REVISION=81.00A81\n"
                            "E:ID_FS_TYPE=ext4\n"
                            "E:ID_FS_USAGE=filesystem\n"
                            "E:ID_FS_UUID=uuid-1\n"
                            "E:ID_FS_VERSION=1.0\n"
                            "E:ID_ATA=1\n"
                            "E:ID_ATA_WRITE_CACHE=1\n"
                            "E:ID_ATA_WRITE_CACHE_ENABLED=0\n"
                            "E:ID_ATA_ROTATION_RATE_RPM=7200\n"}};
    Collecting diskstats(create_diskstats, tree);
    const Values values = diskstats.collect();
    REQUIRE(values.at("node_disk_info{device=\"sda\", major=\"8\", minor=\"0\", "
                      "model=\"WDC_WD40\", path=\"pci-0000:00:1f.2-ata-1\", "
                      "revision=\"81.00A81\", serial=\"SHORT\", wwn=\"0x50014ee2\"}") == 1);
    REQUIRE(values.at("node_disk_filesystem_info{device=\"sda\", type=\"ext4\", "
                      "usage=\"filesystem\", uuid=\"uuid-1\", version=\"1.0\"}") == 1);
    REQUIRE(values.at(disk("ata_write_cache", "sda")) == 1);
    REQUIRE(values.at(disk("ata_write_cache_enabled", "sda")) == 0);
    REQUIRE(values.at(disk("ata_rotation_rate_rpm", "sda")) == 7200);
    tree.replace("udev/b8:0",
                 "E:ID_SERIAL_SHORT=SHORT\nE:DM_NAME=vg-root\nE:DM_UUID=LVM-x\n"
                 "E:DM_VG_NAME=vg\nE:DM_LV_NAME=root\nE:DM_LV_LAYER=thin\n");
    const Values later = diskstats.collect();
    REQUIRE(later.contains(
        "node_disk_info{device=\"sda\", major=\"8\", minor=\"0\", serial=\"SHORT\"}"));
    REQUIRE(later.contains(
        "node_disk_device_mapper_info{device=\"sda\", lv_layer=\"thin\", lv_name=\"root\", "
        "name=\"vg-root\", uuid=\"LVM-x\", vg_name=\"vg\"}"));
    REQUIRE_FALSE(later.contains(disk("ata_write_cache", "sda")));
}

TEST_CASE("a malformed line of diskstats is named and costs only itself") {
    std::vector<DiskLine> lines;
    const auto result = parse_diskstats(
        "8 0 sda 1 2 3\n8 x sdb 1 2 3 4 5 6 7 8 9 10 11\n"
        "8 0 sdc 1 2 3 4 5 6 7 8 9 10 y\n" +
            std::string(kSda),
        lines);
    REQUIRE_THAT(result.error().message, Catch::Contains("8 0 sda 1 2 3"));
    REQUIRE(lines.size() == 1);
    lines.clear();
    REQUIRE(parse_diskstats("", lines));
    REQUIRE(lines.empty());
}
