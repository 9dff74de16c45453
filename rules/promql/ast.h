// The typed syntax tree of one expression. Built by parse(), which has also checked its types;
// immutable afterwards. Visit Expr::node with std::visit so that a new kind of node is noticed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/model/matcher.h"
#include "rules/promql/engine.h"

namespace tocsin::rules::promql {

struct Function;  // rules/promql/functions.h
using ExprPtr = std::unique_ptr<Expr>;

// The @ modifier: a fixed time, or an end of the query.
enum class AtEnd { kStart, kEnd };
using AtModifier = std::variant<std::monostate, Timestamp, AtEnd>;

struct NumberLiteral {
    double value;
};
struct StringLiteral {
    std::string value;
};
struct Paren {
    ExprPtr expr;
};

// An instant vector selector, or with a range a range vector selector.
struct Selector {
    std::string name;    // "" when only the braces say it
    Matchers matchers;   // in the order written, then the one for `name`
    Duration range{0};   // 0: instant
    Duration offset{0};  // negative: ahead
    AtModifier at;
    Span vector_at;  // without the range and what follows
};

struct Subquery {
    ExprPtr expr;
    Duration range{0};
    std::optional<Duration> step;  // none: the engine's default
    Duration offset{0};
    AtModifier at;
};

enum class UnaryOp { kPlus, kMinus };
struct Unary {
    UnaryOp op;
    ExprPtr expr;
};

enum class BinaryOp {
    kAdd,
    kSub,
    kMul,
    kDiv,
    kMod,
    kPow,
    kAtan2,
    kEql,
    kNeq,
    kGtr,
    kLss,
    kGte,
    kLte,
    kAnd,
    kOr,
    kUnless,
};
std::string_view to_string(BinaryOp op);
constexpr bool is_comparison(BinaryOp op) {
    return op >= BinaryOp::kEql && op <= BinaryOp::kLte;
}
constexpr bool is_set_operator(BinaryOp op) {
    return op >= BinaryOp::kAnd;
}

enum class Cardinality { kOneToOne, kManyToOne, kOneToMany, kManyToMany };
enum class Comparison { kFilter, kBool };
struct Matching {
    Cardinality card = Cardinality::kOneToOne;
    bool on = false;  // else `ignoring`
    std::vector<std::string> labels;
    std::vector<std::string> include;  // group_left(…), group_right(…)
};
struct Binary {
    BinaryOp op;
    ExprPtr lhs;
    ExprPtr rhs;
    Comparison comparison = Comparison::kFilter;
    Matching matching;  // between two vectors only
};

enum class AggregateOp {
    kSum,
    kMin,
    kMax,
    kAvg,
    kGroup,
    kStddev,
    kStdvar,
    kCount,
    kCountValues,
    kBottomk,
    kTopk,
    kQuantile,
};
std::string_view to_string(AggregateOp op);
constexpr bool has_parameter(AggregateOp op) {
    return op >= AggregateOp::kCountValues;
}

enum class Grouping { kBy, kWithout };
struct Aggregate {
    AggregateOp op;
    ExprPtr expr;
    ExprPtr parameter;  // k, φ or the label's name; else null
    Grouping grouping = Grouping::kBy;
    std::vector<std::string> labels;
};

struct Call {
    const Function* function;
    std::vector<ExprPtr> arguments;
};

struct Expr {
    Span at;
    ValueType type;
    int height;  // of the tree from here down; bounded, so that walking it may recurse
    std::variant<NumberLiteral, StringLiteral, Paren, Selector, Subquery, Unary, Binary, Aggregate,
                 Call>
        node;
};

// Below any parentheses.
const Expr& unparenthesized(const Expr& expr);

// Calls f(child) for each direct operand or argument.
template <class F>
void for_each_child(const Expr& expr, F&& f) {
    struct Visitor {
        F& f;
        void operator()(const NumberLiteral&) const {}
        void operator()(const StringLiteral&) const {}
        void operator()(const Selector&) const {}
        void operator()(const Paren& n) const { f(*n.expr); }
        void operator()(const Subquery& n) const { f(*n.expr); }
        void operator()(const Unary& n) const { f(*n.expr); }
        void operator()(const Binary& n) const {
            f(*n.lhs);
            f(*n.rhs);
        }
        void operator()(const Aggregate& n) const {
            if (n.parameter) f(*n.parameter);
            f(*n.expr);
        }
        void operator()(const Call& n) const {
            for (const ExprPtr& a : n.arguments) f(*a);
        }
    };
    std::visit(Visitor{f}, expr.node);
}

}  // namespace tocsin::rules::promql
