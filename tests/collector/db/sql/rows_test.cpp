#include "collector/db/sql/rows.h"

#include <catch2/catch.hpp>

#include "base/model/series.h"

using namespace tocsin;
using tocsin::collector::KnownRows;

namespace {
constexpr MetricDesc kDesc{"m", "", MetricType::kGauge};
}

TEST_CASE("a row is known as long as each collection has it") {
    SeriesTable table;
    KnownRows rows;
    rows.of("a").push_back(table.get(&kDesc, {{"x", "a"}}));
    rows.of("b").push_back(table.get(&kDesc, {{"x", "b"}}));
    rows.next_collection();
    REQUIRE(rows.of("a").size() == 1);
    CHECK(rows.of("a")[0].labels().get("x") == "a");
    rows.next_collection();  // without b
    CHECK(table.size() == 1);
    CHECK(rows.of("b").empty());
    CHECK(rows.of("a").size() == 1);
}
