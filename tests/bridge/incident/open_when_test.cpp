// What opens an incident only after a while, or after several times.
#include "bridge/incident/open_when.h"

#include <catch2/catch.hpp>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

OpenWhen counted(int count, Duration in) {
    OpenWhen condition;
    condition.count = count;
    condition.in = in;
    return condition;
}

OpenWhen held(Duration time) {
    OpenWhen condition;
    condition.held = time;
    return condition;
}

}  // namespace

TEST_CASE("the first condition that matches an alert is its, none opens at once") {
    OpenWhen latency = held(2min);
    latency.name = "latency";
    latency.match = {parse_matcher("alertname=\"HighLatency\"").value()};
    OpenWhen any = held(5min);
    any.name = "prod";
    any.match = {parse_matcher("env=\"prod\"").value()};
    const std::vector<OpenWhen> all = {latency, any};
    CHECK(open_when_of(all, Labels{{"alertname", "HighLatency"}, {"env", "prod"}})->name ==
          "latency");
    CHECK(open_when_of(all, Labels{{"alertname", "Other"}, {"env", "prod"}})->name == "prod");
    CHECK(open_when_of(all, Labels{{"alertname", "Other"}}) == nullptr);
}

TEST_CASE("so many firings within so long open, fewer do not") {
    struct Case {
        std::vector<int> minutes;
        std::vector<bool> opens;
    };
    const std::vector<Case> cases = {
        {{0, 1, 2}, {false, false, true}},
        {{0, 5, 10}, {false, false, true}},  // the window's last moment
        {{0, 5, 11, 12}, {false, false, false, true}},
        {{0, 20, 40}, {false, false, false}},
        {{0, -5, -4, -3}, {false, false, false, true}},  // the clock was set back
    };
    const OpenWhen condition = counted(3, 10min);
    for (const Case& c : cases) {
        CAPTURE(c.minutes);
        std::vector<Timestamp> fired;
        for (std::size_t i = 0; i < c.minutes.size(); ++i) {
            const Timestamp now = kStart + std::chrono::minutes(c.minutes[i]);
            fired = with_firing(std::move(fired), condition, now);
            CHECK(may_open(condition, fired, now, now) == c.opens[i]);
        }
    }
    CHECK(open_due(condition, kStart) == kStart + 10min);  // no blip any more
    CHECK(phrase_of(condition) == "3 times in 10m");
}

TEST_CASE("what holds for so long opens at that moment, however often it is sent") {
    const OpenWhen condition = held(2min);
    CHECK(open_due(condition, kStart) == kStart + 2min);
    CHECK_FALSE(may_open(condition, {}, kStart, kStart));
    CHECK_FALSE(may_open(condition, {kStart, kStart, kStart}, kStart, kStart + 2min - 1ms));
    CHECK(may_open(condition, {}, kStart, kStart + 2min));
    CHECK(phrase_of(condition) == "for 2m");
}

TEST_CASE("a blip says what it was, from when to when") {
    World w;
    AlertRecord alert = w.alert("disk", "warning");
    alert.annotations["summary"] = "93 % full";
    w.now += 90s;
    alert.ends_at = w.now + 1h;  // its sender's clock is ahead
    const Blip blip = blip_of(alert, "latency", "web:disk", w.now);
    CHECK(blip.started_at == kStart);
    CHECK(blip.ended_at == w.now);
    CHECK(blip.condition == "latency");
    CHECK(blip.dedup_key == "web:disk");
    CHECK(blip.summary == "93 % full");
    CHECK(blip.severity == "warning");
    CHECK(blip.labels == alert.labels);
}
