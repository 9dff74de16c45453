#include "base/net/fd_events.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <memory>

#include "tests/support/run_until.h"

using namespace tocsin;
using namespace tocsin::net;
using test::run_until;

namespace {

struct Pair {
    std::array<int, 2> ends{-1, -1};
    Pair() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0); }
    ~Pair() {
        for (const int end : ends) ::close(end);
    }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;
    int mine() const { return ends[0]; }
    void say() const { REQUIRE(::write(ends[1], "x", 1) == 1); }
    void hear() const {
        char byte = 0;
        REQUIRE(::read(ends[0], &byte, 1) == 1);
    }
};

}  // namespace

TEST_CASE("what is asked for is told when it is so, and what is not asked for never") {
    Loop loop;
    FdEvents events(loop);
    const Pair pair;
    const Pair quiet;
    std::uint32_t seen = 0;
    events.watch(pair.mine(), EPOLLIN, [&](std::uint32_t what) { seen = what; });
    events.watch(quiet.mine(), EPOLLIN, [&](std::uint32_t) { FAIL("nobody spoke"); });
    pair.say();
    REQUIRE(run_until(loop, [&] { return seen != 0; }));
    REQUIRE(seen == EPOLLIN);  // it is writable too

    pair.hear();
    seen = 0;
    events.watch(pair.mine(), EPOLLOUT, [&](std::uint32_t what) { seen = what; });
    REQUIRE(run_until(loop, [&] { return seen != 0; }));
    REQUIRE(seen == EPOLLOUT);
}

TEST_CASE("what is forgotten is not told, though another is") {
    Loop loop;
    FdEvents events(loop);
    const Pair forgotten;
    const Pair kept;
    bool told = false;
    events.watch(forgotten.mine(), EPOLLIN, [&](std::uint32_t) { FAIL("forgotten"); });
    events.watch(kept.mine(), EPOLLIN, [&](std::uint32_t) { told = true; });
    events.forget(forgotten.mine());
    forgotten.say();
    kept.say();
    REQUIRE(run_until(loop, [&] { return told; }));
}

// libpq and libcurl close a socket and open another, which takes the number of the first.
TEST_CASE("another file under the same number is watched instead") {
    Loop loop;
    FdEvents events(loop);
    const Pair first;
    const Pair second;
    const int number = ::dup(first.mine());
    events.watch(number, EPOLLIN, [&](std::uint32_t) { FAIL("the first has not spoken"); });
    ::close(number);
    REQUIRE(::dup2(second.mine(), number) == number);
    bool told = false;
    events.watch(number, EPOLLIN, [&](std::uint32_t) { told = true; });
    second.say();
    REQUIRE(run_until(loop, [&] { return told; }));
    events.forget(number);
    ::close(number);
}

TEST_CASE("a callback may destroy the object that calls it") {
    Loop loop;
    auto events = std::make_unique<FdEvents>(loop);
    const Pair one;
    const Pair other;
    int told = 0;
    for (const Pair* pair : {&one, &other}) {
        events->watch(pair->mine(), EPOLLIN, [&](std::uint32_t) {
            ++told;
            events.reset();
        });
        pair->say();
    }
    REQUIRE(run_until(loop, [&] { return told > 0; }));
    bool later = false;
    const Timer timer = loop.after(20ms, [&] { later = true; });
    REQUIRE(run_until(loop, [&] { return later; }));
    REQUIRE(told == 1);
}
