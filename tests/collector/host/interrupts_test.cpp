#include "collector/host/interrupts.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

std::string irq(std::string_view cpu, std::string_view type, std::string_view info,
                std::string_view devices = "") {
    std::string text = "node_interrupts_total{cpu=\"" + std::string(cpu) + "\", ";
    if (!devices.empty()) text += "devices=\"" + std::string(devices) + "\", ";
    return text + "info=\"" + std::string(info) + "\", type=\"" + std::string(type) + "\"}";
}

}  // namespace

TEST_CASE("interrupts are counted by CPU, with controller and devices or with their meaning") {
    const FixtureTree tree{{"proc/interrupts",
                            "           CPU0       CPU2\n"
                            "  9:       1200          0   PCI-MSI 524288-edge      eth0,  usb1\n"
                            " 10:          1          2   XT-PIC\n"
                            "NMI:         47 18446744073709551615   Non-maskable   interrupts\n"
                            "ERR:          3\n"
                            "MIS:          0\n"}};
    Collecting interrupts(create_interrupts, tree);
    REQUIRE(interrupts.collect() ==
            Values{{irq("0", "9", "PCI-MSI", "524288-edge eth0, usb1"), 1200},
                   {irq("1", "9", "PCI-MSI", "524288-edge eth0, usb1"), 0},
                   {irq("0", "10", "XT-PIC"), 1},
                   {irq("1", "10", "XT-PIC"), 2},
                   {irq("0", "NMI", "Non-maskable interrupts"), 47},
                   {irq("1", "NMI", "Non-maskable interrupts"), 18446744073709551615.0}});
}

TEST_CASE("drivers and CPUs that come and go are followed") {
    const FixtureTree tree{
        {"proc/interrupts", " CPU0 CPU1\n 9: 1 2 APIC eth0\n 11: 3 4 APIC usb1\n"}};
    Collecting interrupts(create_interrupts, tree);
    REQUIRE(interrupts.collect().size() == 4);
    tree.write("proc/interrupts", " CPU0\n 9: 5 APIC eth0, eth1\n");
    REQUIRE(interrupts.collect() == Values{{irq("0", "9", "APIC", "eth0, eth1"), 5}});
}

TEST_CASE("a number right behind the colon is read, as wide ones stand on ARM") {
    Interrupts found;
    REQUIRE(parse_interrupts("CPU0 CPU1\nIPI0:12345678901 2 Rescheduling interrupts\n", found));
    REQUIRE(found.cpus == 2);
    REQUIRE(found.lines.size() == 1);
    REQUIRE(found.lines[0].type == "IPI0");
    REQUIRE(found.lines[0].about == "Rescheduling interrupts");
}

TEST_CASE("a malformed count is named and costs its line") {
    const FixtureTree tree{{"proc/interrupts", " CPU0 CPU1\n 9: 1 x APIC eth0\n 10: 1 2 APIC b\n"}};
    Collecting interrupts(create_interrupts, tree);
    REQUIRE(interrupts.collect_any().size() == 2);
    REQUIRE_THAT(interrupts.error(), Catch::Contains("1 x"));
}

TEST_CASE("an interrupts file without CPUs is an error, and so is none") {
    Interrupts found;
    REQUIRE_FALSE(parse_interrupts("", found));
    REQUIRE_FALSE(parse_interrupts("\n 9: 1 APIC\n", found));
    const FixtureTree tree;
    Collecting interrupts(create_interrupts, tree);
    REQUIRE(interrupts.collect_any().empty());
    REQUIRE_THAT(interrupts.error(), Catch::Contains("interrupts"));
}
