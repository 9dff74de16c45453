#include "rules/promql/check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/core/strings.h"
#include "rules/promql/functions.h"

namespace tocsin::rules::promql {
namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

class Checker {
  public:
    explicit Checker(std::string_view text) : text_(text) {}

    void check(Expr& expr) {
        std::visit([&](auto& node) { on(expr, node); }, expr.node);
    }
    std::optional<ParseError> error() { return std::move(error_); }

  private:
    void on(Expr& /*expr*/, NumberLiteral& /*node*/) {}
    void on(Expr& /*expr*/, StringLiteral& /*node*/) {}
    void on(Expr& /*expr*/, Paren& node) { check(*node.expr); }

    void on(Expr& expr, Selector& node) {
        if (!node.name.empty()) {
            // The last matcher is the one for the name in front of the braces.
            const auto twice =
                std::find_if(node.matchers.begin(), node.matchers.end() - 1,
                             [](const Matcher& m) { return m.name() == kMetricName; });
            if (twice == node.matchers.end() - 1) return;
            fail(node.vector_at, fmt::format("metric name must not be set twice: {} or {}",
                                             quote(node.name), quote(twice->value())));
            return;
        }
        const bool selective = std::any_of(node.matchers.begin(), node.matchers.end(),
                                           [](const Matcher& m) { return !m.matches(""); });
        if (!selective) {
            fail(expr.at, "vector selector must contain at least one non-empty matcher");
        }
    }

    void on(Expr& expr, Subquery& node) {
        check(*node.expr);
        if (node.expr->type == ValueType::kVector) return;
        // Prometheus names the raw types here, not the documented ones.
        const std::string_view raw = node.expr->type == ValueType::kMatrix   ? "matrix"
                                     : node.expr->type == ValueType::kScalar ? "scalar"
                                                                             : "string";
        fail(expr.at,
             fmt::format("subquery is only allowed on instant vector, got {} instead", raw));
    }

    void on(Expr& expr, Unary& node) {
        check(*node.expr);
        const ValueType type = node.expr->type;
        if (type == ValueType::kScalar || type == ValueType::kVector) return;
        fail(expr.at, fmt::format("unary expression only allowed on expressions of type scalar or "
                                  "instant vector, got {}",
                                  quote(to_string(type))));
    }

    void on(Expr& /*expr*/, Aggregate& node) {
        expect(*node.expr, ValueType::kVector, "aggregation expression");
        if (!node.parameter) return;
        expect(*node.parameter,
               node.op == AggregateOp::kCountValues ? ValueType::kString : ValueType::kScalar,
               "aggregation parameter");
    }

    void on(Expr& expr, Call& node) {
        const Function& f = *node.function;
        const std::size_t declared = f.arguments.size();
        const std::size_t given = node.arguments.size();
        const std::string name = quote(f.name);
        if (f.variadic == 0 && declared != given) {
            fail(expr.at, fmt::format("expected {} argument(s) in call to {}, got {}", declared,
                                      name, given));
        } else if (f.variadic != 0 && given < declared - 1) {
            fail(expr.at, fmt::format("expected at least {} argument(s) in call to {}, got {}",
                                      declared - 1, name, given));
        } else if (f.variadic > 0 && given > declared - 1 + static_cast<std::size_t>(f.variadic)) {
            fail(expr.at,
                 fmt::format("expected at most {} argument(s) in call to {}, got {}",
                             declared - 1 + static_cast<std::size_t>(f.variadic), name, given));
        }
        for (std::size_t i = 0; i < given; ++i) {
            if (i >= declared && f.variadic == 0) break;
            expect(*node.arguments[i], argument_type(f, i), "call to function " + name);
        }
    }

    void on(Expr& expr, Binary& node) {
        check(*node.lhs);
        check(*node.rhs);
        const ValueType left = node.lhs->type;
        const ValueType right = node.rhs->type;
        check_operator(node);
        for (const Expr* side : {node.lhs.get(), node.rhs.get()}) {
            if (side->type == ValueType::kScalar || side->type == ValueType::kVector) continue;
            fail(side->at, "binary expression must contain only scalar and instant vector types");
        }
        Matching& m = node.matching;
        if (left != ValueType::kVector || right != ValueType::kVector) {
            if (!m.labels.empty()) {
                fail(expr.at, "vector matching only allowed between instant vectors");
            }
        } else if (is_set_operator(node.op)) {
            if (m.card != Cardinality::kOneToOne) {
                fail(expr.at, fmt::format("no grouping allowed for {} operation",
                                          quote(to_string(node.op))));
            }
            m.card = Cardinality::kManyToMany;
        }
        if ((left == ValueType::kScalar || right == ValueType::kScalar) &&
            is_set_operator(node.op)) {
            fail(expr.at, fmt::format("set operator {} not allowed in binary scalar expression",
                                      quote(to_string(node.op))));
        }
    }

    void check_operator(const Binary& node) {
        const Matching& m = node.matching;
        if (node.comparison == Comparison::kBool && !is_comparison(node.op)) {
            fail(operator_at(node), "bool modifier can only be used on comparison operators");
        }
        if (is_comparison(node.op) && node.comparison == Comparison::kFilter &&
            node.lhs->type == ValueType::kScalar && node.rhs->type == ValueType::kScalar) {
            fail(operator_at(node), "comparisons between scalars must use BOOL modifier");
        }
        for (const std::string& label : m.labels) {
            if (m.on && std::find(m.include.begin(), m.include.end(), label) != m.include.end()) {
                fail(operator_at(node),
                     fmt::format("label {} must not occur in ON and GROUP clause at once",
                                 quote(label)));
            }
        }
    }

    Span operator_at(const Binary& node) const {
        Span at{node.lhs->at.end, node.rhs->at.begin};
        while (at.begin < at.end && is_space(text_[at.begin])) ++at.begin;
        while (at.end > at.begin && is_space(text_[at.end - 1])) --at.end;
        return at;
    }

    void expect(Expr& expr, ValueType wanted, std::string_view where) {
        check(expr);
        if (expr.type == wanted) return;
        fail(expr.at, fmt::format("expected type {} in {}, got {}", to_string(wanted), where,
                                  to_string(expr.type)));
    }

    void fail(Span at, std::string message) {
        if (!error_) error_ = ParseError{at, std::move(message)};
    }

    std::string_view text_;
    std::optional<ParseError> error_;
};

}  // namespace

std::optional<ParseError> check_types(Expr& expr, std::string_view text) {
    Checker checker(text);
    checker.check(expr);
    return checker.error();
}

}  // namespace tocsin::rules::promql
