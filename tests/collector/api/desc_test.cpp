#include "collector/api/desc.h"

#include <catch2/catch.hpp>
#include <string>

using namespace tocsin;
using namespace tocsin::collector;

TEST_CASE("what changes its mind is described anew, ten times") {
    const auto said = [](std::string_view help) {
        return current_desc({"desc_test_moody", help, MetricType::kGauge});
    };
    const MetricDesc* first = said("One.");
    CHECK(said("One.") == first);
    const MetricDesc* second = said("Two.");
    CHECK(second->help == "Two.");
    CHECK(first->help == "One.");
    CHECK(current_desc({"desc_test_moody", "Two.", MetricType::kCounter}) != second);
    CHECK(said("One.") == first);
    CHECK(first->revisable);
    // What stays is described apart, and not by what may change.
    const MetricDesc* stays = foreign_desc({"desc_test_moody", "Three.", MetricType::kGauge});
    CHECK(stays->help == "Three.");
    CHECK_FALSE(stays->revisable);
    CHECK(dynamic_desc("desc_test_moody", "Four.", MetricType::kGauge) == stays);
    CHECK(said("Three.") != stays);
    for (std::size_t i = 0; i < kMostDescsOfName; ++i) said("More " + std::to_string(i));
    CHECK(said("Too many.")->help == "More " + std::to_string(kMostDescsOfName - 5));
    CHECK(said("Two.") == second);
}

TEST_CASE("what another program describes is kept once, and only so much of it") {
    const std::string name = "desc_test_first";
    const MetricDesc* first =
        foreign_desc({name, "One.", MetricType::kHistogram, "desc_test", "seconds"});
    REQUIRE(first != nullptr);
    CHECK(first->name == "desc_test_first");
    CHECK(first->name.data() != name.data());
    CHECK(first->help == "One.");
    CHECK(first->type == MetricType::kHistogram);
    CHECK(first->family == "desc_test");
    CHECK(first->unit == "seconds");
    CHECK(foreign_desc({name, "Two.", MetricType::kGauge}) == first);
    CHECK(dynamic_desc(name, "Three.", MetricType::kGauge) == first);

    std::size_t kept = 0;
    for (std::size_t i = 0; i <= kMostForeignDescs; ++i) {
        if (foreign_desc({"desc_test_" + std::to_string(i), "", MetricType::kGauge}) != nullptr) {
            ++kept;
        }
    }
    CHECK(kept < kMostForeignDescs);
    CHECK(kept > kMostForeignDescs / 2);
    CHECK(foreign_desc({name, "Two.", MetricType::kGauge}) == first);
    CHECK(foreign_desc({"desc_test_another", "", MetricType::kGauge}) == nullptr);
    // What the kernel names is described whatever others did.
    CHECK(dynamic_desc("desc_test_kernels", "", MetricType::kGauge) != nullptr);
}
