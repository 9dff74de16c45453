// What a rule must know of an expression beyond its value, private to rules/alert.
#pragma once

#include <string>
#include <vector>

#include "rules/alert/alert_state.h"
#include "rules/promql/engine.h"

namespace tocsin::rules {

struct ExprFacts {
    RuleReach reach;
    std::vector<std::string> metrics;  // the names that its selectors ask for
};

ExprFacts facts_of(const promql::Query& query);
// Of a rule with several expressions.
void merge(ExprFacts& into, const ExprFacts& other);

}  // namespace tocsin::rules
