#include "collector/api/scan.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "collector/api/listing.h"

using namespace tocsin::collector;

TEST_CASE("lines are taken with or without a last newline") {
    for (const std::string text : {"a\n\nb", "a\n\nb\n"}) {
        std::string_view rest = text;
        std::string_view line;
        std::vector<std::string> lines;
        while (next_line(rest, line)) lines.emplace_back(line);
        REQUIRE(lines == std::vector<std::string>{"a", "", "b"});
    }
}

TEST_CASE("fields are taken between spaces, tabs and carriage returns") {
    std::string_view rest = "  one\ttwo   three \r";
    std::string_view field;
    std::vector<std::string> fields;
    while (next_field(rest, field)) fields.emplace_back(field);
    REQUIRE(fields == std::vector<std::string>{"one", "two", "three"});
}

TEST_CASE("numbers are whole fields that fit") {
    struct Case {
        std::string_view text;
        std::optional<std::uint64_t> value;
    };
    const Case cases[] = {{"0", 0},
                          {"18446744073709551615", UINT64_MAX},
                          {"18446744073709551616", std::nullopt},
                          {"-1", std::nullopt},
                          {"12x", std::nullopt},
                          {"", std::nullopt}};
    for (const Case& c : cases) {
        INFO(c.text);
        REQUIRE(to_uint(c.text) == c.value);
    }
    REQUIRE(to_number("-1") == -1.0);
    REQUIRE(to_number("0.25") == 0.25);
    REQUIRE(to_number("18446744073709551616") == 18446744073709551616.0);
    REQUIRE_FALSE(to_number("kB"));
}

TEST_CASE("a listing makes a value once for each item and drops those that have gone") {
    Listing<int> listing;
    int made = 0;
    const auto cycle = [&](std::vector<std::string_view> keys) {
        std::vector<int> values;
        listing.begin();
        for (const auto key : keys) values.push_back(listing.at(key, [&] { return ++made; }));
        listing.finish();
        return values;
    };
    REQUIRE(cycle({"a", "b", "c"}) == std::vector{1, 2, 3});
    REQUIRE(cycle({"a", "b", "c"}) == std::vector{1, 2, 3});
    REQUIRE(cycle({"a", "c"}) == std::vector{1, 3});
    REQUIRE(cycle({"a", "b", "c"}) == std::vector{1, 4, 3});
    REQUIRE(cycle({"c", "b", "a"}) == std::vector{3, 4, 1});
    REQUIRE(cycle({}).empty());
    REQUIRE(listing.size() == 0);
    REQUIRE(cycle({"a"}) == std::vector{5});
}
