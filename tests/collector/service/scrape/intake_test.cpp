#include "collector/service/scrape/intake.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/core/strings.h"
#include "collector/api/exposition.h"
#include "collector/service/scrape/relabel_config.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

constexpr Timestamp kNow = from_unix_ms(1'700'000'000'000);

ScrapeConfig target() {
    ScrapeConfig config;
    config.job = "j";
    config.instance = "i";
    return config;
}

std::vector<RelabelRule> rules(const std::string& text) {
    Diagnostics diagnostics("test");
    auto read = read_relabel(text::parse_yaml(text, diagnostics), diagnostics);
    REQUIRE(diagnostics.all().empty());
    return read;
}

struct Bench {
    explicit Bench(ScrapeConfig c = target()) : config(std::move(c)) {}

    ScrapeConfig config;
    SeriesTable table{Labels{{"instance", "host"}, {"job", "node"}}};
    Intake intake{config, table};
    Readings readings{};
    IntakeCounts counts{};
    std::string error{};

    // The page's series and values, with times where they have some.
    std::vector<std::string> take(const std::string& page, PageFormat format = PageFormat::kText) {
        readings.clear();
        counts = {};
        const auto result = intake.take(page, format, kNow, readings, counts);
        error = result ? "" : result.error().message;
        std::vector<std::string> out;
        for (const Reading& r : readings) {
            std::string line = r.series.labels().text() + " " + format_double(r.value);
            if (r.has_time()) line += " @" + std::to_string(to_unix_ms(r.at));
            out.push_back(line);
        }
        return out;
    }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a page's samples carry the target's labels") {
    ScrapeConfig config = target();
    config.labels = Labels{{"team", "web"}};
    Bench bench(config);
    CHECK(bench.take("a{x=\"1\"} 1\nb 2\n") ==
          Lines{R"(a{instance="i", job="j", team="web", x="1"} 1)",
                R"(b{instance="i", job="j", team="web"} 2)"});
    CHECK(bench.error.empty());
    CHECK(bench.counts.scraped == 2);
    CHECK(bench.counts.kept == 2);
    CHECK(bench.counts.added == 2);
    bench.take("b 3\na{x=\"1\"} 1\n");
    CHECK(bench.counts.added == 0);
}

TEST_CASE("a label that the target has too becomes exported_, or wins with honor_labels") {
    const std::string page = R"(a{job="x",instance="",exported_job="y"} 1)";
    Bench target_wins;
    CHECK(target_wins.take(page) ==
          Lines{R"(a{exported_exported_job="x", exported_job="y", instance="i", job="j"} 1)"});
    ScrapeConfig config = target();
    config.conflict = LabelConflict::kPageWins;
    Bench page_wins(config);
    // An empty instance on the page means none: neither the target's nor the host's.
    CHECK(page_wins.take(page) == Lines{R"(a{exported_job="y", job="x"} 1)"});
    CHECK(page_wins.take("b 1\n") == Lines{R"(b{instance="i", job="j"} 1)"});
}

TEST_CASE("relabelling comes after the target's labels, and may take them away") {
    ScrapeConfig config = target();
    config.relabel = rules(R"(
- {source_labels: [__name__], regex: drop_.*, action: drop}
- {source_labels: [job, x], target_label: y}
- {regex: instance|job|x, action: labeldrop}
)");
    Bench bench(config);
    CHECK(bench.take("drop_a 1\nkeep{x=\"1\"} 2\n") == Lines{R"(keep{y="j;1"} 2)"});
    CHECK(bench.counts.scraped == 2);
    CHECK(bench.counts.kept == 1);
    CHECK(bench.take("drop_a 1\nkeep{x=\"1\"} 3\n") == Lines{R"(keep{y="j;1"} 3)"});
    CHECK(bench.counts.kept == 1);
}

TEST_CASE("what relabelling makes invalid fails the scrape") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"- {regex: __name__, action: labeldrop}", "without a metric's name"},
        {"- {target_label: __name__, replacement: a-b}", "no valid label: __name__=\"a-b\""},
    };
    for (const auto& [text, said] : cases) {
        ScrapeConfig config = target();
        config.relabel = rules(text);
        Bench bench(config);
        CHECK(bench.take("a 1\n").empty());
        CHECK_THAT(bench.error, Catch::Contains(said) && Catch::Contains("line 1"));
    }
}

TEST_CASE("series that relabelling makes one, or that stand twice, keep their first value") {
    ScrapeConfig config = target();
    config.relabel = rules("- {regex: x, action: labeldrop}");
    Bench bench(config);
    const std::string page =
        "a{x=\"1\"} 1\na{x=\"2\"} 2\nb{c=\"1\",d=\"2\"} 3\nb{d=\"2\",c=\"1\"} "
        "4\nb{c=\"1\",d=\"2\"} 5\n";
    const Lines expected{R"(a{instance="i", job="j"} 1)",
                         R"(b{c="1", d="2", instance="i", job="j"} 3)"};
    CHECK(bench.take(page) == expected);
    CHECK(bench.take(page) == expected);
    CHECK(bench.counts.kept == 5);
}

TEST_CASE("only allowed metrics are looked at") {
    ScrapeConfig config = target();
    config.allowed = {Regex::compile("a.*").value(), Regex::compile("b").value()};
    Bench bench(config);
    for (int i = 0; i < 2; ++i) {
        CHECK(bench.take("aa 1\nb 2\nbb 3\n").size() == 2);
        CHECK(bench.counts.scraped == 3);
        CHECK(bench.counts.kept == 2);
    }
}

