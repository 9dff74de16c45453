// A rule, both clocks and scripted query results: drives an AlertState minute by minute.
#pragma once

#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/alert/alert_state.h"

namespace tocsin::rules::testing {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// A condition from text; the text must be right.
inline Condition make_condition(const std::string& when, double clear) {
    const Line line = parse_line(when).value();
    if (line.op == Comparison::kEqual || line.op == Comparison::kNotEqual) return Condition(line);
    return Condition::with_distance(line, clear).value();
}

struct LevelText {
    std::string name;
    std::string when;
    double clear = 0;
    Duration hold{0};
};

inline AlertRule make_threshold(const std::vector<LevelText>& levels) {
    AlertRule rule;
    rule.alert = "Filling";
    rule.expr = {"used", {}};
    for (const LevelText& l : levels) {
        rule.levels.push_back(
            Level{l.name, {}, make_condition(l.when, l.clear), l.hold, std::nullopt, std::nullopt});
    }
    return rule;
}

inline AlertRule make_plain(Duration hold, Duration keep_firing_for = Duration{0}) {
    AlertRule rule;
    rule.alert = "Down";
    rule.expr = {"up == 0", {}};
    rule.hold = hold;
    rule.keep_firing_for = keep_firing_for;
    return rule;
}

class Inputs final : public AlertInputs {
  public:
    const promql::Vector& values() override { return vector; }
    Result<promql::Vector> gate(std::size_t level) override {
        ++gate_queries;
        if (gate_fails) return Error(ErrorCode::kInvalid, "the gate fails");
        return gates[level];
    }
    Result<promql::Vector> level_values(std::size_t level) override { return own[level]; }
    bool source_failing() override { return failing; }

    promql::Vector vector;
    std::map<std::size_t, promql::Vector> gates;
    std::map<std::size_t, promql::Vector> own;
    bool failing = false;
    bool gate_fails = false;
    int gate_queries = 0;
};

inline Labels disk(std::string_view mountpoint) {
    return Labels{{"__name__", "used"}, {"instance", "web-1"}, {"mountpoint", mountpoint}};
}

class AlertLab {
  public:
    static constexpr Timestamp kStart = from_unix_ms(1'800'000'000'000);

    explicit AlertLab(AlertRule rule, RuleReach reach = {Duration(5min), Duration{0}, false})
        : rule_(std::move(rule)), reach_(reach) {
        environment.render.external = Labels{{"host", "web-1.example"}};
        boot_begin();
    }

    // One evaluation at a minute with one series ("/"), or none.
    std::vector<Transition> minute(int n, std::optional<double> value) {
        inputs.vector.clear();
        if (value) inputs.vector.push_back({disk("/"), wall(n), *value});
        return evaluate(n);
    }
    std::vector<Transition> evaluate(int n, std::int64_t limit = 0) {
        std::vector<Transition> out;
        last = state->evaluate(instant(n), inputs, limit, sequence, out);
        return out;
    }

    // kill -9 and start: a new process on the same boot with what was last saved.
    void save(int n) {
        saved_ = state->save(instant(n).boot);
        saved_minute_ = n;
    }
    void restart(int n) {
        boot_begin();
        state->restore(saved_, {Duration(1min) * (n - saved_minute_), true, false}, instant(n));
    }

    static Timestamp wall(int n) { return kStart + Duration(1min) * n; }
    static Instant instant(int n) { return {wall(n), Duration(1h) + Duration(1min) * n}; }

    // What is told now: "" for none.
    std::string level() const {
        const auto all = state->status();
        return all.empty() || !all[0].firing ? "" : all[0].level;
    }

    Inputs inputs;
    AlertEnvironment environment;
    Sequence sequence;
    std::unique_ptr<AlertState> state;
    Result<void> last = success();

  private:
    void boot_begin() {
        state = std::make_unique<AlertState>(rule_, reach_, "http://agent/graph", environment);
    }
    AlertRule rule_;
    RuleReach reach_;
    std::vector<SavedAlert> saved_;
    int saved_minute_ = 0;
};

}  // namespace tocsin::rules::testing
