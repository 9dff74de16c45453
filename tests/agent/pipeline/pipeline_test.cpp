#include "agent/pipeline/pipeline.h"

#include <catch2/catch.hpp>

#include "rules/file/rule_file.h"
#include "tests/support/run_until.h"

using namespace tocsin;
using namespace tocsin::agent;

namespace {

constexpr MetricDesc kLoad{"load", "", MetricType::kGauge};

// A collector whose value the test sets.
class Dial final : public collector::Collector {
  public:
    Dial(SeriesTable& table, const double& value) : series_(table.get(&kLoad, {})), value_(value) {}
    Result<void> collect(Timestamp, collector::Readings& out) override {
        out.push_back({series_, value_});
        return success();
    }

  private:
    SeriesRef series_;
    const double& value_;
};

class Sink final : public TransitionSink {
  public:
    bool full = false;
    std::vector<rules::Transition> transitions;
    std::vector<SavedGroup> states;
    Result<void> commit(std::span<const rules::Transition> t,
                        std::span<const SavedGroup> s) override {
        if (full) return Error(ErrorCode::kIo, "no space left on device");
        transitions.insert(transitions.end(), t.begin(), t.end());
        states.insert(states.end(), s.begin(), s.end());
        return success();
    }
};

constexpr auto kRules = R"(
groups:
  - name: g
    rules:
      - alert: Loaded
        expr: load{job!="switches"}
        levels: {warning: "> 80", critical: "> 92"}
        clear: 3
)";

RuleFactory factory(SeriesTable& table, std::string text) {
    return [&table, text = std::move(text)](rules::History& history, Duration since) {
        Diagnostics diagnostics("test.yml");
        std::vector<rules::RuleFile> files;
        files.push_back(rules::parse_rule_file(text, {}, diagnostics));
        REQUIRE_FALSE(diagnostics.has_errors());
        rules::RuleSetOptions options;
        options.external = Labels{{"host", "h1"}};
        options.default_interval = 10ms;
        options.history_since = since;
        return rules::RuleSet::create(std::move(files), options, history, table);
    };
}

// A switch whose only value is the same dial.
class Watched final : public collector::Target {
  public:
    Watched(net::Loop& loop, SeriesRef series, const double& value)
        : loop_(loop), series_(std::move(series)), value_(value) {}
    void start(Timestamp, collector::TargetDone done) override {
        loop_.post([this, done = std::move(done)] { done(success(), {{series_, value_}}); });
    }
    collector::Readings cancel() override { return {}; }

  private:
    net::Loop& loop_;
    SeriesRef series_;
    const double& value_;
};

// The pipeline on a real loop at 10 ms; run_until() turns the loop until the condition holds.
struct Bench {
    net::Loop loop;
    net::OffloadPool pool{loop, 1, 4};
    FakeClock clock{from_unix_ms(1'700'000'000'000)};
    SeriesTable table;
    double load = 0;
    Sink sink;
    collector::Runner runner;
    collector::TargetRunner targets;
    Pipeline pipeline;

    Bench()
        : runner(loop, pool, clock, table, entries()),
          targets(loop, clock, table, 10ms, target_entries()),
          pipeline({loop, clock, runner, targets, table, sink, {}}, {10ms, {}}) {}

    std::vector<collector::RunnerEntry> entries() {
        std::vector<collector::RunnerEntry> list;
        list.push_back(
            {"dial", collector::Threading::kInline, 1s, std::make_unique<Dial>(table, load)});
        return list;
    }

    std::vector<collector::TargetEntry> target_entries() {
        auto config = std::make_shared<collector::TargetConfig>();
        config->job = "switches";
        config->instance = "10.0.0.1";
        const collector::TargetSeries series(table, *config);
        std::vector<collector::TargetEntry> list;
        list.push_back(
            {"switch", config, std::make_unique<Watched>(loop, series.get(&kLoad), load)});
        return list;
    }

    bool run_until(const std::function<bool()>& condition) {
        return test::run_until(loop, [&] {
            clock.advance(10ms);
            return condition();
        });
    }
};

}  // namespace

