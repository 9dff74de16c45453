#include "collector/host/btrfs.h"

#include <cmath>
#include <stdexcept>

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

constexpr std::string_view kUuid = "6a1b2c3d-0000-4e5f-8899-aabbccddeeff";
const std::string kRoot = "sys/fs/btrfs/" + std::string(kUuid) + "/";

std::string series(std::string_view name, const std::string& more = {}) {
    return "node_btrfs_" + std::string(name) + "{" + more + "uuid=\"" + std::string(kUuid) + "\"}";
}
std::string of_mode(std::string_view name, const std::string& type, const std::string& mode) {
    return series(name, "block_group_type=\"" + type + "\", mode=\"" + mode + "\", ");
}
std::string of_group(std::string_view name, const std::string& type) {
    return series(name, "block_group_type=\"" + type + "\", ");
}
std::string of_device(std::string_view name, const std::string& device) {
    return series(name, "device=\"" + device + "\", ");
}
std::string of_asked(std::string_view name, const std::string& type = {}) {
    return "node_btrfs_" + std::string(name) + "{btrfs_dev_uuid=\"00ff\", device=\"sdb\", " +
           (type.empty() ? "" : "type=\"" + type + "\", ") + "uuid=\"" + std::string(kUuid) + "\"}";
}

void add_file_system(const FixtureTree& tree) {
    tree.write(kRoot + "label", "my data\n");
    tree.write(kRoot + "metadata_uuid", std::string(kUuid) + "\n");
    tree.write(kRoot + "allocation/global_rsv_size", "16777216\n");
    for (const std::string group : {"data", "metadata", "system"}) {
        tree.write(kRoot + "allocation/" + group + "/bytes_reserved", "4096\n");
    }
    tree.write(kRoot + "allocation/data/raid5/total_bytes", "2147483648\n");
    tree.write(kRoot + "allocation/data/raid5/used_bytes", "808189952\n");
    for (const std::string device : {"sda", "sdb", "sdc"}) {
        tree.write(kRoot + "devices/" + device + "/size", "20\n");
    }
    tree.make_directory("sys/fs/btrfs/features");
}

test::Create without_asking() {
    return [](const Context& context) {
        return create_btrfs_with(context, [](const std::string& point) -> Result<BtrfsVolume> {
            return Error(ErrorCode::kIo, point + ": not permitted");
        });
    };
}

// Tells of one device, whose errors are 1 to 5, at any mount point but /bad.
test::Create with_asking() {
    return [](const Context& context) {
        return create_btrfs_with(context, [](const std::string& point) -> Result<BtrfsVolume> {
            if (point.ends_with("/bad")) return Error(ErrorCode::kIo, "not permitted");
            return BtrfsVolume{std::string(kUuid),
                               {{"/dev/sdb", "00ff", 1000, 5000, {1, 2, 3, 4, 5}}}};
        });
    };
}

Values expected_space() {
    return {{series("info", "label=\"my data\", "), 1},
            {series("global_rsv_size_bytes"), 16777216},
            {of_group("reserved_bytes", "data"), 4096},
            {of_group("reserved_bytes", "metadata"), 4096},
            {of_group("reserved_bytes", "system"), 4096},
            {of_mode("size_bytes", "data", "raid5"), 2147483648},
            {of_mode("used_bytes", "data", "raid5"), 808189952},
            {of_mode("allocation_ratio", "data", "raid5"), 1.5}};
}

}  // namespace

TEST_CASE("space is told by type and mode, devices by their size in sectors of 512 bytes") {
    const FixtureTree tree;
    add_file_system(tree);
    Collecting btrfs(without_asking(), tree);
    Values expected = expected_space();
    for (const char* device : {"sda", "sdb", "sdc"}) {
        expected[of_device("device_size_bytes", device)] = 20 * 512;
    }
    REQUIRE(btrfs.collect() == expected);
}

TEST_CASE("a mounted file system that answers tells of its devices' space and errors") {
    const FixtureTree tree{{"proc/1/mounts",
                            "/dev/sda /bad btrfs rw 0 0\n/dev/sda /data btrfs rw 0 0\n"
                            "/dev/sda /data2 btrfs rw 0 0\n/dev/vda1 / ext4 rw 0 0\n"}};
    add_file_system(tree);
    Collecting btrfs(with_asking(), tree);
    Values expected = expected_space();
    expected[of_asked("device_size_bytes")] = 5000;
    expected[of_asked("device_unused_bytes")] = 4000;
    expected[of_asked("device_errors_total", "write")] = 1;
    expected[of_asked("device_errors_total", "read")] = 2;
    expected[of_asked("device_errors_total", "flush")] = 3;
    expected[of_asked("device_errors_total", "corruption")] = 4;
    expected[of_asked("device_errors_total", "generation")] = 5;
    REQUIRE(btrfs.collect() == expected);
    tree.write("proc/1/mounts", "/dev/sda /bad btrfs rw 0 0\n");
    REQUIRE(btrfs.collect().contains(of_device("device_size_bytes", "sda")));
}

