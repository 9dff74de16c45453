// Syntax and type errors: the messages and places are those that Prometheus 2.42's query API
// answers.
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "rules/promql/ast.h"
#include "rules/promql/engine.h"

using namespace tocsin;
using namespace tocsin::rules::promql;

namespace {

struct Bad {
    std::string_view expr;
    std::string_view error;
};

// clang-format off
constexpr Bad kBad[] = {
    {R"()",
     R"(1:1: parse error: no expression found in input)"},
    {R"(foo bar)",
     R"(1:5: parse error: unexpected identifier "bar")"},
    {R"(1 +)",
     R"(1:4: parse error: unexpected end of input)"},
    {R"(1 + + )",
     R"(1:7: parse error: unexpected end of input)"},
    {R"(* 1)",
     R"(1:1: parse error: unexpected <op:*>)"},
    {R"((1)",
     R"(1:3: parse error: unclosed left parenthesis)"},
    {R"(1))",
     R"(1:3: parse error: unexpected right parenthesis ')')"},
    {R"((1)))",
     R"(1:5: parse error: unexpected right parenthesis ')')"},
    {R"(((1))",
     R"(1:5: parse error: unclosed left parenthesis)"},
    {R"(foo{)",
     R"(1:5: parse error: unexpected end of input inside braces)"},
    {R"(foo{a)",
     R"(1:6: parse error: unexpected end of input inside braces)"},
    {R"(foo{a=)",
     R"(1:7: parse error: unexpected end of input inside braces)"},
    {R"(foo{a="1")",
     R"(1:10: parse error: unexpected end of input inside braces)"},
    {R"(foo{a="1" b="2"})",
     R"(1:11: parse error: unexpected identifier "b" in label matching, expected "," or "}")"},
    {R"(foo{a="1",,})",
     R"(1:11: parse error: unexpected "," in label matching, expected identifier or "}")"},
    {R"(foo{,})",
     R"(1:5: parse error: unexpected "," in label matching, expected identifier or "}")"},
    {R"(foo{=~"x"})",
     R"(1:5: parse error: unexpected <op:=~> in label matching, expected identifier or "}")"},
    {R"(foo{a=1})",
     R"(1:7: parse error: unexpected character inside braces: '1')"},
    {R"(foo{a!"x"})",
     R"(1:6: parse error: unexpected character after '!' inside braces: '"')"},
    {R"(foo{a~"x"})",
     R"(1:6: parse error: unexpected character inside braces: '~')"},
    {R"(foo{a=="x"})",
     R"(1:7: parse error: unexpected "=" in label matching, expected string)"},
    {R"(foo{{)",
     R"(1:5: parse error: unexpected left brace '{')"},
    {R"(foo})",
     R"(1:4: parse error: unexpected character: '}')"},
    {R"(foo[5m)",
     R"(1:7: parse error: unclosed left bracket)"},
    {R"(foo[5m]])",
     R"(1:8: parse error: unexpected right bracket ']')"},
    {R"(foo[])",
     R"(1:5: parse error: missing unit character in duration)"},
    {R"(foo[5])",
     R"(1:5: parse error: missing unit character in duration)"},
    {R"(foo[5x])",
     R"(1:5: parse error: bad duration syntax: "5")"},
    {R"(foo[xm])",
     R"(1:5: parse error: bad duration syntax: "")"},
    {R"(foo[5m5m])",
     R"(1:5: parse error: not a valid duration string: "5m5m")"},
    {R"(foo[0m])",
     R"(1:5: parse error: duration must be greater than 0)"},
    {R"(foo[-5m])",
     R"(1:5: parse error: missing unit character in duration)"},
    {R"(foo["5m"])",
     R"(1:5: parse error: missing unit character in duration)"},
    {R"(foo[5m:30])",
     R"(1:8: parse error: unexpected number "30" in subquery selector, expected duration or "]")"},
    {R"(foo[5m:30s)",
     R"(1:11: parse error: unclosed left bracket)"},
    {R"(foo[5m:0s])",
     R"(1:8: parse error: duration must be greater than 0)"},
    {R"(foo[5m:1m:1m])",
     R"(1:10: parse error: unexpected colon ':')"},
    {R"(foo[5m 1m])",
     R"(1:8: parse error: unexpected duration "1m" in subquery or range, expected ":" or "]")"},
    {R"(foo[5m][5m])",
     R"(1:8: parse error: ranges only allowed for vector selectors)"},
    {R"((foo)[5m])",
     R"(1:6: parse error: ranges only allowed for vector selectors)"},
    {R"(foo offset)",
     R"(1:11: parse error: unexpected end of input in offset, expected duration)"},
    {R"(foo offset 1)",
     R"(1:12: parse error: unexpected number "1" in offset, expected duration)"},
    {R"(foo offset bar)",
     R"(1:12: parse error: unexpected identifier "bar" in offset, expected duration)"},
    {R"(foo offset 5m offset 5m)",
     R"(1:1: parse error: offset may not be set multiple times)"},
    {R"(foo offset 0s)",
     R"(1:12: parse error: duration must be greater than 0)"},
    {R"(foo offset 5m[5m])",
     R"(1:14: parse error: no offset modifiers allowed before range)"},
    {R"(foo @ 1[5m])",
     R"(1:8: parse error: no @ modifiers allowed before range)"},
    {R"(foo @)",
     R"(1:6: parse error: unexpected end of input in @, expected timestamp)"},
    {R"(foo @ bar)",
     R"(1:7: parse error: unexpected identifier "bar" in @, expected timestamp)"},
    {R"(foo @ start)",
     R"(1:12: parse error: unexpected end of input in @, expected timestamp)"},
    {R"(foo @ start()",
     R"(1:13: parse error: unclosed left parenthesis)"},
    {R"(foo @ inf)",
     R"(1:1: parse error: timestamp out of bounds for @ modifier: +Inf)"},
    {R"(foo @ 1 @ 2)",
     R"(1:1: parse error: @ <timestamp> may not be set multiple times)"},
    {R"(1 offset 5m)",
     R"(1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery)"},
    {R"(sum(foo) offset 5m)",
     R"(1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery)"},
    {R"(1 @ 5)",
     R"(1:1: parse error: @ modifier must be preceded by an instant vector selector or range vector selector or a subquery)"},
    {R"(1 == 1)",
     R"(1:3: parse error: comparisons between scalars must use BOOL modifier)"},
    {R"(1 and 1)",
     R"(1:1: parse error: set operator "and" not allowed in binary scalar expression)"},
    {R"(foo and 1)",
     R"(1:1: parse error: set operator "and" not allowed in binary scalar expression)"},
    {R"(1 or foo)",
     R"(1:1: parse error: set operator "or" not allowed in binary scalar expression)"},
    {R"(foo and on(a) group_left() bar)",
     R"(1:1: parse error: no grouping allowed for "and" operation)"},
    {R"(foo or group_left bar)",
     R"(1:8: parse error: unexpected <group_left>)"},
    {R"(foo + bool bar)",
     R"(1:5: parse error: bool modifier can only be used on comparison operators)"},
    {R"(foo + group_left(a) bar)",
     R"(1:7: parse error: unexpected <group_left>)"},
    {R"(foo + on bar)",
     R"(1:10: parse error: unexpected identifier "bar" in grouping opts, expected "(")"},
    {R"(foo + on(a b) bar)",
     R"x(1:12: parse error: unexpected identifier "b" in grouping opts, expected "," or ")")x"},
    {R"(foo + on(1) bar)",
     R"(1:10: parse error: unexpected number "1" in grouping opts, expected label)"},
    {R"(foo + on(a) group_left(a) bar)",
     R"(1:5: parse error: label "a" must not occur in ON and GROUP clause at once)"},
    {R"(1 + on(a) 2)",
     R"(1:1: parse error: vector matching only allowed between instant vectors)"},
    {R"(foo + on(a) 2)",
     R"(1:1: parse error: vector matching only allowed between instant vectors)"},
    {R"(foo == on(a) bool bar)",
     R"(1:14: parse error: unexpected <bool>)"},
    {R"("a" + 1)",
     R"(1:1: parse error: binary expression must contain only scalar and instant vector types)"},
    {R"(foo + "a")",
     R"(1:7: parse error: binary expression must contain only scalar and instant vector types)"},
    {R"(foo[5m] + 1)",
     R"(1:1: parse error: binary expression must contain only scalar and instant vector types)"},
    {R"(-foo[5m])",
     R"(1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "range vector")"},
    {R"(-"a")",
     R"(1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "string")"},
    {R"(sum()",
     R"(1:5: parse error: unclosed left parenthesis)"},
    {R"(sum())",
     R"(1:1: parse error: no arguments for aggregate expression provided)"},
    {R"(sum(1))",
     R"(1:5: parse error: expected type instant vector in aggregation expression, got scalar)"},
    {R"(sum("a"))",
     R"(1:5: parse error: expected type instant vector in aggregation expression, got string)"},
    {R"(sum(foo[5m]))",
     R"(1:5: parse error: expected type instant vector in aggregation expression, got range vector)"},
    {R"(sum(foo, bar))",
     R"(1:1: parse error: wrong number of arguments for aggregate expression provided, expected 1, got 2)"},
    {R"(topk(foo))",
     R"(1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1)"},
    {R"(topk(1, 2))",
     R"(1:9: parse error: expected type instant vector in aggregation expression, got scalar)"},
    {R"(topk("a", foo))",
     R"(1:6: parse error: expected type scalar in aggregation parameter, got string)"},
    {R"(topk(foo, bar))",
     R"(1:6: parse error: expected type scalar in aggregation parameter, got instant vector)"},
    {R"(count_values(1, foo))",
     R"(1:14: parse error: expected type string in aggregation parameter, got scalar)"},
    {R"(count_values("a", 1))",
     R"(1:19: parse error: expected type instant vector in aggregation expression, got scalar)"},
    {R"(quantile(0.5))",
     R"(1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1)"},
    {R"(sum by foo)",
     R"(1:8: parse error: unexpected identifier "foo" in grouping opts, expected "(")"},
    {R"(sum by (foo)",
     R"(1:12: parse error: unclosed left parenthesis)"},
    {R"(sum by (foo) foo)",
     R"(1:14: parse error: unexpected identifier "foo" in aggregation)"},
    {R"(sum by (foo bar)(x))",
     R"x(1:13: parse error: unexpected identifier "bar" in grouping opts, expected "," or ")")x"},
    {R"(sum(foo) by bar)",
     R"(1:13: parse error: unexpected identifier "bar" in grouping opts, expected "(")"},
    {R"(sum by (a) (foo) by (b))",
     R"(1:18: parse error: unexpected <by>)"},
    {R"(sum without (a:b) (foo))",
     R"(1:14: parse error: unexpected metric identifier "a:b" in grouping opts, expected label)"},
    {R"(sum(foo bar))",
     R"(1:9: parse error: unexpected identifier "bar" in aggregation)"},
    {R"(sum(rate(foo[5m))",
     R"x(1:16: parse error: unexpected ")" in subquery or range, expected ":" or "]")x"},
    {R"(sum(rate(foo[5m]) by (a))",
     R"(1:19: parse error: unexpected <by> in aggregation)"},
    {R"(rate(foo))",
     R"(1:6: parse error: expected type range vector in call to function "rate", got instant vector)"},
    {R"(rate(foo[5m], 1))",
     R"(1:1: parse error: expected 1 argument(s) in call to "rate", got 2)"},
    {R"(rate())",
     R"(1:1: parse error: expected 1 argument(s) in call to "rate", got 0)"},
    {R"(rate(1))",
     R"(1:6: parse error: expected type range vector in call to function "rate", got scalar)"},
    {R"(abs("x"))",
     R"(1:5: parse error: expected type instant vector in call to function "abs", got string)"},
    {R"(abs(foo[5m]))",
     R"(1:5: parse error: expected type instant vector in call to function "abs", got range vector)"},
    {R"(nosuch(foo))",
     R"(1:1: parse error: unknown function with name "nosuch")"},
    {R"(Rate(foo[5m]))",
     R"(1:1: parse error: unknown function with name "Rate")"},
    {R"(a:b(foo))",
     R"(1:4: parse error: unexpected "(")"},
    {R"(round(foo, 1, 2))",
     R"(1:1: parse error: expected at most 2 argument(s) in call to "round", got 3)"},
    {R"(round())",
     R"(1:1: parse error: expected at least 1 argument(s) in call to "round", got 0)"},
    {R"(label_replace(foo, "a"))",
     R"(1:1: parse error: expected 5 argument(s) in call to "label_replace", got 2)"},
    {R"(label_replace(foo, 1, "a", "b", "c"))",
     R"(1:20: parse error: expected type string in call to function "label_replace", got scalar)"},
    {R"(label_join(foo))",
     R"(1:1: parse error: expected at least 3 argument(s) in call to "label_join", got 1)"},
    {R"(label_join(foo, "a", "b", 1))",
     R"(1:27: parse error: expected type string in call to function "label_join", got scalar)"},
    {R"(time(1))",
     R"(1:1: parse error: expected 0 argument(s) in call to "time", got 1)"},
    {R"(vector(foo))",
     R"(1:8: parse error: expected type scalar in call to function "vector", got instant vector)"},
    {R"(scalar(1))",
     R"(1:8: parse error: expected type instant vector in call to function "scalar", got scalar)"},
    {R"(histogram_quantile(foo, bar))",
     R"(1:20: parse error: expected type scalar in call to function "histogram_quantile", got instant vector)"},
    {R"(clamp(foo, 1))",
     R"(1:1: parse error: expected 3 argument(s) in call to "clamp", got 2)"},
    {R"(day_of_week(foo, 1))",
     R"(1:1: parse error: expected at most 1 argument(s) in call to "day_of_week", got 2)"},
    {R"({})",
     R"(1:1: parse error: vector selector must contain at least one non-empty matcher)"},
    {R"({a=""})",
     R"(1:1: parse error: vector selector must contain at least one non-empty matcher)"},
    {R"({a!="b"})",
     R"(1:1: parse error: vector selector must contain at least one non-empty matcher)"},
    {R"({a=~".*"})",
     R"(1:1: parse error: vector selector must contain at least one non-empty matcher)"},
    {R"({a!~"b"})",
     R"(1:1: parse error: vector selector must contain at least one non-empty matcher)"},
    {R"(foo{__name__="bar"})",
     R"(1:1: parse error: metric name must not be set twice: "foo" or "bar")"},
    {R"('unterminated)",
     R"(1:1: parse error: unterminated quoted string)"},
    {R"("unterminated)",
     R"(1:1: parse error: unterminated quoted string)"},
    {R"(`unterminated)",
     R"(1:1: parse error: unterminated raw string)"},
    {R"("\q")",
     R"(1:1: parse error: unknown escape sequence U+0071 'q')"},
    {R"("\x1")",
     R"(1:1: parse error: illegal character U+0022 '"' in escape sequence)"},
    {R"("\400")",
     R"(1:1: parse error: escape sequence is an invalid Unicode code point)"},
    {R"("\ud800")",
     R"(1:1: parse error: escape sequence is an invalid Unicode code point)"},
    {R"("\)",
     R"(1:1: parse error: escape sequence not terminated)"},
    {R"(%)",
     R"(1:1: parse error: unexpected <op:%>)"},
    {R"(#)",
     R"(1:1: parse error: no expression found in input)"},
    {R"(foo$)",
     R"(1:4: parse error: unexpected character: '$')"},
    {R"(foo %% bar)",
     R"(1:6: parse error: unexpected <op:%>)"},
    {R"(foo!bar)",
     R"(1:4: parse error: unexpected character after '!': 'b')"},
    {R"(foo=bar)",
     R"(1:4: parse error: unexpected "=")"},
    {R"(foo=~bar)",
     R"(1:4: parse error: unexpected character after '=': '~')"},
    {R"(foo!~bar)",
     R"(1:4: parse error: unexpected character after '!': '~')"},
    {R"(1x)",
     R"(1:1: parse error: bad number or duration syntax: "1")"},
    {R"(0x)",
     R"(1:1: parse error: error parsing number: strconv.ParseFloat: parsing "0x": invalid syntax)"},
    {R"(0xg)",
     R"(1:1: parse error: bad number or duration syntax: "0x")"},
    {R"(1.2.3)",
     R"(1:4: parse error: unexpected number ".3")"},
    {R"(1e)",
     R"(1:1: parse error: error parsing number: strconv.ParseFloat: parsing "1e": invalid syntax)"},
    {R"(5m)",
     R"(1:1: parse error: unexpected duration "5m")"},
    {R"(foo ^^ bar)",
     R"(1:6: parse error: unexpected <op:^>)"},
    {R"(foo == = bar)",
     R"(1:8: parse error: unexpected "=")"},
    {R"(<)",
     R"(1:1: parse error: unexpected <op:<>)"},
    {R"(foo <> bar)",
     R"(1:6: parse error: unexpected <op:>>)"},
    {R"(foo and)",
     R"(1:8: parse error: unexpected end of input)"},
    {R"(rate(foo[5m],))",
     R"(1:13: parse error: trailing commas not allowed in function call args)"},
    {R"(sum(foo,))",
     R"(1:8: parse error: trailing commas not allowed in function call args)"},
    {R"(foo,bar)",
     R"(1:4: parse error: unexpected ",")"},
    {R"("a"[5m])",
     R"(1:4: parse error: ranges only allowed for vector selectors)"},
    {R"(1[5m:1m])",
     R"(1:1: parse error: subquery is only allowed on instant vector, got scalar instead)"},
    {R"(time()[5m:1m])",
     R"(1:1: parse error: subquery is only allowed on instant vector, got scalar instead)"},
    {R"(foo[5m][5m:1m])",
     R"(1:1: parse error: subquery is only allowed on instant vector, got matrix instead)"},
    {R"((foo)",
     R"(1:5: parse error: unclosed left parenthesis)"},
    {R"(+)",
     R"(1:2: parse error: unexpected end of input)"},
    {R"(foo bool bar)",
     R"(1:5: parse error: unexpected <bool>)"},
    {R"(foo == bool)",
     R"(1:12: parse error: unexpected end of input)"},
    {R"(bool)",
     R"(1:1: parse error: unexpected <bool>)"},
    {R"(on)",
     R"(1:1: parse error: unexpected <on>)"},
    {R"(start())",
     R"(1:6: parse error: unexpected "(")"},
    {R"(foo offset +5m)",
     R"(1:12: parse error: unexpected <op:+> in offset, expected duration)"},
    {R"(foo offset --5m)",
     R"(1:13: parse error: unexpected <op:-> in offset, expected duration)"},
    {R"(foo{a="b"}{c="d"})",
     R"(1:11: parse error: unexpected "{")"},
    {R"(foo{a="b"}(x))",
     R"(1:11: parse error: unexpected "(")"},
    {R"(é)",
     R"(1:1: parse error: unexpected character: 'é')"},
    {R"(foo{é="x"})",
     R"(1:5: parse error: unexpected character inside braces: 'é')"},
    {R"(min by (a) min)",
     R"(1:12: parse error: unexpected <aggr:min> in aggregation)"},
    {R"(absent(foo, bar))",
     R"(1:1: parse error: expected 1 argument(s) in call to "absent", got 2)"},
    {R"(sort(1))",
     R"(1:6: parse error: expected type instant vector in call to function "sort", got scalar)"},
    {R"(timestamp(1))",
     R"(1:11: parse error: expected type instant vector in call to function "timestamp", got scalar)"},
    {R"(holt_winters(foo[5m], 0.1))",
     R"(1:1: parse error: expected 3 argument(s) in call to "holt_winters", got 2)"},
    {R"(quantile_over_time(foo[5m], 0.5))",
     R"(1:20: parse error: expected type scalar in call to function "quantile_over_time", got range vector)"},
    {R"(predict_linear(foo, 1))",
     R"(1:16: parse error: expected type range vector in call to function "predict_linear", got instant vector)"},
    {R"(foo[300y])",
     R"(1:5: parse error: duration out of range)"},
    {R"(foo
  + bar baz)",
     R"(2:9: parse error: unexpected identifier "baz")"},
    {R"(sum(
  foo
) by x)",
     R"(3:6: parse error: unexpected identifier "x" in grouping opts, expected "(")"},
    {R"("a
b")",
     R"(1:1: parse error: unterminated quoted string)"},
    {R"(foo{a="1",
 b~"2"})",
     R"(2:3: parse error: unexpected character inside braces: '~')"},
};

