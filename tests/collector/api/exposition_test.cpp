#include "collector/api/exposition.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "base/net/http.h"

using namespace tocsin;
using tocsin::collector::exposition;

namespace {
constexpr MetricDesc kBytes{"b_bytes", "Size \\ of\nthings.", MetricType::kGauge};
constexpr MetricDesc kTotal{"a_total", "Things.", MetricType::kCounter};
constexpr MetricDesc kPlain{"c", "", MetricType::kUntyped};
}  // namespace

// The format: https://prometheus.io/docs/instrumenting/exposition_formats/
TEST_CASE("families are sorted, described once and their series sorted by labels") {
    SeriesTable table;
    const std::vector<Reading> readings{
        {table.get(&kBytes, {{"path", "/b"}}), 1.5},
        {table.get(&kTotal, {}), 12345678},
        {table.get(&kPlain, {}), -3},
        {table.get(&kBytes, {{"path", "/a"}}), 0},
    };
    REQUIRE(exposition(readings) ==
            "# HELP a_total Things.\n"
            "# TYPE a_total counter\n"
            "a_total 12345678\n"
            "# HELP b_bytes Size \\\\ of\\nthings.\n"
            "# TYPE b_bytes gauge\n"
            "b_bytes{path=\"/a\"} 0\n"
            "b_bytes{path=\"/b\"} 1.5\n"
            "# TYPE c untyped\n"
            "c -3\n");
}

TEST_CASE("backslashes, quotes and newlines in label values are escaped") {
    SeriesTable table;
    const std::vector<Reading> readings{{table.get(&kPlain, {{"v", "a\"b\\c\nd"}}), 1}};
    REQUIRE(exposition(readings) == "# TYPE c untyped\nc{v=\"a\\\"b\\\\c\\nd\"} 1\n");
}

TEST_CASE("the host's instance and job are left out, a target's own and other labels kept") {
    SeriesTable table(Labels{{"instance", "h:1"}, {"job", "node"}});
    const std::vector<Reading> readings{
        {table.get(&kPlain, {{"x", "1"}}), 1},
        {table.get(&kPlain, {{"instance", "10.0.0.1"}, {"job", "switches"}, {"x", "1"}}), 2}};
    REQUIRE(
        exposition(readings, table.target()) ==
        "# TYPE c untyped\nc{instance=\"10.0.0.1\",job=\"switches\",x=\"1\"} 2\nc{x=\"1\"} 1\n");
    const std::vector<Reading> bare{{table.get(&kPlain, {}), 1}};
    REQUIRE(exposition(bare, table.target()) == "# TYPE c untyped\nc 1\n");
}

TEST_CASE("values are printed so that they read back the same") {
    struct Case {
        double value;
        std::string_view text;
    };
    const double infinity = std::numeric_limits<double>::infinity();
    const Case cases[] = {{0, "0"},
                          {1e15, "1e+15"},
                          {999'999'999'999'999, "999999999999999"},
                          {-1, "-1"},
                          {0.1, "0.1"},
                          {infinity, "+Inf"},
                          {-infinity, "-Inf"},
                          {std::nan(""), "NaN"}};
    SeriesTable table;
    for (const Case& c : cases) {
        const std::vector<Reading> readings{{table.get(&kPlain, {}), c.value}};
        REQUIRE(exposition(readings) == "# TYPE c untyped\nc " + std::string(c.text) + "\n");
    }
}

TEST_CASE("ended series and doubled series do not break the text") {
    SeriesTable table;
    const SeriesRef one = table.get(&kPlain, {{"x", "1"}});
    const std::vector<Reading> readings{
        {one, 1}, {table.get(&kPlain, {{"x", "2"}}), kStaleNaN}, {one, 7}};
    const std::string text = exposition(readings);
    REQUIRE_THAT(text, !Catch::Contains("x=\"2\""));
    REQUIRE(text.find("c{x=\"1\"}") == text.rfind("c{x=\"1\"}"));
    REQUIRE(exposition({}).empty());
}

