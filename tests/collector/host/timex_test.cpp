#include "collector/host/timex.h"

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Collecting;
using test::FixtureTree;
using test::Values;

// adjtimex(2): microseconds unless STA_NANO is set; freq, ppsfreq and stabil in 2^-16 ppm.
TEST_CASE("the kernel's units become seconds, hertz and a ratio") {
    ::timex clock{};
    clock.offset = -2'500'000;
    clock.freq = -65536 * 10;  // 10 ppm slow
    clock.maxerror = 16'000'000;
    clock.esterror = 500;
    clock.status = STA_NANO | STA_PLL;
    clock.constant = 7;
    clock.tick = 10000;
    clock.ppsfreq = 65536;
    clock.jitter = 1000;
    clock.shift = 4;
    clock.stabil = 65536 * 2;
    clock.jitcnt = 1;
    clock.calcnt = 2;
    clock.errcnt = 3;
    clock.stbcnt = 4;
    clock.tai = 37;
    const auto values = timex_values(clock, TIME_OK);
    REQUIRE(values[0] == 1);
    REQUIRE(values[1] == Approx(-0.0025));
    REQUIRE(values[2] == Approx(0.99999));
    REQUIRE(values[3] == 16);
    REQUIRE(values[4] == Approx(0.0005));
    REQUIRE(values[5] == 0x2001);
    REQUIRE(values[6] == 7);
    REQUIRE(values[7] == Approx(0.01));
    REQUIRE(values[8] == Approx(1e-6));
    REQUIRE(values[9] == Approx(1e-6));
    REQUIRE(values[10] == 4);
    REQUIRE(values[11] == Approx(2e-6));
    REQUIRE(values[12] == 1);
    REQUIRE(values[13] == 2);
    REQUIRE(values[14] == 3);
    REQUIRE(values[15] == 4);
    REQUIRE(values[16] == 37);
    clock.status = 0;
    REQUIRE(timex_values(clock, TIME_OK)[1] == Approx(-2.5));
    REQUIRE(timex_values(clock, TIME_OK)[9] == Approx(0.001));
}

TEST_CASE("a clock that nobody keeps is not in step, one that awaits a leap second is") {
    const ::timex clock{};
    REQUIRE(timex_values(clock, TIME_ERROR)[0] == 0);
    for (const int state : {TIME_OK, TIME_INS, TIME_DEL, TIME_OOP, TIME_WAIT}) {
        REQUIRE(timex_values(clock, state)[0] == 1);
    }
}

TEST_CASE("this host's clock is read without changing it") {
    const FixtureTree tree;
    Collecting timex(create_timex, tree);
    const Values values = timex.collect();
    // None where a filter of system calls forbids it.
    REQUIRE((values.empty() || values.size() == kTimexMetrics));
    if (!values.empty()) REQUIRE(values.at("node_timex_tick_seconds") > 0.009);
}
