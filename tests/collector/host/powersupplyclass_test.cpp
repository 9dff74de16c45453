#include "collector/host/powersupplyclass.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

std::string supply(std::string_view name, std::string_view of) {
    return "node_power_supply_" + std::string(name) + "{power_supply=\"" + std::string(of) + "\"}";
}

}  // namespace

// Documentation/power/power_supply_class.rst: µV, µA, µW, µAh, µWh, tenths of a degree, seconds.
TEST_CASE("each attribute of a power supply is reported in its unit") {
    const FixtureTree tree{{"sys/class/power_supply/BAT0/capacity", "98\n"},
                           {"sys/class/power_supply/BAT0/cycle_count", "12\n"},
                           {"sys/class/power_supply/BAT0/current_now", "1500000\n"},
                           {"sys/class/power_supply/BAT0/energy_now", "36580000\n"},
                           {"sys/class/power_supply/BAT0/power_now", "4830000\n"},
                           {"sys/class/power_supply/BAT0/voltage_now", "12229000\n"},
                           {"sys/class/power_supply/BAT0/charge_now", "-2500000\n"},
                           {"sys/class/power_supply/BAT0/temp", "-15\n"},
                           {"sys/class/power_supply/BAT0/time_to_empty_now", "3600\n"},
                           {"sys/class/power_supply/BAT0/charge_behaviour", "[auto]\n"},
                           {"sys/class/power_supply/BAT0/uevent", "POWER_SUPPLY_NAME=BAT0\n"},
                           {"sys/class/power_supply/BAT0/manufacturer", "  \n"},
                           {"sys/class/power_supply/BAT0/model_name", "LNV-45N1 X\n"},
                           {"sys/class/power_supply/BAT0/status", "Discharging\n"},
                           {"sys/class/power_supply/BAT0/type", "Battery\n"},
                           {"sys/class/power_supply/AC/online", "0\n"},
                           {"sys/class/power_supply/AC/type", "Mains\n"}};
    Collecting supplies(create_powersupplyclass, tree);
    REQUIRE(supplies.collect() ==
            Values{{"node_power_supply_info{power_supply=\"AC\", type=\"Mains\"}", 1},
                   {supply("online", "AC"), 0},
                   {"node_power_supply_info{model_name=\"LNV-45N1 X\", power_supply=\"BAT0\", "
                    "status=\"Discharging\", type=\"Battery\"}",
                    1},
                   {supply("capacity", "BAT0"), 98},
                   {supply("cyclecount", "BAT0"), 12},
                   {supply("current_ampere", "BAT0"), 1.5},
                   {supply("energy_watthour", "BAT0"), 36.58},
                   {supply("power_watt", "BAT0"), 4.83},
                   {supply("voltage_volt", "BAT0"), 12.229},
                   {supply("charge_ampere", "BAT0"), -2.5},
                   {supply("temp_celsius", "BAT0"), -1.5},
                   {supply("time_to_empty_seconds", "BAT0"), 3600}});
}

TEST_CASE("a battery that is changed or taken out is followed") {
    const FixtureTree tree{{"sys/class/power_supply/BAT0/status", "Full\n"},
                           {"sys/class/power_supply/BAT0/capacity", "100\n"}};
    Collecting supplies(create_powersupplyclass, tree);
    REQUIRE(supplies.collect().size() == 2);
    tree.write("sys/class/power_supply/BAT0/status", "Charging\n");
    tree.write("sys/class/power_supply/BAT0/voltage_now", "1000000\n");
    tree.remove("sys/class/power_supply/BAT0/capacity");
    REQUIRE(supplies.collect() ==
            Values{{"node_power_supply_info{power_supply=\"BAT0\", status=\"Charging\"}", 1},
                   {supply("voltage_volt", "BAT0"), 1}});
    tree.remove("sys/class/power_supply/BAT0");
    REQUIRE(supplies.collect().empty());
}

TEST_CASE("supplies that the setting names are not reported") {
    const FixtureTree tree{{"sys/class/power_supply/BAT0/type", "Battery\n"},
                           {"sys/class/power_supply/hidpp_battery_0/type", "Battery\n"}};
    Collecting supplies(create_powersupplyclass, tree, {{"ignored_supplies", {"^hidpp"}}});
    REQUIRE(supplies.collect() ==
            Values{{"node_power_supply_info{power_supply=\"BAT0\", type=\"Battery\"}", 1}});
}

TEST_CASE("a malformed number of a supply is named and costs only itself") {
    const FixtureTree tree{{"sys/class/power_supply/BAT0/capacity", "9x\n"},
                           {"sys/class/power_supply/BAT0/present", "\n"},
                           {"sys/class/power_supply/BAT0/online", "1\n"},
                           {"sys/class/power_supply/BAT0/type", "UPS\n"}};
    Collecting supplies(create_powersupplyclass, tree);
    REQUIRE(supplies.collect_any().size() == 2);
    REQUIRE_THAT(supplies.error(), Catch::Contains("BAT0/capacity: \"9x\""));
}

TEST_CASE("a host without power supplies reports none and does not fail") {
    const FixtureTree tree;
    Collecting supplies(create_powersupplyclass, tree);
    REQUIRE(supplies.collect().empty());
}
