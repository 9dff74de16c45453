#include <cmath>
#include <limits>
#include <utility>

#include "rules/promql/compile.h"

namespace tocsin::rules::promql {
namespace {

class Constant final : public ScalarNode {
  public:
    explicit Constant(double value) : value_(value) {}
    Result<double> eval(const Moment& /*now*/) override { return value_; }

  private:
    double value_;
};

class ScalarNegation final : public ScalarNode {
  public:
    explicit ScalarNegation(ScalarPlan child) : child_(std::move(child)) {}
    Result<double> eval(const Moment& now) override {
        TOCSIN_TRY(const double v, child_->eval(now));
        return -v;
    }

  private:
    ScalarPlan child_;
};

// The scalar arguments of a call, evaluated once for all its series.
class Parameters {
  public:
    explicit Parameters(std::vector<ScalarPlan> plans) : plans_(std::move(plans)) {}
    Status eval(const Moment& now) {
        values_.clear();
        for (const ScalarPlan& plan : plans_) {
            TOCSIN_TRY(const double v, plan->eval(now));
            values_.push_back(v);
        }
        return success();
    }
    std::span<const double> values() const { return values_; }

  private:
    std::vector<ScalarPlan> plans_;
    std::vector<double> values_;
};

class RangeCall final : public VectorNode {
  public:
    RangeCall(RangeFunction f, MetricName name, RangePlan child, std::vector<ScalarPlan> parameters)
        : f_(f), name_(name), child_(std::move(child)), parameters_(std::move(parameters)) {}

    Status eval(const Moment& now) override {
        rows_.clear();
        TOCSIN_TRY(parameters_.eval(now));
        TOCSIN_TRY(child_->begin(now));
        const auto change = [&](const Labels& l) {
            return name_ == MetricName::kKept ? l : without_name(l);
        };
        if (slots_.follow(*child_, change)) {
            own_ = slots_.take_labels();
            ++version_;
        }
        Window w{{}, child_->from(), child_->to(), now.t};
        const auto n = static_cast<std::uint32_t>(child_->labels().size());
        std::uint64_t samples = 0;
        for (std::uint32_t i = 0; i < n; ++i) {
            w.samples = child_->window(i);
            samples += w.samples.size();
            double v = 0;
            if (w.samples.empty() || !f_(w, parameters_.values(), v)) continue;
            rows_.push_back({slots_[i], v});
        }
        TOCSIN_TRY(now.budget->spend(samples));
        return slots_.check(rows_);
    }

  private:
    RangeFunction f_;
    MetricName name_;
    RangePlan child_;
    Parameters parameters_;
    Relabeling slots_;
};

// One value in, one value out, the metric's name dropped.
template <class F>
class Mapped final : public VectorNode {
  public:
    Mapped(F f, VectorPlan child, std::vector<ScalarPlan> parameters)
        : f_(f), child_(std::move(child)), parameters_(std::move(parameters)) {}

    Status eval(const Moment& now) override {
        rows_.clear();
        TOCSIN_TRY(parameters_.eval(now));
        TOCSIN_TRY(child_->eval(now));
        if (slots_.follow(*child_, without_name)) {
            own_ = slots_.take_labels();
            ++version_;
        }
        for (const Row& row : child_->rows()) {
            double v = 0;
            if (f_(row.v, parameters_.values(), v)) rows_.push_back({slots_[row.slot], v});
        }
        return slots_.check(rows_);
    }

  private:
    F f_;
    VectorPlan child_;
    Parameters parameters_;
    Relabeling slots_;
};

struct Negate {
    bool operator()(double v, std::span<const double> /*p*/, double& out) const {
        out = -v;
        return true;
    }
};

// Beyond the calendar (and for NaN) there is no date to speak of.
double calendar(CalendarFunction f, double seconds) {
    constexpr double kLimit = 9e11;
    if (!(std::abs(seconds) < kLimit)) return std::numeric_limits<double>::quiet_NaN();
    return f(static_cast<std::int64_t>(seconds));
}

struct Calendar {
    CalendarFunction f;
    bool operator()(double v, std::span<const double> /*p*/, double& out) const {
        out = calendar(f, v);
        return true;
    }
};

class CalendarNow final : public VectorNode {
  public:
    explicit CalendarNow(CalendarFunction f) : f_(f) { own_.resize(1); }
    Status eval(const Moment& now) override {
        const double seconds = std::floor(static_cast<double>(now.t) / 1000);
        rows_.assign(1, {0, calendar(f_, seconds)});
        return success();
    }

  private:
    CalendarFunction f_;
};

}  // namespace

ScalarPlan make_constant(double value) {
    return std::make_unique<Constant>(value);
}

Plan make_negation(Plan operand) {
    if (auto* scalar = std::get_if<ScalarPlan>(&operand)) {
        return std::make_unique<ScalarNegation>(std::move(*scalar));
    }
    return std::make_unique<Mapped<Negate>>(Negate{}, std::get<VectorPlan>(std::move(operand)),
                                            std::vector<ScalarPlan>{});
}

VectorPlan make_range_call(RangeFunction f, MetricName name, RangePlan child,
                           std::vector<ScalarPlan> parameters) {
    return std::make_unique<RangeCall>(f, name, std::move(child), std::move(parameters));
}

VectorPlan make_value_call(ValueFunction f, VectorPlan child, std::vector<ScalarPlan> parameters) {
    return std::make_unique<Mapped<ValueFunction>>(f, std::move(child), std::move(parameters));
}

VectorPlan make_calendar_call(CalendarFunction f, VectorPlan child) {
    if (!child) return std::make_unique<CalendarNow>(f);
    return std::make_unique<Mapped<Calendar>>(Calendar{f}, std::move(child),
                                              std::vector<ScalarPlan>{});
}

}  // namespace tocsin::rules::promql
