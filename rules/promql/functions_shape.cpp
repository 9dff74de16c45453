// Functions that are not one value in, one value out.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>
#include <utility>

#include "rules/promql/compile.h"
#include "rules/promql/functions.h"
#include "rules/promql/functions_label.h"

namespace tocsin::rules::promql {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

class Time final : public ScalarNode {
  public:
    Result<double> eval(const Moment& now) override { return static_cast<double>(now.t) / 1000; }
};

class ScalarOf final : public ScalarNode {
  public:
    explicit ScalarOf(VectorPlan child) : child_(std::move(child)) {}
    Result<double> eval(const Moment& now) override {
        TOCSIN_TRY(child_->eval(now));
        return child_->rows().size() == 1 ? child_->rows().front().v : kNaN;
    }

  private:
    VectorPlan child_;
};

class VectorOf final : public VectorNode {
  public:
    explicit VectorOf(ScalarPlan child) : child_(std::move(child)) { own_.resize(1); }
    Status eval(const Moment& now) override {
        rows_.clear();
        TOCSIN_TRY(const double v, child_->eval(now));
        rows_.push_back({0, v});
        return success();
    }

  private:
    ScalarPlan child_;
};

// A parameter that must lie between 0 and 1, both excluded.
class Factor final : public ScalarNode {
  public:
    Factor(ScalarPlan child, std::string what) : child_(std::move(child)), what_(std::move(what)) {}
    Result<double> eval(const Moment& now) override {
        TOCSIN_TRY(const double v, child_->eval(now));
        if (v > 0 && v < 1) return v;
        return evaluation_error("invalid " + what_ + ", got: " + std::to_string(v));
    }

  private:
    ScalarPlan child_;
    std::string what_;
};

enum class Direction { kUp, kDown };

class Sorted final : public VectorNode {
  public:
    Sorted(VectorPlan child, Direction direction)
        : child_(std::move(child)), up_(direction == Direction::kUp) {}
    Status eval(const Moment& now) override {
        TOCSIN_TRY(child_->eval(now));
        adopt(*child_);
        rows_.assign(child_->rows().begin(), child_->rows().end());
        // NaN comes last either way.
        std::stable_sort(rows_.begin(), rows_.end(), [this](const Row& a, const Row& b) {
            if (std::isnan(a.v)) return false;
            if (std::isnan(b.v)) return true;
            return up_ ? a.v < b.v : a.v > b.v;
        });
        return success();
    }

  private:
    VectorPlan child_;
    bool up_;
};

class Absent final : public VectorNode {
  public:
    Absent(VectorPlan child, Labels labels) : child_(std::move(child)) {
        own_ = {std::move(labels)};
    }
    Status eval(const Moment& now) override {
        rows_.clear();
        TOCSIN_TRY(child_->eval(now));
        if (child_->rows().empty()) rows_.push_back({0, 1});
        return success();
    }

  private:
    VectorPlan child_;
};

class AbsentOverTime final : public VectorNode {
  public:
    AbsentOverTime(RangePlan child, Labels labels) : child_(std::move(child)) {
        own_ = {std::move(labels)};
    }
    Status eval(const Moment& now) override {
        rows_.clear();
        TOCSIN_TRY(child_->begin(now));
        for (std::size_t i = 0; i < child_->labels().size(); ++i) {
            if (!child_->window(i).empty()) return success();
        }
        rows_.push_back({0, 1});
        return success();
    }

