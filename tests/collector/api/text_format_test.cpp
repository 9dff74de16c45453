#include "collector/api/text_format.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>

using namespace tocsin;
using namespace tocsin::collector;

namespace {

TextMetrics parse(std::string_view text) {
    auto parsed = parse_text_format(text);
    INFO(text);
    if (!parsed) FAIL(parsed.error().message);
    return std::move(parsed).value();
}

}  // namespace

// https://prometheus.io/docs/instrumenting/exposition_formats/
TEST_CASE("families have help and type, samples labels, value and timestamp") {
    const TextMetrics metrics = parse(
        "# HELP http_requests_total All requests.\\nEver, \\\\ too.\n"
        "# TYPE http_requests_total counter\n"
        "http_requests_total{method=\"post\",code=\"200\"} 1027 1395066363000\n"
        "\n"
        "# a comment\n"
        "up NaN\n");
    REQUIRE(metrics.families.size() == 2);
    REQUIRE(metrics.families[0].name == "http_requests_total");
    REQUIRE(metrics.families[0].help == "All requests.\nEver, \\ too.");
    REQUIRE(metrics.families[0].type == TextType::kCounter);
    REQUIRE(metrics.families[1].type == TextType::kUntyped);
    REQUIRE_FALSE(metrics.families[1].help);
    REQUIRE(metrics.samples.size() == 2);
    const TextSample& first = metrics.samples[0];
    REQUIRE(first.family == 0);
    REQUIRE(first.labels.size() == 2);
    REQUIRE(first.labels[0].name == "method");
    REQUIRE(first.labels[1].value == "200");
    REQUIRE(first.value == 1027);
    REQUIRE(first.timestamp_ms == 1395066363000);
    REQUIRE(std::isnan(metrics.samples[1].value));
    REQUIRE(metrics.samples[1].family == 1);
}

TEST_CASE("blanks, escapes, a last comma and tight comments are read as the format allows") {
    const TextMetrics metrics = parse(
        "#TYPE a  GAUGE\n"
        " \ta { x = \"\\\\ \\\" \\n\" , y=\"\", }\t-1.5e3\n"
        "a{} 2\n"
        "b +Inf\n"
        "# HELP\n"
        "# TYPE b\n"
        "#\n"
        "# HELP c \n"
        "  ");
    REQUIRE(metrics.families[0].type == TextType::kGauge);
    REQUIRE(metrics.samples[0].labels[0].value == "\\ \" \n");
    REQUIRE(metrics.samples[0].labels[1].value.empty());
    REQUIRE(metrics.samples[0].value == -1500);
    REQUIRE(metrics.samples[2].value == std::numeric_limits<double>::infinity());
    REQUIRE(metrics.samples.size() == 3);
    REQUIRE(parse("").samples.empty());
}

TEST_CASE("the parts of summaries and histograms belong to their family") {
    const TextMetrics metrics = parse(
        "# TYPE h histogram\n"
        "h_bucket{le=\"0.1\"} 1\n"
        "h_bucket{le=\"+Inf\"} 2\n"
        "h_sum 0.5\n"
        "h_count 2\n"
        "# TYPE s summary\n"
        "s{quantile=\"0.5\"} 3\n"
        "s_sum 9\n"
        "s_bucket 1\n"
        "# TYPE g gauge\n"
        "g_count 1\n"
        "# TYPE t_count gauge\n"
        "# TYPE t summary\n"
        "t_count 7\n");
    const auto family_of = [&](std::string_view name) {
        for (const TextSample& sample : metrics.samples) {
            if (sample.name == name) return metrics.families[sample.family].name;
        }
        return std::string("none");
    };
    REQUIRE(family_of("h_bucket") == "h");
    REQUIRE(family_of("h_sum") == "h");
    REQUIRE(family_of("h_count") == "h");
    REQUIRE(family_of("s") == "s");
    REQUIRE(family_of("s_sum") == "s");
    REQUIRE(family_of("s_bucket") == "s_bucket");
    REQUIRE(family_of("g_count") == "g_count");
    REQUIRE(family_of("t_count") == "t_count");
}

TEST_CASE("a text with a mistake is refused with its line and the reason") {
    struct Case {
        std::string_view text;
        std::string_view why;
    };
    for (const Case& c : {
             Case{"a 1\nb 2", "line 2: the last line does not end"},
             Case{"a 1\r\n", "line 1: expected a number as value"},
             Case{"a 1 \n", "line 1: expected an integer as timestamp, got \"\""},
             Case{"a 1 x\n", "expected an integer as timestamp, got \"x\""},
             Case{"a 1 2 3\n", "spurious text after the timestamp"},
             Case{"a\n", "expected a number as value, got \"\""},
             Case{"a 0x10\n", "expected a number as value"},
             Case{"a 1_0\n", "expected a number as value"},
             Case{"a 1e999\n", "expected a number as value"},
             Case{"a{x=\"1\"}\n", "expected a number as value"},
             Case{"0a 1\n", "invalid metric name"},
             Case{"{x=\"1\"} 1\n", "invalid metric name"},
             Case{"a{0=\"1\"} 1\n", "invalid label name"},
             Case{"a{a:b=\"1\"} 1\n", "invalid label name"},
             Case{"a{,} 1\n", "invalid label name"},
             Case{"a{ 3\n", "invalid label name"},
             Case{"a{x\n", "expected '='"},
             Case{"a{x=1} 1\n", "expected '\"'"},
             Case{"a{x=\"1} 1\n", "label value without its end"},
             Case{"a{x=\"\\t\"} 1\n", "invalid escape sequence"},
             Case{"a{x=\"\\", "the last line does not end"},
             Case{"a{x=\"\\\n", "label value without its end"},
             Case{"a{x=\"1\" y=\"2\"} 1\n", "unexpected end of the labels"},
             Case{"a{x=\"1\",x=\"2\"} 1\n", "duplicate label names"},
             Case{"a{__name__=\"b\"} 1\n", "reserved"},
             Case{"a{x=\"\xff\"} 1\n", "invalid label value"},
             Case{"# HELP 0 x\n", "invalid metric name in comment"},
             Case{"# HELP a x\n# HELP a x\n", "line 2: second HELP line"},
             Case{"# HELP a \\\"\n", "invalid escape sequence in HELP"},
             Case{"# TYPE a gauge\n# TYPE a gauge\n", "line 2: second TYPE line"},
             Case{"a 1\n# TYPE a gauge\n", "line 2: second TYPE line, or TYPE after samples"},
             Case{"# TYPE a gauge \n", "unknown metric type"},
             Case{"# TYPE a info\n", "unknown metric type"},
             Case{"# TYPE a histogram\na_bucket{le=\"x\"} 1\n", "expected a number as \"le\""},
             Case{"# TYPE a summary\na{quantile=\"\"} 1\n", "expected a number as \"quantile\""},
         }) {
        INFO(c.text);
        const auto parsed = parse_text_format(c.text);
        REQUIRE_FALSE(parsed);
        REQUIRE_THAT(parsed.error().message, Catch::Contains(std::string(c.why)));
    }
}

TEST_CASE("a text that is cut anywhere but at a line's end is refused") {
    const std::string text =
        "# TYPE a gauge\n"
        "a{x=\"1\"} 12\n";
    for (std::size_t size = 1; size < text.size(); ++size) {
        const bool whole_line = text[size - 1] == '\n';
        INFO(size);
        REQUIRE(parse_text_format(std::string_view(text).substr(0, size)).has_value() ==
                whole_line);
    }
}
