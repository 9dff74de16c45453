#include "collector/host/netclass.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

std::string net(std::string_view name, std::string_view device) {
    return "node_network_" + std::string(name) + "{device=\"" + std::string(device) + "\"}";
}

}  // namespace

// Documentation/ABI/testing/sysfs-class-net: dev_id, flags are hexadecimal, speed is Mbit/s.
TEST_CASE("each attribute of a network device becomes a series") {
    const FixtureTree tree{{"sys/class/net/eth0/addr_assign_type", "3\n"},
                           {"sys/class/net/eth0/address", "02:00:00:00:00:01\n"},
                           {"sys/class/net/eth0/broadcast", "ff:ff:ff:ff:ff:ff\n"},
                           {"sys/class/net/eth0/carrier", "1\n"},
                           {"sys/class/net/eth0/carrier_changes", "4\n"},
                           {"sys/class/net/eth0/carrier_up_count", "3\n"},
                           {"sys/class/net/eth0/carrier_down_count", "1\n"},
                           {"sys/class/net/eth0/dev_id", "0x1f\n"},
                           {"sys/class/net/eth0/dormant", "0\n"},
                           {"sys/class/net/eth0/duplex", "full\n"},
                           {"sys/class/net/eth0/flags", "0x1003\n"},
                           {"sys/class/net/eth0/ifalias", "to the \"core\"\n"},
                           {"sys/class/net/eth0/ifindex", "7\n"},
                           {"sys/class/net/eth0/iflink", "8\n"},
                           {"sys/class/net/eth0/link_mode", "1\n"},
                           {"sys/class/net/eth0/mtu", "1500\n"},
                           {"sys/class/net/eth0/name_assign_type", "4\n"},
                           {"sys/class/net/eth0/netdev_group", "2\n"},
                           {"sys/class/net/eth0/operstate", "up\n"},
                           {"sys/class/net/eth0/speed", "2500\n"},
                           {"sys/class/net/eth0/tx_queue_len", "1000\n"},
                           {"sys/class/net/eth0/type", "1\n"}};
    Collecting netclass(create_netclass, tree);
    REQUIRE(netclass.collect() ==
            Values{{"node_network_info{address=\"02:00:00:00:00:01\", "
                    "broadcast=\"ff:ff:ff:ff:ff:ff\", device=\"eth0\", duplex=\"full\", "
                    "ifalias=\"to the \\\"core\\\"\", operstate=\"up\"}",
                    1},
                   {net("up", "eth0"), 1},
                   {net("address_assign_type", "eth0"), 3},
                   {net("carrier", "eth0"), 1},
                   {net("carrier_changes_total", "eth0"), 4},
                   {net("carrier_up_changes_total", "eth0"), 3},
                   {net("carrier_down_changes_total", "eth0"), 1},
                   {net("device_id", "eth0"), 31},
                   {net("dormant", "eth0"), 0},
                   {net("flags", "eth0"), 4099},
                   {net("iface_id", "eth0"), 7},
                   {net("iface_link", "eth0"), 8},
                   {net("iface_link_mode", "eth0"), 1},
                   {net("mtu_bytes", "eth0"), 1500},
                   {net("name_assign_type", "eth0"), 4},
                   {net("net_dev_group", "eth0"), 2},
                   {net("speed_bytes", "eth0"), 312'500'000},
                   {net("transmit_queue_length", "eth0"), 1000},
                   {net("protocol_type", "eth0"), 1}});
}

TEST_CASE("what the driver does not say is left out, and controls are no devices") {
    const FixtureTree tree{{"sys/class/net/bonding_masters", "bond0\n"},
                           {"sys/class/net/eth1/operstate", "down\n"},
                           {"sys/class/net/eth1/flags", "0x1002\n"}};
    Collecting netclass(create_netclass, tree);
    REQUIRE(netclass.collect() ==
            Values{{"node_network_info{device=\"eth1\", operstate=\"down\"}", 1},
                   {net("up", "eth1"), 0},
                   {net("flags", "eth1"), 4098}});
}

