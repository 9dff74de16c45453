// When targets are asked: the point of the interval that each has, whatever comes between.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "collector/api/target_runner.h"
#include "tests/support/run_until.h"

using namespace tocsin;
using namespace tocsin::collector;
using Steady = std::chrono::steady_clock;

namespace {

struct Asked {
    std::vector<Steady::time_point> started;
    std::vector<Steady::time_point> broken_off;
};

class Recorder final : public Target {
  public:
    Recorder(net::Loop& loop, Asked& asked, std::function<bool()> answers)
        : loop_(loop), asked_(asked), answers_(std::move(answers)) {}
    void start(Timestamp, TargetDone done) override {
        asked_.started.push_back(Steady::now());
        if (!answers_()) return;
        loop_.post([done = std::move(done)] { done(success(), {}); });
    }
    Readings cancel() override {
        asked_.broken_off.push_back(Steady::now());
        return {};
    }

  private:
    net::Loop& loop_;
    Asked& asked_;
    std::function<bool()> answers_;
};

void keep_busy(Duration time) {
    const auto end = Steady::now() + time;
    while (Steady::now() < end) {
    }
}

std::shared_ptr<TargetConfig> config_of(const std::string& instance, Duration every) {
    auto made = std::make_shared<TargetConfig>();
    made->job = "j";
    made->instance = instance;
    made->every = every;
    made->timeout = every;
    return made;
}

struct Bench {
    net::Loop loop;
    const SystemClock clock;
    SeriesTable table;

    TargetEntry entry(const std::string& instance, Duration every, Asked& asked,
                      std::function<bool()> answers) {
        return {"test", config_of(instance, every),
                std::make_unique<Recorder>(loop, asked, std::move(answers))};
    }
    std::unique_ptr<TargetRunner> runner(std::vector<TargetEntry> entries) {
        return std::make_unique<TargetRunner>(loop, clock, table, 15s, std::move(entries));
    }
};

}  // namespace

TEST_CASE("a tick that comes late, and a standstill, do not shift those after it") {
    Bench bench;
    Asked asked;
    std::vector<TargetEntry> entries;
    entries.push_back(bench.entry("a", 200ms, asked, [] { return true; }));
    const auto runner = bench.runner(std::move(entries));
    runner->start([](Timestamp, const Readings&) {});
    REQUIRE(test::run_until(bench.loop, [&] { return asked.started.size() == 1; }));
    // The loop is busy from before the second is due until half an interval after that, or until
    // two more have been missed.
    const auto until = asked.started[0] + GENERATE(300ms, 700ms);
    const net::Timer busy = bench.loop.after(
        150ms, [&] { keep_busy(std::chrono::ceil<Duration>(until - Steady::now())); });
    REQUIRE(test::run_until(bench.loop, [&] { return asked.started.size() == 12; }));
    std::vector<Steady::duration> late;
    for (std::size_t i = 2; i < 12; ++i) {
        late.push_back((asked.started[i] - asked.started[0] + 50ms) % 200ms - 50ms);
    }
    std::sort(late.begin(), late.end());
    // One that the machine holds up is late itself, no more.
    CHECK(late[2] < 50ms);
}

TEST_CASE("a collection that began late has its time until the deadline all the same") {
    Bench bench;
    Asked asked;
    std::vector<TargetEntry> entries;
    entries.push_back(bench.entry("a", 200ms, asked, [] { return false; }));
    const auto runner = bench.runner(std::move(entries));
    runner->start([](Timestamp, const Readings&) {});
    REQUIRE(test::run_until(bench.loop, [&] { return asked.started.size() == 1; }));
    // Over the second's start, until shortly before the third's.
    const auto until = asked.started[0] + 370ms;
    const net::Timer busy = bench.loop.after(
        180ms, [&] { keep_busy(std::chrono::ceil<Duration>(until - Steady::now())); });
    REQUIRE(test::run_until(bench.loop, [&] { return asked.broken_off.size() == 5; }));
    for (std::size_t i = 0; i < 5; ++i) {
        INFO(i);
        CHECK(asked.broken_off[i] - asked.started[i] >= 175ms);
    }
}

TEST_CASE("targets whose interval a reload makes shorter stay spread") {
    Bench bench;
    std::vector<Asked> asked(24);
    const auto make = [&](Duration every) {
        std::vector<TargetEntry> entries;
        for (std::size_t i = 0; i < asked.size(); ++i) {
            entries.push_back(
                bench.entry("host" + std::to_string(i), every, asked[i], [] { return true; }));
        }
        return entries;
    };
    const auto runner = bench.runner(make(1min));
    runner->start([](Timestamp, const Readings&) {});
    runner->replace([](const TargetEntry&) { return false; }, [&] { return make(1500ms); });
    for (Asked& one : asked) one = {};
    const auto all = [&] {
        return std::none_of(asked.begin(), asked.end(),
                            [](const Asked& one) { return one.started.empty(); });
    };
    REQUIRE(test::run_until(bench.loop, all));
    // Of three bunches, 20 s after one another, one was asked at once; the others come 500 ms and
    // 1 s after it.
    std::vector<Steady::time_point> first;
    for (const Asked& one : asked) first.push_back(one.started[0]);
    const auto least = *std::min_element(first.begin(), first.end());
    CHECK(std::any_of(first.begin(), first.end(), [&](Steady::time_point time) {
        return time > least + 250ms && time < least + 1250ms;
    }));
}