constexpr std::string_view kGood[] = {
    R"(foo + on(a,) bar)",
    R"(sum)",
    R"(foo # comment)",
    R"(08)",
    R"(and)",
    R"(and and and)",
    R"(foo:)",
    R"(:foo)",
    R"(:)",
    R"(by)",
    R"(offset)",
    R"(end)",
    R"(inf)",
    R"(-inf)",
    R"(nan)",
    R"(foo offset -5m)",
    R"(foo{a="é"})",
    R"(sum(sum))",
    R"(foo[1h:5m] offset 1h @ 5)",
};
// clang-format on

std::string error_of(std::string_view expr) {
    const auto parsed = parse(expr);
    const auto* error = std::get_if<ParseError>(&parsed);
    return error == nullptr ? "" : error->text(expr);
}

std::string formatted(std::string_view expr) {
    const auto parsed = parse(expr);
    const auto* tree = std::get_if<std::shared_ptr<const Expr>>(&parsed);
    return tree == nullptr ? error_of(expr) : format(**tree);
}

}  // namespace

TEST_CASE("a wrong expression is refused with Prometheus's words and place") {
    for (const Bad& c : kBad) {
        INFO(c.expr);
        CHECK(error_of(c.expr) == c.error);
    }
}

TEST_CASE("what Prometheus accepts is accepted, and its canonical text parses to the same") {
    for (const std::string_view expr : kGood) {
        INFO(expr);
        CHECK(error_of(expr).empty());
        const std::string text = formatted(expr);
        CHECK(formatted(text) == text);
    }
}

