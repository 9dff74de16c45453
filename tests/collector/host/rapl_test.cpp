#include "collector/host/rapl.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

const std::string kClass = "sys/class/powercap/";

void add_zone(const FixtureTree& tree, const std::string& entry, std::string_view name,
              std::string_view energy) {
    tree.write(kClass + entry + "/name", name);
    tree.write(kClass + entry + "/max_energy_range_uj", "262143328850\n");
    tree.write(kClass + entry + "/energy_uj", energy);
}
std::string zone(const FixtureTree& tree, std::string_view name, std::string_view index,
                 std::string_view entry) {
    return "node_rapl_" + std::string(name) + "_joules_total{index=\"" + std::string(index) +
           "\", path=\"" + tree.at(kClass + std::string(entry)) + "\"}";
}

}  // namespace

// Documentation/power/powercap/powercap.rst: millionths of a joule.
TEST_CASE("each zone's energy is in joules, under its name and number") {
    const FixtureTree tree;
    tree.write(kClass + "intel-rapl/enabled", "1\n");
    add_zone(tree, "intel-rapl:0", "package-0\n", "240422366267\n");
    add_zone(tree, "intel-rapl:0:0", "core\n", "118821284256\n");
    add_zone(tree, "intel-rapl:1", "package-1\n", "1\n");
    add_zone(tree, "intel-rapl:1:0", "core\n", "2000000\n");
    add_zone(tree, "intel-rapl:2", "psys-x\n", "18446744073709551615\n");
    Collecting rapl(create_rapl, tree);
    const Values values = rapl.collect();
    REQUIRE(values.size() == 5);
    REQUIRE(values.at(zone(tree, "package", "0", "intel-rapl:0")) == Approx(240422.366267));
    REQUIRE(values.at(zone(tree, "core", "0", "intel-rapl:0:0")) == Approx(118821.284256));
    REQUIRE(values.at(zone(tree, "package", "1", "intel-rapl:1")) == Approx(0.000001));
    REQUIRE(values.at(zone(tree, "core", "1", "intel-rapl:1:0")) == 2);
    REQUIRE(values.at(zone(tree, "psys_x", "0", "intel-rapl:2")) == Approx(18446744073709.551615));
    const MetricDesc& desc = rapl.readings()[0].series.desc();
    REQUIRE(desc.help == "Current RAPL package value in joules");
    REQUIRE(desc.type == MetricType::kCounter);
}

TEST_CASE("the zone's name can be a label") {
    const FixtureTree tree;
    add_zone(tree, "intel-rapl:0", "package-0\n", "5000000\n");
    Collecting rapl(create_rapl, tree, {{"enable_zone_label", {"true"}}});
    REQUIRE(rapl.collect() ==
            Values{{"node_rapl_joules_total{index=\"0\", path=\"" +
                        tree.at(kClass + "intel-rapl:0") + "\", rapl_zone=\"package\"}",
                    5}});
}

TEST_CASE("a machine without RAPL reports none, zones come and go") {
    const FixtureTree tree;
    Collecting rapl(create_rapl, tree);
    REQUIRE(rapl.collect().empty());
    add_zone(tree, "intel-rapl:0", "package-0\n", "1000000\n");
    REQUIRE(rapl.collect().size() == 1);
    tree.write(kClass + "intel-rapl:0/energy_uj", "2000000\n");
    REQUIRE(rapl.collect().at(zone(tree, "package", "0", "intel-rapl:0")) == 2);
    tree.remove(kClass + "intel-rapl:0");
    REQUIRE(rapl.collect().empty());
}

TEST_CASE("a zone whose energy cannot be read is left out, a malformed one is an error") {
    const FixtureTree tree;
    add_zone(tree, "intel-rapl:0", "package-0\n", "1000000\n");
    add_zone(tree, "intel-rapl:1", "package-1\n", "");
    tree.write(kClass + "dtpm/name", "dtpm\n");
    Collecting rapl(create_rapl, tree);
    REQUIRE(rapl.collect_any().size() == 1);
    REQUIRE_THAT(rapl.error(), Catch::Contains("intel-rapl:1/energy_uj"));
    tree.replace(kClass + "intel-rapl:1/energy_uj", "x");
    tree.remove(kClass + "intel-rapl:1/energy_uj");
    tree.make_directory(kClass + "intel-rapl:1/energy_uj");
    Collecting other(create_rapl, tree);
    REQUIRE(other.collect().size() == 1);
}

TEST_CASE("only one number behind one dash is an index") {
    REQUIRE(parse_rapl_name("package-12").name == "package");
    REQUIRE(parse_rapl_name("package-12").index == 12);
    for (const std::string_view name : {"", "core", "dram-x", "package-0-die-1", "a-", "a--1"}) {
        INFO(name);
        REQUIRE(parse_rapl_name(name).name == name);
        REQUIRE_FALSE(parse_rapl_name(name).numbered);
    }
}
