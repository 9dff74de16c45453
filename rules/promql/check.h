// Inside rules/promql: what a syntactically right expression may still get wrong.
#pragma once

#include <optional>
#include <string_view>

#include "rules/promql/ast.h"

namespace tocsin::rules::promql {

// The first type error in Prometheus's order. Settles what depends on the operands' types: a set
// operator's cardinality, and that only vectors are matched.
std::optional<ParseError> check_types(Expr& expr, std::string_view text);

}  // namespace tocsin::rules::promql
