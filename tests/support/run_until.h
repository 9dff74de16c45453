// Runs an event loop until a condition holds.
#pragma once

#include <chrono>
#include <functional>

#include "base/net/loop.h"

namespace tocsin::test {

// Looks every other millisecond, for as long as a slow machine may take; false when it never holds.
inline bool run_until(net::Loop& loop, const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(40);
    bool reached = false;
    net::Timer timer;
    std::function<void()> look = [&] {
        reached = condition();
        if (reached || std::chrono::steady_clock::now() >= end) return loop.stop();
        timer = loop.after(2ms, look);
    };
    timer = loop.after(0ms, look);
    loop.run();
    return reached;
}

}  // namespace tocsin::test
