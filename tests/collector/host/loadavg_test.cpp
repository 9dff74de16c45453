#include "collector/host/loadavg.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

TEST_CASE("the load averages are the first three fields of loadavg") {
    const FixtureTree tree{{"proc/loadavg", "0.21 0.37 12.39 2/719 19737\n"}};
    Collecting loadavg(create_loadavg, tree);
    REQUIRE(loadavg.collect() ==
            Values{{"node_load1", 0.21}, {"node_load5", 0.37}, {"node_load15", 12.39}});
    tree.write("proc/loadavg", "1024.00 0.00 0.01 1/1 1\n");
    REQUIRE(loadavg.collect().at("node_load1") == 1024);
}

TEST_CASE("a loadavg that is short or not numbers is an error") {
    for (const std::string_view text : {"", "0.21", "0.21 0.37", "a b c", "0.21 0.37 x\n"}) {
        INFO(text);
        REQUIRE_FALSE(parse_loadavg(text));
    }
}

TEST_CASE("a missing loadavg is an error that names the file") {
    const FixtureTree tree;
    Collecting loadavg(create_loadavg, tree);
    REQUIRE(loadavg.collect_any().empty());
    REQUIRE_THAT(loadavg.error(), Catch::Contains(tree.at("proc/loadavg")));
}
