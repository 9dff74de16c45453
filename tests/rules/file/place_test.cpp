#include "rules/file/place.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "base/core/strings.h"
#include "base/text/yaml.h"
#include "rules/file/rule_file.h"

using namespace tocsin;
using namespace tocsin::rules;

namespace {

// Where a word stands in a text.
Position written(std::string_view text, std::string_view word) {
    const std::string_view before = text.substr(0, text.find(word));
    const std::size_t line = before.rfind('\n') + 1;
    return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
            static_cast<int>(utf8_length(before.substr(line))) + 1};
}

}  // namespace

TEST_CASE("a word of a scalar is found where it is written, whatever the scalar's style") {
    const std::string text = GENERATE(values<std::string>({
        "expr: HERE\n",
        "expr: 值 + HERE # no word\n",
        "a: 1\nexpr: up +\n  HERE - down\nb: 2\n",
        "expr: up  +   \n\n\n   1 -  HERE\n",
        "{alert: A, expr: sum(up) + HERE , labels: {a: b}}\n",
        "expr:\n  up + HERE\n",
        "expr: &x up + HERE\n",
        "expr: !!str\n  # why\n  up + HERE\n",
        "expr: &x !!str \"up\\n + HERE\"\n",
        "expr: \"HERE\"\n",
        R"(expr: "a{b=\"c\\d\", e=\"\u00e9\U0001F600\x41\"} + HERE + \"x\"")",
        "expr: \"up +   \n   HERE\"\n",
        "expr: \"up +\n\n\n   \\  HERE\"\n",
        "expr: \"up + \\\n    HERE\"\n",
        "expr: 'HERE'\n",
        "expr: 'a{b=''c''} + HERE'\n",
        "expr: 'a{b=''c''}\n\n  + HERE\n  '\n",
        "expr: |\n  up\n    + HERE\n",
        "expr: |-\n  值\n\n\n    + 值 HERE\nb: 2\n",
        "expr: |+ # why\n\n  up\n  HERE\n\n\nb: 2\n",
        "a:\n - expr: |2\n       up\n     HERE\n",
        "expr: >-\n  up\n  + HERE\n",
        "expr: >\n  up\n  + 1\n\n  + 2\n\n\n  + HERE\n\nb: 2\n",
        "expr: >\n  up\n    + 1\n\n    + 2\n  + 3\n  + HERE\nb: 2\n",
        "expr: >+\n\n  up\n  + HERE\n\n",
        "expr: &x >-\n  up\n  + HERE",
        "expr: >-\r\n  up\r\n  + HERE\r\nb: 2\r\n",
        "expr: |\r\n  up\r\n  + HERE\r\n",
        "expr: 'up\r\n  + HERE'\r\n",
    }));
    CAPTURE(text);
    Diagnostics diagnostics("x.yml");
    text::YamlNode node = text::parse_yaml(text, diagnostics);
    REQUIRE_FALSE(diagnostics.has_errors());
    if (const auto list = node.find("a").items(); !list.empty()) node = list.front();
    const text::YamlNode scalar = node.find("expr");
    const std::string value(scalar.scalar());
    const std::size_t offset = value.find("HERE");
    REQUIRE(offset != std::string::npos);
    const SourceText source(text);
    CHECK(source.locate(scalar.position(), value, offset) == written(text, "HERE"));
    // Behind the last word is the end of it.
    if (trim(value).ends_with("HERE")) {
        Position end = written(text, "HERE");
        end.column += 4;
        CHECK(source.locate(scalar.position(), value, value.size()) == end);
    }
}

TEST_CASE("a mark before the text does not move its places") {
    const SourceText source(
        "\xEF\xBB\xBF"
        "expr: up\n");
    CHECK(source.locate({1, 7}, "up", 1) == Position{1, 8});
}

TEST_CASE("what isn't the value that is written has no place, and the message counts instead") {
    const SourceText source("expr: up\nb: |\n  x\n");
    CHECK_FALSE(source.locate({1, 7}, "down", 1));
    CHECK_FALSE(source.locate({1, 7}, "upper", 1));
    CHECK_FALSE(source.locate({2, 4}, "y\n", 0));
    CHECK_FALSE(source.locate({9, 1}, "up", 0));
    CHECK_FALSE(source.locate({1, 40}, "up", 0));
    CHECK_FALSE(source.locate({1, 7}, "", 0));
}
