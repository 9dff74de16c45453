// Inside rules/promql: from the syntax tree to nodes bound to a History.
#pragma once

#include <string>
#include <vector>

#include "rules/history/history.h"
#include "rules/promql/ast.h"
#include "rules/promql/functions.h"
#include "rules/promql/plan.h"

namespace tocsin::rules::promql {

// The instant a selector or subquery looks at, of the instant it is evaluated for.
struct TimeShift {
    AtModifier at;
    std::int64_t offset = 0;
    std::int64_t apply(const Moment& now) const;
};

class Compiler {
  public:
    Compiler(History& history, const EngineOptions& options)
        : history_(history), options_(options) {}

    // Type-checked trees only. Errors: what needs no series to be wrong, as a bad label name.
    Result<Plan> compile(const Expr& expr);
    Result<ScalarPlan> scalar(const Expr& expr);
    Result<VectorPlan> vector(const Expr& expr);
    Result<RangePlan> range(const Expr& expr);
    std::string text(const Expr& expr);

    // The samples' times in seconds instead of their values.
    Result<VectorPlan> sample_times(const Selector& selector);

    Duration reach() const { return reach_; }

  private:
    Result<Plan> on(const NumberLiteral& node);
    Result<Plan> on(const StringLiteral& node);
    Result<Plan> on(const Paren& node);
    Result<Plan> on(const Selector& node);
    Result<Plan> on(const Subquery& node);
    Result<Plan> on(const Unary& node);
    Result<Plan> on(const Binary& node);
    Result<Plan> on(const Aggregate& node);
    Result<Plan> on(const Call& node);
    std::shared_ptr<Selection> select(const Selector& node);

    History& history_;
    const EngineOptions& options_;
    Duration outer_{0};  // how far back the subqueries around look
    Duration reach_{0};
};

// What the nodes are made by; each in the file of its kind.
enum class Read { kValues, kTimes };
VectorPlan make_instant_selector(std::shared_ptr<Selection> selection, TimeShift shift,
                                 Duration lookback, Read read);
RangePlan make_range_selector(std::shared_ptr<Selection> selection, TimeShift shift,
                              Duration range);
RangePlan make_subquery(VectorPlan child, TimeShift shift, Duration range, Duration step);

ScalarPlan make_constant(double value);
Plan make_negation(Plan operand);
Result<Plan> make_binary(const Binary& node, Plan lhs, Plan rhs);
VectorPlan make_aggregate(const Aggregate& node, VectorPlan child, ScalarPlan parameter);
Result<VectorPlan> make_count_values(const Aggregate& node, VectorPlan child,
                                     const std::string& label);

VectorPlan make_range_call(RangeFunction f, MetricName name, RangePlan child,
                           std::vector<ScalarPlan> parameters);
VectorPlan make_value_call(ValueFunction f, VectorPlan child, std::vector<ScalarPlan> parameters);
VectorPlan make_calendar_call(CalendarFunction f, VectorPlan child);  // null: of time()

}  // namespace tocsin::rules::promql
