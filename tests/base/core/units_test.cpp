#include "base/core/units.h"

#include <catch2/catch.hpp>
#include <string>

using namespace tocsin;

TEST_CASE("sizes are read with their unit") {
    struct Case {
        std::string_view text;
        std::uint64_t bytes;
    };
    const Case c = GENERATE(values<Case>({{"0B", 0},
                                          {"100B", 100},
                                          {"512KiB", 524'288},
                                          {"20MiB", 20'971'520},
                                          {"4GiB", 4'294'967'296},
                                          {"1TiB", 1'099'511'627'776},
                                          {"5kB", 5'000},
                                          {"5MB", 5'000'000},
                                          {"5GB", 5'000'000'000},
                                          {"20 MiB", 20'971'520}}));
    REQUIRE(parse_bytes(c.text).value() == Bytes{c.bytes});
}

TEST_CASE("what is no size is refused with the reason") {
    struct Case {
        std::string_view text;
        std::string_view reason;
    };
    const Case c = GENERATE(values<Case>({{"", "is not a size"},
                                          {"MiB", "is not a size"},
                                          {"-1MiB", "is not a size"},
                                          {"20", "has no unit"},
                                          {"20M", "unknown unit \"M\""},
                                          {"20mib", "unknown unit \"mib\""},
                                          {"1.5GiB", "unknown unit"},
                                          {"99999999999TiB", "too large"},
                                          {"99999999999999999999B", "too large"}}));
    CAPTURE(c.text);
    const auto parsed = parse_bytes(c.text);
    REQUIRE_FALSE(parsed);
    REQUIRE_THAT(parsed.error().message, Catch::Contains(std::string(c.reason)));
}

TEST_CASE("a size prints in the largest unit that divides it") {
    REQUIRE(format_bytes(Bytes{0}) == "0B");
    REQUIRE(format_bytes(Bytes{100}) == "100B");
    REQUIRE(format_bytes(Bytes{1024}) == "1KiB");
    REQUIRE(format_bytes(Bytes{1536}) == "1536B");
    REQUIRE(format_bytes(Bytes{20'971'520}) == "20MiB");
    REQUIRE(format_bytes(Bytes{1ULL << 40U}) == "1TiB");
}

TEST_CASE("shares are percentages") {
    REQUIRE(parse_ratio("80%").value() == Ratio{0.8});
    REQUIRE(parse_ratio("0%").value() == Ratio{0});
    REQUIRE(parse_ratio("12.5%").value() == Ratio{0.125});
    REQUIRE(parse_ratio("150 %").value() == Ratio{1.5});
    for (const char* bad : {"", "%", "80", "0.8", "-1%", "x%", "NaN%", "Inf%", "80%%"}) {
        CAPTURE(bad);
        REQUIRE_FALSE(parse_ratio(bad));
    }
}
