#include "collector/host/arp.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

std::string arp_text(std::string_view lines) {
    return "IP address       HW type     Flags       HW address            Mask     Device\n" +
           std::string(lines);
}
std::string entry(std::string_view address, std::string_view device) {
    return std::string(address) + "   0x1   0x2   52:54:00:12:34:56   *   " + std::string(device) +
           "\n";
}
std::string series(std::string_view device) {
    return "node_arp_entries{device=\"" + std::string(device) + "\"}";
}

}  // namespace

TEST_CASE("neighbours are counted for each device, whatever their order and state") {
    const FixtureTree tree{
        {"proc/net/arp",
         arp_text(entry("10.0.0.1", "eth0") + entry("10.1.0.1", "br-lan") +
                  entry("10.0.0.2", "eth0") + "10.0.0.3  0x1  0x0  00:00:00:00:00:00  *  eth0\n")}};
    Collecting arp(create_arp, tree);
    REQUIRE(arp.collect() == Values{{series("br-lan"), 1}, {series("eth0"), 3}});
    REQUIRE(arp.readings()[0].series.desc().help == "ARP entries by device");
    REQUIRE(arp.readings()[0].series.desc().type == MetricType::kGauge);
}

TEST_CASE("a device without neighbours has no series until it has some again") {
    const FixtureTree tree{
        {"proc/net/arp", arp_text(entry("10.0.0.1", "eth0") + entry("10.1.0.1", "eth1"))}};
    Collecting arp(create_arp, tree);
    REQUIRE(arp.collect().size() == 2);
    const SeriesRef second = arp.readings()[1].series;
    tree.write("proc/net/arp", arp_text(entry("10.0.0.1", "eth0")));
    REQUIRE(arp.collect() == Values{{series("eth0"), 1}});
    tree.write("proc/net/arp", arp_text(entry("10.1.0.1", "eth1")));
    REQUIRE(arp.collect() == Values{{series("eth1"), 1}});
    REQUIRE(arp.readings()[0].series == second);
    tree.write("proc/net/arp", arp_text(""));
    REQUIRE(arp.collect().empty());
}

TEST_CASE("neighbours of chosen devices only are counted") {
    const FixtureTree tree{
        {"proc/net/arp", arp_text(entry("10.0.0.1", "eth0") + entry("10.1.0.1", "veth7"))}};
    Collecting without(create_arp, tree, {{"device_exclude", {"^veth"}}});
    REQUIRE(without.collect() == Values{{series("eth0"), 1}});
    Collecting only(create_arp, tree, {{"device_include", {"^veth"}}});
    REQUIRE(only.collect() == Values{{series("veth7"), 1}});
}

TEST_CASE("a kernel without an ARP table reports none and does not fail") {
    const FixtureTree tree;
    Collecting arp(create_arp, tree);
    REQUIRE(arp.collect().empty());
}

TEST_CASE("a short line costs only itself") {
    const FixtureTree tree{
        {"proc/net/arp", arp_text("10.0.0.1 0x1 0x2\n\n" + entry("10.0.0.2", "eth0"))}};
    Collecting arp(create_arp, tree);
    REQUIRE(arp.collect_any() == Values{{series("eth0"), 1}});
    REQUIRE_THAT(arp.error(), Catch::Contains("10.0.0.1 0x1 0x2"));
    std::vector<std::string_view> devices;
    REQUIRE(parse_arp("", devices));
    REQUIRE(devices.empty());
}

TEST_CASE("a hundred thousand neighbours and a name that is not UTF-8 are read") {
    std::string lines;
    for (int i = 0; i < 100'000; ++i) lines += entry("10.0.0.1", i % 2 == 0 ? "a\xff" : "b");
    const FixtureTree tree{{"proc/net/arp", arp_text(lines)}};
    Collecting arp(create_arp, tree);
    REQUIRE(arp.collect() == Values{{series("a\xef\xbf\xbd"), 50'000}, {series("b"), 50'000}});
}
