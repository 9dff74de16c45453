#include "collector/host/bonding.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

const std::string kRoot = "sys/class/net/";

std::string slaves(std::string_view master) {
    return "node_bonding_slaves{master=\"" + std::string(master) + "\"}";
}
std::string active(std::string_view master) {
    return "node_bonding_active{master=\"" + std::string(master) + "\"}";
}

}  // namespace

// Documentation/networking/bonding.rst: slaves and masters stand in a line, by name.
TEST_CASE("slaves are counted for each bond, and those whose link is up") {
    const FixtureTree tree{{kRoot + "bonding_masters", "bond0 bond-int dmz\n"},
                           {kRoot + "bond0/bonding/slaves", "eth0 eth4 eth5\n"},
                           {kRoot + "bond0/lower_eth0/bonding_slave/mii_status", "up\n"},
                           {kRoot + "bond0/lower_eth4/bonding_slave/mii_status", "down\n"},
                           {kRoot + "bond0/lower_eth5/bonding_slave/mii_status", "going back\n"},
                           {kRoot + "bond-int/bonding/slaves", "eth1 eth2\n"},
                           {kRoot + "bond-int/slave_eth1/bonding_slave/mii_status", "up\n"},
                           {kRoot + "bond-int/slave_eth2/bonding_slave/mii_status", "up\n"},
                           {kRoot + "dmz/bonding/slaves", "\n"}};
    Collecting bonding(create_bonding, tree);
    REQUIRE(bonding.collect() == Values{{slaves("bond0"), 3},
                                        {active("bond0"), 1},
                                        {slaves("bond-int"), 2},
                                        {active("bond-int"), 2},
                                        {slaves("dmz"), 0},
                                        {active("dmz"), 0}});
    REQUIRE(bonding.readings()[0].series.desc().help ==
            "Number of configured slaves per bonding interface.");
}

TEST_CASE("a host without bonding reports none until the module is loaded") {
    const FixtureTree tree;
    Collecting bonding(create_bonding, tree);
    REQUIRE(bonding.collect().empty());
    tree.write(kRoot + "bonding_masters", "\n");
    REQUIRE(bonding.collect().empty());
    tree.write(kRoot + "bonding_masters", "bond0\n");
    tree.write(kRoot + "bond0/bonding/slaves", "\n");
    REQUIRE(bonding.collect().size() == 2);
    tree.remove(kRoot + "bonding_masters");
    REQUIRE(bonding.collect().size() == 2);  // the open descriptor still answers
}

TEST_CASE("links fail and come back, slaves and bonds come and go") {
    const FixtureTree tree{{kRoot + "bonding_masters", "bond0\n"},
                           {kRoot + "bond0/bonding/slaves", "eth0 eth1\n"},
                           {kRoot + "bond0/lower_eth0/bonding_slave/mii_status", "up\n"},
                           {kRoot + "bond0/lower_eth1/bonding_slave/mii_status", "up\n"}};
    Collecting bonding(create_bonding, tree);
    REQUIRE(bonding.collect().at(active("bond0")) == 2);
    tree.write(kRoot + "bond0/lower_eth1/bonding_slave/mii_status", "down\n");
    REQUIRE(bonding.collect() == Values{{slaves("bond0"), 2}, {active("bond0"), 1}});
    tree.write(kRoot + "bond0/bonding/slaves", "eth0\n");
    REQUIRE(bonding.collect() == Values{{slaves("bond0"), 1}, {active("bond0"), 1}});
    tree.write(kRoot + "bonding_masters", "\n");
    REQUIRE(bonding.collect().empty());
}

TEST_CASE("what goes between two files is not counted") {
    const FixtureTree tree{{kRoot + "bonding_masters", "gone bond0\n"},
                           {kRoot + "bond0/bonding/slaves", "eth0 eth1\n"},
                           {kRoot + "bond0/lower_eth0/bonding_slave/mii_status", "up\n"}};
    Collecting bonding(create_bonding, tree);
    REQUIRE(bonding.collect() == Values{{slaves("bond0"), 1}, {active("bond0"), 1}});
}

TEST_CASE("a slave whose state cannot be read counts, is not active, and is an error") {
    const FixtureTree tree{{kRoot + "bonding_masters", "bond0 bond1\n"},
                           {kRoot + "bond0/bonding/slaves", "eth0\n"},
                           {kRoot + "bond1/bonding/slaves", "\n"}};
    tree.make_directory(kRoot + "bond0/lower_eth0/bonding_slave/mii_status");
    Collecting bonding(create_bonding, tree);
    REQUIRE(bonding.collect_any() == Values{{slaves("bond0"), 1},
                                            {active("bond0"), 0},
                                            {slaves("bond1"), 0},
                                            {active("bond1"), 0}});
    REQUIRE_THAT(bonding.error(), Catch::Contains("mii_status"));
}

TEST_CASE("a bond or a slave whose name climbs out of sysfs is not followed") {
    const FixtureTree tree{{kRoot + "bonding_masters", "../../x bond0\n"},
                           {kRoot + "bond0/bonding/slaves", "../../../x eth0\n"},
                           {kRoot + "bond0/lower_eth0/bonding_slave/mii_status", "up\n"},
                           {"sys/x/bonding/slaves", "eth0\n"}};
    Collecting bonding(create_bonding, tree);
    REQUIRE(bonding.collect() == Values{{slaves("bond0"), 1}, {active("bond0"), 1}});
}
