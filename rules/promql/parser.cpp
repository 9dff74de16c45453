#include "rules/promql/parser.h"

#include <fmt/format.h>

#include <utility>

#include "base/core/strings.h"
#include "rules/promql/check.h"
#include "rules/promql/functions.h"

namespace tocsin::rules::promql {

std::nullptr_t Parser::fail(Span at, std::string message) {
    if (!error_) error_ = ParseError{at, std::move(message)};
    return nullptr;
}

std::nullptr_t Parser::unexpected(std::string_view context, std::string_view expected) {
    if (token_.kind == TokenKind::kError) return fail(token_.at, token_.text);
    if (context.empty() && aggregations_ > 0) context = "aggregation";
    std::string message = "unexpected " + token_.description();
    if (!context.empty()) message += fmt::format(" in {}", context);
    if (!expected.empty()) message += fmt::format(", expected {}", expected);
    return fail(token_.at, std::move(message));
}

bool Parser::expect(TokenKind kind, std::string_view context, std::string_view expected) {
    if (token_.kind != kind) {
        unexpected(context, expected);
        return false;
    }
    advance();
    return true;
}

ExprPtr Parser::parse_all() {
    if (token_.kind == TokenKind::kEof) return fail({0, 0}, "no expression found in input");
    ExprPtr expr = expression(kOr);
    if (expr && token_.kind != TokenKind::kEof) return unexpected();
    return error_ ? nullptr : std::move(expr);
}

std::optional<Parser::Operator> Parser::operator_of(const Token& token) const {
    if (token.kind != TokenKind::kOperator) return std::nullopt;
    static constexpr std::pair<std::string_view, Operator> kOperators[] = {
        {"+", {BinaryOp::kAdd, kAdd}},         {"-", {BinaryOp::kSub, kAdd}},
        {"*", {BinaryOp::kMul, kMul}},         {"/", {BinaryOp::kDiv, kMul}},
        {"%", {BinaryOp::kMod, kMul}},         {"atan2", {BinaryOp::kAtan2, kMul}},
        {"^", {BinaryOp::kPow, kPow}},         {"==", {BinaryOp::kEql, kCompare}},
        {"!=", {BinaryOp::kNeq, kCompare}},    {">", {BinaryOp::kGtr, kCompare}},
        {"<", {BinaryOp::kLss, kCompare}},     {">=", {BinaryOp::kGte, kCompare}},
        {"<=", {BinaryOp::kLte, kCompare}},    {"and", {BinaryOp::kAnd, kAnd}},
        {"unless", {BinaryOp::kUnless, kAnd}}, {"or", {BinaryOp::kOr, kOr}},
    };
    for (const auto& [word, op] : kOperators) {
        if (token.is(word)) return op;
    }
    return std::nullopt;
}

ExprPtr Parser::expression(int min_precedence) {
    if (depth_ >= kMaxDepth) return too_deep();
    ++depth_;
    ExprPtr lhs = unary();
    while (lhs) {
        const auto op = operator_of(token_);
        if (!op || op->precedence < min_precedence) break;
        lhs = binary(std::move(lhs), *op);
        if (lhs && lhs->height > kMaxHeight) return too_deep();
    }
    --depth_;
    return lhs;
}

ExprPtr Parser::binary(ExprPtr lhs, Operator op) {
    advance();
    Binary node{op.op, std::move(lhs), nullptr, Comparison::kFilter, {}};
    if (!modifiers(node)) return nullptr;
    // All but ^ group to the left.
    node.rhs = expression(op.op == BinaryOp::kPow ? kPow : op.precedence + 1);
    if (!node.rhs) return nullptr;
    const bool scalar =
        node.lhs->type == ValueType::kScalar && node.rhs->type == ValueType::kScalar;
    const Span at{node.lhs->at.begin, node.rhs->at.end};
    return make(at, scalar ? ValueType::kScalar : ValueType::kVector, std::move(node));
}

bool Parser::modifiers(Binary& into) {
    if (token_.is("bool")) {
        into.comparison = Comparison::kBool;
        advance();
    }
    if (!token_.is("on") && !token_.is("ignoring")) return true;
    into.matching.on = token_.is("on");
    advance();
    if (!grouping(into.matching.labels)) return false;
    if (!token_.is("group_left") && !token_.is("group_right")) return true;
    into.matching.card =
        token_.is("group_left") ? Cardinality::kManyToOne : Cardinality::kOneToMany;
    advance();
    return token_.kind != TokenKind::kLeftParen || grouping(into.matching.include);
}

// ( label, label )
bool Parser::grouping(std::vector<std::string>& into) {
    if (!expect(TokenKind::kLeftParen, "grouping opts", "\"(\"")) return false;
    while (token_.kind != TokenKind::kRightParen) {
        switch (token_.kind) {
            case TokenKind::kIdentifier:
            case TokenKind::kMetricIdentifier:
            case TokenKind::kKeyword:
            case TokenKind::kAggregator:
            case TokenKind::kOperator:
                break;
            default:
                unexpected("grouping opts", "label");
                return false;
        }
        if (!is_label_name(token_.text)) {
            unexpected("grouping opts", "label");
            return false;
        }
        into.push_back(token_.text);
        advance();
        if (token_.kind == TokenKind::kComma) {
            advance();
        } else if (token_.kind != TokenKind::kRightParen) {
            unexpected("grouping opts", "\",\" or \")\"");
            return false;
        }
    }
    advance();
    return true;
}

ExprPtr Parser::unary() {
    const bool minus = token_.kind == TokenKind::kOperator && token_.text == "-";
    const bool plus = token_.kind == TokenKind::kOperator && token_.text == "+";
    if (!minus && !plus) {
        ExprPtr expr = primary();
        return expr ? postfix(std::move(expr)) : nullptr;
    }
    const std::size_t begin = token_.at.begin;
    advance();
    // As tight as a multiplication: -a ^ b is -(a ^ b).
    ExprPtr operand = expression(kPow);
    if (!operand) return nullptr;
    const Span at{begin, operand->at.end};
    if (auto* literal = std::get_if<NumberLiteral>(&operand->node)) {
        if (minus) literal->value = -literal->value;
        operand->at = at;
        return operand;
    }
    const ValueType type = operand->type;
    return make(at, type, Unary{minus ? UnaryOp::kMinus : UnaryOp::kPlus, std::move(operand)});
}

ExprPtr Parser::postfix(ExprPtr expr) {
    while (expr) {
        if (expr->height > kMaxHeight) return too_deep();
        if (token_.kind == TokenKind::kLeftBracket) {
            expr = range_or_subquery(std::move(expr));
        } else if (token_.is("offset")) {
            if (!offset(*expr)) return nullptr;
        } else if (token_.kind == TokenKind::kAt) {
            if (!at_modifier(*expr)) return nullptr;
        } else {
            break;
        }
    }
    return expr;
}

ExprPtr Parser::primary() {
    switch (token_.kind) {
        case TokenKind::kNumber:
            return number();
        case TokenKind::kString:
            return string();
        case TokenKind::kLeftParen:
            return paren();
        case TokenKind::kLeftBrace:
            return braces("", token_.at.begin);
        case TokenKind::kIdentifier:
        case TokenKind::kMetricIdentifier:
        case TokenKind::kKeyword:
        case TokenKind::kAggregator:
        case TokenKind::kOperator:
            break;
        default:
            return unexpected();
    }
    const Token word = token_;
    const bool symbol = !is_metric_name(word.text);
    // These two start a matching, and `bool` a comparison's: they are no metrics' names.
    const bool reserved = word.is("on") || word.is("ignoring") || word.is("bool") ||
                          word.is("group_left") || word.is("group_right") || word.is("atan2");
    if (symbol || reserved) return unexpected();
    advance();
    if (word.kind == TokenKind::kIdentifier && token_.kind == TokenKind::kLeftParen)
        return call(word);
    if (word.kind == TokenKind::kAggregator &&
        (token_.kind == TokenKind::kLeftParen || token_.is("by") || token_.is("without"))) {
        return aggregate(word);
    }
    return selector(word);
}

ExprPtr Parser::number() {
    const Token token = token_;
    const auto value = number_value(token);
    if (!value) return nullptr;
    advance();
    return make(token.at, ValueType::kScalar, NumberLiteral{*value});
}

std::optional<double> Parser::number_value(const Token& token) {
    const std::string& text = token.text;
    // 017 is octal, as in Go; 0x1F hexadecimal; anything else decimal.
    if (text.size() > 1 && text[0] == '0' &&
        text.find_first_not_of("01234567") == std::string::npos) {
        double value = 0;
        for (const char c : text) value = value * 8 + (c - '0');
        return value;
    }
    if (const auto value = parse_double(text)) return value;
    fail(token.at,
         fmt::format("error parsing number: strconv.ParseFloat: parsing {}: invalid syntax",
                     quote(text)));
    return std::nullopt;
}

ExprPtr Parser::string() {
    ExprPtr expr = make(token_.at, ValueType::kString, StringLiteral{unquote(token_.text)});
    advance();
    return expr;
}

ExprPtr Parser::paren() {
    const std::size_t begin = token_.at.begin;
    advance();
    ExprPtr inner = expression(kOr);
    if (!inner || !expect(TokenKind::kRightParen, "", "")) return nullptr;
    const ValueType type = inner->type;
    return make({begin, previous_end_}, type, Paren{std::move(inner)});
}

ExprPtr Parser::call(const Token& name) {
    Call node{find_function(name.text), {}};
    if (node.function == nullptr) {
        return fail(name.at, "unknown function with name " + quote(name.text));
    }
    if (!arguments(node.arguments)) return nullptr;
    const ValueType type = node.function->returns;
    return make({name.at.begin, previous_end_}, type, std::move(node));
}

// ( expression, expression )
bool Parser::arguments(std::vector<ExprPtr>& into) {
    advance();
    while (token_.kind != TokenKind::kRightParen) {
        ExprPtr argument = expression(kOr);
        if (!argument) return false;
        into.push_back(std::move(argument));
        if (token_.kind != TokenKind::kComma) break;
        const Span comma = token_.at;
        advance();
        if (token_.kind == TokenKind::kRightParen) {
            fail(comma, "trailing commas not allowed in function call args");
            return false;
        }
    }
    return expect(TokenKind::kRightParen, "", "");
}

ExprPtr Parser::aggregate(const Token& op) {
    static constexpr AggregateOp kOps[] = {
        AggregateOp::kSum,     AggregateOp::kMin,   AggregateOp::kMax,
        AggregateOp::kAvg,     AggregateOp::kGroup, AggregateOp::kStddev,
        AggregateOp::kStdvar,  AggregateOp::kCount, AggregateOp::kCountValues,
        AggregateOp::kBottomk, AggregateOp::kTopk,  AggregateOp::kQuantile,
    };
    Aggregate node{AggregateOp::kSum, nullptr, nullptr, Grouping::kBy, {}};
    for (const AggregateOp candidate : kOps) {
        if (op.is(to_string(candidate))) node.op = candidate;
    }
    bool modified = false;
    if (!aggregate_modifier(node, modified)) return nullptr;
    if (token_.kind != TokenKind::kLeftParen) return unexpected("aggregation");
    ++aggregations_;
    std::vector<ExprPtr> args;
    const bool read = arguments(args);
    --aggregations_;
    if (!read) return nullptr;
    if (!modified && !aggregate_modifier(node, modified)) return nullptr;
    const Span at{op.at.begin, previous_end_};
    if (!finish_aggregate(node, std::move(args), at)) return nullptr;
    return make(at, ValueType::kVector, std::move(node));
}

bool Parser::aggregate_modifier(Aggregate& into, bool& seen) {
    if (!token_.is("by") && !token_.is("without")) return true;
    seen = true;
    into.grouping = token_.is("by") ? Grouping::kBy : Grouping::kWithout;
    advance();
    return grouping(into.labels);
}

bool Parser::finish_aggregate(Aggregate& node, std::vector<ExprPtr> args, Span at) {
    const std::size_t wanted = has_parameter(node.op) ? 2 : 1;
    if (args.empty()) {
        fail(at, "no arguments for aggregate expression provided");
        return false;
    }
    if (args.size() != wanted) {
        fail(at, fmt::format("wrong number of arguments for aggregate expression provided, "
                             "expected {}, got {}",
                             wanted, args.size()));
        return false;
    }
    if (wanted == 2) node.parameter = std::move(args.front());
    node.expr = std::move(args.back());
    return true;
}

std::variant<std::shared_ptr<const Expr>, ParseError> parse(std::string_view text) {
    // Labels and names are text; Prometheus refuses such a string too.
    if (!is_valid_utf8(text)) {
        return ParseError{{0, text.size()}, "invalid UTF-8 rune"};
    }
    Parser parser(text);
    ExprPtr expr = parser.parse_all();
    if (!expr) return parser.error();
    if (auto error = check_types(*expr, text)) return *std::move(error);
    return std::shared_ptr<const Expr>(std::move(expr));
}

std::string ParseError::text(std::string_view expr) const {
    std::size_t line = 1;
    std::size_t line_begin = 0;
    for (std::size_t i = 0; i < at.begin && i < expr.size(); ++i) {
        if (expr[i] != '\n') continue;
        ++line;
        line_begin = i + 1;
    }
    return fmt::format("{}:{}: parse error: {}", line, at.begin - line_begin + 1, message);
}

}  // namespace tocsin::rules::promql