TEST_CASE("a page that was laid out says what a new one says, whatever changed between") {
    SeriesTable table(Labels{{"instance", "h:1"}});
    const auto series = [&](const char* x) { return table.get(&kPlain, {{"x", x}}); };
    const Reading total{table.get(&kTotal, {}), 1};
    const std::vector<std::vector<Reading>> cycles{
        {total, {series("1"), 1}, {series("2"), 2}},
        {total, {series("1"), 1e20}, {series("2"), -0.5}},                // values alone
        {total, {series("2"), 3}, {series("1"), 4}},                      // another order
        {total, {series("1"), kStaleNaN}, {series("2"), 5}},              // one has ended
        {total, {series("1"), kStaleNaN}, {series("2"), kStaleNaN}},      // with its family
        {total, {series("1"), 6}, {series("2"), 7}, {series("3"), 8}},    // and is back, one more
        {total, {series("1"), 6, from_unix_ms(1500)}, {series("2"), 7}},  // fewer, one with a time
        {},
        {total}};
    collector::Exposition page(table);
    for (const auto& readings : cycles) {
        REQUIRE(page.text(readings) == exposition(readings, table.target()));
    }
}

TEST_CASE("parts of a family stand under its header, units and own times behind") {
    constexpr MetricDesc kSum{"h_sum", "H.", MetricType::kHistogram, "h", "seconds"};
    constexpr MetricDesc kBucket{"h_bucket", "H.", MetricType::kHistogram, "h", "seconds"};
    constexpr MetricDesc kBetween{"h_a", "", MetricType::kSummary};
    SeriesTable table;
    const std::vector<Reading> readings{
        {table.get(&kSum, {}), 3, from_unix_ms(1500)},
        {table.get(&kBetween, {}), 2},
        {table.get(&kBucket, {{"le", "+Inf"}}), 1},
        // A rule or relabelling may give the name to another series; then it is no part.
        {table.get_whole(&kSum, Labels{{"__name__", "renamed"}}), 4}};
    REQUIRE(exposition(readings) ==
            "# HELP h H.\n# TYPE h histogram\n# UNIT h seconds\n"
            "h_bucket{le=\"+Inf\"} 1\n"
            "h_sum 3 1500\n"
            "# TYPE h_a summary\n"
            "h_a 2\n"
            "# HELP renamed H.\n# TYPE renamed histogram\n# UNIT renamed seconds\n"
            "renamed 4\n");
}

TEST_CASE("a series that is described anew has its new header on the next page") {
    static constexpr MetricDesc kMoody{.name = "c", .help = "Now so.", .revisable = true};
    SeriesTable table;
    const std::vector<Reading> readings{{table.get(&kMoody, {{"a", "1"}}), 1},
                                        {table.get(&kMoody, {{"b", "2"}}), 2}};
    collector::Exposition page(table);
    REQUIRE_THAT(page.text(readings), Catch::StartsWith("# HELP c Now so.\n"));
    // Of one family's descriptions that one is shown which stays.
    static constexpr MetricDesc kStays{"c", "Ever so.", MetricType::kGauge};
    table.get(&kStays, {{"b", "2"}});
    REQUIRE(page.text(readings) ==
            "# HELP c Ever so.\n# TYPE c gauge\nc{a=\"1\"} 1\nc{b=\"2\"} 2\n");
}

TEST_CASE("compressed pages are the pages, however often the series change") {
    SeriesTable table;
    collector::Exposition page(table);
    std::vector<Reading> readings;
    for (int i = 0; i < 120; ++i) {
        if (i % 40 == 0) readings.push_back({table.get(&kBytes, {{"path", std::to_string(i)}}), 0});
        for (Reading& reading : readings) reading.value = i * 1.25;
        const std::string text = page.text(readings);
        CAPTURE(i);
        CHECK(text == exposition(readings));
        CHECK(net::gunzip(page.gzip(text), 1'000'000).value() == text);
    }
}
