#include "collector/api/target_runner.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "collector/api/pooled.h"

#include "tests/support/run_until.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

constexpr MetricDesc kMetric{"m", "A metric.", MetricType::kGauge};

// Answers what the script says at once, or never.
class Scripted final : public Target {
  public:
    using Script = std::function<Result<void>(Readings&)>;
    Scripted(net::Loop& loop, Script script) : loop_(loop), script_(std::move(script)) {}
    void start(Timestamp, TargetDone done) override {
        ++started;
        if (!script_) return;
        Readings readings;
        Result<void> result = script_(readings);
        loop_.post([done = std::move(done), result = std::move(result),
                    readings = std::move(readings)] { done(result, readings); });
    }
    Readings cancel() override {
        ++cancelled;
        return at_deadline;
    }

    int started = 0;
    int cancelled = 0;
    Readings at_deadline;

  private:
    net::Loop& loop_;
    Script script_;
};

struct Bench {
    SeriesTable table{Labels{{"instance", "host"}, {"job", "node"}}};
    net::Loop loop;
    SystemClock clock;
    std::vector<TargetEntry> entries;
    std::unique_ptr<TargetRunner> runner;
    std::map<std::string, double> last;  // series → value
    std::set<std::string> stale;
    std::map<std::string, int> told;  // series → how often

    static std::shared_ptr<TargetConfig> config(std::string instance, Duration every,
                                                Duration timeout = 10s) {
        auto made = std::make_shared<TargetConfig>();
        made->job = "j";
        made->instance = std::move(instance);
        made->every = every;
        made->timeout = timeout;
        return made;
    }
    SeriesRef series(std::string_view instance, std::string_view item) {
        return TargetSeries(table, *config(std::string(instance), 0s))
            .get(&kMetric, {{"item", item}});
    }
    Scripted* add(const std::shared_ptr<TargetConfig>& config, Scripted::Script script) {
        auto target = std::make_unique<Scripted>(loop, std::move(script));
        Scripted* raw = target.get();
        entries.push_back({"test", config, std::move(target)});
        return raw;
    }

    bool run_until(const std::function<bool()>& condition) {
        if (!runner) {
            runner = std::make_unique<TargetRunner>(loop, clock, table, 20ms, std::move(entries));
            runner->start([this](Timestamp, const Readings& readings) {
                for (const Reading& reading : readings) {
                    const std::string text = reading.series.labels().text();
                    ++told[text];
                    if (is_stale(reading.value)) {
                        stale.insert(text);
                        last.erase(text);
                    } else {
                        last[text] = reading.value;
                    }
                }
            });
        }
        return test::run_until(loop, condition);
    }
};

constexpr auto kUpA = "up{instance=\"a\", job=\"j\"}";
constexpr auto kUpB = "up{instance=\"b\", job=\"j\"}";

}  // namespace

TEST_CASE("a target's readings carry its job and instance, and up is 1") {
    Bench bench;
    const SeriesRef one = bench.series("a", "1");
    bench.add(Bench::config("a", 10ms), [&](Readings& out) {
        out.push_back({one, 7});
        return Result<void>(success());
    });
    REQUIRE(bench.run_until([&] { return bench.told[kUpA] > 2; }));
    CHECK(bench.last.at("m{instance=\"a\", item=\"1\", job=\"j\"}") == 7);
    CHECK(bench.last.at(kUpA) == 1);
    CHECK(bench.last.at("scrape_duration_seconds{instance=\"a\", job=\"j\"}") >= 0);
    CHECK(bench.runner->failing().empty());
    Readings shown;
    bench.runner->append_last(shown);
    CHECK(shown.size() == 3);
}

TEST_CASE("what is the host itself has the host's labels, no up, and the agent's interval") {
    Bench bench;
    const SeriesRef one = bench.series("", "1");
    bench.add(Bench::config("", 0s), [&](Readings& out) {
        out.push_back({one, 7});
        return Result<void>(success());
    });
    const std::string text = "m{instance=\"host\", item=\"1\", job=\"node\"}";
    REQUIRE(bench.run_until([&] { return bench.told[text] > 2; }));
    CHECK(bench.last.size() == 1);
}