TEST_CASE("a device of which no word can be read is there, and down") {
    const FixtureTree tree{{"sys/class/net/odd0/flags", "0x1002\n"}};
    Collecting netclass(create_netclass, tree);
    const Values expected{{"node_network_info{device=\"odd0\"}", 1},
                          {net("up", "odd0"), 0},
                          {net("flags", "odd0"), 4098}};
    REQUIRE(netclass.collect() == expected);
    REQUIRE(netclass.collect() == expected);
}

TEST_CASE("an unknown speed is negative unless it is to be ignored") {
    const FixtureTree tree{{"sys/class/net/eth0/operstate", "up\n"},
                           {"sys/class/net/eth0/speed", "-1\n"}};
    Collecting as_it_is(create_netclass, tree);
    REQUIRE(as_it_is.collect().at(net("speed_bytes", "eth0")) == -125'000);
    Collecting without(create_netclass, tree, {{"ignore_invalid_speed", {"true"}}});
    REQUIRE_FALSE(without.collect().contains(net("speed_bytes", "eth0")));
}

TEST_CASE("devices that the setting names are not reported") {
    const FixtureTree tree{{"sys/class/net/eth0/operstate", "up\n"},
                           {"sys/class/net/veth12/operstate", "up\n"}};
    Collecting netclass(create_netclass, tree, {{"ignored_devices", {"^veth"}}});
    const Values values = netclass.collect();
    REQUIRE(values.size() == 2);
    REQUIRE(values.contains(net("up", "eth0")));
}

TEST_CASE("a device's attributes are followed, and its series go with it") {
    const FixtureTree tree{{"sys/class/net/eth0/operstate", "up\n"},
                           {"sys/class/net/eth0/mtu", "1500\n"}};
    Collecting netclass(create_netclass, tree);
    REQUIRE(netclass.collect().size() == 3);
    tree.write("sys/class/net/eth0/operstate", "down\n");
    tree.write("sys/class/net/eth0/mtu", "9000\n");
    const Values later = netclass.collect();
    REQUIRE(later.at(net("up", "eth0")) == 0);
    REQUIRE(later.at(net("mtu_bytes", "eth0")) == 9000);
    REQUIRE(later.contains("node_network_info{device=\"eth0\", operstate=\"down\"}"));
    tree.remove("sys/class/net/eth0");
    REQUIRE(netclass.collect().empty());
}

TEST_CASE("another device under the same name is not taken for the old one") {
    const FixtureTree tree{{"sys/class/net/eth0/ifindex", "2\n"},
                           {"sys/class/net/eth0/operstate", "up\n"},
                           {"sys/class/net/eth0/type", "1\n"}};
    Collecting netclass(create_netclass, tree);
    REQUIRE(netclass.collect().at(net("iface_id", "eth0")) == 2);
    // The old one's files go on answering, as they do after a rename.
    tree.replace("sys/class/net/eth0/operstate", "down\n");
    tree.replace("sys/class/net/eth0/type", "32\n");
    tree.replace("sys/class/net/eth0/ifindex", "3\n");
    const Values later = netclass.collect();
    REQUIRE(later.at(net("up", "eth0")) == 0);
    REQUIRE(later.at(net("iface_id", "eth0")) == 3);
    REQUIRE(later.at(net("protocol_type", "eth0")) == 32);
}

TEST_CASE("a malformed attribute is named and costs only itself") {
    const FixtureTree tree{{"sys/class/net/eth0/operstate", "up\n"},
                           {"sys/class/net/eth0/mtu", "15x\n"},
                           {"sys/class/net/eth0/flags", "0x\n"},
                           {"sys/class/net/eth0/tx_queue_len", "9223372036854775808\n"},
                           {"sys/class/net/eth0/type", "\n"},
                           {"sys/class/net/eth0/carrier", "1\n"}};
    Collecting netclass(create_netclass, tree);
    const Values values = netclass.collect_any();
    REQUIRE_THAT(netclass.error(), Catch::Contains("is not a number"));
    REQUIRE(values.size() == 3);
    REQUIRE(values.at(net("carrier", "eth0")) == 1);
}

TEST_CASE("a kernel without network devices reports none") {
    const FixtureTree tree;
    Collecting netclass(create_netclass, tree);
    REQUIRE(netclass.collect().empty());
}
