// A reload under running targets.
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "collector/api/target_runner.h"
#include "tests/support/run_until.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

constexpr MetricDesc kMetric{"m", "A metric.", MetricType::kGauge};

// Answers when the test says so.
struct Slow final : Target {
    TargetDone done;
    bool cancelled = false;
    void start(Timestamp, TargetDone when_done) override { done = std::move(when_done); }
    Readings cancel() override {
        cancelled = true;
        return {};
    }
};

std::shared_ptr<TargetConfig> config_of(const std::string& instance) {
    auto made = std::make_shared<TargetConfig>();
    made->job = "j";
    made->instance = instance;
    made->every = 50ms;
    return made;
}

}  // namespace

TEST_CASE("a target that stays is not disturbed by a reload, even while it is asked") {
    net::Loop loop;
    const SystemClock clock;
    SeriesTable table;
    std::vector<TargetEntry> entries;
    std::map<std::string, Slow*> targets;
    for (const std::string instance : {"goes", "stays"}) {
        auto target = std::make_unique<Slow>();
        targets[instance] = target.get();
        entries.push_back({"test", config_of(instance), std::move(target)});
    }
    Slow& stays = *targets.at("stays");
    TargetRunner runner(loop, clock, table, 20ms, std::move(entries));
    std::map<std::string, double> last;
    std::set<std::string> stale;
    runner.start([&](Timestamp, const Readings& readings) {
        for (const Reading& reading : readings) {
            const std::string text = reading.series.labels().text();
            if (is_stale(reading.value)) {
                stale.insert(text);
            } else {
                last[text] = reading.value;
            }
        }
    });
    REQUIRE(test::run_until(loop, [&] { return stays.done && targets.at("goes")->done; }));
    targets.at("goes")->done(success(), {});

    const auto reload = [&] {
        runner.replace([](const TargetEntry& entry) { return entry.config->instance == "stays"; },
                       [] {
                           std::vector<TargetEntry> more;
                           more.push_back({"test", config_of("new"), std::make_unique<Slow>()});
                           return more;
                       });
    };
    reload();
    reload();
    CHECK_FALSE(stays.cancelled);
    CHECK(stale.contains("up{instance=\"goes\", job=\"j\"}"));
    const SeriesRef series = TargetSeries(table, *config_of("stays")).get(&kMetric);
    std::exchange(stays.done, nullptr)(success(), {{series, 7}});
    CHECK(last.at(series.labels().text()) == 7);
    CHECK(last.at("up{instance=\"stays\", job=\"j\"}") == 1);
    CHECK(stale.size() == 2);  // of what went: `up` and the time it took
    // And at its pace as before.
    CHECK(test::run_until(loop, [&] { return static_cast<bool>(stays.done); }));
}

TEST_CASE("what a target repeats is counted on over a reload, and is no news to the log") {
    net::Loop loop;
    const SystemClock clock;
    SeriesTable table;
    Slow* target = nullptr;
    const auto make = [&] {
        std::vector<TargetEntry> entries;
        auto made = std::make_unique<Slow>();
        target = made.get();
        entries.push_back({"test", config_of("a"), std::move(made)});
        return entries;
    };
    TargetRunner runner(loop, clock, table, 20ms, make());
    std::map<std::string, double> last;
    runner.start([&](Timestamp, const Readings& readings) {
        for (const Reading& reading : readings)
            last[reading.series.labels().text()] = reading.value;
    });
    const SeriesRef series = TargetSeries(table, *config_of("a")).get(&kMetric);
    const auto collect_twice_the_same = [&] {
        REQUIRE(test::run_until(loop, [&] { return static_cast<bool>(target->done); }));
        std::exchange(target->done, nullptr)(success(), {{series, 1}, {series, 2}});
        return last.at("tocsin_target_repeated_samples_total{instance=\"a\", job=\"j\"}");
    };
    CHECK(collect_twice_the_same() == 1);
    CHECK(collect_twice_the_same() == 2);
    runner.replace([](const TargetEntry&) { return false; }, make);
    // The log names it where the count begins.
    CHECK(collect_twice_the_same() == 3);
}

TEST_CASE("of a target that makes up ever new names those that it told last are remembered") {
    net::Loop loop;
    const SystemClock clock;
    SeriesTable table;
    auto made = std::make_unique<Slow>();
    Slow& target = *made;
    std::vector<TargetEntry> entries;
    entries.push_back({"test", config_of("a"), std::move(made)});
    TargetRunner runner(loop, clock, table, 20ms, std::move(entries));
    runner.start([](Timestamp, const Readings&) {});
    const auto answer = [&](const Result<void>& result, Readings readings) {
        REQUIRE(test::run_until(loop, [&] { return static_cast<bool>(target.done); }));
        std::exchange(target.done, nullptr)(result, std::move(readings));
    };
    const auto name = [](int round, int i) {
        return "m_" + std::to_string(round) + "_" + std::to_string(i);
    };
    const std::size_t symbols = symbol_count();
    constexpr int kNames = 15'000;
    const int rounds = GENERATE(4, 5);  // one that is about to forget, and one that has
    for (int round = 0; round < rounds; ++round) {
        Readings readings;
        for (int i = 0; i < kNames; ++i) {
            readings.push_back({table.get_whole(nullptr, {{kMetricName, name(round, i)}}), 1});
        }
        answer(success(), std::move(readings));
    }
    CHECK(symbol_count() - symbols < 4 * kNames);
    answer(Error(ErrorCode::kUnavailable, "gone"), {});
    CHECK(runner.source_failing(name(rounds - 1, 7)));
    CHECK_FALSE(runner.source_failing(name(0, 7)));
}