TEST_CASE("a silent target is let go at its deadline, says why, and delays no other") {
    Bench bench;
    Scripted* silent = bench.add(Bench::config("a", 40ms, 20ms), nullptr);
    silent->at_deadline = {{bench.series("a", "half"), 5}};
    bench.add(Bench::config("b", 10ms), [](Readings&) { return Result<void>(success()); });
    REQUIRE(bench.run_until([&] { return silent->cancelled > 0; }));
    CHECK(bench.last.at("m{instance=\"a\", item=\"half\", job=\"j\"}") == 5);
    CHECK(bench.last.at(kUpA) == 0);
    const auto failing = bench.runner->failing();
    REQUIRE(failing.size() == 1);
    CHECK(failing[0].first == "test a");
    CHECK(failing[0].second == "no answer within 20ms");
    const int before = bench.told[kUpB];
    REQUIRE(bench.run_until([&] { return bench.told[kUpB] > before + 5; }));
    CHECK(bench.last.at(kUpB) == 1);
}

TEST_CASE("what a failed collection reported counts, the rest ends, and it comes back") {
    Bench bench;
    const SeriesRef one = bench.series("a", "1");
    const SeriesRef two = bench.series("a", "2");
    bool broken = false;
    bench.add(Bench::config("a", 10ms), [&](Readings& out) {
        out.push_back({one, 1});
        if (broken) return Result<void>(Error(ErrorCode::kUnavailable, "half of it is gone"));
        out.push_back({two, 2});
        return Result<void>(success());
    });
    const std::string second = "m{instance=\"a\", item=\"2\", job=\"j\"}";
    REQUIRE(bench.run_until([&] { return bench.last.contains(second); }));
    CHECK_FALSE(bench.runner->source_failing("m"));
    broken = true;
    REQUIRE(bench.run_until([&] { return bench.stale.contains(second); }));
    CHECK(bench.last.at("m{instance=\"a\", item=\"1\", job=\"j\"}") == 1);
    CHECK(bench.last.at(kUpA) == 0);
    CHECK(bench.runner->source_failing("m"));
    CHECK_FALSE(bench.runner->source_failing("other"));
    broken = false;
    REQUIRE(bench.run_until([&] { return bench.last.contains(second); }));
    CHECK(bench.last.at(kUpA) == 1);
    CHECK(bench.runner->failing().empty());
}

TEST_CASE("a series that came with a time of its own is not ended") {
    Bench bench;
    const SeriesRef timed = bench.series("a", "timed");
    const SeriesRef plain = bench.series("a", "plain");
    bool gone = false;
    bench.add(Bench::config("a", 10ms), [&](Readings& out) {
        if (gone) return Result<void>(success());
        out.push_back({timed, 1, from_unix_ms(1'000)});
        out.push_back({plain, 2});
        return Result<void>(success());
    });
    REQUIRE(bench.run_until([&] { return bench.last.contains(plain.labels().text()); }));
    gone = true;
    REQUIRE(bench.run_until([&] { return bench.stale.contains(plain.labels().text()); }));
    CHECK_FALSE(bench.stale.contains(timed.labels().text()));
}

TEST_CASE("one that keeps failing is asked less often, and its up is told all the same") {
    Bench bench;
    Scripted* target = bench.add(Bench::config("a", 5ms), [](Readings&) {
        return Result<void>(Error(ErrorCode::kUnavailable, "connection refused"));
    });
    REQUIRE(bench.run_until([&] { return bench.told[kUpA] >= 40; }));
    // Tries at 1, 2, 3, then 2, 4, 8, 16 intervals apart: seven in the first 33.
    CHECK(target->started <= 8);
    CHECK(target->started >= 5);
    CHECK(bench.last.at(kUpA) == 0);
}

TEST_CASE("the back-off doubles from the third failure and ends at five minutes") {
    CHECK(intervals_until_retry(0, 15s) == 1);
    CHECK(intervals_until_retry(2, 15s) == 1);
    CHECK(intervals_until_retry(3, 15s) == 2);
    CHECK(intervals_until_retry(4, 15s) == 4);
    CHECK(intervals_until_retry(100, 15s) == 20);
    CHECK(intervals_until_retry(100, 10min) == 1);
}

TEST_CASE("after stop nothing is asked or told any more") {
    Bench bench;
    Scripted* silent = bench.add(Bench::config("a", 10ms), nullptr);
    REQUIRE(bench.run_until([&] { return silent->started == 1; }));
    bench.runner->stop();
    CHECK(silent->cancelled == 1);
    bench.told.clear();
    bool later = false;
    const net::Timer timer = bench.loop.after(50ms, [&] { later = true; });
    REQUIRE(bench.run_until([&] { return later; }));
    CHECK(silent->started == 1);
    CHECK(bench.told.empty());
}
