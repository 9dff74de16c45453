#include "collector/host/netdev.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

constexpr std::string_view kHead =
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop "
    "fifo colls carrier compressed\n";

std::string netdev_text(std::string_view lines) {
    return std::string(kHead) + std::string(lines);
}
std::string series(std::string_view name, std::string_view device) {
    return "node_network_" + std::string(name) + "_total{device=\"" + std::string(device) + "\"}";
}

}  // namespace

TEST_CASE("each device's sixteen counters are read in the order of the headings") {
    const FixtureTree tree{
        {"proc/net/dev", netdev_text("    lo: 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9\n"
                                     "  eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n")}};
    Collecting netdev(create_netdev, tree);
    REQUIRE(netdev.collect() == Values{{series("receive_bytes", "eth0"), 1},
                                       {series("receive_packets", "eth0"), 2},
                                       {series("receive_errs", "eth0"), 3},
                                       {series("receive_drop", "eth0"), 4},
                                       {series("receive_fifo", "eth0"), 5},
                                       {series("receive_frame", "eth0"), 6},
                                       {series("receive_compressed", "eth0"), 7},
                                       {series("receive_multicast", "eth0"), 8},
                                       {series("transmit_bytes", "eth0"), 9},
                                       {series("transmit_packets", "eth0"), 10},
                                       {series("transmit_errs", "eth0"), 11},
                                       {series("transmit_drop", "eth0"), 12},
                                       {series("transmit_fifo", "eth0"), 13},
                                       {series("transmit_colls", "eth0"), 14},
                                       {series("transmit_carrier", "eth0"), 15},
                                       {series("transmit_compressed", "eth0"), 16}});
    REQUIRE(netdev.readings()[2].series.desc().help == "Network device statistic receive_errs.");
}

TEST_CASE("packets that no handler took come from sysfs where the kernel has them") {
    const FixtureTree tree{
        {"proc/net/dev", netdev_text("eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
                                     "eth1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n")},
        {"sys/class/net/eth1/statistics/rx_nohandler", "77\n"}};
    Collecting netdev(create_netdev, tree);
    const Values values = netdev.collect();
    REQUIRE(values.size() == 33);
    REQUIRE(values.at(series("receive_nohandler", "eth1")) == 77);
    tree.remove("sys/class/net/eth1");
    REQUIRE(netdev.collect().size() == 33);  // the open descriptor still answers
}

TEST_CASE("devices come and go, and a returning one keeps its series while somebody holds it") {
    const std::string both = netdev_text(
        "eth0: 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
        "usb0: 5 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
    const FixtureTree tree{{"proc/net/dev", both}};
    Collecting netdev(create_netdev, tree);
    netdev.collect();
    const SeriesRef usb = netdev.readings()[16].series;
    tree.write("proc/net/dev", netdev_text("eth0: 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"));
    REQUIRE(netdev.collect().size() == 16);
    tree.write("proc/net/dev", both);
    REQUIRE(netdev.collect().size() == 32);
    REQUIRE(netdev.readings()[16].series == usb);
}

TEST_CASE("names with a colon, values stuck to it and the largest counters are read") {
    const std::string text =
        netdev_text("eth0:1:18446744073709551615 2 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
    std::vector<NetdevLine> lines;
    REQUIRE(parse_netdev(text, lines));
    REQUIRE(lines[0].device == "eth0:1");
    REQUIRE(lines[0].counters[0] == UINT64_MAX);
}

TEST_CASE("devices are chosen by settings") {
    const FixtureTree tree{
        {"proc/net/dev", netdev_text("lo: 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
                                     "veth1: 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n")}};
    Collecting only_lo(create_netdev, tree, {{"device_exclude", {"^veth"}}});
    REQUIRE(only_lo.collect().contains(series("receive_bytes", "lo")));
    REQUIRE(only_lo.collect().size() == 16);
    Collecting only_veth(create_netdev, tree, {{"device_include", {"^veth"}}});
    REQUIRE(only_veth.collect().contains(series("receive_bytes", "veth1")));
    REQUIRE(only_veth.collect().size() == 16);
}

TEST_CASE("a net/dev without headings is refused and a short line costs only itself") {
    std::vector<NetdevLine> lines;
    REQUIRE_FALSE(parse_netdev("", lines));
    REQUIRE_FALSE(parse_netdev("eth0: 1 2 3\n\n", lines));
    REQUIRE(parse_netdev(netdev_text(""), lines));
    REQUIRE(lines.empty());
    const std::string text = netdev_text(
        "eth0: 1 2 3\n"
        "no colon here\n"
        "eth1: 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 -1\n"
        "eth2: 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
    const auto result = parse_netdev(text, lines);
    REQUIRE_THAT(result.error().message, Catch::Contains("eth0: 1 2 3"));
    REQUIRE(lines.size() == 1);
    REQUIRE(lines[0].device == "eth2");
}

TEST_CASE("a name that climbs out of sysfs is not followed") {
    const FixtureTree tree{
        {"proc/net/dev", netdev_text("../../x: 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n")},
        {"sys/class/net/here", ""},
        {"sys/x/statistics/rx_nohandler", "1\n"}};
    Collecting netdev(create_netdev, tree);
    REQUIRE(netdev.collect().size() == 16);
}
