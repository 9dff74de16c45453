#include "base/text/yaml.h"

#include <array>
#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::text;

namespace {

// Everything that is wrong with a text when it is read as a rule would be.
std::string complaints(std::string_view text) {
    Diagnostics diagnostics("rules.yml");
    MapReader rule(parse_yaml(text, diagnostics), "a rule", diagnostics);
    rule.string("alert");
    rule.string("expr");
    rule.duration("for");
    rule.boolean("inspect");
    rule.integer("count", 1, 10);
    rule.number("clear");
    rule.bytes("limit");
    rule.ratio("share");
    rule.strings("files");
    rule.string_map("labels");
    constexpr std::array<std::string_view, 2> kModes{"active", "observe"};
    rule.choice("mode", kModes);
    rule.finish();
    return diagnostics.text();
}

}  // namespace

TEST_CASE("a map gives its values by type") {
    Diagnostics d("agent.yml");
    MapReader r(parse_yaml("alert: Disk\n"
                           "for: 1h30m\n"
                           "inspect: true\n"
                           "count: 3\n"
                           "clear: 2.5\n"
                           "limit: 64MiB\n"
                           "share: 80%\n"
                           "files: [a, 'b c']\n"
                           "labels: {team: web, tier: \"1\"}\n"
                           "mode: observe\n",
                           d),
                "a rule", d);
    constexpr std::array<std::string_view, 2> kModes{"active", "observe"};
    REQUIRE(r.string("alert") == "Disk");
    REQUIRE(r.duration("for") == Duration{5'400'000});
    REQUIRE(r.boolean("inspect") == true);
    REQUIRE(r.integer("count", 1, 10) == 3);
    REQUIRE(r.number("clear") == 2.5);
    REQUIRE(r.bytes("limit") == Bytes{67'108'864});
    REQUIRE(r.ratio("share") == Ratio{0.8});
    REQUIRE(r.strings("files") == std::vector<std::string>{"a", "b c"});
    REQUIRE(r.string_map("labels") ==
            std::vector<std::pair<std::string, std::string>>{{"team", "web"}, {"tier", "1"}});
    REQUIRE(r.choice("mode", kModes) == "observe");
    REQUIRE_FALSE(r.string("absent"));
    r.finish();
    REQUIRE(d.text().empty());
}

TEST_CASE("each mistake is told with its place and what to do") {
    struct Case {
        std::string_view text;
        std::string_view expected;
    };
    const Case c = GENERATE(values<Case>({
        {"alert: a\nexp: up\n",
         "rules.yml:2:1: error: unknown key \"exp\"; did you mean \"expr\"?\n"},
        {"alert: a\n  \n\nEXPR: up\n",
         "rules.yml:4:1: error: unknown key \"EXPR\"; did you mean \"expr\"?\n"},
        {"zzzzzz: 1\n",
         "rules.yml:1:1: error: unknown key \"zzzzzz\" in a rule; known are alert, expr, for, "
         "inspect, count, clear, limit, share, files, labels, mode\n"},
        {"for: 5x\n",
         "rules.yml:1:6: error: \"for\": \"5x\" is not a duration: unknown unit \"x\"; known are "
         "ms, s, m, h, d, w, y\n"},
        {"for:\nalert: a\n",
         "rules.yml:1:1: error: \"for\": must be a duration like 5m, not nothing\n"},
        {"for: [5m]\n", "rules.yml:1:6: error: \"for\": must be a duration like 5m, not a list\n"},
        {"inspect: yes\n",
         "rules.yml:1:10: error: \"inspect\": must be true or false, not \"yes\"\n"},
        {"count: 11\n",
         "rules.yml:1:8: error: \"count\": must be a whole number from 1 to 10, not \"11\"\n"},
        {"count: 1.5\n",
         "rules.yml:1:8: error: \"count\": must be a whole number from 1 to 10, not \"1.5\"\n"},
        {"clear: soon\n", "rules.yml:1:8: error: \"clear\": must be a number, not \"soon\"\n"},
        {"limit: 64\n",
         "rules.yml:1:8: error: \"limit\": \"64\" has no unit: write it like 64MiB or 64B\n"},
        {"share: 0.8\n",
         "rules.yml:1:8: error: \"share\": \"0.8\" is not a share: write it like 80%\n"},
        {"files: a\n",
         "rules.yml:1:8: error: \"files\": must be a list like [a, b], not a single value\n"},
        {"files: [a, {b: c}]\n",
         "rules.yml:1:12: error: \"files\": must be a list of texts, here is a map\n"},
        {"labels:\n  team: [a]\n",
         "rules.yml:2:9: error: \"team\" in \"labels\" must be a text, not a list\n"},
        {"mode: activ\n",
         "rules.yml:1:7: error: \"mode\": must be one of active, observe, not \"activ\"; did you "
         "mean \"active\"?\n"},
        {"alert: a\nexpr: b\nalert: c\n", "rules.yml:3:1: error: duplicate key \"alert\"\n"},
        {"- a\n- b\n",
         "rules.yml:1:1: error: a rule must be a map of keys and values, not a list\n"},
        {"alert: a\n---\nalert: b\n",
         "rules.yml:2:1: error: a second document: only one is read\n"},
        {"alert: a\n[x]: y\n", "rules.yml:2:1: error: a key must be a plain word\n"},
        // Columns count characters, not bytes.
        {"labels: {值班: a, 团队: [b]}\n",
         "rules.yml:1:21: error: \"团队\" in \"labels\" must be a text, not a list\n"},
    }));
    CAPTURE(c.text);
    REQUIRE(complaints(c.text) == c.expected);
}

