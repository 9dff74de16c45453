#include "collector/api/pooled.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>

using namespace tocsin;
using namespace tocsin::collector;

namespace {

// Holds a call until the test lets it go.
struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
    int inside = 0;
    int destroyed = 0;

    void wait() {
        std::unique_lock lock(mutex);
        ++inside;
        changed.notify_all();
        changed.wait(lock, [&] { return open; });
    }
    void wait_for_one_inside() {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return inside > 0; });
    }
    void let_go() {
        const std::lock_guard lock(mutex);
        open = true;
        changed.notify_all();
    }
};

class Gated final : public Collector {
  public:
    explicit Gated(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}
    ~Gated() override {
        const std::lock_guard lock(gate_->mutex);
        ++gate_->destroyed;
        gate_->changed.notify_all();
    }
    Result<void> collect(Timestamp, Readings& out) override {
        gate_->wait();
        out.push_back({{}, 3});
        return Error(ErrorCode::kUnavailable, "went away afterwards");
    }

  private:
    std::shared_ptr<Gate> gate_;
};

struct Bench {
    net::Loop loop;
    net::OffloadPool pool{loop, 2, 4};
    std::shared_ptr<Gate> gate = std::make_shared<Gate>();
    std::unique_ptr<Target> target = make_pooled(loop, pool, std::make_unique<Gated>(gate));
    int answers = 0;
    std::string said;
    Readings readings;

    void start() {
        target->start(from_unix_ms(0), [this](const Result<void>& result, Readings got) {
            ++answers;
            said = result ? "" : result.error().message;
            readings = std::move(got);
            loop.stop();
        });
    }
    void run() {
        const net::Timer guard = loop.after(60s, [this] { loop.stop(); });
        loop.run();
    }
};

}  // namespace

TEST_CASE("a call in the pool answers on the loop, with what it had when it failed") {
    Bench bench;
    bench.gate->let_go();
    bench.start();
    CHECK(bench.answers == 0);
    bench.run();
    CHECK(bench.answers == 1);
    CHECK(bench.said == "went away afterwards");
    REQUIRE(bench.readings.size() == 1);
    CHECK(bench.readings[0].value == 3);
}

TEST_CASE("one that hangs fails at once until its call has come back") {
    Bench bench;
    bench.start();
    bench.gate->wait_for_one_inside();
    bench.target->cancel();
    bench.start();
    bench.run();
    CHECK(bench.answers == 1);
    CHECK(bench.said == "still hanging since an earlier collection");
    bench.gate->let_go();
    // The pool tells that the call came back on the loop; nothing but trying shows it.
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (bench.said != "went away afterwards" && std::chrono::steady_clock::now() < patience) {
        bench.start();
        bench.run();
    }
    CHECK(bench.said == "went away afterwards");
}

TEST_CASE("a target that goes while its call hangs leaves the collector to the call") {
    Bench bench;
    bench.start();
    bench.gate->wait_for_one_inside();
    bench.target.reset();
    {
        const std::lock_guard lock(bench.gate->mutex);
        CHECK(bench.gate->destroyed == 0);
    }
    bench.gate->let_go();
    std::unique_lock lock(bench.gate->mutex);
    const bool gone = bench.gate->changed.wait_for(lock, std::chrono::seconds(60),
                                                   [&] { return bench.gate->destroyed == 1; });
    lock.unlock();
    CHECK(gone);
    CHECK(bench.answers == 0);
}

namespace {

// Counts what it collects and what it keeps; keeping waits at a gate of its own.
struct Kept {
    std::atomic<int> collected{0};
    std::atomic<int> kept{0};
    int told = 0;  // on the loop
    Gate collecting;
    Gate keeping;
};

class Counting final : public RememberingCollector {
  public:
    explicit Counting(std::shared_ptr<Kept> all) : all_(std::move(all)) {}
    ~Counting() override {
        const std::lock_guard lock(all_->keeping.mutex);
        ++all_->keeping.destroyed;
        all_->keeping.changed.notify_all();
    }
    Result<void> collect(Timestamp, Readings&) override {
        all_->collecting.wait();
        ++all_->collected;
        return success();
    }
    void told() override { ++all_->told; }
    bool to_keep() const override { return all_->kept != all_->collected; }
    void keep() override {
        all_->keeping.wait();
        all_->kept = all_->collected.load();
    }

  private:
    std::shared_ptr<Kept> all_;
};

struct RememberingBench {
    net::Loop loop;
    net::OffloadPool pool{loop, 2, 4};
    std::shared_ptr<Kept> all = std::make_shared<Kept>();
    std::unique_ptr<Target> target = make_remembering(loop, pool, std::make_unique<Counting>(all));
    int answers = 0;
    std::string said;

    void start() {
        target->start(from_unix_ms(0), [this](const Result<void>& result, const Readings&) {
            ++answers;
            said = result ? "" : result.error().message;
            loop.stop();
        });
    }
    void run() {
        const net::Timer guard = loop.after(60s, [this] { loop.stop(); });
        loop.run();
    }
};

}  // namespace

TEST_CASE("what a call gave is kept once it is told, and the next waits for that") {
    RememberingBench bench;
    bench.all->collecting.let_go();
    bench.start();
    bench.run();
    CHECK(bench.answers == 1);
    bench.all->keeping.wait_for_one_inside();
    bench.start();
    bench.loop.post([&] { bench.loop.stop(); });
    bench.run();
    CHECK(bench.all->collected == 1);
    CHECK(bench.all->told == 1);
    bench.all->keeping.let_go();
    bench.run();
    CHECK(bench.answers == 2);
    CHECK(bench.said.empty());
    CHECK(bench.all->told == 2);
    CHECK(bench.all->collected == 2);
    CHECK(bench.all->kept >= 1);
}

TEST_CASE("a start that waits for what is being kept can be cancelled") {
    RememberingBench bench;
    bench.all->collecting.let_go();
    bench.start();
    bench.run();
    bench.all->keeping.wait_for_one_inside();
    bench.start();
    bench.target->cancel();
    bench.all->keeping.let_go();
    bench.start();
    bench.run();
    CHECK(bench.answers == 2);
    CHECK(bench.all->collected == 2);
}

TEST_CASE("what a cancelled call gave is not told, and not kept") {
    RememberingBench bench;
    bench.start();
    bench.all->collecting.wait_for_one_inside();
    bench.target->cancel();
    bench.all->collecting.let_go();
    // The pool tells that the call came back on the loop; nothing but trying shows it.
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    do {
        CHECK(bench.all->told == 0);
        CHECK(bench.all->kept == 0);
        bench.start();
        bench.run();
    } while (!bench.said.empty() && std::chrono::steady_clock::now() < patience);
    CHECK(bench.said.empty());
    CHECK(bench.all->told == 1);
    CHECK(bench.all->collected == 2);
    bench.all->keeping.let_go();
}

TEST_CASE("what nobody was told of is not kept") {
    RememberingBench bench;
    bench.all->keeping.let_go();
    bench.start();
    bench.all->collecting.wait_for_one_inside();
    bench.target.reset();
    bench.all->collecting.let_go();
    std::unique_lock lock(bench.all->keeping.mutex);
    const bool gone = bench.all->keeping.changed.wait_for(
        lock, std::chrono::seconds(60), [&] { return bench.all->keeping.destroyed == 1; });
    lock.unlock();
    CHECK(gone);
    CHECK(bench.all->collected == 1);
    CHECK(bench.all->kept == 0);
}
