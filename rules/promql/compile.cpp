#include "rules/promql/compile.h"

#include <algorithm>
#include <utility>

namespace tocsin::rules::promql {

std::int64_t TimeShift::apply(const Moment& now) const {
    std::int64_t t = now.t;
    if (const auto* fixed = std::get_if<Timestamp>(&at)) {
        t = to_unix_ms(*fixed);
    } else if (const auto* end = std::get_if<AtEnd>(&at)) {
        t = *end == AtEnd::kStart ? now.start : now.end;
    }
    return t - offset;
}

Result<Plan> Compiler::compile(const Expr& expr) {
    return std::visit([this](const auto& node) { return on(node); }, expr.node);
}

Result<ScalarPlan> Compiler::scalar(const Expr& expr) {
    TOCSIN_TRY(auto plan, compile(expr));
    return std::get<ScalarPlan>(std::move(plan));
}

Result<VectorPlan> Compiler::vector(const Expr& expr) {
    TOCSIN_TRY(auto plan, compile(expr));
    return std::get<VectorPlan>(std::move(plan));
}

Result<RangePlan> Compiler::range(const Expr& expr) {
    TOCSIN_TRY(auto plan, compile(expr));
    return std::get<RangePlan>(std::move(plan));
}

std::string Compiler::text(const Expr& expr) {
    return std::get<StringLiteral>(unparenthesized(expr).node).value;
}

std::shared_ptr<Selection> Compiler::select(const Selector& node) {
    const Duration back = node.range != Duration{0} ? node.range : options_.lookback;
    const Duration reach = outer_ + back + std::max(node.offset, Duration{0});
    reach_ = std::max(reach_, reach);
    return history_.select(node.matchers, reach);
}

Result<VectorPlan> Compiler::sample_times(const Selector& node) {
    return make_instant_selector(select(node), {node.at, node.offset.count()}, options_.lookback,
                                 Read::kTimes);
}

Result<Plan> Compiler::on(const NumberLiteral& node) {
    return Plan(make_constant(node.value));
}

Result<Plan> Compiler::on(const StringLiteral& node) {
    return Plan(node.value);
}

Result<Plan> Compiler::on(const Paren& node) {
    return compile(*node.expr);
}

Result<Plan> Compiler::on(const Selector& node) {
    const TimeShift shift{node.at, node.offset.count()};
    if (node.range != Duration{0}) {
        return Plan(make_range_selector(select(node), shift, node.range));
    }
    return Plan(make_instant_selector(select(node), shift, options_.lookback, Read::kValues));
}

Result<Plan> Compiler::on(const Subquery& node) {
    const Duration back = node.range + std::max(node.offset, Duration{0});
    outer_ += back;
    auto child = vector(*node.expr);
    outer_ -= back;
    if (!child) return std::move(child).error();
    return Plan(make_subquery(std::move(child).value(), {node.at, node.offset.count()}, node.range,
                              node.step.value_or(options_.subquery_step)));
}

Result<Plan> Compiler::on(const Unary& node) {
    TOCSIN_TRY(auto operand, compile(*node.expr));
    return node.op == UnaryOp::kPlus ? std::move(operand) : make_negation(std::move(operand));
}

Result<Plan> Compiler::on(const Binary& node) {
    TOCSIN_TRY(auto lhs, compile(*node.lhs));
    TOCSIN_TRY(auto rhs, compile(*node.rhs));
    return make_binary(node, std::move(lhs), std::move(rhs));
}

Result<Plan> Compiler::on(const Aggregate& node) {
    TOCSIN_TRY(auto child, vector(*node.expr));
    if (node.op == AggregateOp::kCountValues) {
        TOCSIN_TRY(auto counted, make_count_values(node, std::move(child), text(*node.parameter)));
        return Plan(std::move(counted));
    }
    ScalarPlan parameter;
    if (node.parameter) {
        TOCSIN_TRY(parameter, scalar(*node.parameter));
    }
    return Plan(make_aggregate(node, std::move(child), std::move(parameter)));
}

Result<Plan> Compiler::on(const Call& node) {
    const auto& implementation = node.function->implementation;
    if (const auto* build = std::get_if<Builder>(&implementation)) return (*build)(*this, node);
    std::vector<ScalarPlan> parameters;
    VectorPlan values;
    RangePlan samples;
    for (const ExprPtr& argument : node.arguments) {
        TOCSIN_TRY(auto plan, compile(*argument));
        if (auto* s = std::get_if<ScalarPlan>(&plan)) parameters.push_back(std::move(*s));
        if (auto* v = std::get_if<VectorPlan>(&plan)) values = std::move(*v);
        if (auto* r = std::get_if<RangePlan>(&plan)) samples = std::move(*r);
    }
    if (const auto* f = std::get_if<RangeFunction>(&implementation)) {
        return Plan(make_range_call(*f, node.function->metric_name, std::move(samples),
                                    std::move(parameters)));
    }
    if (const auto* f = std::get_if<ValueFunction>(&implementation)) {
        return Plan(make_value_call(*f, std::move(values), std::move(parameters)));
    }
    return Plan(make_calendar_call(std::get<CalendarFunction>(implementation), std::move(values)));
}

}  // namespace tocsin::rules::promql
