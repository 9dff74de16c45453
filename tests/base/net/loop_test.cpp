#include "base/net/loop.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "base/net/loop_shared.h"

using namespace tocsin;
using namespace tocsin::net;

TEST_CASE("timers fire in the order of their times, once each") {
    Loop loop;
    std::vector<int> fired;
    const Timer later = loop.after(20ms, [&] {
        fired.push_back(2);
        loop.stop();
    });
    const Timer sooner = loop.after(1ms, [&] { fired.push_back(1); });
    REQUIRE(sooner.armed());
    loop.run();
    REQUIRE(fired == std::vector<int>{1, 2});
    REQUIRE_FALSE(sooner.armed());
}

TEST_CASE("a timer that is cancelled, destroyed or replaced never fires") {
    Loop loop;
    int fired = 0;
    Timer cancelled = loop.after(0ms, [&] { ++fired; });
    cancelled.cancel();
    {
        const Timer destroyed = loop.after(0ms, [&] { ++fired; });
    }
    Timer replaced = loop.after(0ms, [&] { ++fired; });
    replaced = loop.after(1ms, [&] { loop.stop(); });
    loop.run();
    REQUIRE(fired == 0);
}

TEST_CASE("a timer whose time has come is still cancelled by one that ran before it") {
    Loop loop;
    Timer second;
    bool fired = false;
    const Timer first = loop.after(0ms, [&] { second.cancel(); });
    second = loop.after(0ms, [&] { fired = true; });
    const auto later = std::chrono::steady_clock::now() + 2ms;
    while (std::chrono::steady_clock::now() < later) {  // both are due when the loop starts
    }
    const Timer end = loop.after(5ms, [&] { loop.stop(); });
    loop.run();
    REQUIRE_FALSE(fired);
}

TEST_CASE("a timer's callback may destroy its own timer and arm it anew") {
    Loop loop;
    Timer timer;
    int rounds = 0;
    std::function<void()> again = [&] {
        if (++rounds == 3) {
            loop.stop();
            return;
        }
        timer = loop.after(0ms, again);
    };
    timer = loop.after(0ms, again);
    loop.run();
    REQUIRE(rounds == 3);
}

TEST_CASE("posted tasks run in order, and a stopped loop can run again") {
    Loop loop;
    std::string order;
    loop.post([&] { order += "a"; });
    loop.post([&] {
        order += "b";
        loop.stop();
    });
    loop.run();
    loop.post([&] {
        order += "c";
        loop.stop();
    });
    loop.run();
    REQUIRE(order == "abc");
}

TEST_CASE("a signal calls back every time it comes") {
    Loop loop;
    std::vector<int> seen;
    loop.on_signals({SIGUSR1, SIGUSR2}, [&](int number) {
        seen.push_back(number);
        if (seen.size() == 2) {
            loop.stop();
        } else {
            ::raise(SIGUSR2);
        }
    });
    ::raise(SIGUSR1);
    loop.run();
    REQUIRE(seen == std::vector<int>{SIGUSR1, SIGUSR2});
}

TEST_CASE("a readable descriptor calls back until its watch goes, and stays open") {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe(ends) == 0);
    Loop loop;
    std::string read;
    std::unique_ptr<Loop::Watch> watch;
    watch = loop.on_readable(ends[0], [&] {
        char byte = 0;
        REQUIRE(::read(ends[0], &byte, 1) == 1);
        read += byte;
        if (read.size() == 2) {
            watch.reset();
            loop.stop();
        }
    });
    REQUIRE(::write(ends[1], "xyz", 3) == 3);
    loop.run();
    REQUIRE(read == "xy");
    char last = 0;
    REQUIRE(::read(ends[0], &last, 1) == 1);
    REQUIRE(last == 'z');
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("what a loop's users share is one for each loop, and goes with the last of them") {
    struct Common {
        explicit Common(Loop& owner) : loop(&owner) {}
        Loop* loop;
    };
    Loop loop;
    Loop other;
    auto first = shared_by<Common>(loop);
    const auto second = shared_by<Common>(loop);
    CHECK(first == second);
    CHECK(first->loop == &loop);
    CHECK(shared_by<Common>(other)->loop == &other);
    CHECK(shared_by<Common>(loop) == first);
    const std::weak_ptr<Common> gone = shared_by<Common>(other);
    CHECK(gone.expired());
}