TEST_CASE("too many samples fail the whole scrape, and are told") {
    ScrapeConfig config = target();
    config.sample_limit = 2;
    config.relabel = rules("- {source_labels: [__name__], regex: x, action: drop}");
    Bench bench(config);
    CHECK(bench.take("a 1\nb 2\nx 3\n").size() == 2);
    CHECK(bench.take("a 1\nb 2\nc 3\nd 4\nx 5\n").empty());
    CHECK(bench.error ==
          "the page has 4 samples after relabelling, more than sample_limit 2; raise it, or drop "
          "what nobody asks for");
    CHECK(bench.counts.scraped == 5);
    CHECK(bench.counts.kept == 4);
    const std::size_t series = bench.table.size();
    for (int page = 0; page < 50; ++page) {
        std::string text;
        for (int i = 0; i < 1000; ++i) {
            text += "n" + std::to_string(page * 1000 + i) + " 1\n";
        }
        CHECK(bench.take(text).empty());
    }
    // What is beyond the limit leaves nothing behind.
    CHECK(bench.table.size() <= series + 2 * 50);
    CHECK(bench.intake.known() < 3000);
    CHECK(bench.take("a 1\nb 2\n").size() == 2);
    CHECK(bench.table.size() == 2);
}

TEST_CASE("nothing is kept of a page with a mistake") {
    Bench bench;
    CHECK(bench.take("a 1\nb 2\n").size() == 2);
    CHECK(bench.take("a 1\nb x\n").empty());
    CHECK(bench.error == "the page does not read: line 2: no number as value: \"x\"");
    CHECK(bench.counts.scraped == 1);
    CHECK(bench.take("a 1\nc{1=\"\"} 2\n").empty());
    CHECK(bench.error == "the page does not read: line 2: no label's name: \"1\"");
    CHECK(bench.take("a 1\nb 2\n").size() == 2);
    CHECK(bench.counts.added == 0);
    // Pages that differ and all break off must not pile up.
    for (int page = 0; page < 100; ++page) {
        std::string text;
        for (int i = 0; i < 500; ++i) text += "n" + std::to_string(page * 500 + i) + " 1\n";
        CHECK(bench.take(text + "!\n").empty());
    }
    CHECK(bench.intake.known() < 2000);
    CHECK(bench.table.size() < 2000);
}

TEST_CASE("series that went are let go") {
    Bench bench;
    for (int page = 0; page < 100; ++page) {
        const std::string n = std::to_string(page);
        CHECK(bench.take("a 1\nb{n=\"" + n + "\"} 1\n").size() == 2);
        CHECK(bench.counts.added == (page == 0 ? 2 : 1));
        bench.readings.clear();
        CHECK(bench.intake.known() == 2);
        CHECK(bench.table.size() == 2);
    }
}

TEST_CASE("times on the page are the samples', unless they are not to be") {
    const std::string page = "a 1 1699999990000\nb 2\nc 3 1700000900000\na 4 1699999995000\n";
    Bench honored;
    CHECK(honored.take(page) == Lines{R"(a{instance="i", job="j"} 1 @1699999990000)",
                                      R"(b{instance="i", job="j"} 2)",
                                      R"(a{instance="i", job="j"} 4 @1699999995000)"});
    ScrapeConfig config = target();
    config.times = PageTimes::kIgnored;
    Bench ignored(config);
    CHECK(ignored.take(page) == Lines{R"(a{instance="i", job="j"} 1)",
                                      R"(b{instance="i", job="j"} 2)",
                                      R"(c{instance="i", job="j"} 3)"});
    Bench open;
    CHECK(open.take("a_total 1 1699999990.5\n# EOF\n", PageFormat::kOpenMetrics) ==
          Lines{R"(a_total{instance="i", job="j"} 1 @1699999990500)"});
}

TEST_CASE("types, helps and units reach the exposition, histograms as one family") {
    Bench bench;
    bench.take(
        "# TYPE scraped_hist histogram\n# HELP scraped_hist A \\\"b\\\"\\nc.\n"
        "# UNIT scraped_c_seconds seconds\n# TYPE scraped_c_seconds counter\n"
        "# TYPE scraped_i info\n"
        "scraped_hist_bucket{le=\"+Inf\"} 2\nscraped_hist_count 2\nscraped_hist_sum 3\n"
        "scraped_hist_created 5\nscraped_c_seconds_total 1\nscraped_i_info{v=\"1\"} 1\n"
        "scraped_none 1\n# EOF\n",
        PageFormat::kOpenMetrics);
    CHECK(bench.error.empty());
    CHECK(exposition(bench.readings, Labels{{"instance", "i"}, {"job", "j"}}) ==
          "# TYPE scraped_c_seconds_total counter\n"
          "# UNIT scraped_c_seconds_total seconds\n"
          "scraped_c_seconds_total 1\n"
          "# HELP scraped_hist A \"b\"\\nc.\n"
          "# TYPE scraped_hist histogram\n"
          "scraped_hist_bucket{le=\"+Inf\"} 2\n"
          "scraped_hist_count 2\n"
          "scraped_hist_sum 3\n"
          "# HELP scraped_hist_created A \"b\"\\nc.\n"
          "# TYPE scraped_hist_created gauge\n"
          "scraped_hist_created 5\n"
          "# TYPE scraped_i_info gauge\n"
          "scraped_i_info{v=\"1\"} 1\n"
          "# TYPE scraped_none untyped\n"
          "scraped_none 1\n");
}
