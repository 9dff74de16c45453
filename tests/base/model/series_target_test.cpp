#include <catch2/catch.hpp>

#include "base/model/series.h"

using namespace tocsin;

TEST_CASE("collected series carry the target's labels unless they have their own") {
    static constexpr MetricDesc kDesc{"up", "", MetricType::kGauge};
    SeriesTable table(Labels{{"instance", "web-17"}, {"job", "node"}});
    CHECK(table.get(&kDesc, Labels{{"job", "kafka"}}).labels() ==
          Labels{{"__name__", "up"}, {"instance", "web-17"}, {"job", "kafka"}});
    CHECK(table.get(nullptr, Labels{{"__name__", "job:up"}}).labels() ==
          Labels{{"__name__", "job:up"}});
}
