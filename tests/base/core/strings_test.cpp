#include "base/core/strings.h"

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

using namespace tocsin;

TEST_CASE("bytes that are no UTF-8 become U+FFFD, one for each") {
    struct Case {
        std::string_view bytes;
        std::string_view expected;
    };
    // Unicode 15, chapter 3, table 3-7 and the examples of ill-formed sequences.
    const Case c = GENERATE(values<Case>({
        {"", ""},
        {"plain", "plain"},
        {"值班 é 😀", "值班 é 😀"},
        {"\xFF", "\uFFFD"},
        {"a\xC3", "a\uFFFD"},
        {"\xC0\x80", "\uFFFD\uFFFD"},                      // overlong NUL
        {"\xE0\x80\x80", "\uFFFD\uFFFD\uFFFD"},            // overlong
        {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},            // a surrogate
        {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},  // beyond U+10FFFF
        {"\xF0\x9F\x98", "\uFFFD\uFFFD\uFFFD"},            // cut off
        {"\xE2\x28\xA1", "\uFFFD(\uFFFD"},
        {std::string_view("a\0b", 3), "a\uFFFDb"},
        {"\xEF\xBF\xBD", "\uFFFD"},
        {"\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},
    }));
    REQUIRE(valid_utf8(c.bytes) == c.expected);
    REQUIRE(is_valid_utf8(c.bytes) == (c.bytes == c.expected));
    REQUIRE(is_valid_utf8(c.expected));
}

TEST_CASE("lengths count characters") {
    REQUIRE(utf8_length("") == 0);
    REQUIRE(utf8_length("abc") == 3);
    REQUIRE(utf8_length("值班😀") == 3);
}

TEST_CASE("quoting escapes as Go does") {
    REQUIRE(quote("a\"b\\c\n\t\r\x01\x7F") == "\"a\\\"b\\\\c\\n\\t\\r\\x01\\x7f\"");
    REQUIRE(quote("值") == "\"值\"");
}

TEST_CASE("doubles print as Go's %g, and without an exponent as Prometheus's API") {
    struct Case {
        double value;
        std::string_view general;
        std::string_view fixed;
    };
    constexpr double kInf = std::numeric_limits<double>::infinity();
    const Case c = GENERATE(values<Case>({{0, "0", "0"},
                                          {-0.0, "-0", "-0"},
                                          {1, "1", "1"},
                                          {0.1, "0.1", "0.1"},
                                          {100000, "100000", "100000"},
                                          {999999, "999999", "999999"},
                                          {1e6, "1e+06", "1000000"},
                                          {1234567, "1.234567e+06", "1234567"},
                                          {123456.789, "123456.789", "123456.789"},
                                          {1e-4, "0.0001", "0.0001"},
                                          {1e-5, "1e-05", "0.00001"},
                                          {1e21, "1e+21", "1000000000000000000000"},
                                          {1.7976931348623157e308, "1.7976931348623157e+308", ""},
                                          {kInf, "+Inf", "+Inf"},
                                          {-kInf, "-Inf", "-Inf"},
                                          {std::nan(""), "NaN", "NaN"}}));
    REQUIRE(format_double(c.value) == c.general);
    if (!c.fixed.empty()) REQUIRE(format_fixed(c.value) == c.fixed);
}

TEST_CASE("every double reads back from its text") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 20'000; ++i) {
        const auto value = std::bit_cast<double>(random());
        if (std::isnan(value)) continue;
        REQUIRE(parse_double(format_double(value)) == value);
        REQUIRE(parse_double(format_fixed(value)) == value);
    }
    REQUIRE(parse_double(format_double(5e-324)) == 5e-324);
    REQUIRE(parse_double(format_fixed(5e-324)) == 5e-324);
}

TEST_CASE("numbers are read as Prometheus reads them") {
    struct Case {
        std::string_view text;
        double expected;
    };
    constexpr double kInf = std::numeric_limits<double>::infinity();
    const Case c = GENERATE(values<Case>({{"0", 0},
                                          {"42", 42},
                                          {"+42", 42},
                                          {"-1.5", -1.5},
                                          {".5", 0.5},
                                          {"5.", 5},
                                          {"1e3", 1000},
                                          {"1E-3", 0.001},
                                          {"2.3e+5", 230000},
                                          {"0x1F", 31},
                                          {"-0XfF", -255},
                                          {"inf", kInf},
                                          {"+Inf", kInf},
                                          {"-INF", -kInf},
                                          {"Infinity", kInf},
                                          {"1e-400", 0},
                                          {"007", 7}}));
    CAPTURE(c.text);
    REQUIRE(parse_double(c.text) == c.expected);
}

TEST_CASE("NaN is read in any case") {
    for (const char* text : {"NaN", "nan", "NAN", "+nan", "-NaN"}) {
        REQUIRE(std::isnan(parse_double(text).value()));
    }
}

TEST_CASE("what is no number is refused") {
    const auto text = GENERATE(values<std::string_view>(
        {"",   " 1", "1 ", "+",     "-",   "--1",    "+-1",     "1x",    "0x",     "0xg",   "0x-1",
         "e5", "1e", ".",  "1.2.3", "1,5", "nan(1)", "infinit", "1e400", "-1e400", "1_000", "٣"}));
    CAPTURE(text);
    REQUIRE_FALSE(parse_double(text));
}

TEST_CASE("integers are whole and in range") {
    REQUIRE(parse_int("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
    REQUIRE(parse_uint("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
    for (const char* bad : {"", "1.0", " 1", "1 ", "x", "9223372036854775808", "+1"}) {
        CAPTURE(bad);
        REQUIRE_FALSE(parse_int(bad));
    }
    REQUIRE_FALSE(parse_uint("-1"));
    REQUIRE_FALSE(parse_uint("18446744073709551616"));
}

TEST_CASE("blanks are cut off and ASCII compares without case") {
    REQUIRE(trim(" \t a b \r\n") == "a b");
    REQUIRE(trim("   ").empty());
    REQUIRE(iequals("Content-Type", "content-TYPE"));
    REQUIRE_FALSE(iequals("a", "ab"));
    REQUIRE_FALSE(iequals("[", "{"));
}
