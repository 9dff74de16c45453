#include "collector/host/edac.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

const std::string kRoot = "sys/devices/system/edac/mc/";

void add_controller(const FixtureTree& tree, const std::string& name) {
    tree.write(kRoot + name + "/ce_count", "10\n");
    tree.write(kRoot + name + "/ce_noinfo_count", "2\n");
    tree.write(kRoot + name + "/ue_count", "5\n");
    tree.write(kRoot + name + "/ue_noinfo_count", "1\n");
    tree.write(kRoot + name + "/csrow0/ce_count", "8\n");
    tree.write(kRoot + name + "/csrow0/ue_count", "4\n");
}
std::string total(std::string_view kind, std::string_view controller) {
    return "node_edac_" + std::string(kind) + "_errors_total{controller=\"" +
           std::string(controller) + "\"}";
}
std::string row(std::string_view kind, std::string_view controller, std::string_view csrow) {
    return "node_edac_csrow_" + std::string(kind) + "_errors_total{controller=\"" +
           std::string(controller) + "\", csrow=\"" + std::string(csrow) + "\"}";
}

}  // namespace

// Documentation/ABI/testing/sysfs-devices-edac.
TEST_CASE("errors are counted for each controller, its rows, and no known row") {
    const FixtureTree tree;
    add_controller(tree, "mc0");
    tree.write(kRoot + "mc0/csrow12/ce_count", "0\n");
    tree.write(kRoot + "mc0/csrow12/ue_count", "18446744073709551615\n");
    tree.write(kRoot + "mc0/dimm0/dimm_ce_count", "8\n");
    tree.make_directory(kRoot + "power");
    Collecting edac(create_edac, tree);
    REQUIRE(edac.collect() == Values{{total("correctable", "0"), 10},
                                     {total("uncorrectable", "0"), 5},
                                     {row("correctable", "0", "unknown"), 2},
                                     {row("uncorrectable", "0", "unknown"), 1},
                                     {row("correctable", "0", "0"), 8},
                                     {row("uncorrectable", "0", "0"), 4},
                                     {row("correctable", "0", "12"), 0},
                                     {row("uncorrectable", "0", "12"), 18446744073709551615.0}});
    for (const Reading& reading : edac.readings()) {
        REQUIRE(reading.series.desc().type == MetricType::kCounter);
    }
}

TEST_CASE("a host without ECC reports none until the driver finds a controller") {
    const FixtureTree tree;
    Collecting edac(create_edac, tree);
    REQUIRE(edac.collect().empty());
    add_controller(tree, "mc0");
    REQUIRE(edac.collect().size() == 6);
    add_controller(tree, "mc10");
    const Values both = edac.collect();
    REQUIRE(both.size() == 12);
    REQUIRE(both.at(total("correctable", "10")) == 10);
    tree.remove(kRoot + "mc0");
    const Values one = edac.collect();
    REQUIRE(one.size() == 6);
    REQUIRE(one.contains(row("correctable", "10", "unknown")));
}

TEST_CASE("a counter rises between cycles") {
    const FixtureTree tree;
    add_controller(tree, "mc0");
    Collecting edac(create_edac, tree);
    edac.collect();
    tree.write(kRoot + "mc0/ue_count", "6\n");
    REQUIRE(edac.collect().at(total("uncorrectable", "0")) == 6);
}

TEST_CASE("a count that is malformed or cannot be read is an error and costs only itself") {
    const FixtureTree tree;
    add_controller(tree, "mc0");
    for (const std::string_view text : {"", "x\n", "-1\n", "99999999999999999999\n"}) {
        INFO(text);
        tree.write(kRoot + "mc0/ce_count", text);
        Collecting edac(create_edac, tree);
        REQUIRE(edac.collect_any().size() == 5);
        REQUIRE_THAT(edac.error(), Catch::Contains("mc0/ce_count"));
    }
    tree.remove(kRoot + "mc0/ce_count");
    tree.make_directory(kRoot + "mc0/ce_count");
    Collecting edac(create_edac, tree);
    REQUIRE(edac.collect_any().size() == 5);
    REQUIRE_FALSE(edac.error().empty());
}

TEST_CASE("names that only look like a controller or a row are left alone") {
    const FixtureTree tree;
    add_controller(tree, "mc");
    add_controller(tree, "mc0x");
    add_controller(tree, "mc1");
    tree.write(kRoot + "mc1/csrow_size", "8\n");
    Collecting edac(create_edac, tree);
    REQUIRE(edac.collect().size() == 6);
}