  private:
    RangePlan child_;
};

// What absent() says of the series that is not there: the labels its selector demands. A label with
// two matchers, or another kind of matcher, says nothing certain.
Labels absent_labels(const Expr& argument) {
    const auto* selector = std::get_if<Selector>(&unparenthesized(argument).node);
    if (selector == nullptr) return {};
    LabelsBuilder builder;
    std::set<std::string_view> seen;
    for (const Matcher& m : selector->matchers) {
        if (m.name() == kMetricName) continue;
        if (m.op() == MatchOp::kEqual && seen.insert(m.name().view()).second) {
            builder.set(m.name().view(), m.value());
        } else {
            builder.remove(m.name());
        }
    }
    return builder.build();
}

Result<Plan> build_absent(Compiler& c, const Call& call) {
    TOCSIN_TRY(auto child, c.vector(*call.arguments[0]));
    return Plan(std::make_unique<Absent>(std::move(child), absent_labels(*call.arguments[0])));
}

Result<Plan> build_absent_over_time(Compiler& c, const Call& call) {
    TOCSIN_TRY(auto child, c.range(*call.arguments[0]));
    return Plan(
        std::make_unique<AbsentOverTime>(std::move(child), absent_labels(*call.arguments[0])));
}

Result<Plan> build_time(Compiler& /*c*/, const Call& /*call*/) {
    return Plan(std::make_unique<Time>());
}

Result<Plan> build_pi(Compiler& /*c*/, const Call& /*call*/) {
    return Plan(make_constant(std::numbers::pi));
}

Result<Plan> build_scalar(Compiler& c, const Call& call) {
    TOCSIN_TRY(auto child, c.vector(*call.arguments[0]));
    return Plan(std::make_unique<ScalarOf>(std::move(child)));
}

Result<Plan> build_vector(Compiler& c, const Call& call) {
    TOCSIN_TRY(auto child, c.scalar(*call.arguments[0]));
    return Plan(std::make_unique<VectorOf>(std::move(child)));
}

template <Direction direction>
Result<Plan> build_sort(Compiler& c, const Call& call) {
    TOCSIN_TRY(auto child, c.vector(*call.arguments[0]));
    return Plan(std::make_unique<Sorted>(std::move(child), direction));
}

bool same(double v, std::span<const double> /*p*/, double& out) {
    out = v;
    return true;
}

// Anything but a plain selector has the time it was evaluated for.
Result<Plan> build_timestamp(Compiler& c, const Call& call) {
    const Expr& argument = unparenthesized(*call.arguments[0]);
    if (const auto* selector = std::get_if<Selector>(&argument.node)) {
        TOCSIN_TRY(auto times, c.sample_times(*selector));
        return Plan(make_value_call(same, std::move(times), {}));
    }
    TOCSIN_TRY(auto child, c.vector(argument));
    std::vector<ScalarPlan> now;
    now.push_back(std::make_unique<Time>());
    constexpr ValueFunction kTake = [](double /*v*/, std::span<const double> p, double& out) {
        out = p[0];
        return true;
    };
    return Plan(make_value_call(kTake, std::move(child), std::move(now)));
}

Result<Plan> build_holt_winters(Compiler& c, const Call& call) {
    TOCSIN_TRY(auto child, c.range(*call.arguments[0]));
    TOCSIN_TRY(auto smoothing, c.scalar(*call.arguments[1]));
    TOCSIN_TRY(auto trend, c.scalar(*call.arguments[2]));
    std::vector<ScalarPlan> parameters;
    parameters.push_back(
        std::make_unique<Factor>(std::move(smoothing), "smoothing factor. Expected: 0 < sf < 1"));
    parameters.push_back(
        std::make_unique<Factor>(std::move(trend), "trend factor. Expected: 0 < tf < 1"));
    return Plan(make_range_call(holt_winters, MetricName::kDropped, std::move(child),
                                std::move(parameters)));
}

constexpr auto kVector = ValueType::kVector;
constexpr auto kScalar = ValueType::kScalar;

constexpr Function kShaping[] = {
    {"absent", kVector, "v", 0, build_absent},
    {"absent_over_time", kVector, "m", 0, build_absent_over_time},
    {"histogram_quantile", kVector, "sv", 0, build_histogram_quantile},
    {"holt_winters", kVector, "mss", 0, build_holt_winters},
    {"label_join", kVector, "vttt", -1, build_label_join},
    {"label_replace", kVector, "vtttt", 0, build_label_replace},
    {"pi", kScalar, "", 0, build_pi},
    {"scalar", kScalar, "v", 0, build_scalar},
    {"sort", kVector, "v", 0, build_sort<Direction::kUp>},
    {"sort_desc", kVector, "v", 0, build_sort<Direction::kDown>},
    {"time", kScalar, "", 0, build_time},
    {"timestamp", kVector, "v", 0, build_timestamp},
    {"vector", kVector, "s", 0, build_vector},
};

}  // namespace

std::span<const Function> shaping_functions() {
    return kShaping;
}

}  // namespace tocsin::rules::promql
