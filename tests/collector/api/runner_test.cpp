#include "collector/api/runner.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <stdexcept>

#include "collector/api/procfile.h"
#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::FixtureTree;

namespace {

constexpr MetricDesc kMetric{"m", "A metric.", MetricType::kGauge};

SeriesRef item(SeriesTable& table, std::string_view name) {
    return table.get(&kMetric, {{"item", name}});
}

// Does what the test says.
class Scripted final : public Collector {
  public:
    using Script = std::function<Result<void>(Readings&)>;
    explicit Scripted(Script script) : script_(std::move(script)) {}
    Result<void> collect(Timestamp, Readings& out) override { return script_(out); }

  private:
    Script script_;
};

// Reads a file the way that waits: opening a FIFO takes until somebody writes to it.
class Waiting final : public Collector {
  public:
    Waiting(std::string path, SeriesRef series, std::atomic<int>& calls)
        : path_(std::move(path)), series_(std::move(series)), calls_(calls) {}
    Result<void> collect(Timestamp, Readings& out) override {
        ++calls_;
        const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
        ::close(fd);
        out.push_back({series_, 1});
        return success();
    }

  private:
    std::string path_;
    SeriesRef series_;
    std::atomic<int>& calls_;
};

struct Bench {
    SeriesTable table;
    net::Loop loop;
    std::unique_ptr<net::OffloadPool> pool = std::make_unique<net::OffloadPool>(loop, 2, 4);
    FakeClock clock{from_unix_ms(1'700'000'000'000)};
    std::vector<RunnerEntry> entries;
    std::unique_ptr<Runner> runner;
    std::map<std::string, double> last;  // series → value, staleness apart
    std::set<std::string> stale;

    void add(std::string name, Threading threading, std::unique_ptr<Collector> collector,
             Duration timeout = 10s) {
        entries.push_back({std::move(name), threading, timeout, std::move(collector)});
    }
    void add(std::string name, Scripted::Script script, Threading threading = Threading::kInline) {
        add(std::move(name), threading, std::make_unique<Scripted>(std::move(script)));
    }

    // One cycle to its end.
    void cycle() {
        if (!runner) {
            runner = std::make_unique<Runner>(loop, *pool, clock, table, std::move(entries));
        }
        last.clear();
        stale.clear();
        bool inside = true;
        runner->run_cycle([&](Timestamp at, const Readings& readings) {
            CHECK_FALSE(inside);
            CHECK(at == clock.now());
            for (const Reading& reading : readings) {
                const std::string series = reading.series.labels().text();
                if (is_stale(reading.value)) {
                    CHECK(stale.insert(series).second);
                } else {
                    CHECK(last.emplace(series, reading.value).second);
                }
            }
            loop.stop();
        });
        inside = false;
        net::Timer guard = loop.after(60s, [&] { loop.stop(); });
        loop.run();
    }

    double accounting(std::string_view what, std::string_view collector) const {
        return last.at("tocsin_collector_" + std::string(what) + "{collector=\"" +
                       std::string(collector) + "\"}");
    }
    double success_of(std::string_view collector) const { return accounting("success", collector); }
};

}  // namespace

TEST_CASE("of a series that a collector tells twice the first value counts, in each cycle") {
    Bench bench;
    const SeriesRef a = item(bench.table, "a");
    const SeriesRef b = item(bench.table, "b");
    bool twice = true;
    bench.add("one", [&](Readings& out) {
        out.push_back({a, 1});
        if (twice) out.push_back({a, 2});
        out.push_back({b, 3});
        if (twice) out.push_back({b, 4});
        return success();
    });
    for (int i = 0; i < 3; ++i) {
        bench.cycle();  // which requires that no series stands there twice
        REQUIRE(bench.last.at("m{item=\"a\"}") == 1);
        REQUIRE(bench.last.at("m{item=\"b\"}") == 3);
        REQUIRE(bench.stale.empty());
    }
    twice = false;
    bench.cycle();
    REQUIRE(bench.stale.empty());
}

TEST_CASE("a cycle gives the readings of all collectors and an account of each") {
    Bench bench;
    const SeriesRef a = item(bench.table, "a");
    const SeriesRef b = item(bench.table, "b");
    bench.add("one", [&](Readings& out) {
        out.push_back({a, 1});
        return Result<void>(success());
    });
    bench.add(
        "two",
        [&](Readings& out) {
            out.push_back({b, 2});
            return Result<void>(success());
        },
        Threading::kBlocking);
    bench.cycle();
    REQUIRE(bench.last.at("m{item=\"a\"}") == 1);
    REQUIRE(bench.last.at("m{item=\"b\"}") == 2);
    REQUIRE(bench.last.size() == 2 + 6);
    for (const std::string_view name : {"one", "two"}) {
        REQUIRE(bench.success_of(name) == 1);
        REQUIRE(bench.accounting("timeouts_total", name) == 0);
        REQUIRE(bench.accounting("duration_seconds", name) >= 0);
        REQUIRE(bench.accounting("duration_seconds", name) < 10);
    }
    REQUIRE(bench.runner->failing().empty());
}

TEST_CASE("a collector that fails keeps what it reported, says why and works again") {
    for (const Threading threading : {Threading::kInline, Threading::kBlocking}) {
        Bench bench;
        const SeriesRef a = item(bench.table, "a");
        std::atomic<bool> broken{true};
        bench.add(
            "one",
            [&](Readings& out) {
                out.push_back({a, 1});
                return broken ? Result<void>(Error(ErrorCode::kIo, "the disk said no"))
                              : Result<void>(success());
            },
            threading);
        bench.cycle();
        REQUIRE(bench.last.at("m{item=\"a\"}") == 1);
        REQUIRE(bench.success_of("one") == 0);
        REQUIRE(bench.runner->failing() ==
                std::vector<std::pair<std::string, std::string>>{{"one", "the disk said no"}});
        REQUIRE(bench.runner->source_failing("m"));
        REQUIRE_FALSE(bench.runner->source_failing("other"));
        broken = false;
        bench.cycle();
        REQUIRE(bench.success_of("one") == 1);
        REQUIRE(bench.runner->failing().empty());
        REQUIRE_FALSE(bench.runner->source_failing("m"));
    }
}

TEST_CASE("a series that disappears is marked stale once and may come back") {
    Bench bench;
    std::vector<std::string> reported{"a", "b", "c"};
    bench.add("one", [&](Readings& out) {
        for (const std::string& name : reported) out.push_back({item(bench.table, name), 1});
        return Result<void>(success());
    });
    bench.cycle();
    REQUIRE(bench.stale.empty());
    reported = {"a", "c"};
    bench.cycle();
    REQUIRE(bench.stale == std::set<std::string>{"m{item=\"b\"}"});
    bench.cycle();
    REQUIRE(bench.stale.empty());
    reported = {"c", "d", "a"};
    bench.cycle();
    REQUIRE(bench.stale.empty());
    reported = {"b"};
    bench.cycle();
    REQUIRE(bench.stale ==
            std::set<std::string>{"m{item=\"a\"}", "m{item=\"c\"}", "m{item=\"d\"}"});
    reported = {};
    bench.cycle();
    REQUIRE(bench.stale == std::set<std::string>{"m{item=\"b\"}"});
}

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
