#include "collector/service/scrape/page.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "base/core/strings.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

// Every entry of a page, a line each, and the trouble at its end.
std::vector<std::string> entries(std::string_view page, PageFormat format) {
    PageReader reader(page, format);
    PageEntry entry;
    std::vector<std::string> out;
    while (reader.next(entry)) {
        using Kind = PageEntry::Kind;
        std::string line;
        if (entry.kind == Kind::kSample) {
            line = std::string(entry.series) + " = " + format_double(entry.value);
            if (entry.time_ms) line += " @" + std::to_string(*entry.time_ms);
        } else if (entry.kind == Kind::kType) {
            line = std::string(entry.name) + " is " + std::to_string(static_cast<int>(entry.type));
        } else {
            line = std::string(entry.name) + (entry.kind == Kind::kHelp ? " help " : " unit ");
            line += std::string(entry.text);
        }
        out.push_back(line);
    }
    if (!reader.trouble().empty()) out.push_back("! " + reader.trouble());
    return out;
}

std::vector<std::string> text(std::string_view page) {
    return entries(page, PageFormat::kText);
}
std::vector<std::string> open(std::string_view page) {
    return entries(page, PageFormat::kOpenMetrics);
}

using Lines = std::vector<std::string>;

std::string labels(std::string_view series, PageFormat format) {
    std::vector<TextLabel> read;
    const auto result = read_series(series, format, read);
    if (!result) return "! " + result.error().message;
    std::string out;
    for (const TextLabel& label : read) out += label.name + "=" + quote(label.value) + " ";
    return out;
}

}  // namespace

TEST_CASE("the format is OpenMetrics only where the Content-Type says so") {
    CHECK(page_format("application/openmetrics-text; version=1.0.0; charset=utf-8") ==
          PageFormat::kOpenMetrics);
    CHECK(page_format("Application/OpenMetrics-Text") == PageFormat::kOpenMetrics);
    for (const char* other : {"", "text/plain; version=0.0.4", "application/json", ";"}) {
        CHECK(page_format(other) == PageFormat::kText);
    }
}

TEST_CASE("the text format reads as Prometheus's scrape reads it") {
    CHECK(text("# HELP go_goroutines Number of \\\\ goroutines.\n"
               "# TYPE go_goroutines gauge\n"
               "go_goroutines 33\n"
               "# a comment\n#\n#HELP x y\n# HELPER x\n"
               "\n"
               "with{a=\"1\", b=\"}\\\"\" ,} 1e3 1520879607789\n"
               "\tspaced { a = \"1\" }  \t+Inf\t \n"
               "nan NaN\nneg -Inf") ==
          Lines{"go_goroutines help Number of \\\\ goroutines.", "go_goroutines is 2",
                "go_goroutines = 33", "with{a=\"1\", b=\"}\\\"\" ,} = 1000 @1520879607789",
                "spaced { a = \"1\" } = +Inf", "nan = NaN", "neg = -Inf"});
    CHECK(text("").empty());
    CHECK(text("\n\n \t\n").empty());
    CHECK(text("# HELP x\n# TYPE x counter\nx{} 1\n") == Lines{"x help ", "x is 1", "x{} = 1"});
    CHECK(text("a{b=\"line\nbreak\"} 1\nc 2\n") == Lines{"a{b=\"line\nbreak\"} = 1", "c = 2"});
}

TEST_CASE("a mistake in the text format ends the page and names its line") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"a 1\n1b 2\n", "! line 2: no metric's name begins the line"},
        {"a 1\n{b=\"c\"} 1\n", "! line 2: no metric's name begins the line"},
        {"a\n", "! line 1: no number as value: \"\""},
        {"a 1x\n", "! line 1: no number as value: \"1x\""},
        {"a 0x1\n", "! line 1: no number as value: \"0x1\""},
        {"a 1 -5\n", "! line 1: no time in milliseconds: \"-5\""},
        {"a 1 1.5\n", "! line 1: no time in milliseconds: \"1.5\""},
        {"a 1 99999999999999999999\n",
         "! line 1: no time in milliseconds: \"99999999999999999999\""},
        {"a 1 5 6\n", "! line 1: something stands behind the time"},
        {"a{b=\"c\" 1\nd 1\n", "! line 1: the labels do not end"},
        {"a{b=\"c", "! line 1: the labels do not end"},
        {"# TYPE a counter \n", "! line 1: no metric type: \"counter \""},
        {"# TYPE a unknown\n", "! line 1: no metric type: \"unknown\""},
        {"# HELP 1a b\n", "! line 1: no metric's name after HELP or TYPE"},
        {"# HELP a \xff\n", "! line 1: the text is not valid UTF-8"},
        {"<html>\n", "! line 1: no metric's name begins the line"},
    };
    for (const auto& [page, said] : cases) {
        INFO(page);
        CHECK(text(page).back() == said);
    }
}

