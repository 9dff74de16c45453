// Expressions of a rule file: syntax, type, and the filters that a threshold rule must not have.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <variant>

#include "base/core/strings.h"
#include "rules/file/reader.h"
#include "rules/promql/ast.h"
#include "rules/promql/functions.h"

namespace tocsin::rules {
namespace {

using promql::Expr;
using promql::Span;

// Whether each sample of the first argument gives one of the result.
bool maps_samples(const promql::Function& function) {
    constexpr std::array<std::string_view, 5> kShaping{"label_join", "label_replace", "sort",
                                                       "sort_desc", "timestamp"};
    return std::holds_alternative<promql::ValueFunction>(function.implementation) ||
           std::holds_alternative<promql::CalendarFunction>(function.implementation) ||
           std::find(kShaping.begin(), kShaping.end(), function.name) != kShaping.end();
}

// Follows what the result's samples depend on. Inside aggregations and other calls a filter chooses
// what is counted, and on the right of a division it guards against nothing: both are meant.
std::optional<Span> filter_in(const Expr& expr) {
    if (const auto* paren = std::get_if<promql::Paren>(&expr.node)) return filter_in(*paren->expr);
    if (const auto* unary = std::get_if<promql::Unary>(&expr.node)) return filter_in(*unary->expr);
    if (const auto* call = std::get_if<promql::Call>(&expr.node)) {
        const bool maps = maps_samples(*call->function) && !call->arguments.empty();
        return maps ? filter_in(*call->arguments.front()) : std::nullopt;
    }
    const auto* binary = std::get_if<promql::Binary>(&expr.node);
    if (binary == nullptr) return std::nullopt;
    if (promql::is_comparison(binary->op)) {
        if (binary->comparison == promql::Comparison::kFilter) return expr.at;
        return std::nullopt;
    }
    if (auto found = filter_in(*binary->lhs)) return found;
    const bool divides =
        binary->op == promql::BinaryOp::kDiv || binary->op == promql::BinaryOp::kMod;
    return divides ? std::nullopt : filter_in(*binary->rhs);
}

}  // namespace

std::optional<Span> find_filter(std::string_view expr) {
    const auto parsed = promql::parse(expr);
    const auto* tree = std::get_if<std::shared_ptr<const Expr>>(&parsed);
    return tree == nullptr ? std::nullopt : filter_in(**tree);
}

void report_in_expression(const ReadContext& context, const Expression& expr, Span at,
                          std::string_view message) {
    if (const auto place = context.source.locate(expr.at, expr.text, at.begin)) {
        context.diagnostics.error(*place, std::string(message));
        return;
    }
    const std::string_view before = std::string_view(expr.text).substr(0, at.begin);
    context.diagnostics.error(expr.at, std::string(message) + " (at character " +
                                           std::to_string(utf8_length(before) + 1) +
                                           " of the expression)");
}

std::optional<Expression> read_expression(const text::YamlNode& node, const ReadContext& context) {
    if (!node) return std::nullopt;
    if (node.kind() != text::YamlKind::kScalar || node.scalar().empty()) {
        context.diagnostics.error(node.position(),
                                  "a PromQL expression is a text that isn't empty");
        return std::nullopt;
    }
    Expression expr{std::string(node.scalar()), node.position()};
    const auto parsed = promql::parse(expr.text);
    if (const auto* error = std::get_if<promql::ParseError>(&parsed)) {
        report_in_expression(context, expr, error->at,
                             "could not parse expression: " + error->message);
        return std::nullopt;
    }
    const promql::ValueType type = std::get<std::shared_ptr<const Expr>>(parsed)->type;
    if (type == promql::ValueType::kMatrix || type == promql::ValueType::kString) {
        report_in_expression(context, expr, Span{0, expr.text.size()},
                             "a rule's result is an instant vector or a scalar, not a " +
                                 std::string(to_string(type)));
        return std::nullopt;
    }
    return expr;
}

}  // namespace tocsin::rules
