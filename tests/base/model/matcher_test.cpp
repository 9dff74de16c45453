#include "base/model/matcher.h"

#include <catch2/catch.hpp>

using namespace tocsin;

TEST_CASE("a regular expression matches the whole text") {
    struct Case {
        std::string_view pattern;
        std::string_view text;
        bool matches;
    };
    const Case c = GENERATE(values<Case>({
        {"foo", "foo", true},
        {"foo", "foobar", false},
        {"foo", "xfoo", false},
        {"", "", true},
        {"", "a", false},
        {"a|b|c", "b", true},
        {"a|b|c", "d", false},
        {"a|b|c", "ab", false},
        {"a|", "", true},
        {"|a", "a", true},
        {".*", "", true},
        {".*", "anything", true},
        {".*", "two\nlines", false},
        {".+", "", false},
        {".+", "x", true},
        {"eth.*", "eth", true},
        {"eth.*", "eth0", true},
        {"eth.*", "veth0", false},
        {"eth.+", "eth", false},
        {"eth.+|lo", "lo", true},
        {"eth.+|lo", "eth1", true},
        {"eth.+|lo", "lo0", false},
        {"a\\.b", "a.b", true},
        {"a\\.b", "axb", false},
        {"a.b", "axb", true},
        {"a\\|b", "a|b", true},
        {"\\d+", "123", true},
        {"\\d+", "d", false},
        {"a\\.*", "a...", true},
        {"a\\.*", "ab", false},
        {"ab?", "a", true},
        {"ab?", "ab?", false},
        {"a.*?", "abc", true},
        {"a.*b", "axxb", true},
        {"a.*b", "axxc", false},
        {"(?i)FOO", "foo", true},
        {"(a|b)c", "bc", true},
        {"(a|b)c", "a", false},
        {"^foo$", "foo", true},
        {"[a-c]+", "abc", true},
        {"节点.*", "节点1", true},
        {"5..", "503", true},
        {"x{2}", "xx", true},
    }));
    CAPTURE(c.pattern, c.text);
    const auto regex = Regex::compile(c.pattern);
    REQUIRE(regex);
    REQUIRE(regex.value().pattern() == c.pattern);
    REQUIRE(regex.value().matches(c.text) == c.matches);
}

TEST_CASE("a bad pattern is refused with RE2's reason") {
    const auto regex = Regex::compile("a(b");
    REQUIRE_FALSE(regex);
    REQUIRE(regex.error().code == ErrorCode::kInvalid);
    REQUIRE_THAT(regex.error().message, Catch::Contains("missing )"));
    REQUIRE_FALSE(Regex::compile("(?!x)"));
    REQUIRE_FALSE(Matcher::create(MatchOp::kRegex, "a", "*"));
    REQUIRE(Matcher::create(MatchOp::kEqual, "a", "*"));
}

TEST_CASE("all four operators take an absent label for an empty one") {
    struct Case {
        MatchOp op;
        std::string_view value;
        bool present;
        bool absent;
    };
    const Case c = GENERATE(values<Case>({{MatchOp::kEqual, "web", true, false},
                                          {MatchOp::kEqual, "", false, true},
                                          {MatchOp::kNotEqual, "web", false, true},
                                          {MatchOp::kNotEqual, "", true, false},
                                          {MatchOp::kRegex, "w.*", true, false},
                                          {MatchOp::kRegex, ".*", true, true},
                                          {MatchOp::kNotRegex, "w.*", false, true},
                                          {MatchOp::kNotRegex, "", true, false}}));
    const auto m = Matcher::create(c.op, "team", c.value);
    REQUIRE(m);
    CAPTURE(m.value().text());
    REQUIRE(m.value().matches(Labels{{"team", "web"}}) == c.present);
    REQUIRE(m.value().matches(Labels{{"other", "web"}}) == c.absent);
}

TEST_CASE("Alertmanager's matchers are read as Alertmanager reads them") {
    struct Case {
        std::string_view text;
        std::string_view canonical;  // "" when it is refused
    };
    // Forms from Alertmanager's documentation of matchers and its parser's tests.
    const Case c = GENERATE(values<Case>({
        {"foo=bar", "foo=\"bar\""},
        {"foo=\"bar\"", "foo=\"bar\""},
        {"foo!=bar", "foo!=\"bar\""},
        {"foo=~bar.*", "foo=~\"bar.*\""},
        {"foo!~\"bar\"", "foo!~\"bar\""},
        {"  foo  =  bar  ", "foo=\"bar\""},
        {"foo=", "foo=\"\""},
        {"foo=\"\"", "foo=\"\""},
        {"foo=bar baz", "foo=\"bar baz\""},
        {"foo=bar=baz", "foo=\"bar=baz\""},
        {"foo=\"a\\\"b\"", "foo=\"a\\\"b\""},
        {"foo=a\\nb", "foo=\"a\\nb\""},
        {"foo=a\\\\b", "foo=\"a\\\\b\""},
        {"foo=\"a\\d\"", "foo=\"a\\\\d\""},
        {"a:b=c", "a:b=\"c\""},
        {"foo=\"bar", ""},
        {"foo=bar\"", ""},
        {"foo=\"bar\"baz", ""},
        {"foo", ""},
        {"", ""},
        {"=bar", ""},
        {"1foo=bar", ""},
        {"foo:=~(", ""},
        {"foo~bar", ""},
        {"foo-bar=baz", ""},
    }));
    CAPTURE(c.text);
    const auto m = parse_matcher(c.text);
    REQUIRE(m.has_value() == !c.canonical.empty());
    if (m) REQUIRE(m.value().text() == c.canonical);
}

TEST_CASE("a list of matchers holds when each of them does") {
    const Matchers both{parse_matcher("a=1").value(), parse_matcher("b=~\"2|3\"").value()};
    REQUIRE(matches_all(both, Labels{{"a", "1"}, {"b", "3"}}));
    REQUIRE_FALSE(matches_all(both, Labels{{"a", "1"}, {"b", "4"}}));
    REQUIRE(matches_all({}, Labels{}));
}
