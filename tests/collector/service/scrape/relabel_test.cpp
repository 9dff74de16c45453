#include "collector/service/scrape/relabel.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "collector/service/scrape/relabel_config.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Read {
    std::vector<RelabelRule> rules;
    std::vector<std::string> said;
};

Read read(const std::string& text) {
    Diagnostics diagnostics("agent.yml");
    Read out{read_relabel(text::parse_yaml(text, diagnostics), diagnostics), {}};
    for (const Diagnostic& d : diagnostics.all()) out.said.push_back(d.text());
    return out;
}

// The labels that the rules leave, as a series prints; "dropped" when they leave none.
std::string relabelled(const std::string& rules, const Pairs& labels) {
    const Read r = read(rules);
    INFO(rules);
    REQUIRE(r.said.empty());
    LabelList list;
    for (const auto& [name, value] : labels) list.set(name, value);
    return relabel(r.rules, list) ? list.build().text() : "dropped";
}

const Pairs kLabels{{"__name__", "m"}, {"a", "foo"}, {"b", "bar"}, {"c", "baz"}};

}  // namespace

TEST_CASE("each action does what Prometheus's documentation says") {
    struct Case {
        const char* rule;
        const char* left;
    };
    const std::vector<Case> cases{
        // replace is the action, (.*) the regex and $1 the replacement where nothing is said.
        {"- {source_labels: [a], target_label: d}", R"(m{a="foo", b="bar", c="baz", d="foo"})"},
        {"- {source_labels: [a, b], target_label: d}",
         R"(m{a="foo", b="bar", c="baz", d="foo;bar"})"},
        {"- {source_labels: [a, b], separator: '', target_label: d}",
         R"(m{a="foo", b="bar", c="baz", d="foobar"})"},
        {"- {target_label: d, replacement: x}", R"(m{a="foo", b="bar", c="baz", d="x"})"},
        {"- {source_labels: [a], regex: 'f(.)(.)', target_label: d, replacement: '${2}-$1-$$'}",
         R"(m{a="foo", b="bar", c="baz", d="o-o-$"})"},
        {"- {source_labels: [a], regex: '(?P<first>.).*', target_label: d, replacement: "
         "'${first}/$first'}",
         R"(m{a="foo", b="bar", c="baz", d="f/f"})"},
        // $1x is the group "1x", of which there is none; a lone $ is itself.
        {"- {source_labels: [a], regex: '(.).*', target_label: d, replacement: '$1x'}",
         R"(m{a="foo", b="bar", c="baz"})"},
        {"- {source_labels: [a], regex: '(.).*', target_label: d, replacement: '$-${1'}",
         R"(m{a="foo", b="bar", c="baz", d="$-${1"})"},
        // The target may be a template, and a name that comes out wrong changes nothing.
        {"- {source_labels: [a], regex: '(.*)', target_label: 'x_${1}', replacement: y}",
         R"(m{a="foo", b="bar", c="baz", x_foo="y"})"},
        // No match, no replacement; an empty one removes.
        {"- {source_labels: [a], regex: fo, target_label: b, replacement: x}",
         R"(m{a="foo", b="bar", c="baz"})"},
        {"- {source_labels: [a], regex: foo, target_label: b, replacement: ''}",
         R"(m{a="foo", c="baz"})"},
        {"- {source_labels: [__name__], regex: (.*), target_label: __name__, replacement: n_$1}",
         R"(n_m{a="foo", b="bar", c="baz"})"},
        // The whole value must match.
        {"- {source_labels: [a], regex: fo, action: keep}", "dropped"},
        {"- {source_labels: [a], regex: fo, action: Keep}", "dropped"},
        {"- {source_labels: [a], regex: 'x|foo', action: DROP}", "dropped"},
        {"- {source_labels: [a], regex: 'fo.', action: keep}", R"(m{a="foo", b="bar", c="baz"})"},
        {"- {source_labels: [a], regex: 'x|foo', action: drop}", "dropped"},
        {"- {source_labels: [a], regex: 'x|fo', action: drop}", R"(m{a="foo", b="bar", c="baz"})"},
        {"- {source_labels: [gone], regex: '.+', action: keep}", "dropped"},
        {"- {source_labels: [gone], regex: '', action: keep}", R"(m{a="foo", b="bar", c="baz"})"},
        {"- {source_labels: [a], target_label: d, action: hashmod, modulus: 1000}",
         R"(m{a="foo", b="bar", c="baz", d="696"})"},
        {"- {regex: '(a|b)', replacement: 'new_$1', action: labelmap}",
         R"(m{a="foo", b="bar", c="baz", new_a="foo", new_b="bar"})"},
        {"- {regex: 'a|b', action: labeldrop}", R"(m{c="baz"})"},
        {"- {regex: '__name__|b', action: labelkeep}", R"(m{b="bar"})"},
        {"- {source_labels: [a, b], target_label: d, action: uppercase}",
         R"(m{a="foo", b="bar", c="baz", d="FOO;BAR"})"},
        {"- {source_labels: [a], target_label: a, action: lowercase}",
         R"(m{a="foo", b="bar", c="baz"})"},
        {"- {target_label: d, replacement: 'STRAßE ÄÖ'}\n"
         "- {source_labels: [d], target_label: d, action: lowercase}",
         R"(m{a="foo", b="bar", c="baz", d="straße äö"})"},
        {"- {source_labels: [a], target_label: b, action: keepequal}", "dropped"},
        {"- {source_labels: [a], target_label: a, action: keepequal}",
         R"(m{a="foo", b="bar", c="baz"})"},
        {"- {source_labels: [a], target_label: a, action: dropequal}", "dropped"},
        {"- {source_labels: [a], target_label: b, action: dropequal}",
         R"(m{a="foo", b="bar", c="baz"})"},
    };
    for (const Case& c : cases) CHECK(relabelled(c.rule, kLabels) == c.left);
}

TEST_CASE("rules see what those before them left") {
    const std::string rules = R"(
- {source_labels: [a], target_label: tmp}
- {source_labels: [tmp, b], target_label: joined, separator: '-'}
- {regex: tmp, action: labeldrop}
- {source_labels: [joined], regex: foo-bar, action: keep}
)";
    CHECK(relabelled(rules, kLabels) == R"(m{a="foo", b="bar", c="baz", joined="foo-bar"})");
}