TEST_CASE("a value over its line is a transition in the outbox, and /metrics shows it") {
    Bench bench;
    REQUIRE(bench.pipeline.load(factory(bench.table, kRules), {}));
    bench.pipeline.start();
    REQUIRE(bench.run_until([&] { return bench.pipeline.ready(); }));
    CHECK(bench.sink.transitions.empty());

    bench.load = 85;
    REQUIRE(bench.run_until([&] { return !bench.sink.transitions.empty(); }));
    CHECK(bench.sink.transitions.size() == 1);
    CHECK(bench.sink.transitions[0].to == "warning");
    CHECK(bench.sink.transitions[0].labels.get("host") == "h1");
    bool shown = false;
    for (const auto& reading : bench.pipeline.readings()) {
        if (reading.series.labels().metric_name() == "load") shown = reading.value == 85;
    }
    CHECK(shown);
    CHECK(bench.pipeline.rules().firing(bench.clock.now(), 4min).size() == 1);
}

TEST_CASE("what a full disk refuses is kept and written when there is room, once and in order") {
    Bench bench;
    REQUIRE(bench.pipeline.load(factory(bench.table, kRules), {}));
    bench.pipeline.start();
    bench.sink.full = true;
    bench.load = 85;
    REQUIRE(bench.run_until([&] { return bench.pipeline.counts().transitions == 1; }));
    bench.load = 95;
    REQUIRE(bench.run_until([&] { return bench.pipeline.counts().transitions == 2; }));
    CHECK(bench.sink.transitions.empty());

    bench.sink.full = false;
    REQUIRE(bench.run_until([&] { return !bench.sink.transitions.empty(); }));
    REQUIRE(bench.sink.transitions.size() == 2);
    CHECK(bench.sink.transitions[0].to == "warning");
    CHECK(bench.sink.transitions[1].to == "critical");
}

TEST_CASE(
    "a group that went while the disk was full is forgotten, whatever was to be saved before") {
    Bench bench;
    REQUIRE(bench.pipeline.load(factory(bench.table, kRules), {}));
    bench.pipeline.start();
    bench.sink.full = true;
    bench.load = 85;
    REQUIRE(bench.run_until([&] { return bench.pipeline.counts().transitions == 1; }));
    REQUIRE(bench.pipeline.reload(factory(bench.table, "groups: []")));

    bench.sink.full = false;
    REQUIRE(bench.run_until([&] { return !bench.sink.transitions.empty(); }));
    REQUIRE(bench.sink.states.size() == 1);
    CHECK(bench.sink.states[0].state.empty());
}

TEST_CASE("a reload goes on where the old rules were") {
    Bench bench;
    REQUIRE(bench.pipeline.load(factory(bench.table, kRules), {}));
    bench.pipeline.start();
    bench.load = 85;
    REQUIRE(bench.run_until([&] { return bench.sink.transitions.size() == 1; }));
    REQUIRE(bench.pipeline.reload(factory(bench.table, kRules)));
    const auto cycles = bench.pipeline.counts().cycles;
    REQUIRE(bench.run_until([&] { return bench.pipeline.counts().cycles > cycles + 3; }));
    CHECK(bench.sink.transitions.size() == 1);

    REQUIRE(bench.pipeline.reload(factory(bench.table, "groups: []")));
    REQUIRE(bench.sink.transitions.size() == 2);
    CHECK(bench.sink.transitions[1].to.empty());
    REQUIRE(!bench.sink.states.empty());
    CHECK(bench.sink.states.back().state.empty());
}

TEST_CASE("a group that went while the agent was down is resolved once and forgotten") {
    std::vector<SavedGroup> saved;
    {
        Bench bench;
        REQUIRE(bench.pipeline.load(factory(bench.table, kRules), {}));
        bench.pipeline.start();
        bench.load = 85;
        REQUIRE(bench.run_until([&] { return bench.sink.transitions.size() == 1; }));
        saved.push_back(bench.sink.states.back());
    }
    Bench again;
    REQUIRE(again.pipeline.load(factory(again.table, "groups: []"), saved));
    again.pipeline.start();
    REQUIRE(again.run_until([&] { return !again.sink.transitions.empty(); }));
    CHECK(again.sink.transitions[0].to.empty());
    REQUIRE(again.sink.states.size() == 1);
    CHECK(again.sink.states[0].key == saved[0].key);
    CHECK(again.sink.states[0].state.empty());
}

