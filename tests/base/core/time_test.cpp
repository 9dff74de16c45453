#include "base/core/time.h"

#include <catch2/catch.hpp>

using namespace tocsin;

TEST_CASE("unix milliseconds go into a timestamp and back") {
    REQUIRE(to_unix_ms(from_unix_ms(1'700'000'000'123)) == 1'700'000'000'123);
}

TEST_CASE("a Prometheus duration means what Prometheus's documentation says") {
    struct Case {
        std::string_view text;
        std::int64_t ms;
    };
    const Case c = GENERATE(values<Case>({{"0", 0},
                                          {"0s", 0},
                                          {"5m", 300'000},
                                          {"500ms", 500},
                                          {"1s", 1'000},
                                          {"1h30m", 5'400'000},
                                          {"1d2h", 93'600'000},
                                          {"2w", 1'209'600'000},
                                          {"1y", 31'536'000'000},
                                          {"10y", 315'360'000'000},
                                          {"1y2w3d4h5m6s7ms", 33'019'506'007},
                                          {"90m", 5'400'000},
                                          {"0005m", 300'000}}));
    CAPTURE(c.text);
    const auto parsed = parse_duration(c.text);
    REQUIRE(parsed);
    REQUIRE(parsed.value().count() == c.ms);
}

TEST_CASE("what is no duration is refused with the reason") {
    struct Case {
        std::string_view text;
        std::string_view reason;
    };
    const Case c = GENERATE(values<Case>({{"", "empty"},
                                          {"1", "no unit"},
                                          {"m", "number is missing"},
                                          {"-1m", "number is missing"},
                                          {"1.5h", "unknown unit \".\""},
                                          {"1x", "unknown unit \"x\""},
                                          {"1M", "unknown unit \"M\""},
                                          {"1m1h", "from large to small"},
                                          {"1m1m", "each once"},
                                          {"1ms1s", "from large to small"},
                                          {" 1m", "number is missing"},
                                          {"1m ", "unknown unit \"m \""},
                                          {"1h5", "no unit"},
                                          {"300000000y", "too long"},
                                          {"99999999999999999999s", "too long"}}));
    CAPTURE(c.text);
    const auto parsed = parse_duration(c.text);
    REQUIRE_FALSE(parsed);
    REQUIRE(parsed.error().code == ErrorCode::kInvalid);
    REQUIRE_THAT(parsed.error().message, Catch::Contains(std::string(c.reason)));
}

TEST_CASE("a duration's text is the shortest that parses back") {
    struct Case {
        std::int64_t ms;
        std::string_view text;
    };
    // The pairs of prometheus/common's own documentation of Duration.String.
    const Case c = GENERATE(values<Case>({{0, "0s"},
                                          {324, "324ms"},
                                          {3'000, "3s"},
                                          {5 * 60'000, "5m"},
                                          {3'600'000, "1h"},
                                          {4 * 86'400'000LL, "4d"},
                                          {4 * 86'400'000LL + 3'600'000, "4d1h"},
                                          {14 * 86'400'000LL, "2w"},
                                          {3 * 604'800'000LL + 86'400'000, "22d"},
                                          {10 * 31'536'000'000LL, "10y"},
                                          {5'400'000, "1h30m"},
                                          {61'001, "1m1s1ms"}}));
    REQUIRE(format_duration(Duration{c.ms}) == c.text);
    REQUIRE(parse_duration(c.text).value().count() == c.ms);
}

TEST_CASE("a negative duration is written with its sign") {
    REQUIRE(format_duration(Duration{-5'400'000}) == "-1h30m");
}

TEST_CASE("an RFC 3339 time is read to the millisecond") {
    struct Case {
        std::string_view text;
        std::int64_t ms;
    };
    const Case c =
        GENERATE(values<Case>({{"1970-01-01T00:00:00Z", 0},
                               {"1970-01-01T00:00:00.001Z", 1},
                               {"2026-11-22T21:22:41.000Z", 1'795'382'561'000},
                               {"2026-11-22t21:22:41z", 1'795'382'561'000},
                               {"2026-11-22 21:22:41Z", 1'795'382'561'000},
                               {"2026-11-23T05:22:41+08:00", 1'795'382'561'000},
                               {"2026-11-22T15:52:41-05:30", 1'795'382'561'000},
                               {"2026-11-22T21:22:41.123456789Z", 1'795'382'561'123},
                               {"2026-11-22T21:22:41.5Z", 1'795'382'561'500},
                               {"1969-12-31T23:59:59.999Z", -1},
                               {"2000-02-29T00:00:00Z", 951'782'400'000},
                               {"2016-12-31T23:59:60Z", 1'483'228'800'000},  // the leap second
                               {"0001-01-01T00:00:00Z", -62'135'596'800'000}}));
    CAPTURE(c.text);
    const auto parsed = parse_rfc3339(c.text);
    REQUIRE(parsed);
    REQUIRE(to_unix_ms(parsed.value()) == c.ms);
}

TEST_CASE("what is no RFC 3339 time is refused") {
    const auto text = GENERATE(values<std::string_view>(
        {"", "2026", "2026-11-22", "2026-11-22T21:22:41", "2026-13-01T00:00:00Z",
         "2026-02-29T00:00:00Z", "2026-00-10T00:00:00Z", "2026-01-00T00:00:00Z",
         "2026-11-22T24:00:00Z", "2026-11-22T21:60:00Z", "2026-11-22T21:22:61Z",
         "2026-11-22T21:22:41.Z", "2026-11-22T21:22:41+8:00", "2026-11-22T21:22:41+24:00",
         "2026-11-22T21:22:41+08:60", "2026-11-22T21:22:41Zx", " 2026-11-22T21:22:41Z",
         "-026-11-22T21:22:41Z", "2026-11-22T21:22:41+0800",
         // In UTC they are in the years 10000 and -1.
         "9999-12-31T23:59:60Z", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+00:01"}));
    CAPTURE(text);
    REQUIRE_FALSE(parse_rfc3339(text));
}

TEST_CASE("a time is written in UTC with milliseconds") {
    REQUIRE(format_rfc3339(from_unix_ms(1'795'382'561'007)) == "2026-11-22T21:22:41.007Z");
    REQUIRE(format_rfc3339(from_unix_ms(-1)) == "1969-12-31T23:59:59.999Z");
    REQUIRE(format_rfc3339(from_unix_ms(-62'135'596'800'000)) == "0001-01-01T00:00:00.000Z");
}
