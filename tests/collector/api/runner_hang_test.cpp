// Collectors that hang: what it costs, and whom.
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "collector/api/procfile.h"
#include "runner_bench.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/run_until.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::FixtureTree;

TEST_CASE("a collector that hangs on a FIFO costs itself its samples, one thread, and recovers") {
    const FixtureTree tree;
    tree.make_fifo("stat");
    Bench bench;
    const SeriesRef a = item(bench.table, "a");
    const SeriesRef hung = item(bench.table, "hung");
    std::atomic<int> calls{0};
    // Reports once, and then hangs.
    class Once final : public Collector {
      public:
        Once(std::unique_ptr<Collector> then, SeriesRef series)
            : then_(std::move(then)), series_(std::move(series)) {}
        Result<void> collect(Timestamp now, Readings& out) override {
            if (cycles_++ > 0) return then_->collect(now, out);
            out.push_back({series_, 1});
            return success();
        }

      private:
        std::unique_ptr<Collector> then_;
        SeriesRef series_;
        int cycles_ = 0;
    };
    bench.add("hanging", Threading::kBlocking,
              std::make_unique<Once>(std::make_unique<Waiting>(tree.at("stat"), hung, calls), hung),
              100ms);
    bench.add("healthy", [&](Readings& out) {
        out.push_back({a, 1});
        return Result<void>(success());
    });
    bench.add(
        "other", [&](Readings&) { return Result<void>(success()); }, Threading::kBlocking);
    bench.cycle();
    REQUIRE(bench.last.contains("m{item=\"hung\"}"));

    bench.cycle();
    REQUIRE(bench.stale == std::set<std::string>{"m{item=\"hung\"}"});
    REQUIRE(bench.success_of("hanging") == 0);
    REQUIRE(bench.accounting("timeouts_total", "hanging") == 1);
    REQUIRE(bench.accounting("duration_seconds", "hanging") >= 0.1);
    REQUIRE(bench.success_of("healthy") == 1);
    REQUIRE(bench.success_of("other") == 1);
    REQUIRE(bench.last.at("m{item=\"a\"}") == 1);

    for (int i = 0; i < 5; ++i) {
        bench.cycle();
        REQUIRE(bench.success_of("hanging") == 0);
        REQUIRE(bench.success_of("other") == 1);
        REQUIRE(bench.stale.empty());
    }
    REQUIRE(calls == 1);
    REQUIRE(bench.pool->busy() == 1);
    REQUIRE(bench.accounting("timeouts_total", "hanging") == 1);
    REQUIRE(bench.runner->failing().size() == 1);

    // A writer lets the call return; what it then says is too late and is dropped. With a writer
    // there, opening no longer waits.
    const int writer = ::open(tree.at("stat").c_str(), O_WRONLY | O_CLOEXEC);
    REQUIRE(writer >= 0);
    for (int i = 0; i < 1000 && bench.success_of("hanging") == 0; ++i) bench.cycle();
    REQUIRE(bench.success_of("hanging") == 1);
    REQUIRE(bench.last.contains("m{item=\"hung\"}"));
    REQUIRE(bench.runner->failing().empty());
    ::close(writer);
}

TEST_CASE("an inline collector whose file became a FIFO fails at once and holds nobody") {
    const FixtureTree tree;
    tree.make_fifo("stat");
    Bench bench;
    auto file = std::make_shared<ProcFile>(tree.at("stat"));
    auto buffer = std::make_shared<ReadBuffer>();
    bench.add("inline", [file, buffer](Readings&) -> Result<void> {
        TOCSIN_TRY(file->read(*buffer));
        return success();
    });
    bench.cycle();
    REQUIRE(bench.success_of("inline") == 0);
}

TEST_CASE("when every thread hangs the others wait no longer than their deadline") {
    const FixtureTree tree;
    tree.make_fifo("stat");
    Bench bench;
    std::atomic<int> calls{0};
    for (const char* name : {"h1", "h2"}) {
        bench.add(name, Threading::kBlocking,
                  std::make_unique<Waiting>(tree.at("stat"), item(bench.table, name), calls), 50ms);
    }
    std::atomic<int> ran{0};
    bench.add("behind", Threading::kBlocking, std::make_unique<Scripted>([&](Readings&) {
                  ++ran;
                  return Result<void>(success());
              }),
              50ms);
    bench.cycle();
    bench.cycle();
    REQUIRE(bench.success_of("behind") == 0);
    REQUIRE(bench.accounting("timeouts_total", "behind") == 1);
    REQUIRE(ran == 0);
    const int writer = ::open(tree.at("stat").c_str(), O_WRONLY | O_CLOEXEC);
    for (int i = 0; i < 1000 && bench.success_of("behind") == 0; ++i) bench.cycle();
    REQUIRE(bench.success_of("behind") == 1);
    // What had waited in the queue past its deadline was dropped, not collected late.
    REQUIRE(ran == 1);
    ::close(writer);
}

TEST_CASE("one for which no thread was free is asked in the next cycle, whatever its pace") {
    Bench bench;
    std::atomic<bool> over{false};
    REQUIRE(test::run_until(bench.loop, [&] {
        while (bench.pool->run([&over] { over.wait(false); }, [] {})) {
        }
        return bench.pool->busy() == 2;
    }));
    while (bench.pool->run([&over] { over.wait(false); }, [] {})) {
    }
    const SeriesRef a = item(bench.table, "a");
    bench.add("dear", Threading::kBlocking, std::make_unique<Scripted>([&a](Readings& out) {
                  out.push_back({a, 1});
                  return Result<void>(success());
              }),
              10s, 100);
    bench.cycle();
    REQUIRE(bench.runner->failing().size() == 1);
    REQUIRE_THAT(bench.runner->failing()[0].second, Catch::Contains("no thread is free"));
    over = true;
    over.notify_all();
    REQUIRE(test::run_until(bench.loop,
                            [&] { return bench.pool->busy() == 0 && bench.pool->waiting() == 0; }));
    bench.cycle();
    REQUIRE(bench.success_of("dear") == 1);
    REQUIRE(bench.last.contains("m{item=\"a\"}"));
}

TEST_CASE("a runner that goes while a call hangs is not called back") {
    const FixtureTree tree;
    tree.make_fifo("stat");
    Bench bench;
    std::atomic<int> calls{0};
    bench.add("hanging", Threading::kBlocking,
              std::make_unique<Waiting>(tree.at("stat"), item(bench.table, "x"), calls), 10s);
    bench.runner = std::make_unique<Runner>(bench.loop, *bench.pool, bench.clock, bench.table,
                                            std::move(bench.entries));
    bench.runner->run_cycle([](Timestamp, const Readings&) { FAIL("called back"); });
    bench.runner.reset();
    const int writer = ::open(tree.at("stat").c_str(), O_WRONLY | O_CLOEXEC);
    net::Timer end = bench.loop.after(50ms, [&] { bench.loop.stop(); });
    bench.loop.run();
    bench.pool.reset();
    ::close(writer);
}
