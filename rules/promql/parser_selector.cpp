#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <utility>

#include "base/core/strings.h"
#include "rules/promql/parser.h"

namespace tocsin::rules::promql {

ExprPtr Parser::selector(const Token& name) {
    if (token_.kind == TokenKind::kLeftBrace) return braces(name.text, name.at.begin);
    Selector node;
    node.name = name.text;
    node.vector_at = name.at;
    node.matchers.push_back(Matcher::create(MatchOp::kEqual, kMetricName, name.text).value());
    return make(name.at, ValueType::kVector, std::move(node));
}

ExprPtr Parser::braces(std::string name, std::size_t begin) {
    advance();
    Selector node;
    node.name = std::move(name);
    while (token_.kind != TokenKind::kRightBrace) {
        if (!matcher(node)) return nullptr;
        if (token_.kind == TokenKind::kComma) {
            advance();
        } else if (token_.kind != TokenKind::kRightBrace) {
            return unexpected("label matching", "\",\" or \"}\"");
        }
    }
    advance();
    if (!node.name.empty()) {
        node.matchers.push_back(Matcher::create(MatchOp::kEqual, kMetricName, node.name).value());
    }
    node.vector_at = {begin, previous_end_};
    const Span at = node.vector_at;
    return make(at, ValueType::kVector, std::move(node));
}

bool Parser::matcher(Selector& into) {
    if (token_.kind != TokenKind::kIdentifier) {
        unexpected("label matching", "identifier or \"}\"");
        return false;
    }
    const Token label = token_;
    advance();
    MatchOp op = MatchOp::kEqual;
    if (token_.is("!=")) {
        op = MatchOp::kNotEqual;
    } else if (token_.is("=~")) {
        op = MatchOp::kRegex;
    } else if (token_.is("!~")) {
        op = MatchOp::kNotRegex;
    } else if (token_.kind != TokenKind::kEqual) {
        unexpected("label matching", "label matching operator");
        return false;
    }
    advance();
    if (token_.kind != TokenKind::kString) {
        unexpected("label matching", "string");
        return false;
    }
    const Span at{label.at.begin, token_.at.end};
    auto matcher = Matcher::create(op, label.text, unquote(token_.text));
    if (!matcher) {
        fail(at, matcher.error().message);
        return false;
    }
    into.matchers.push_back(std::move(matcher).value());
    advance();
    return true;
}

std::optional<Duration> Parser::duration(const Token& token) {
    const auto parsed = parse_duration(token.text);
    if (!parsed) {
        fail(token.at, "not a valid duration string: " + quote(token.text));
        return std::nullopt;
    }
    if (parsed.value() > kMaxDuration) {
        fail(token.at, "duration out of range");
        return std::nullopt;
    }
    if (parsed.value() == Duration{0}) {
        fail(token.at, "duration must be greater than 0");
        return std::nullopt;
    }
    return parsed.value();
}

ExprPtr Parser::range_or_subquery(ExprPtr expr) {
    const Span bracket = token_.at;
    advance();
    if (token_.kind != TokenKind::kDuration) return unexpected("subquery selector", "duration");
    const auto range = duration(token_);
    if (!range) return nullptr;
    advance();
    if (token_.kind == TokenKind::kColon) return subquery(std::move(expr), *range);
    if (token_.kind != TokenKind::kRightBracket) {
        return unexpected("subquery or range", "\":\" or \"]\"");
    }
    const Span at{bracket.begin, token_.at.end};
    advance();
    auto* selector = std::get_if<Selector>(&expr->node);
    if (selector == nullptr || selector->range != Duration{0}) {
        return fail(at, "ranges only allowed for vector selectors");
    }
    if (selector->offset != Duration{0}) {
        return fail(at, "no offset modifiers allowed before range");
    }
    if (!std::holds_alternative<std::monostate>(selector->at)) {
        return fail(at, "no @ modifiers allowed before range");
    }
    selector->range = *range;
    expr->type = ValueType::kMatrix;
    expr->at.end = previous_end_;
    return expr;
}

ExprPtr Parser::subquery(ExprPtr expr, Duration range) {
    advance();
    Subquery node{nullptr, range, std::nullopt, Duration{0}, {}};
    if (token_.kind == TokenKind::kDuration || token_.kind == TokenKind::kNumber) {
        if (token_.kind == TokenKind::kNumber) {
            return unexpected("subquery selector", "duration or \"]\"");
        }
        node.step = duration(token_);
        if (!node.step) return nullptr;
        advance();
        if (token_.kind != TokenKind::kRightBracket) {
            return unexpected("subquery selector", "\"]\"");
        }
    } else if (token_.kind != TokenKind::kRightBracket) {
        return unexpected("subquery selector", "duration or \"]\"");
    }
    advance();
    const Span at{expr->at.begin, previous_end_};
    node.expr = std::move(expr);
    return make(at, ValueType::kMatrix, std::move(node));
}

bool Parser::offset(Expr& expr) {
    advance();
    bool negative = false;
    if (token_.kind == TokenKind::kOperator && token_.text == "-") {
        negative = true;
        advance();
    }
    if (token_.kind != TokenKind::kDuration) {
        unexpected("offset", "duration");
        return false;
    }
    const auto parsed = duration(token_);
    if (!parsed) return false;
    advance();
    Duration* place = nullptr;
    if (auto* selector = std::get_if<Selector>(&expr.node)) place = &selector->offset;
    if (auto* sub = std::get_if<Subquery>(&expr.node)) place = &sub->offset;
    if (place == nullptr) {
        fail(expr.at,
             "offset modifier must be preceded by an instant vector selector or range vector "
             "selector or a subquery");
        return false;
    }
    if (*place != Duration{0}) {
        fail(expr.at, "offset may not be set multiple times");
        return false;
    }
    *place = negative ? -*parsed : *parsed;
    expr.at.end = previous_end_;
    return true;
}

std::optional<double> Parser::signed_number() {
    double sign = 1;
    if (token_.kind == TokenKind::kOperator && (token_.text == "-" || token_.text == "+")) {
        sign = token_.text == "-" ? -1 : 1;
        advance();
    }
    if (token_.kind != TokenKind::kNumber) {
        unexpected("@", "timestamp");
        return std::nullopt;
    }
    const auto value = number_value(token_);
    if (!value) return std::nullopt;
    advance();
    return sign * *value;
}

bool Parser::at_modifier(Expr& expr) {
    advance();
    if (token_.is("start") || token_.is("end")) {
        const AtEnd end = token_.is("start") ? AtEnd::kStart : AtEnd::kEnd;
        advance();
        if (!expect(TokenKind::kLeftParen, "@", "timestamp") ||
            !expect(TokenKind::kRightParen, "@", "timestamp")) {
            return false;
        }
        return set_at(expr, end);
    }
    const auto seconds = signed_number();
    if (!seconds) return false;
    // The whole range of a 64-bit millisecond count, as far as a double can tell.
    constexpr auto kLimit = static_cast<double>(std::numeric_limits<std::int64_t>::max());
    if (!std::isfinite(*seconds) || *seconds >= kLimit || *seconds <= -kLimit) {
        fail(expr.at, fmt::format("timestamp out of bounds for @ modifier: {}",
                                  std::isfinite(*seconds) ? fmt::format("{:f}", *seconds)
                                                          : format_double(*seconds)));
        return false;
    }
    const double ms = std::round(*seconds * 1000);
    return set_at(expr, from_unix_ms(std::abs(ms) >= kLimit ? 0 : static_cast<std::int64_t>(ms)));
}

bool Parser::set_at(Expr& expr, AtModifier at) {
    AtModifier* place = nullptr;
    if (auto* selector = std::get_if<Selector>(&expr.node)) place = &selector->at;
    if (auto* sub = std::get_if<Subquery>(&expr.node)) place = &sub->at;
    if (place == nullptr) {
        fail(expr.at,
             "@ modifier must be preceded by an instant vector selector or range vector selector "
             "or a subquery");
        return false;
    }
    if (!std::holds_alternative<std::monostate>(*place)) {
        fail(expr.at, "@ <timestamp> may not be set multiple times");
        return false;
    }
    *place = at;
    expr.at.end = previous_end_;
    return true;
}

}  // namespace tocsin::rules::promql