TEST_CASE("alerts of a rule file that does not read after a restart wait for it, firing") {
    std::vector<SavedGroup> saved;
    {
        Bench bench;
        REQUIRE(bench.pipeline.load(factory(bench.table, kRules), {}));
        bench.pipeline.start();
        bench.load = 85;
        REQUIRE(bench.run_until([&] { return bench.sink.transitions.size() == 1; }));
        saved.push_back(bench.sink.states.back());
    }
    Bench again;
    REQUIRE(again.pipeline.load(factory(again.table, "groups: []"), saved, {"test.yml"}));
    again.load = 85;
    again.pipeline.start();
    REQUIRE(again.run_until([&] { return again.pipeline.counts().cycles > 3; }));
    REQUIRE(again.pipeline.reload(factory(again.table, "groups: []"), {"test.yml"}));
    CHECK(again.sink.transitions.empty());
    CHECK(again.sink.states.empty());

    SECTION("and go on when it reads") {
        REQUIRE(again.pipeline.reload(factory(again.table, kRules)));
        const auto cycles = again.pipeline.counts().cycles;
        REQUIRE(again.run_until([&] { return again.pipeline.counts().cycles > cycles + 3; }));
        CHECK(again.sink.transitions.empty());
        CHECK(again.pipeline.rules().firing(again.clock.now(), 4min).size() == 1);
        again.load = 10;
        REQUIRE(again.run_until([&] { return again.sink.transitions.size() == 1; }));
        CHECK(again.sink.transitions[0].to.empty());
    }
    SECTION("and end when it is gone") {
        REQUIRE(again.pipeline.reload(factory(again.table, "groups: []")));
        REQUIRE(again.sink.transitions.size() == 1);
        CHECK(again.sink.transitions[0].to.empty());
        REQUIRE(again.sink.states.size() == 1);
        CHECK(again.sink.states[0].key == saved[0].key);
        CHECK(again.sink.states[0].state.empty());
    }
}

TEST_CASE("a restart with the saved states neither fires again nor forgets") {
    std::vector<SavedGroup> saved;
    {
        Bench bench;
        REQUIRE(bench.pipeline.load(factory(bench.table, kRules), {}));
        bench.pipeline.start();
        bench.load = 85;
        REQUIRE(bench.run_until([&] { return bench.sink.transitions.size() == 1; }));
        REQUIRE(!bench.sink.states.empty());
        saved.push_back(bench.sink.states.back());
    }
    Bench again;
    REQUIRE(again.pipeline.load(factory(again.table, kRules), saved));
    again.load = 85;
    again.pipeline.start();
    REQUIRE(again.run_until([&] { return again.pipeline.counts().cycles > 3; }));
    CHECK(again.sink.transitions.empty());
    CHECK(again.pipeline.rules().firing(again.clock.now(), 4min).size() == 1);
    again.load = 10;
    REQUIRE(again.run_until([&] { return again.sink.transitions.size() == 1; }));
    CHECK(again.sink.transitions[0].to.empty());
}

TEST_CASE("a wall clock stepped back keeps collecting and keeps what fires") {
    Bench bench;
    REQUIRE(bench.pipeline.load(factory(bench.table, kRules), {}));
    bench.pipeline.start();
    bench.load = 85;
    REQUIRE(bench.run_until([&] { return bench.sink.transitions.size() == 1; }));
    bench.clock.step_wall(-1h);
    REQUIRE(bench.run_until([&] { return bench.pipeline.counts().clock_steps == 1; }));
    const auto cycles = bench.pipeline.counts().cycles;
    REQUIRE(bench.run_until([&] { return bench.pipeline.counts().cycles > cycles + 3; }));
    CHECK(bench.sink.transitions.size() == 1);
    bench.load = 95;
    REQUIRE(bench.run_until([&] { return bench.sink.transitions.size() == 2; }));
    CHECK(bench.sink.transitions[1].to == "critical");
}

TEST_CASE("what a target reports is under rules and in /metrics as what the host reports") {
    constexpr auto kSwitchRules = R"(
groups:
  - name: g
    rules:
      - alert: SwitchLoaded
        expr: load{job="switches"}
        levels: {warning: "> 80"}
)";
    Bench bench;
    REQUIRE(bench.pipeline.load(factory(bench.table, kSwitchRules), {}));
    bench.pipeline.start();
    bench.load = 85;
    REQUIRE(bench.run_until([&] { return !bench.sink.transitions.empty(); }));
    CHECK(bench.sink.transitions[0].labels.get("instance") == "10.0.0.1");
    const auto shows = [&](std::string_view text, double value) {
        for (const auto& reading : bench.pipeline.readings()) {
            if (reading.series.labels().text() == text) return reading.value == value;
        }
        return false;
    };
    CHECK(shows("load{instance=\"10.0.0.1\", job=\"switches\"}", 85));
    CHECK(shows("up{instance=\"10.0.0.1\", job=\"switches\"}", 1));
    bench.load = 10;
    REQUIRE(bench.run_until([&] { return bench.sink.transitions.size() == 2; }));
    CHECK(bench.sink.transitions[1].to.empty());
}
