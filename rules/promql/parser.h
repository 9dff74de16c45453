// Inside rules/promql: the parser. parser.cpp holds operators, calls and aggregations,
// parser_selector.cpp selectors and what may follow them.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/promql/ast.h"
#include "rules/promql/lexer.h"

namespace tocsin::rules::promql {

// Recursive descent with precedence climbing; the first error ends it. The words of the errors, and
// the contexts they name, are those of Prometheus 2.42's grammar.
class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text), lexer_(text) { advance(); }

    ExprPtr parse_all();
    ParseError error() { return *std::move(error_); }

  private:
    // Binding power, weakest first.
    enum Precedence { kOr = 1, kAnd, kCompare, kAdd, kMul, kPow };
    struct Operator {
        BinaryOp op;
        int precedence;
    };
    // Deep enough for any expression that a person or a generator writes, and far from the end of
    // a thread's stack.
    static constexpr int kMaxDepth = 400;
    static constexpr int kMaxHeight =
        2000;  // a chain of operators makes a tree as high as it is long
    // Prometheus counts nanoseconds in 64 bits; sums of a few of these still fit in milliseconds.
    static constexpr Duration kMaxDuration{9'223'372'036'854};

    ExprPtr expression(int min_precedence);
    ExprPtr unary();
    ExprPtr postfix(ExprPtr expr);
    ExprPtr primary();
    ExprPtr number();
    ExprPtr string();
    ExprPtr paren();
    ExprPtr aggregate(const Token& op);
    ExprPtr call(const Token& name);
    ExprPtr selector(const Token& name);
    ExprPtr braces(std::string name, std::size_t begin);
    ExprPtr binary(ExprPtr lhs, Operator op);
    ExprPtr range_or_subquery(ExprPtr expr);
    ExprPtr subquery(ExprPtr expr, Duration range);
    bool matcher(Selector& into);
    bool modifiers(Binary& into);
    bool grouping(std::vector<std::string>& into);
    bool aggregate_modifier(Aggregate& into, bool& seen);
    bool arguments(std::vector<ExprPtr>& into);
    bool finish_aggregate(Aggregate& node, std::vector<ExprPtr> args, Span at);
    bool offset(Expr& expr);
    bool at_modifier(Expr& expr);
    bool set_at(Expr& expr, AtModifier at);
    std::optional<double> signed_number();
    std::optional<double> number_value(const Token& token);
    std::optional<Duration> duration(const Token& token);
    std::optional<Operator> operator_of(const Token& token) const;

    void advance() {
        // What an error's range or an expression ends with is the last token that can close one.
        previous_end_ = token_.at.end;
        token_ = lexer_.next();
    }
    bool expect(TokenKind kind, std::string_view context, std::string_view expected);
    std::nullptr_t unexpected(std::string_view context = "", std::string_view expected = "");
    std::nullptr_t fail(Span at, std::string message);
    std::nullptr_t too_deep() { return fail(token_.at, "the expression is nested too deeply"); }

    template <class Node>
    static ExprPtr make(Span at, ValueType type, Node node) {
        auto expr = std::make_unique<Expr>(Expr{at, type, 1, std::move(node)});
        for_each_child(*expr, [&](const Expr& child) {
            expr->height = std::max(expr->height, child.height + 1);
        });
        return expr;
    }

    std::string_view text_;
    Lexer lexer_;
    Token token_;
    std::size_t previous_end_ = 0;
    int depth_ = 0;
    int aggregations_ = 0;  // whose parentheses we are in
    std::optional<ParseError> error_;
};

}  // namespace tocsin::rules::promql
