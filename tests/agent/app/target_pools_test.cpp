#include "agent/app/target_pools.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>

#include "tests/support/run_until.h"

using namespace tocsin;
using namespace tocsin::agent;

namespace {

struct Bench {
    net::Loop loop;
    TargetPools pools{loop};
    std::shared_ptr<std::promise<void>> end = std::make_shared<std::promise<void>>();
    std::shared_future<void> ended{end->get_future().share()};

    ~Bench() { end->set_value(); }
    void hang(net::OffloadPool& pool) {
        REQUIRE(pool.run([ended = ended] { ended.wait(); }, [] {}));
    }
    bool answers(net::OffloadPool& pool) {
        auto done = std::make_shared<bool>(false);
        REQUIRE(pool.run([] {}, [done] { *done = true; }));
        return test::run_until(loop, [&] { return *done; });
    }
};

}  // namespace

TEST_CASE("a healthy target is asked beside as many of its kind as hang") {
    Bench bench;
    CHECK(bench.pools.idle());
    net::OffloadPool& pool = bench.pools.of("mysql", 13);
    for (int i = 0; i < 12; ++i) bench.hang(pool);
    CHECK(bench.answers(pool));
    CHECK_FALSE(bench.pools.idle());
    CHECK(bench.answers(bench.pools.of("redis", 1)));
}

TEST_CASE("a kind that gets more targets at a reload gets threads for them") {
    Bench bench;
    net::OffloadPool& pool = bench.pools.of("mysql", 1);
    for (int i = 0; i < 8; ++i) bench.hang(pool);
    REQUIRE(&bench.pools.of("mysql", 9) == &pool);
    CHECK(bench.answers(pool));
    // Those that were there may still hang when a reload leaves fewer.
    bench.hang(bench.pools.of("mysql", 20));
    CHECK(bench.answers(bench.pools.of("mysql", 2)));
}
