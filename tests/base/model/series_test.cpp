#include "base/model/series.h"

#include <array>
#include <catch2/catch.hpp>
#include <thread>

using namespace tocsin;

namespace {
constexpr MetricDesc kUp{"up", "Whether.", MetricType::kGauge};
constexpr MetricDesc kDown{"down", "Whether not.", MetricType::kCounter};
}  // namespace

TEST_CASE("the same name and labels are one series") {
    SeriesTable table;
    const SeriesRef a = table.get(&kUp, Labels{{"job", "x"}});
    const SeriesRef b = table.get(&kUp, Labels{{"job", "x"}});
    const SeriesRef c = table.get(&kDown, Labels{{"job", "x"}});
    const SeriesRef d = table.get(&kUp, Labels{{"job", "y"}});
    REQUIRE(a == b);
    REQUIRE_FALSE(a == c);
    REQUIRE_FALSE(a == d);
    REQUIRE(a.labels() == Labels{{"__name__", "up"}, {"job", "x"}});
    REQUIRE(a.desc().name == "up");
    REQUIRE(table.size() == 3);
    REQUIRE(table.capacity() == 3);
}

TEST_CASE("a series leaves with its last reference and its number is used again") {
    SeriesTable table;
    const SeriesRef stays = table.get(&kUp, Labels{{"job", "stays"}});
    SeriesId id = 0;
    {
        const SeriesRef goes = table.get(&kUp, Labels{{"job", "goes"}});
        const SeriesRef copy = goes;
        id = copy.id();
        REQUIRE(table.size() == 2);
    }
    REQUIRE(table.size() == 1);
    const SeriesRef next = table.get(&kUp, Labels{{"job", "next"}});
    REQUIRE(next.id() == id);
    REQUIRE(next.id() != stays.id());
    REQUIRE(table.capacity() == 2);
}

TEST_CASE("what a rule records is untyped until a collector describes it") {
    SeriesTable table;
    const Labels full{{"__name__", "up"}, {"job", "x"}};
    const SeriesRef recorded = table.get(nullptr, full);
    REQUIRE(recorded.desc().type == MetricType::kUntyped);
    REQUIRE(recorded.labels() == full);
    const SeriesRef collected = table.get(&kUp, Labels{{"job", "x"}});
    REQUIRE(collected == recorded);
    REQUIRE(recorded.desc().type == MetricType::kGauge);
    REQUIRE(table.get(nullptr, full) == recorded);
    REQUIRE(recorded.desc().type == MetricType::kGauge);
}

TEST_CASE("what describes a series first has it, unless it may change its mind") {
    static constexpr MetricDesc kOne{.name = "up", .help = "One.", .revisable = true};
    static constexpr MetricDesc kTwo{.name = "up", .help = "Two.", .revisable = true};
    static constexpr MetricDesc kOther{"up", "Otherwise.", MetricType::kCounter};
    SeriesTable table;
    const SeriesRef up = table.get(&kOne, {});
    REQUIRE(table.redescribed() == 0);
    struct Step {
        const MetricDesc* said;
        const MetricDesc* holds;
        std::uint64_t redescribed;
    };
    const Step steps[] = {{&kOne, &kOne, 0},   {&kTwo, &kTwo, 1}, {&kOne, &kOne, 2},
                          {nullptr, &kOne, 2}, {&kUp, &kUp, 3},   {&kTwo, &kUp, 3},
                          {&kOther, &kUp, 3},  {&kUp, &kUp, 3}};
    for (const Step& step : steps) {
        REQUIRE(table.get_whole(step.said, up.labels()) == up);
        CHECK(&up.desc() == step.holds);
        CHECK(table.redescribed() == step.redescribed);
    }
}

TEST_CASE("what another program named whole gets nothing of the host") {
    SeriesTable table(Labels{{"instance", "host"}, {"job", "node"}});
    const SeriesRef whole = table.get_whole(&kUp, Labels{{"__name__", "up"}, {"x", "1"}});
    CHECK(whole.labels() == Labels{{"__name__", "up"}, {"x", "1"}});
    CHECK(whole.desc().name == kUp.name);
    CHECK(table.get_whole(nullptr, whole.labels()) == whole);
    CHECK_FALSE(table.get(&kUp, Labels{{"x", "1"}}) == whole);
}

TEST_CASE("types print as in the text format") {
    REQUIRE(to_string(MetricType::kCounter) == "counter");
    REQUIRE(to_string(MetricType::kGauge) == "gauge");
    REQUIRE(to_string(MetricType::kUntyped) == "untyped");
}

TEST_CASE("threads that make and drop the same series agree on them") {
    SeriesTable table;
    {
        std::array<std::jthread, 4> threads;
        for (std::jthread& t : threads) {
            t = std::jthread([&table] {
                for (int i = 0; i < 10'000; ++i) {
                    const Labels labels{{"job", i % 2 == 0 ? "even" : "odd"}};
                    const SeriesRef a = table.get(&kUp, labels);
                    const SeriesRef b = a;
                    if (b.labels().get("job") != labels.get("job")) std::terminate();
                }
            });
        }
    }
    REQUIRE(table.size() == 0);
    REQUIRE(table.capacity() <= 8);
}
