#include "collector/api/rhythm.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <vector>

using namespace tocsin;
using namespace tocsin::collector;

TEST_CASE("the back-off doubles from the third failure and ends at five minutes") {
    CHECK(intervals_until_retry(0, 15s) == 1);
    CHECK(intervals_until_retry(2, 15s) == 1);
    CHECK(intervals_until_retry(3, 15s) == 2);
    CHECK(intervals_until_retry(4, 15s) == 4);
    CHECK(intervals_until_retry(100, 15s) == 20);
    CHECK(intervals_until_retry(100, 10min) == 1);
}

TEST_CASE("targets are asked in bunches of about eight, spread over their interval") {
    const auto offsets = [](Duration every, std::size_t targets) {
        std::vector<Duration> all;
        for (std::uint64_t hash = 0; hash < targets; ++hash) {
            all.push_back(first_asked_after(hash, every, targets));
        }
        return all;
    };
    // Ten make two bunches, half an interval from one another.
    for (const Duration offset : offsets(1s, 10)) CHECK(offset % 500ms <= 28ms);
    CHECK(first_asked_after(0, 1s, 10) == 0ms);
    CHECK(first_asked_after(1, 1s, 10) == 500ms);
    CHECK(first_asked_after(2, 1s, 10) == 4ms);
    CHECK(first_asked_after(3, 1s, 10) == 504ms);
    // 500 make 63, and no two of a bunch are asked in the same moment.
    const auto many = offsets(15s, 500);
    CHECK(std::set<Duration>(many.begin(), many.end()).size() == 500);
    CHECK(*std::max_element(many.begin(), many.end()) > 14s);
    // A day's interval is not waited for, nor is a short one left.
    CHECK(first_asked_after(62, 24h, 500) == 59'047ms);
    CHECK(first_asked_after(7, 20ms, 1) == 8ms);
}

TEST_CASE("the rhythm goes on at whole intervals, however late it is looked at") {
    using Steady = std::chrono::steady_clock;
    const Steady::time_point due{10s};
    CHECK(next_in_rhythm(due, 15s, due) == due + 15s);
    CHECK(next_in_rhythm(due, 15s, due + 2s) == due + 15s);
    CHECK(next_in_rhythm(due, 15s, due + 47s) == due + 60s);
    CHECK(next_in_rhythm(due, 15s, due + 60s) == due + 75s);
    // Of a longer interval before: the next point of the shorter one's.
    CHECK(next_in_rhythm(due + 50s, 15s, due) == due + 5s);
}