TEST_CASE("where the first document alone is read, a second is a warning whatever it holds") {
    const std::string_view text = GENERATE("alert: a\n---\nalert: b\n", "alert: a\n---\n}: [\n");
    Diagnostics diagnostics("rules.yml");
    const YamlNode root = parse_yaml(text, diagnostics, Documents::kFirst);
    CHECK(root.find("alert").scalar() == "a");
    CHECK_FALSE(diagnostics.has_errors());
}

TEST_CASE("all mistakes of a file are told at once") {
    const std::string all = complaints("for: x\ncount: 0\nmod: active\n");
    REQUIRE(std::count(all.begin(), all.end(), '\n') == 3);
}

TEST_CASE("of what should be a map and is none nothing else is said") {
    Diagnostics d("agent.yml");
    MapReader reader(parse_yaml("- a\n", d), "a device", d);
    reader.require("target");
    reader.error("every", "must be more than nothing");
    reader.finish();
    REQUIRE(d.text() ==
            "agent.yml:1:1: error: a device must be a map of keys and values, not a list\n");
}

TEST_CASE("what is not YAML is refused with a place") {
    struct Case {
        std::string_view text;
        std::string_view start;
    };
    const Case c = GENERATE(values<Case>({{"a: [1, 2\n", "f:2:1: error: not YAML"},
                                          {"a: 'x\n", "f:1:4: error: not YAML"},
                                          {"a: \"x\ny: 'z'\n", "f:1:4: error: not YAML"},
                                          {"a: b: c\n", "f:1:5: error: not YAML"},
                                          {"a:\n\t- b\n", "f:2:2: error: not YAML"},
                                          {"a: *nobody\n", "f:1:4: error: not YAML"},
                                          {"a: 1\nb: \xFF\n", "f:2:4: error: not UTF-8"},
                                          {std::string_view("a: \0", 4), "f:1:4: error: not UTF-8"},
                                          {"a: &x [*x]\n", "f:1:8: error: "}}));
    CAPTURE(c.text);
    Diagnostics d("f");
    REQUIRE_FALSE(parse_yaml(c.text, d));
    REQUIRE_THAT(d.text(), Catch::StartsWith(std::string(c.start)));
}

TEST_CASE("an empty document is absent and no error") {
    const auto text = GENERATE(values<std::string_view>({"", "\n", "# a comment\n", "---\n", "~"}));
    Diagnostics d("f");
    REQUIRE_FALSE(parse_yaml(text, d));
    REQUIRE(d.all().empty());
    MapReader r(YamlNode{}, "the file", d);
    REQUIRE_FALSE(r.string("a"));
    r.require("a");
    REQUIRE(d.text() == "f: error: the file needs the key \"a\"\n");
}

TEST_CASE("nodes know where they stand and how they were written") {
    Diagnostics d("f");
    const YamlNode root =
        parse_yaml("\xEF\xBB\xBF# top\na: 1\nb:\n  - \"x\"\n  - y: |\n      block\n", d);
    REQUIRE(root.position() == Position{2, 1});
    REQUIRE(root.find("a").position() == Position{2, 4});
    REQUIRE_FALSE(root.find("a").quoted());
    REQUIRE(root.key_node("b").position() == Position{3, 1});
    const YamlNode list = root.find("b");
    REQUIRE(list.position() == Position{4, 3});
    REQUIRE(list.items()[0].quoted());
    REQUIRE(list.items()[0].position() == Position{4, 5});
    REQUIRE(list.items()[1].find("y").quoted());
    REQUIRE(list.items()[1].find("y").scalar() == "block\n");
    REQUIRE(root.entries()[0].first == "a");
}

TEST_CASE("anchors and merge keys work as in YAML") {
    Diagnostics d("f");
    const YamlNode root = parse_yaml(
        "base: &base {a: 1, b: 2}\n"
        "more: &more {b: 3, c: 4}\n"
        "one: {<<: *base, b: 9}\n"
        "two:\n  <<: [*base, *more]\n  d: 5\n",
        d);
    REQUIRE(d.text().empty());
    const YamlNode one = root.find("one");
    REQUIRE(one.entries().size() == 2);
    REQUIRE(one.find("a").scalar() == "1");
    REQUIRE(one.find("b").scalar() == "9");
    const YamlNode two = root.find("two");
    REQUIRE(two.find("b").scalar() == "2");
    REQUIRE(two.find("c").scalar() == "4");
    REQUIRE(two.find("d").scalar() == "5");
    REQUIRE(two.key_node("c").position() == Position{2, 20});
}

TEST_CASE("hostile documents are refused") {
    SECTION("deep ones") {
        Diagnostics d("f");
        REQUIRE(parse_yaml(std::string(64, '[') + std::string(64, ']'), d));
        REQUIRE_FALSE(parse_yaml(std::string(65, '[') + std::string(65, ']'), d));
        REQUIRE_FALSE(parse_yaml(std::string(100'000, '['), d));
        REQUIRE_THAT(d.all().front().message, Catch::Contains("64 levels"));
    }
    SECTION("ones that expand without end") {
        std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
        for (int i = 1; i < 9; ++i) {
            const std::string before = "*a" + std::to_string(i - 1);
            bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
            for (int j = 0; j < 9; ++j) bomb += ", " + before;
            bomb += "]\n";
        }
        Diagnostics d("f");
        REQUIRE_FALSE(parse_yaml(bomb, d));
        REQUIRE_THAT(d.text(), Catch::Contains("aliases expand more than 1000 times"));
    }
    SECTION("large ones") {
        Diagnostics d("f");
        REQUIRE_FALSE(parse_yaml(std::string(10 * 1024 * 1024 + 1, ' '), d));
        REQUIRE_THAT(d.text(), Catch::Contains("larger than 10MiB"));
    }
}