TEST_CASE("a dot matches no line break, as in Prometheus 2.42") {
    CHECK(relabelled("- {source_labels: [a], regex: 'x.y', action: drop}", {{"a", "x\ny"}}) ==
          R"({a="x\ny"})");
}

TEST_CASE("hashmod takes the last eight bytes of the MD5 sum") {
    // printf "" | md5sum: d41d8cd98f00b204e9800998ecf8427e.
    CHECK(relabelled("- {source_labels: [a], target_label: s, action: hashmod, modulus: 16}", {}) ==
          R"({s="14"})");
}

TEST_CASE("what is wrong with a rule is named at its place, and the rule is left out") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"- {action: replaze}", "agent.yml:1:12: error: \"action\": must be one of replace, keep"},
        {"- {source_labels: [a]}",
         "agent.yml:1:3: error: \"target_label\": is what the action replace needs"},
        {"- {action: hashmod, target_label: a}",
         "agent.yml:1:3: error: \"modulus\": is what the action hashmod needs"},
        {"- {action: hashmod, target_label: a, modulus: 0}",
         "agent.yml:1:47: error: \"modulus\": must be a whole number from 1"},
        {"- {target_label: a-b}", "agent.yml:1:18: error: \"target_label\": is no label's name"},
        {"- {action: uppercase, target_label: '$1'}",
         "agent.yml:1:37: error: \"target_label\": is no label's name"},
        {"- {action: uppercase, target_label: a, replacement: x}",
         "agent.yml:1:53: error: \"replacement\": is nothing that the action uppercase takes"},
        {"- {action: labeldrop, source_labels: [a]}",
         "agent.yml:1:38: error: \"source_labels\": is nothing that the action labeldrop takes"},
        {"- {action: dropequal, target_label: a, regex: b}",
         "agent.yml:1:47: error: \"regex\": is nothing that the action dropequal takes"},
        {"- {action: labelmap, replacement: 'a-$1'}",
         "agent.yml:1:35: error: \"replacement\": is no label's name"},
        {"- {action: drop, regex: '('}",
         "agent.yml:1:25: error: \"regex\": bad regular expression"},
        {"- {action: drop, source_labels: [a b]}",
         "agent.yml:1:33: error: \"source_labels\": \"a b\" is no label's name"},
        {"- {action: drop, regx: a}",
         "agent.yml:1:18: error: unknown key \"regx\"; did you mean \"regex\"?"},
        {"{action: drop}", "agent.yml:1:1: error: \"metric_relabel_configs\" is a list of rules"},
    };
    for (const auto& [text, message] : cases) {
        const Read r = read(text);
        INFO(text);
        REQUIRE(r.said.size() == 1);
        CHECK_THAT(r.said[0], Catch::StartsWith(message));
        CHECK((r.rules.empty() || text.find("regx") != std::string::npos));
    }
}

TEST_CASE("what Prometheus lets stand idle may stand") {
    CHECK(
        read("- {action: drop, source_labels: [a], target_label: b, replacement: x}").said.empty());
    CHECK(read("- {action: labelmap, regex: 'x(.*)', source_labels: [a]}").said.empty());
    CHECK(read("").rules.empty());
}
