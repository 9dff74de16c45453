#include "rules/alert/facts.h"

#include <algorithm>

#include "rules/promql/ast.h"
#include "rules/promql/functions.h"

namespace tocsin::rules {
namespace {

// `behind`: how far back from the evaluation what stands around this node already looks.
void walk(const promql::Expr& expr, Duration behind, ExprFacts& facts) {
    if (const auto* selector = std::get_if<promql::Selector>(&expr.node)) {
        const Duration offset = std::max(selector->offset, Duration{0});
        facts.reach.window = std::max(facts.reach.window, behind + selector->range + offset);
        for (const Matcher& matcher : selector->matchers) {
            if (matcher.name() == kMetricName && matcher.op() == MatchOp::kEqual) {
                facts.metrics.push_back(matcher.value());
            }
        }
        return;
    }
    if (const auto* subquery = std::get_if<promql::Subquery>(&expr.node)) {
        behind += subquery->range + std::max(subquery->offset, Duration{0});
    }
    if (const auto* call = std::get_if<promql::Call>(&expr.node)) {
        if (call->function->name.starts_with("absent")) facts.reach.uses_absent = true;
    }
    promql::for_each_child(expr, [&](const promql::Expr& child) { walk(child, behind, facts); });
}

void make_unique(std::vector<std::string>& names) {
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

ExprFacts facts_of(const promql::Query& query) {
    ExprFacts facts;
    walk(query.expr(), Duration{0}, facts);
    facts.reach.reach = query.reach();
    make_unique(facts.metrics);
    return facts;
}

void merge(ExprFacts& into, const ExprFacts& other) {
    into.reach.reach = std::max(into.reach.reach, other.reach.reach);
    into.reach.window = std::max(into.reach.window, other.reach.window);
    into.reach.uses_absent = into.reach.uses_absent || other.reach.uses_absent;
    into.metrics.insert(into.metrics.end(), other.metrics.begin(), other.metrics.end());
    make_unique(into.metrics);
}

}  // namespace tocsin::rules