TEST_CASE("OpenMetrics reads as Prometheus's scrape reads it") {
    CHECK(open("# TYPE a_seconds counter\n"
               "# UNIT a_seconds seconds\n"
               "# HELP a_seconds Of \\\"a\\\"\\n.\n"
               "a_seconds_total{x=\"1\"} 17 1520879607.789\n"
               "a_seconds_created{x=\"1\"} 1520872607.123\n"
               "# TYPE h histogram\n"
               "h_bucket{le=\"+Inf\"} 4 # {trace_id=\"}\"} 0.5 1520879607.789\n"
               "h_sum 2 -1.5\n"
               "a_seconds_total{x=\"2\"} 1 # {} 1\n"
               "# TYPE s stateset\n# TYPE i info\n# TYPE g gaugehistogram\n# TYPE u unknown\n"
               "# EOF") ==
          Lines{"a_seconds is 1", "a_seconds unit seconds", "a_seconds help Of \\\"a\\\"\\n.",
                "a_seconds_total{x=\"1\"} = 17 @1520879607789",
                "a_seconds_created{x=\"1\"} = 1.520872607123e+09", "h is 4",
                "h_bucket{le=\"+Inf\"} = 4", "h_sum = 2 @-1500", "a_seconds_total{x=\"2\"} = 1",
                "s is 7", "i is 6", "g is 5", "u is 0"});
    CHECK(open("# EOF\n").empty());
}

TEST_CASE("OpenMetrics is strict where Prometheus is") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"a 1\n", "! line 2: the page does not end with # EOF"},
        {"", "! line 1: the page does not end with # EOF"},
        {"a 1", "! line 1: the line does not end"},
        {"# EOF\na 1\n", "! line 1: something stands behind # EOF"},
        {"# EOF\n\n", "! line 1: something stands behind # EOF"},
        {"\n# EOF\n", "! line 1: no metric's name begins the line"},
        {" a 1\n# EOF\n", "! line 1: no metric's name begins the line"},
        {"a  1\n# EOF\n", "! line 1: no number as value: \"\""},
        {"a{b=\"c\"}1\n# EOF\n", "! line 1: no value after the series"},
        {"a 1 \n# EOF\n", "! line 1: no time in seconds: \"\""},
        {"a 1 NaN\n# EOF\n", "! line 1: no time in seconds: \"NaN\""},
        {"a 1 1 2\n# EOF\n", "! line 1: the line does not end"},
        {"# a comment\n# EOF\n",
         "! line 1: OpenMetrics has no other comments than HELP, TYPE, UNIT and EOF"},
        {"# TYPE a untyped\n# EOF\n", "! line 1: no metric type: \"untyped\""},
        {"# HELP a\n# EOF\n", "! line 1: no text after the name"},
        {"# UNIT a_seconds bytes\n# EOF\n",
         "! line 1: the unit does not end the name \"a_seconds\""},
        {"# UNIT seconds seconds\n# EOF\n", "! line 1: the unit does not end the name \"seconds\""},
        {"a 1 # {b=\"c\"} 1\n# EOF\n",
         "! line 1: a metric that is neither a counter nor a bucket has no exemplars"},
        {"a_total 1 # {b=c} 1\n# EOF\n", "! line 1: no quote before the value of \"b\""},
        {"a_total 1 # {b=\"c\"}\n# EOF\n", "! line 1: no value of the exemplar"},
        {"a_total 1 # {b=\"c\"\n# EOF\n", "! line 1: the exemplar's labels do not end"},
    };
    for (const auto& [page, said] : cases) {
        INFO(page);
        CHECK(open(page).back() == said);
    }
}

TEST_CASE("a series' bytes are taken apart") {
    struct Case {
        const char* series;
        const char* in_text;
        const char* in_open;  // nullptr: the same
    };
    const std::vector<Case> cases{
        {"a", "__name__=\"a\" ", nullptr},
        {"a{}", "__name__=\"a\" ", nullptr},
        {"a{b=\"1\",c=\"\"}", "__name__=\"a\" b=\"1\" c=\"\" ", nullptr},
        {R"(a{b="\\ \" \n \x"})", R"(__name__="a" b="\\ \" \n \\x" )", nullptr},
        {"a{b=\"1\",}", "__name__=\"a\" b=\"1\" ", "! no label's name: \"\""},
        {"a{b=\"1\"c=\"2\"}", "__name__=\"a\" b=\"1\" c=\"2\" ", "! no comma between labels"},
        {"a { b = \"1\" , c=\"2\" }", "__name__=\"a\" b=\"1\" c=\"2\" ", "! no labels"},
        {"a{b=\"1\n2\"}", "__name__=\"a\" b=\"1\\n2\" ", "! no end of the value of \"b\""},
        {"a{,}", "! no label's name: \",\"", nullptr},
        {"a{1b=\"1\"}", "! no label's name: \"1b\"", nullptr},
        {"a{b}", "! no = after the label \"b\"", nullptr},
        {"a{b=1}", "! no quote before the value of \"b\"", nullptr},
        {"a{b=\"\xff\"}", "! the value of \"b\" is not valid UTF-8", nullptr},
        {"a{b=\"1\",b=\"2\"}", "! the label \"b\" stands twice", nullptr},
    };
    for (const Case& c : cases) {
        INFO(c.series);
        CHECK(labels(c.series, PageFormat::kText) == c.in_text);
        CHECK(labels(c.series, PageFormat::kOpenMetrics) ==
              (c.in_open == nullptr ? c.in_text : c.in_open));
    }
}

TEST_CASE("a page of nothing but comments is read without depth") {
    std::string page;
    for (int i = 0; i < 300'000; ++i) page += "#\n";
    page += "a 1\n";
    CHECK(text(page) == Lines{"a = 1"});
}
