#include "bridge/api/pin_gate.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

struct Gate {
    PinGate gate;
    Secret pin{"271828"};
    Timestamp now = from_unix_ms(1'795'000'000'000);
    std::string tries(std::string_view presented, int times) {
        std::string out;
        for (int i = 0; i < times; ++i) {
            const auto verdict = gate.judge("li.na", &pin, presented, now);
            out += verdict == PinGate::Verdict::kRight   ? 'r'
                   : verdict == PinGate::Verdict::kWrong ? 'w'
                                                         : '-';
        }
        return out;
    }
};

}  // namespace

TEST_CASE("five wrong PINs, then one a minute, two minutes, up to an hour") {
    Gate g;
    CHECK(g.tries("1", 7) == "wwwww--");
    CHECK(g.tries("271828", 1) == "-");
    g.now += 1min;
    CHECK(g.tries("1", 2) == "w-");
    g.now += 1min;
    CHECK(g.tries("271828", 1) == "-");
    g.now += 1min;
    for (int i = 0; i < 20; ++i) {
        CHECK(g.tries("1", 2) == "w-");
        g.now += 1h;
    }
    CHECK(g.tries("271828", 1) == "r");
    CHECK(g.tries("1", 6) == "wwwww-");  // from the beginning
}

TEST_CASE("a right PIN clears the count, and each person has their own") {
    Gate g;
    CHECK(g.tries("1", 4) + g.tries("271828", 1) + g.tries("1", 4) == "wwwwrwwww");
    CHECK(g.gate.judge("zhao.lei", &g.pin, "271828", g.now) == PinGate::Verdict::kRight);
    CHECK(g.gate.judge("nobody", nullptr, "271828", g.now) == PinGate::Verdict::kWrong);
}

TEST_CASE("a clock that was set back makes nobody wait longer") {
    Gate g;
    CHECK(g.tries("1", 6) == "wwwww-");
    g.now -= 10h;
    CHECK(g.tries("271828", 1) == "-");
    g.now += 1min;
    CHECK(g.tries("271828", 1) == "r");
}
