#include "collector/host/thermal_zone.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

const std::string kClass = "sys/class/thermal/";

void add_zone(const FixtureTree& tree, const std::string& name, std::string_view type,
              std::string_view temperature) {
    tree.write(kClass + name + "/type", type);
    tree.write(kClass + name + "/policy", "step_wise\n");
    tree.write(kClass + name + "/temp", temperature);
}
void add_cooler(const FixtureTree& tree, const std::string& name, std::string_view type,
                std::string_view current, std::string_view maximum) {
    tree.write(kClass + name + "/type", type);
    tree.write(kClass + name + "/cur_state", current);
    tree.write(kClass + name + "/max_state", maximum);
}
std::string zone(std::string_view number, std::string_view type) {
    return "node_thermal_zone_temp{type=\"" + std::string(type) + "\", zone=\"" +
           std::string(number) + "\"}";
}
std::string cooler(std::string_view state, std::string_view number, std::string_view type) {
    return "node_cooling_device_" + std::string(state) + "_state{name=\"" + std::string(number) +
           "\", type=\"" + std::string(type) + "\"}";
}

}  // namespace

// Documentation/driver-api/thermal/sysfs-api.rst: thousandths of a degree.
TEST_CASE("zones have a temperature, coolers a state and its maximum") {
    const FixtureTree tree;
    add_zone(tree, "thermal_zone0", "acpitz\n", "49925\n");
    add_zone(tree, "thermal_zone12", "a b\n", "-4500\n");
    add_cooler(tree, "cooling_device0", "Processor\n", "3\n", "10\n");
    add_cooler(tree, "cooling_device1", "intel_powerclamp\n", "-1\n", "50\n");
    Collecting thermal(create_thermal_zone, tree);
    REQUIRE(thermal.collect() == Values{{zone("0", "acpitz"), 49.925},
                                        {zone("12", "a b"), -4.5},
                                        {cooler("cur", "0", "Processor"), 3},
                                        {cooler("max", "0", "Processor"), 10},
                                        {cooler("cur", "1", "intel_powerclamp"), -1},
                                        {cooler("max", "1", "intel_powerclamp"), 50}});
}

TEST_CASE("a host without thermal devices reports none, and other names are left alone") {
    const FixtureTree tree;
    Collecting thermal(create_thermal_zone, tree);
    REQUIRE(thermal.collect().empty());
    add_zone(tree, "thermal_zonex", "x\n", "1\n");
    add_zone(tree, "thermal_zone", "x\n", "1\n");
    add_zone(tree, "thermal_message", "x\n", "1\n");
    REQUIRE(thermal.collect().empty());
}

TEST_CASE("a zone whose sensor is gone has no temperature until it is back") {
    const FixtureTree tree;
    add_zone(tree, "thermal_zone0", "acpitz\n", "40000\n");
    add_zone(tree, "thermal_zone1", "iwlwifi\n", "50000\n");
    tree.write(kClass + "thermal_zone0/mode", "disabled\n");  // measured, not acted upon
    Collecting thermal(create_thermal_zone, tree);
    REQUIRE(thermal.collect() == Values{{zone("0", "acpitz"), 40}, {zone("1", "iwlwifi"), 50}});
    tree.remove(kClass + "thermal_zone1");
    REQUIRE(thermal.collect() == Values{{zone("0", "acpitz"), 40}});
    tree.make_directory(kClass + "thermal_zone1");
    REQUIRE(thermal.collect().size() == 1);
    tree.remove(kClass + "thermal_zone1");
    REQUIRE(thermal.collect().size() == 1);
    add_zone(tree, "thermal_zone1", "other\n", "51000\n");
    REQUIRE(thermal.collect().at(zone("1", "other")) == 51);
}

TEST_CASE("a malformed number is an error and costs only its device") {
    const FixtureTree tree;
    add_zone(tree, "thermal_zone1", "good\n", "1000\n");
    add_cooler(tree, "cooling_device0", "Fan\n", "0\n", "1\n");
    for (const std::string_view text : {"", "hot\n", "1.5\n", "99999999999999999999\n"}) {
        INFO(text);
        add_zone(tree, "thermal_zone0", "bad\n", text);
        Collecting thermal(create_thermal_zone, tree);
        REQUIRE(thermal.collect_any().size() == 3);
        REQUIRE_THAT(thermal.error(), Catch::Contains("thermal_zone0/temp"));
    }
    tree.remove(kClass + "thermal_zone0");
    tree.write(kClass + "cooling_device0/max_state", "many\n");
    Collecting thermal(create_thermal_zone, tree);
    REQUIRE(thermal.collect_any() == Values{{zone("1", "good"), 1}});
    REQUIRE_THAT(thermal.error(), Catch::Contains("cooling_device0/max_state"));
}
