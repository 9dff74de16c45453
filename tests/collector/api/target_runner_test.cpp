#include "collector/api/target_runner.h"

#include <any>
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
    bool was_reached() const override { return reached; }
    std::any handed_on() const override { return started; }
    void take_over(const std::any& from) override { taken_over = from; }

    bool reached = false;
    int started = 0;
    int cancelled = 0;
    Readings at_deadline;
    std::any taken_over;

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
    AfterFailures after_failures = AfterFailures::kLessOften;  // of what is added next
    std::map<std::string, double> last;                        // series → value
    std::set<std::string> stale;
    std::map<std::string, int> told;  // series → how often
    std::map<std::string, Timestamp> told_at;
    bool in_order = true;  // no series was told of an earlier time than before
    Duration lookback = 5min;

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
        entries.push_back({"test", config, std::move(target), after_failures});
        return raw;
    }

    bool run_until(const std::function<bool()>& condition) {
        if (!runner) {
            runner = std::make_unique<TargetRunner>(loop, clock, table, 20ms, std::move(entries),
                                                    lookback);
            runner->start([this](Timestamp at, const Readings& readings) {
                for (const Reading& reading : readings) {
                    const std::string text = reading.series.labels().text();
                    ++told[text];
                    in_order = in_order && told_at[text] <= at;
                    told_at[text] = at;
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

TEST_CASE("what is asked less often than rules look back is told again in between") {
    Bench bench;
    bench.lookback = 60ms;
    const SeriesRef one = bench.series("a", "1");
    Scripted* target = bench.add(Bench::config("a", 500ms), [&](Readings& out) {
        out.push_back({one, 7});
        return Result<void>(success());
    });
    const std::string m = "m{instance=\"a\", item=\"1\", job=\"j\"}";
    REQUIRE(bench.run_until([&] { return target->started == 3; }));
    // Once for each of two collections, and in the half second after each, every 20 ms.
    CHECK(bench.told[m] > 2 + 10);
    CHECK(bench.told[kUpA] == bench.told[m]);
    CHECK(bench.in_order);
    CHECK(bench.stale.empty());
}

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
    const auto config = Bench::config("", 0s);
    config->name = "it";
    bool broken = false;
    bench.add(config, [&](Readings& out) {
        out.push_back({one, 7});
        return broken ? Result<void>(Error(ErrorCode::kIo, "gone")) : Result<void>(success());
    });
    const std::string text = "m{instance=\"host\", item=\"1\", job=\"node\"}";
    const std::string own = "{collector=\"test it\", instance=\"host\", job=\"node\"}";
    REQUIRE(bench.run_until([&] { return bench.told[text] > 2; }));
    CHECK(bench.last.size() == 4);
    CHECK(bench.last.at("tocsin_collector_success" + own) == 1);
    CHECK(bench.last.at("tocsin_collector_duration_seconds" + own) >= 0);
    CHECK(bench.last.at("tocsin_collector_timeouts_total" + own) == 0);
    broken = true;
    REQUIRE(bench.run_until([&] { return bench.last["tocsin_collector_success" + own] == 0; }));
    CHECK(bench.runner->source_failing("m"));
    CHECK_FALSE(bench.runner->source_failing("tocsin_collector_success"));
}

TEST_CASE("what is the host itself and misses its deadline counts that") {
    Bench bench;
    const auto config = Bench::config("", 20ms, 10ms);
    config->name = "it";
    Scripted* silent = bench.add(config, nullptr);
    REQUIRE(bench.run_until([&] { return silent->cancelled == 2; }));
    const std::string own = "{collector=\"test it\", instance=\"host\", job=\"node\"}";
    CHECK(bench.last.at("tocsin_collector_success" + own) == 0);
    CHECK(bench.last.at("tocsin_collector_timeouts_total" + own) >= 1);
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

TEST_CASE("one that was reached is asked at its interval though a part of it keeps failing") {
    Bench bench;
    Scripted* target = bench.add(Bench::config("a", 5ms), [](Readings&) {
        return Result<void>(Error(ErrorCode::kTimeout, "a slow query"));
    });
    target->reached = true;
    REQUIRE(bench.run_until([&] { return bench.told[kUpA] >= 20; }));
    CHECK(target->started >= 20);
    CHECK(bench.last.at(kUpA) == 0);
}

TEST_CASE("what a failed collection told is told as often as its up, however long it fails") {
    Bench bench;
    const SeriesRef down = bench.series("a", "down");
    Scripted* target = bench.add(Bench::config("a", 5ms), [&](Readings& out) {
        out.push_back({down, 3});
        return Result<void>(Error(ErrorCode::kUnavailable, "connection refused"));
    });
    // As many intervals as twenty minutes have of 15 s.
    REQUIRE(bench.run_until([&] { return bench.told[kUpA] >= 80; }));
    CHECK(target->started <= 9);
    CHECK(bench.told[down.labels().text()] == bench.told[kUpA]);
    CHECK(bench.last.at(down.labels().text()) == 3);
    CHECK(bench.in_order);
    CHECK(bench.stale.empty());
}

TEST_CASE("a silent target whose deadline is its interval is asked at each interval") {
    Bench bench;
    bench.after_failures = AfterFailures::kAtInterval;
    Scripted* silent = bench.add(Bench::config("a", 20ms, 20ms), nullptr);
    Scripted* other =
        bench.add(Bench::config("b", 20ms), [](Readings&) { return Result<void>(success()); });
    REQUIRE(bench.run_until([&] { return other->started >= 12; }));
    // Their first collections lie up to an interval apart.
    CHECK(silent->started >= 10);
    CHECK(silent->cancelled == silent->started - 1);
    CHECK(bench.told[kUpA] == silent->cancelled);
    REQUIRE(bench.runner->failing().size() == 1);
    CHECK(bench.runner->failing()[0].second == "no answer within 20ms");
}

TEST_CASE("one whose kind is never left alone is asked at each interval, however often it fails") {
    Bench bench;
    bench.after_failures = AfterFailures::kAtInterval;
    Scripted* target = bench.add(Bench::config("a", 5ms), [](Readings&) {
        return Result<void>(Error(ErrorCode::kUnavailable, "no such program"));
    });
    REQUIRE(bench.run_until([&] { return bench.told[kUpA] >= 20; }));
    CHECK(target->started >= 20);
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

TEST_CASE(
    "of a series that a collection gives twice the first sample counts, the rest is counted") {
    Bench bench;
    const SeriesRef one = bench.series("a", "1");
    const SeriesRef timed = bench.series("a", "timed");
    bool repeats = false;
    bench.add(Bench::config("a", 10ms), [&](Readings& out) {
        out = {{one, 1}, {timed, 1, from_unix_ms(1'000)}, {timed, 2, from_unix_ms(2'000)}};
        if (repeats) out.insert(out.end(), {{one, 2}, {timed, 3, from_unix_ms(1'000)}, {one, 3}});
        return Result<void>(success());
    });
    const std::string counted = "tocsin_target_repeated_samples_total{instance=\"a\", job=\"j\"}";
    REQUIRE(bench.run_until([&] { return bench.told[kUpA] > 2; }));
    CHECK_FALSE(bench.told.contains(counted));
    CHECK(bench.told[timed.labels().text()] == 2 * bench.told[one.labels().text()]);
    repeats = true;
    REQUIRE(bench.run_until([&] { return bench.told[counted] > 2; }));
    CHECK(bench.last.at(one.labels().text()) == 1);
    CHECK(bench.last.at(timed.labels().text()) == 2);
    CHECK(bench.last.at(kUpA) == 1);
    // Three in each collection that repeated.
    CHECK(bench.last.at(counted) == 3 * bench.told[counted]);
    repeats = false;
    const double total = bench.last.at(counted);
    const int before = bench.told[counted];
    REQUIRE(bench.run_until([&] { return bench.told[counted] > before + 2; }));
    CHECK(bench.last.at(counted) == total);
}

TEST_CASE("targets can be replaced: one of the same name goes on, the others' series end") {
    Bench bench;
    const SeriesRef stays = bench.series("a", "stays");
    const SeriesRef goes = bench.series("a", "goes");
    const SeriesRef other = bench.series("b", "1");
    Scripted* old = bench.add(Bench::config("a", 10ms), [&](Readings& out) {
        out = {{stays, 1}, {goes, 1}};
        return Result<void>(success());
    });
    Scripted* next = nullptr;
    Scripted* hangs = bench.add(Bench::config("c", 10ms, 10s), nullptr);
    bench.add(Bench::config("b", 10ms), [&](Readings& out) {
        out = {{other, 1}};
        return Result<void>(success());
    });
    REQUIRE(bench.run_until(
        [&] { return bench.told[kUpA] > 1 && bench.told[kUpB] > 1 && hangs->started > 0; }));
    CHECK(old->started > 0);
    bench.runner->replace([](const TargetEntry&) { return false; },
                          [&] {
                              bench.entries.clear();
                              next = bench.add(Bench::config("a", 10ms), [&](Readings& out) {
                                  out = {{stays, 2}};
                                  return Result<void>(success());
                              });
                              return std::move(bench.entries);
                          });
    CHECK(std::any_cast<int>(next->taken_over) >= 1);
    CHECK(bench.stale.contains(other.labels().text()));
    CHECK(bench.stale.contains(kUpB));
    CHECK_FALSE(bench.stale.contains(stays.labels().text()));
    REQUIRE(bench.run_until([&] { return bench.stale.contains(goes.labels().text()); }));
    CHECK(bench.last.at(stays.labels().text()) == 2);
    CHECK(bench.last.at(kUpA) == 1);
    CHECK_FALSE(bench.stale.contains(stays.labels().text()));
    CHECK_FALSE(bench.stale.contains(kUpA));
    const int before = bench.told[kUpB];
    const int tells = bench.told[kUpA];
    REQUIRE(bench.run_until([&] { return bench.told[kUpA] > tells + 3; }));
    CHECK(bench.told[kUpB] == before);
}
