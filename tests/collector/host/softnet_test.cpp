#include "collector/host/softnet.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

std::string softnet(std::string_view name, std::string_view cpu) {
    return "node_softnet_" + std::string(name) + "_total{cpu=\"" + std::string(cpu) + "\"}";
}

}  // namespace

TEST_CASE("a CPU's counters are hexadecimal, and its number is that of its line") {
    const FixtureTree tree{
        {"proc/net/softnet_stat",
         "0000000a 00000001 00000010 00000000 00000000 00000000 00000000 00000000 00000000 "
         "00000000 00000000 00000000 00000000 00000000 00000000\n"
         "ffffffff 00000000 000000ff 00000000 00000000 00000000 00000000 00000000 00000000 "
         "00000000 00000000 00000000 00000003 00000000 00000000\n"}};
    Collecting collecting(create_softnet, tree);
    REQUIRE(collecting.collect() == Values{{softnet("processed", "0"), 10},
                                           {softnet("dropped", "0"), 1},
                                           {softnet("times_squeezed", "0"), 16},
                                           {softnet("processed", "1"), 4294967295},
                                           {softnet("dropped", "1"), 0},
                                           {softnet("times_squeezed", "1"), 255}});
}

TEST_CASE("a CPU that is taken off has no series until it is back") {
    const std::string line = "1 2 3 0 0 0 0 0 0\n";  // the columns of Linux 2.6
    const FixtureTree tree{{"proc/net/softnet_stat", line + line}};
    Collecting collecting(create_softnet, tree);
    REQUIRE(collecting.collect().size() == 6);
    tree.write("proc/net/softnet_stat", line);
    REQUIRE(collecting.collect().size() == 3);
    tree.write("proc/net/softnet_stat", line + line + line);
    REQUIRE(collecting.collect().size() == 9);
}

TEST_CASE("a softnet line that is short or not hexadecimal ends what is read") {
    for (const std::string_view bad : {"1 2 3 4 5 6 7 8\n", "\n", "1 2 x 0 0 0 0 0 0\n",
                                       "1 -2 3 0 0 0 0 0 0\n", "100000000 2 3 0 0 0 0 0 0\n"}) {
        INFO(bad);
        std::vector<SoftnetLine> lines;
        const std::string good = "1 2 3 0 0 0 0 0 0\n";
        const auto result = parse_softnet(good + std::string(bad) + good, lines);
        REQUIRE_THAT(result.error().message, Catch::Contains("softnet_stat"));
        REQUIRE(lines.size() == 1);
        REQUIRE(lines[0].squeezed == 3);
    }
}

TEST_CASE("without the file softnet fails and says which") {
    const FixtureTree tree;
    Collecting collecting(create_softnet, tree);
    REQUIRE(collecting.collect_any().empty());
    REQUIRE_THAT(collecting.error(), Catch::Contains("net/softnet_stat"));
}
