#include "collector/service/plugins/output.h"

#include <catch2/catch.hpp>

using namespace tocsin::collector;

namespace {

std::string text_of(const std::optional<PluginRange>& range) {
    if (!range) return "none";
    const auto bound = [](const std::optional<double>& v) {
        return v ? std::to_string(static_cast<int>(*v)) : std::string("inf");
    };
    return (range->alert_inside ? "@" : "") + bound(range->lower) + ".." + bound(range->upper);
}

std::vector<std::string> labels_of(const PluginOutput& output) {
    std::vector<std::string> labels;
    for (const PerformanceValue& value : output.values) labels.push_back(value.label);
    return labels;
}

}  // namespace

TEST_CASE("the first line is kept as text that can be read, and no more than 500 bytes of it") {
    CHECK(parse_plugin_output("  OK - fine \r\nmore\n").text == "OK - fine");
    CHECK(parse_plugin_output("caf\xe9 | a=1").text == "caf\xEF\xBF\xBD");
    CHECK(parse_plugin_output(std::string(500, 'x')).text == std::string(500, 'x'));
    CHECK(parse_plugin_output(std::string(501, 'x')).text == std::string(500, 'x') + "…");
    CHECK(parse_plugin_output(std::string(499, 'x') + "éé").text == std::string(499, 'x') + "…");
    CHECK(parse_plugin_output("").text.empty());
}

// The table of the Monitoring Plugins Development Guidelines, "Threshold and ranges".
TEST_CASE("ranges read as the guidelines' table says") {
    const std::vector<std::pair<std::string_view, std::string_view>> cases{
        {"10", "0..10"},       {"10:", "10..inf"}, {"~:10", "inf..10"}, {"10:20", "10..20"},
        {"@10:20", "@10..20"}, {"@5", "@0..5"},    {":5", "0..5"},      {"-5:-1", "-5..-1"},
        {"~:", "inf..inf"},    {"", "none"},       {"@", "none"},       {"x", "none"},
        {"20:10", "none"},     {"1:x", "none"},    {"x:1", "none"},     {"1:2:3", "none"},
    };
    for (const auto& [text, expected] : cases) {
        INFO(text);
        CHECK(text_of(parse_plugin_range(text)) == expected);
    }
}

TEST_CASE("a value comes with its unit, ranges and limits") {
    const PluginOutput out =
        parse_plugin_output("DISK OK - free space | /=2643MB;5948;@10:20;0;5968\n");
    CHECK(out.text == "DISK OK - free space");
    REQUIRE(out.values.size() == 1);
    const PerformanceValue& value = out.values[0];
    CHECK(value.label == "/");
    CHECK(value.value == 2643);
    CHECK(value.unit == "MB");
    CHECK(text_of(value.warning) == "0..5948");
    CHECK(text_of(value.critical) == "@10..20");
    CHECK(value.minimum == 0);
    CHECK(value.maximum == 5968);
    CHECK(out.malformed.empty());
}

// The guidelines' own example of long output.
TEST_CASE("performance data go on after the second bar, over lines") {
    const PluginOutput out = parse_plugin_output(
        "DISK OK - free space: / 3326 MB (56%); | /=2643MB;5948;5958;0;5968\n"
        "/ 15272 MB (77%);\n"
        "/boot 68 MB (69%); | /boot=68MB;88;93;0;98\n"
        "/home=69357MB;253404;253409;0;253414\n"
        "/var/log=818MB;970;975;0;980\n");
    CHECK(labels_of(out) == std::vector<std::string>{"/", "/boot", "/home", "/var/log"});
}

TEST_CASE("labels may be quoted and hold blanks, equals signs and quotes") {
    const PluginOutput out =
        parse_plugin_output("OK|'a b'=1 'it''s'=2s 'x=y'=3% plain=4c tail=-0.5;;;;");
    CHECK(labels_of(out) == std::vector<std::string>{"a b", "it's", "x=y", "plain", "tail"});
    CHECK(out.values[1].unit == "s");
    CHECK(out.values[2].unit == "%");
    CHECK(out.values[4].value == -0.5);
    CHECK_FALSE(out.values[4].warning);
    CHECK_FALSE(out.values[4].minimum);
}

TEST_CASE("odd performance data cost only themselves") {
    const std::vector<std::pair<std::string_view, std::vector<std::string>>> cases{
        {"OK", {}},
        {"", {}},
        {"|", {}},
        {"OK | ", {}},
        {"OK | a=1 nonsense b=2", {"a", "b"}},
        {"OK | a=1 =5 b=2", {"a", "b"}},
        {"OK | a=x b=2", {"b"}},
        {"OK | a= b=2", {"b"}},
        {"OK | 'open=1 b=2", {"b"}},
        {"OK | a=nan b=inf c=2", {"c"}},
        {"OK | a=1e999 c=2", {"c"}},
        {"OK | a=1 a=2", {"a"}},
        {"OK | a=1.5.5 c=2", {"c"}},
    };
    for (const auto& [text, expected] : cases) {
        INFO(text);
        CHECK(labels_of(parse_plugin_output(text)) == expected);
    }
    CHECK(parse_plugin_output("OK | a=1 nonsense b=2").malformed ==
          std::vector<std::string>{"nonsense"});
    CHECK(parse_plugin_output("OK | a=1 a=2").values[0].value == 1);
}

TEST_CASE("a value that could not be determined is no number and no mistake") {
    const PluginOutput out = parse_plugin_output("OK | a=U;;;; b=1,5ms");
    CHECK(labels_of(out) == std::vector<std::string>{"b"});
    CHECK(out.values[0].value == 1.5);
    CHECK(out.values[0].unit == "ms");
    CHECK(out.malformed.empty());
    const PluginOutput powers = parse_plugin_output("OK | a=1.5e+06B b=2em c=3E2");
    CHECK(powers.values[0].value == 1.5e6);
    CHECK(powers.values[0].unit == "B");
    CHECK(powers.values[1].value == 2);
    CHECK(powers.values[1].unit == "em");
    CHECK(powers.values[2].value == 300);
}
