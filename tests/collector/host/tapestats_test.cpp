#include "collector/host/tapestats.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

const std::string kClass = "sys/class/scsi_tape/";

void add_drive(const FixtureTree& tree, const std::string& name) {
    const std::string stats = kClass + name + "/stats/";
    tree.write(stats + "in_flight", "1\n");
    tree.write(stats + "io_ns", "9247011087720\n");
    tree.write(stats + "other_cnt", "1409\n");
    tree.write(stats + "read_byte_cnt", "979383912\n");
    tree.write(stats + "read_cnt", "3741\n");
    tree.write(stats + "read_ns", "33788355744\n");
    tree.write(stats + "resid_cnt", "19\n");
    tree.write(stats + "write_byte_cnt", "1496246784000\n");
    tree.write(stats + "write_cnt", "53772916\n");
    tree.write(stats + "write_ns", "5233597394395\n");
}
std::string tape(std::string_view name, std::string_view device) {
    return "node_tape_" + std::string(name) + "{device=\"" + std::string(device) + "\"}";
}

}  // namespace

// Documentation/scsi/st.rst, "Sysfs and Statistics for Tape Devices".
TEST_CASE("a drive's counters are reported once, times in seconds") {
    const FixtureTree tree;
    for (const char* mode : {"st0", "nst0", "st0a", "st0l", "nst0m", "st"}) add_drive(tree, mode);
    Collecting tapestats(create_tapestats, tree);
    const Values values = tapestats.collect();
    REQUIRE(values.size() == 10);
    REQUIRE(values.at(tape("io_now", "st0")) == 1);
    REQUIRE(values.at(tape("io_time_seconds_total", "st0")) == Approx(9247.01108772));
    REQUIRE(values.at(tape("io_others_total", "st0")) == 1409);
    REQUIRE(values.at(tape("read_bytes_total", "st0")) == 979383912);
    REQUIRE(values.at(tape("reads_completed_total", "st0")) == 3741);
    REQUIRE(values.at(tape("read_time_seconds_total", "st0")) == Approx(33.788355744));
    REQUIRE(values.at(tape("residual_total", "st0")) == 19);
    REQUIRE(values.at(tape("written_bytes_total", "st0")) == 1496246784000.0);
    REQUIRE(values.at(tape("writes_completed_total", "st0")) == 53772916);
    REQUIRE(values.at(tape("write_time_seconds_total", "st0")) == Approx(5233.597394395));
}

TEST_CASE("drives come and go, and may be ignored") {
    const FixtureTree tree;
    Collecting tapestats(create_tapestats, tree);
    REQUIRE(tapestats.collect().empty());
    add_drive(tree, "st0");
    add_drive(tree, "st11");
    REQUIRE(tapestats.collect().size() == 20);
    Collecting some(create_tapestats, tree, {{"ignored_devices", {"^st1"}}});
    REQUIRE(some.collect().size() == 10);
    tree.remove(kClass + "st0");
    REQUIRE(tapestats.collect().contains(tape("io_now", "st11")));
    REQUIRE(tapestats.collect().size() == 10);
    tree.remove(kClass + "st11");
    REQUIRE(tapestats.collect().empty());
}

TEST_CASE("a malformed counter of a drive is an error and costs only itself") {
    const FixtureTree tree;
    add_drive(tree, "st0");
    for (const std::string_view text : {"", "x\n", "-1\n", "99999999999999999999\n"}) {
        INFO(text);
        tree.write(kClass + "st0/stats/read_cnt", text);
        Collecting tapestats(create_tapestats, tree);
        REQUIRE(tapestats.collect_any().size() == 9);
        REQUIRE_THAT(tapestats.error(), Catch::Contains("st0/stats/read_cnt"));
    }
    tree.remove(kClass + "st0/stats/read_cnt");
    Collecting tapestats(create_tapestats, tree);
    REQUIRE(tapestats.collect().size() == 9);
}
