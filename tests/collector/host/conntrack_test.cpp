#include "collector/host/conntrack.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

constexpr std::string_view kCount = "proc/sys/net/netfilter/nf_conntrack_count";
constexpr std::string_view kMax = "proc/sys/net/netfilter/nf_conntrack_max";
constexpr std::string_view kStat = "proc/net/stat/nf_conntrack";
constexpr std::string_view kHead =
    "entries  clashres found new invalid ignore delete chainlength insert insert_failed drop "
    "early_drop icmp_error  expect_new expect_create expect_delete search_restart\n";

std::string stat_text(std::string_view lines) {
    return std::string(kHead) + std::string(lines);
}
std::string stat(std::string_view name) {
    return "node_nf_conntrack_stat_" + std::string(name);
}

}  // namespace

// net/netfilter/nf_conntrack_standalone.c prints each column as eight hexadecimal digits.
TEST_CASE("the table's size is decimal and its statistics are hexadecimal, summed over the CPUs") {
    const FixtureTree tree{
        {kCount, "123\n"},
        {kMax, "262144\n"},
        {kStat,
         stat_text("0000007b  00000001 00000002 00000003 00000004 00000005 00000006 00000007 "
                   "00000008 00000009 0000000a 0000000b 0000000c  0000000d 0000000e 0000000f "
                   "00000010\n"
                   "0000007b  00000000 000000ff 00000000 00000010 00000000 00000000 00000000 "
                   "00000000 00000000 00000000 00000000 00000000  00000000 00000000 00000000 "
                   "00000001\n")}};
    Collecting conntrack(create_conntrack, tree);
    REQUIRE(conntrack.collect() == Values{{"node_nf_conntrack_entries", 123},
                                          {"node_nf_conntrack_entries_limit", 262144},
                                          {stat("found"), 2 + 255},
                                          {stat("invalid"), 4 + 16},
                                          {stat("ignore"), 5},
                                          {stat("insert"), 8},
                                          {stat("insert_failed"), 9},
                                          {stat("drop"), 10},
                                          {stat("early_drop"), 11},
                                          {stat("search_restart"), 17}});
    for (const Reading& reading : conntrack.readings()) {
        REQUIRE(reading.series.desc().type == MetricType::kGauge);
    }
}

TEST_CASE("a host without connection tracking reports none until the module is loaded") {
    const FixtureTree tree;
    Collecting conntrack(create_conntrack, tree);
    REQUIRE(conntrack.collect().empty());
    tree.write(kCount, "1\n");
    tree.write(kMax, "2\n");
    REQUIRE(conntrack.collect() ==
            Values{{"node_nf_conntrack_entries", 1}, {"node_nf_conntrack_entries_limit", 2}});
}

TEST_CASE("sixteen columns are an old kernel's, large counters are kept") {
    const auto old = parse_conntrack(stat_text("0 0 ffffffffffffffff 0 1 2 0 0 3 4 5 6 0 0 0 0\n"));
    REQUIRE(old.value().found == UINT64_MAX);
    REQUIRE(old.value().early_drop == 6);
    REQUIRE(old.value().search_restart == 0);
    REQUIRE(parse_conntrack(kHead).value().found == 0);
    REQUIRE(parse_conntrack("").value().found == 0);
}

TEST_CASE("a line of other columns, or with what is not hexadecimal, is an error") {
    for (const std::string_view line :
         {"0 0 0\n", "\n", "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
          "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 -1\n", "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0x1\n",
          "0 0 10000000000000000 0 0 0 0 0 0 0 0 0 0 0 0 0\n"}) {
        INFO(line);
        REQUIRE_FALSE(parse_conntrack(stat_text(line)));
    }
}

TEST_CASE("a size that is no number is an error and the rest is still reported") {
    const FixtureTree tree{{kCount, "-3\n"}, {kMax, "262144\n"}, {kStat, kHead}};
    Collecting conntrack(create_conntrack, tree);
    const Values values = conntrack.collect_any();
    REQUIRE(values.size() == 9);
    REQUIRE(values.at("node_nf_conntrack_entries_limit") == 262144);
    REQUIRE_THAT(conntrack.error(), Catch::Contains("nf_conntrack_count: \"-3\""));
}
