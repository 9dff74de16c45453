// How many traps a second are looked at.
#include "collector/net/snmp/trap_limits.h"

#include <catch2/catch.hpp>
#include <string>

using namespace tocsin;
using namespace tocsin::collector::snmp;

namespace {

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

int taken(TrapLimits& limits, const std::string& sender, int tries, Timestamp now) {
    int count = 0;
    for (int i = 0; i < tries; ++i) count += limits.take(sender, now) ? 1 : 0;
    return count;
}

}  // namespace

TEST_CASE("a device that floods costs only itself") {
    TrapLimits limits(100, 42);
    CHECK(taken(limits, "10.0.0.1", 10'000, kNow) == 100);
    CHECK(taken(limits, "10.0.0.2", 50, kNow + 900ms) == 50);
    CHECK(taken(limits, "10.0.0.1", 10'000, kNow + 999ms) == 0);
    CHECK(taken(limits, "10.0.0.1", 10'000, kNow + 1s) == 100);
    // A clock that goes back begins a second too.
    CHECK(taken(limits, "10.0.0.1", 10'000, kNow - 1h) == 100);
}

TEST_CASE("all together may send ten times as much as one") {
    TrapLimits limits(100, 7);
    int count = 0;
    for (int i = 0; i < 1000; ++i) {
        count += taken(limits, "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250),
                       10, kNow);
    }
    CHECK(count == 1000);
}
