#include <fmt/format.h>

#include <cmath>
#include <type_traits>

#include "base/core/strings.h"
#include "rules/promql/ast.h"
#include "rules/promql/functions.h"

namespace tocsin::rules::promql {
namespace {

std::string joined(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, ", "));
}

std::string modifiers(const AtModifier& at, Duration offset) {
    std::string out;
    if (const auto* t = std::get_if<Timestamp>(&at)) {
        out += fmt::format(" @ {:.3f}", to_unix_seconds(*t));
    } else if (const auto* end = std::get_if<AtEnd>(&at)) {
        out += *end == AtEnd::kStart ? " @ start()" : " @ end()";
    }
    if (offset > Duration{0}) out += " offset " + format_duration(offset);
    if (offset < Duration{0}) out += " offset -" + format_duration(-offset);
    return out;
}

struct Printer {
    std::string operator()(const NumberLiteral& n) const {
        // "+Inf ^ x" would read back as a sign before a power.
        return std::isinf(n.value) && n.value > 0 ? "Inf" : format_double(n.value);
    }
    std::string operator()(const StringLiteral& n) const { return quote(n.value); }
    std::string operator()(const Paren& n) const { return "(" + format(*n.expr) + ")"; }
    std::string operator()(const Selector& n) const {
        std::string inner;
        for (std::size_t i = 0; i < n.matchers.size(); ++i) {
            if (!n.name.empty() && i + 1 == n.matchers.size()) break;  // the name's own
            if (i > 0) inner += ",";
            inner += n.matchers[i].text();
        }
        std::string out = n.name;
        if (!inner.empty() || out.empty()) out += "{" + inner + "}";
        if (n.range != Duration{0}) out += "[" + format_duration(n.range) + "]";
        return out + modifiers(n.at, n.offset);
    }
    std::string operator()(const Subquery& n) const {
        const std::string step = n.step ? format_duration(*n.step) : "";
        return format(*n.expr) + "[" + format_duration(n.range) + ":" + step + "]" +
               modifiers(n.at, n.offset);
    }
    std::string operator()(const Unary& n) const {
        return (n.op == UnaryOp::kMinus ? "-" : "+") + format(*n.expr);
    }
    std::string operator()(const Binary& n) const {
        std::string out = format(*n.lhs) + " " + std::string(to_string(n.op));
        if (n.comparison == Comparison::kBool) out += " bool";
        const Matching& m = n.matching;
        const bool grouped = m.card == Cardinality::kManyToOne || m.card == Cardinality::kOneToMany;
        if (m.on || !m.labels.empty() || grouped) {
            out += fmt::format(" {} ({})", m.on ? "on" : "ignoring", joined(m.labels));
        }
        if (grouped) {
            out += fmt::format(" {} ({})",
                               m.card == Cardinality::kManyToOne ? "group_left" : "group_right",
                               joined(m.include));
        }
        return out + " " + format(*n.rhs);
    }
    std::string operator()(const Aggregate& n) const {
        std::string out(to_string(n.op));
        if (n.grouping == Grouping::kWithout) {
            out += " without (" + joined(n.labels) + ") ";
        } else if (!n.labels.empty()) {
            out += " by (" + joined(n.labels) + ") ";
        }
        out += "(";
        if (n.parameter) out += format(*n.parameter) + ", ";
        return out + format(*n.expr) + ")";
    }
    std::string operator()(const Call& n) const {
        std::vector<std::string> arguments;
        for (const ExprPtr& a : n.arguments) arguments.push_back(format(*a));
        return std::string(n.function->name) + "(" + joined(arguments) + ")";
    }
};

}  // namespace

std::string format(const Expr& expr) {
    return std::visit(Printer{}, expr.node);
}

const Expr& unparenthesized(const Expr& expr) {
    const Expr* at = &expr;
    while (const auto* paren = std::get_if<Paren>(&at->node)) at = paren->expr.get();
    return *at;
}

std::string_view to_string(ValueType type) {
    switch (type) {
        case ValueType::kScalar:
            return "scalar";
        case ValueType::kVector:
            return "instant vector";
        case ValueType::kMatrix:
            return "range vector";
        case ValueType::kString:
            return "string";
    }
    return "";
}

std::string_view to_string(BinaryOp op) {
    switch (op) {
        case BinaryOp::kAdd:
            return "+";
        case BinaryOp::kSub:
            return "-";
        case BinaryOp::kMul:
            return "*";
        case BinaryOp::kDiv:
            return "/";
        case BinaryOp::kMod:
            return "%";
        case BinaryOp::kPow:
            return "^";
        case BinaryOp::kAtan2:
            return "atan2";
        case BinaryOp::kEql:
            return "==";
        case BinaryOp::kNeq:
            return "!=";
        case BinaryOp::kGtr:
            return ">";
        case BinaryOp::kLss:
            return "<";
        case BinaryOp::kGte:
            return ">=";
        case BinaryOp::kLte:
            return "<=";
        case BinaryOp::kAnd:
            return "and";
        case BinaryOp::kOr:
            return "or";
        case BinaryOp::kUnless:
            return "unless";
    }
    return "";
}

std::string_view to_string(AggregateOp op) {
    switch (op) {
        case AggregateOp::kSum:
            return "sum";
        case AggregateOp::kMin:
            return "min";
        case AggregateOp::kMax:
            return "max";
        case AggregateOp::kAvg:
            return "avg";
        case AggregateOp::kGroup:
            return "group";
        case AggregateOp::kStddev:
            return "stddev";
        case AggregateOp::kStdvar:
            return "stdvar";
        case AggregateOp::kCount:
            return "count";
        case AggregateOp::kCountValues:
            return "count_values";
        case AggregateOp::kBottomk:
            return "bottomk";
        case AggregateOp::kTopk:
            return "topk";
        case AggregateOp::kQuantile:
            return "quantile";
    }
    return "";
}

}  // namespace tocsin::rules::promql
