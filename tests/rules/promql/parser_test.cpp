// Syntax and type errors: the messages and places are those that Prometheus 2.42's query API
// answers.
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "rules/promql/ast.h"
#include "rules/promql/engine.h"
#include "wrong_expressions.h"

using namespace tocsin;
using namespace tocsin::rules::promql;
using promql_test::Bad;
using promql_test::kBad;

namespace {

// clang-format off
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
