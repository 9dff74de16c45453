#include "collector/host/entropy.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

namespace {

constexpr std::string_view kAvailable = "proc/sys/kernel/random/entropy_avail";
constexpr std::string_view kPool = "proc/sys/kernel/random/poolsize";

}  // namespace

// random(4): both are in bits since Linux 2.6.
TEST_CASE("available entropy and the pool's size are bits") {
    const FixtureTree tree{{kAvailable, "3943\n"}, {kPool, "4096\n"}};
    Collecting entropy(create_entropy, tree);
    REQUIRE(entropy.collect() ==
            Values{{"node_entropy_available_bits", 3943}, {"node_entropy_pool_size_bits", 4096}});
    REQUIRE(entropy.readings()[1].series.desc().help == "Bits of entropy pool.");
    tree.write(kAvailable, "256\n");
    REQUIRE(entropy.collect().at("node_entropy_available_bits") == 256);
}

TEST_CASE("a procfs without the files reports none and does not fail") {
    const FixtureTree tree;
    Collecting entropy(create_entropy, tree);
    REQUIRE(entropy.collect().empty());
    tree.write(kPool, "256\n");
    REQUIRE(entropy.collect() == Values{{"node_entropy_pool_size_bits", 256}});
}

TEST_CASE("content that is no number is an error and costs only itself") {
    for (const std::string_view text : {"", "\n", "-1\n", "many\n", "1 2\n"}) {
        INFO(text);
        const FixtureTree tree{{kAvailable, text}, {kPool, "256\n"}};
        Collecting entropy(create_entropy, tree);
        REQUIRE(entropy.collect_any() == Values{{"node_entropy_pool_size_bits", 256}});
        REQUIRE_THAT(entropy.error(), Catch::Contains("entropy_avail"));
    }
}