TEST_CASE("a regular expression that does not compile is an error at its matcher") {
    const std::string error = error_of(R"(up{job="x",a=~"["})");
    REQUIRE(error.find("1:12: parse error: ") == 0);
    REQUIRE(error.find("regular expression") != std::string::npos);
}

TEST_CASE("an error's span covers what is wrong") {
    const std::string_view expr = "sum(rate(requests[5m])) + abs(foo[5m])";
    const auto parsed = parse(expr);
    const auto& error = std::get<ParseError>(parsed);
    REQUIRE(expr.substr(error.at.begin, error.at.end - error.at.begin) == "foo[5m]");
}

TEST_CASE("operators bind as Prometheus documents") {
    struct Case {
        std::string_view expr;
        std::string_view same_as;
    };
    constexpr Case kCases[] = {
        {"1 + 2 * 3", "(1 + (2 * 3))"},
        {"1 * 2 + 3", "((1 * 2) + 3)"},
        {"a - b - c", "((a - b) - c)"},
        {"a ^ b ^ c", "(a ^ (b ^ c))"},
        {"-a ^ b", "(-(a ^ b))"},
        {"-a * b", "((-a) * b)"},
        {"a ^ -b * c", "((a ^ (-b)) * c)"},
        {"a == b + 1", "(a == (b + 1))"},
        {"a and b or c and d", "((a and b) or (c and d))"},
        {"a or b unless c", "(a or (b unless c))"},
        {"a > b and c < d", "((a > b) and (c < d))"},
        {"a atan2 b + c", "((a atan2 b) + c)"},
        {"a % b * c", "((a % b) * c)"},
    };
    // The tree's shape, without the parentheses somebody wrote.
    struct Shape {
        std::string operator()(const Expr& e) const {
            const Expr& inner = unparenthesized(e);
            if (const auto* b = std::get_if<Binary>(&inner.node)) {
                return "(" + (*this)(*b->lhs) + " " + std::string(to_string(b->op)) + " " +
                       (*this)(*b->rhs) + ")";
            }
            if (const auto* u = std::get_if<Unary>(&inner.node))
                return "(-" + (*this)(*u->expr) + ")";
            return format(inner);
        }
    };
    for (const Case& c : kCases) {
        INFO(c.expr);
        const auto a = parse(c.expr);
        const auto b = parse(c.same_as);
        REQUIRE(a.index() == 0);
        REQUIRE(b.index() == 0);
        CHECK(Shape{}(*std::get<0>(a)) == c.same_as);
        CHECK(Shape{}(*std::get<0>(b)) == c.same_as);
    }
}

TEST_CASE("the canonical text is Prometheus's") {
    struct Case {
        std::string_view expr;
        std::string_view text;
    };
    constexpr Case kCases[] = {
        {"sum(x)by(a,b)", "sum by (a, b) (x)"},
        {"sum without() (x)", "sum without () (x)"},
        {"topk by(a)(3,x)", "topk by (a) (3, x)"},
        {"a+on(x)group_left(y)b", "a + on (x) group_left (y) b"},
        {"a*ignoring(x)b", "a * ignoring (x) b"},
        {"a>bool 1", "a > bool 1"},
        {"rate(x{a='b'}[300s]offset 60s)", "rate(x{a=\"b\"}[5m] offset 1m)"},
        {"x offset -90s", "x offset -1m30s"},
        {"x @ 1609746000", "x @ 1609746000.000"},
        {"x @start() offset 1m", "x @ start() offset 1m"},
        {"max_over_time(rate(x[5m])[1h:30s])", "max_over_time(rate(x[5m])[1h:30s])"},
        {"x[1h:]", "x[1h:]"},
        {"{__name__=~\"a.*\"}", "{__name__=~\"a.*\"}"},
        {"-(x)", "-(x)"},
        {"0x10 + 1e3 + .5", "16 + 1000 + 0.5"},
    };
    for (const Case& c : kCases) {
        INFO(c.expr);
        CHECK(formatted(c.expr) == c.text);
        CHECK(formatted(c.text) == c.text);
    }
}

TEST_CASE("nesting beyond reason is an error, not the end of the stack") {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '(') + "1" + std::string(depth, ')');
    };
    REQUIRE(error_of(nested(200)).empty());
    REQUIRE(error_of(nested(100'000)).find("nested too deeply") != std::string::npos);
    REQUIRE(error_of(std::string(100'000, '-') + "1").find("nested too deeply") !=
            std::string::npos);
    const auto repeated = [](std::string_view what, int times) {
        std::string out = "x";
        for (int i = 0; i < times; ++i) out += what;
        return out;
    };
    REQUIRE(error_of(repeated(" + x", 1000)).empty());
    REQUIRE(error_of(repeated(" + x", 100'000)).find("nested too deeply") != std::string::npos);
    REQUIRE(error_of(repeated("[5m:]", 100'000)).find("nested too deeply") != std::string::npos);
}

TEST_CASE("any cut of a long expression parses or is refused, never more") {
    const std::string_view expr =
        "sum by (job) (rate(http_requests_total{job=~\"a|b\",code!=\"200\"}[5m:30s] @ 1.5e9 offset "
        "-1h)) / on(job) group_left(x) topk(2, up) > bool 0x1F # comment\nor 'a\\x41' ";
    for (std::size_t begin = 0; begin < expr.size(); ++begin) {
        for (std::size_t n = 0; n <= expr.size() - begin; ++n) {
            const auto cut = expr.substr(begin, n);
            const auto parsed = parse(cut);
            if (const auto* error = std::get_if<ParseError>(&parsed)) {
                REQUIRE_FALSE(error->message.empty());
                REQUIRE(error->at.begin <= cut.size());
            }
        }
    }
}

TEST_CASE("an expression that is no UTF-8 is refused, in strings too") {
    for (const std::string text : {"`\xa1\xa1`", "foo{a=\"\xff\"}", "\xc3"}) {
        const auto parsed = parse(text);
        const auto* error = std::get_if<ParseError>(&parsed);
        REQUIRE(error != nullptr);
        CHECK(error->message == "invalid UTF-8 rune");
    }
}