// Two copies take twice the space; a stripe of n has one or two for parity.
TEST_CASE("the ratio follows the mode and the number of devices") {
    REQUIRE(allocation_ratio("single", 1) == 1);
    REQUIRE(allocation_ratio("raid0", 4) == 1);
    REQUIRE(allocation_ratio("dup", 1) == 2);
    REQUIRE(allocation_ratio("raid1", 2) == 2);
    REQUIRE(allocation_ratio("raid10", 4) == 2);
    REQUIRE(allocation_ratio("raid5", 4) == 4.0 / 3);
    REQUIRE(allocation_ratio("raid6", 4) == 2);
    REQUIRE(allocation_ratio("raid1c3", 3) == 0);
    REQUIRE(std::isinf(allocation_ratio("raid5", 1)));
}

TEST_CASE("a new label, a conversion and a removed device show in the next cycle") {
    const FixtureTree tree;
    add_file_system(tree);
    Collecting btrfs(without_asking(), tree);
    btrfs.collect();
    tree.write(kRoot + "label", "\n");
    tree.remove(kRoot + "allocation/data/raid5");
    tree.write(kRoot + "allocation/data/single/total_bytes", "1\n");
    tree.write(kRoot + "allocation/data/single/used_bytes", "0\n");
    tree.remove(kRoot + "devices/sdc");
    const Values values = btrfs.collect();
    REQUIRE(values.contains(series("info")));
    REQUIRE(values.at(of_mode("size_bytes", "data", "single")) == 1);
    REQUIRE_FALSE(values.contains(of_mode("size_bytes", "data", "raid5")));
    REQUIRE_FALSE(values.contains(of_device("device_size_bytes", "sdc")));
    tree.remove(kRoot);
    REQUIRE(btrfs.collect().empty());
}

TEST_CASE("a host without Btrfs reports none and asks nobody") {
    const FixtureTree tree{{"proc/1/mounts", "/dev/sda /data btrfs rw 0 0\n"},
                           {"sys/fs/btrfs/features/raid1c34", "0\n"}};
    const test::Create fails = [](const Context& context) {
        return create_btrfs_with(context, [](const std::string&) -> Result<BtrfsVolume> {
            throw std::runtime_error("asked");
        });
    };
    REQUIRE(Collecting(fails, tree).collect().empty());
}

TEST_CASE("an older kernel has no metadata_uuid, and what is malformed costs only itself") {
    const FixtureTree tree;
    add_file_system(tree);
    tree.remove(kRoot + "metadata_uuid");
    tree.write(kRoot + "allocation/global_rsv_size", "-1\n");
    tree.write(kRoot + "devices/sda/size", "many\n");
    Collecting btrfs(without_asking(), tree);
    const Values values = btrfs.collect_any();
    REQUIRE_THAT(btrfs.error(), Catch::Contains("global_rsv_size: \"-1\""));
    REQUIRE(values.size() == expected_space().size() - 1 + 2);
    REQUIRE(values.contains(series("info", "label=\"my data\", ")));
}

TEST_CASE("a copy that is mounted beside its original is not reported a second time") {
    const FixtureTree tree;
    add_file_system(tree);
    const std::string copy = "sys/fs/btrfs/ffffffff-0000-4e5f-8899-aabbccddeeff/";
    tree.write(copy + "metadata_uuid", std::string(kUuid) + "\n");
    tree.write(copy + "label", "copy\n");
    Collecting btrfs(without_asking(), tree);
    const Values values = btrfs.collect();
    REQUIRE(values.size() == expected_space().size() + 3);
    REQUIRE(values.contains(series("info", "label=\"my data\", ")));
}

TEST_CASE("only a Btrfs file system can be asked") {
    const FixtureTree tree;
    REQUIRE_FALSE(query_btrfs(tree.root()));
    REQUIRE_FALSE(query_btrfs(tree.at("nothing")));
}
