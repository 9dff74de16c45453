#include "collector/api/report.h"

#include <catch2/catch.hpp>
#include <map>

using namespace tocsin;
using namespace tocsin::collector;

namespace {

constexpr MetricDesc kA{"a", "First.", MetricType::kGauge};
constexpr MetricDesc kB{"b", "Second.", MetricType::kCounter};

struct Bench {
    SeriesTable table;
    TargetConfig config;
    std::unique_ptr<Report> report;

    Bench() {
        config.job = "j";
        config.instance = "i";
        report = std::make_unique<Report>(table, config);
    }
    std::vector<std::pair<std::string, double>> finish() {
        std::vector<std::pair<std::string, double>> out;
        for (const Reading& r : report->finish()) {
            out.emplace_back(r.series.labels().text(), r.value);
        }
        return out;
    }
};

using Lines = std::vector<std::pair<std::string, double>>;

}  // namespace

TEST_CASE("a report holds what was added, in order, under the target's labels") {
    Bench bench;
    bench.report->begin();
    bench.report->add(kA, 1, {{"x", "1"}, {"y", "2"}});
    bench.report->add(kB, 2);
    bench.report->add_named("c-d", "Third.", MetricType::kGauge, 3);
    CHECK(bench.finish() == Lines{{R"(a{instance="i", job="j", x="1", y="2"})", 1},
                                  {R"(b{instance="i", job="j"})", 2},
                                  {R"(c_d{instance="i", job="j"})", 3}});
}

TEST_CASE("the same series stays the same object for as long as it is reported") {
    Bench bench;
    bench.report->begin();
    bench.report->add(kA, 1, {{"x", "1"}});
    bench.report->add(kA, 1, {{"x", "2"}});
    const Readings first = bench.report->finish();
    bench.report->begin();
    bench.report->add(kA, 5, {{"x", "2"}});
    const Readings second = bench.report->finish();
    REQUIRE(second.size() == 1);
    CHECK(second[0].series == first[1].series);
}

TEST_CASE("what is not reported any more is let go") {
    Bench bench;
    bench.report->begin();
    for (int i = 0; i < 100; ++i) bench.report->add(kA, 1, {{"x", std::to_string(i)}});
    CHECK(bench.report->finish().size() == 100);
    bench.report->begin();
    bench.report->add(kA, 1, {{"x", "0"}});
    const Readings left = bench.report->finish();
    CHECK(left.size() == 1);
    CHECK(bench.table.size() == 1);
}

TEST_CASE("of a series that is added twice the first value counts") {
    Bench bench;
    bench.report->begin();
    bench.report->add(kA, 1, {{"x", "\xff"}});
    bench.report->add(kA, 2, {{"x", "\xfe"}});  // the same once it is valid UTF-8
    bench.report->add(kA, 3, {{"x", "\xff"}});
    bench.report->add(kB, 4);
    CHECK(bench.finish() == Lines{{"a{instance=\"i\", job=\"j\", x=\"\xef\xbf\xbd\"}", 1},
                                  {R"(b{instance="i", job="j"})", 4}});
}

TEST_CASE("what was begun and not finished is forgotten") {
    Bench bench;
    bench.report->begin();
    bench.report->add(kA, 1);
    bench.report->begin();
    bench.report->add(kB, 2);
    CHECK(bench.finish() == Lines{{R"(b{instance="i", job="j"})", 2}});
}

TEST_CASE("a server that makes up names is cut off") {
    Bench bench;
    std::size_t last = 0;
    for (std::size_t round = 0; round < 3; ++round) {
        bench.report->begin();
        for (std::size_t i = 0; i < Report::kMostNames; ++i) {
            bench.report->add_named("made_up_" + std::to_string(round * Report::kMostNames + i),
                                    "Made up.", MetricType::kGauge, 1);
        }
        last = bench.report->finish().size();
        if (round == 0) CHECK(last == Report::kMostNames);
    }
    CHECK(last == 0);
}
