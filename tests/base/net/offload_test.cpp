#include "base/net/offload.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace tocsin;
using namespace tocsin::net;

namespace {

// A call that hangs until it is let go.
struct Gate {
    std::promise<void> promise;
    std::shared_future<void> opened{promise.get_future().share()};
    std::atomic<int> inside{0};
};

std::function<void()> hang(const std::shared_ptr<Gate>& gate) {
    return [gate] {
        ++gate->inside;
        gate->opened.wait();
        --gate->inside;
    };
}

void wait_until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    REQUIRE(condition());
}

}  // namespace

TEST_CASE("work runs on another thread and its end is told on the loop") {
    Loop loop;
    OffloadPool pool(loop, 2, 8);
    const auto here = std::this_thread::get_id();
    std::thread::id worked;
    std::thread::id done;
    REQUIRE(pool.run([&] { worked = std::this_thread::get_id(); },
                     [&] {
                         done = std::this_thread::get_id();
                         loop.stop();
                     }));
    loop.run();
    REQUIRE(worked != here);
    REQUIRE(done == here);
}

TEST_CASE("a pool that grows takes up at once what waits") {
    Loop loop;
    const auto gate = std::make_shared<Gate>();
    OffloadPool pool(loop, 1, 100);
    for (int i = 0; i < 3; ++i) REQUIRE(pool.run(hang(gate), [] {}));
    wait_until([&] { return gate->inside == 1; });
    pool.grow_to(3);
    wait_until([&] { return gate->inside == 3; });
    pool.grow_to(1);
    REQUIRE(pool.run([] {}, [] {}));
    CHECK(pool.waiting() == 1);
    gate->promise.set_value();
}

TEST_CASE("work that hangs holds one thread and the others go on") {
    Loop loop;
    const auto gate = std::make_shared<Gate>();
    OffloadPool pool(loop, 2, 100);
    REQUIRE(pool.run(hang(gate), [] {}));
    int done = 0;
    for (int i = 0; i < 50; ++i) {
        REQUIRE(pool.run([] {},
                         [&] {
                             if (++done == 50) loop.stop();
                         }));
    }
    loop.run();
    REQUIRE(done == 50);
    REQUIRE(pool.busy() == 1);
    gate->promise.set_value();
}

TEST_CASE("what finds the queue full is refused and runs neither part") {
    Loop loop;
    const auto gate = std::make_shared<Gate>();
    OffloadPool pool(loop, 1, 2);
    REQUIRE(pool.run(hang(gate), [] {}));
    wait_until([&] { return gate->inside == 1; });
    std::atomic<int> ran{0};
    REQUIRE(pool.run([&] { ++ran; }, [] {}));
    REQUIRE(pool.run([&] { ++ran; }, [&] { loop.stop(); }));
    REQUIRE(pool.waiting() == 2);
    bool told = false;
    REQUIRE_FALSE(pool.run([&] { ++ran; }, [&] { told = true; }));
    gate->promise.set_value();
    loop.run();
    REQUIRE(ran == 2);
    REQUIRE_FALSE(told);
}

TEST_CASE("a pool with hung work is destroyed within a second or so, and nobody is called back") {
    Loop loop;
    const auto gate = std::make_shared<Gate>();
    bool told = false;
    const auto start = std::chrono::steady_clock::now();
    {
        OffloadPool pool(loop, 1, 4);
        REQUIRE(pool.run(hang(gate), [&] { told = true; }));
        REQUIRE(pool.run([] {}, [&] { told = true; }));
        wait_until([&] { return gate->inside == 1; });
    }
    REQUIRE(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
    gate->promise.set_value();
    wait_until([&] { return gate->inside == 0; });
    loop.post([&] { loop.stop(); });
    loop.run();
    REQUIRE_FALSE(told);
}

TEST_CASE("what finished just before the pool went is not told either") {
    Loop loop;
    bool told = false;
    std::atomic<bool> worked{false};
    {
        OffloadPool pool(loop, 1, 4);
        REQUIRE(pool.run([&] { worked = true; }, [&] { told = true; }));
        wait_until([&] { return worked && pool.busy() == 0; });
    }
    loop.post([&] { loop.stop(); });
    loop.run();
    REQUIRE_FALSE(told);
}

TEST_CASE("what `done` captured is destroyed on the loop's thread, even when the pool goes first") {
    struct Witness {
        std::thread::id& where;
        ~Witness() { where = std::this_thread::get_id(); }
    };
    std::thread::id where;
    Loop loop;
    {
        OffloadPool pool(loop, 1, 4);
        auto witness = std::make_shared<Witness>(Witness{where});
        REQUIRE(pool.run([] {}, [witness = std::move(witness)] {}));
    }
    REQUIRE(where == std::this_thread::get_id());
}

TEST_CASE("work that throws is told as done and the thread lives on") {
    Loop loop;
    OffloadPool pool(loop, 1, 4);
    int done = 0;
    REQUIRE(pool.run([] { throw std::runtime_error("a bug"); }, [&] { ++done; }));
    REQUIRE(pool.run([] {},
                     [&] {
                         ++done;
                         loop.stop();
                     }));
    loop.run();
    REQUIRE(done == 2);
}
