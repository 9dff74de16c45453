#include "agent/api/prometheus_json.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace tocsin;
using namespace tocsin::agent;
namespace promql = tocsin::rules::promql;

// The shapes are those of Prometheus's documentation, "Expression query result formats".
TEST_CASE("each kind of value has Prometheus's shape") {
    const auto t = from_unix_ms(1'435'781'451'781);
    const Labels up{{"__name__", "up"}, {"job", "prometheus"}};
    CHECK(value_json(promql::Scalar{t, 1.5}) ==
          R"({"resultType":"scalar","result":[1435781451.781,"1.5"]})");
    CHECK(value_json(promql::String{t, "a\"b"}) ==
          R"({"resultType":"string","result":[1435781451.781,"a\"b"]})");
    CHECK(value_json(promql::Vector{{up, t, 1}}) ==
          R"({"resultType":"vector","result":[{"metric":{"__name__":"up","job":"prometheus"},)"
          R"("value":[1435781451.781,"1"]}]})");
    CHECK(value_json(promql::Matrix{{up, {{t, 1}, {t + 15s, 0}}}}) ==
          R"({"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"prometheus"},)"
          R"("values":[[1435781451.781,"1"],[1435781466.781,"0"]]}]})");
    CHECK(value_json(promql::Vector{}) == R"({"resultType":"vector","result":[]})");
}

TEST_CASE("times are seconds with as many decimals as they need") {
    struct Case {
        std::int64_t ms;
        const char* text;
    };
    for (const auto& c : {Case{0, "0"}, Case{1, "0.001"}, Case{1'500, "1.5"}, Case{1'010, "1.01"},
                          Case{-500, "-0.5"}, Case{-1'500, "-1.5"}, Case{60'000, "60"}}) {
        CHECK(value_json(promql::Scalar{from_unix_ms(c.ms), 0}) ==
              std::string(R"({"resultType":"scalar","result":[)") + c.text + R"(,"0"]})");
    }
}

TEST_CASE("values that JSON has no number for are text") {
    const auto text = [](double v) {
        const auto json = value_json(promql::Scalar{from_unix_ms(0), v});
        return json.substr(json.find(',', 30) + 1);
    };
    CHECK(text(std::numeric_limits<double>::quiet_NaN()) == "\"NaN\"]}");
    CHECK(text(std::numeric_limits<double>::infinity()) == "\"+Inf\"]}");
    CHECK(text(-std::numeric_limits<double>::infinity()) == "\"-Inf\"]}");
}

TEST_CASE("control characters in labels are escaped") {
    CHECK(labels_json(Labels{{"a", "x\n\t\x01\\y"}}) == "{\"a\":\"x\\n\\t\\u0001\\\\y\"}");
}

TEST_CASE("what is not UTF-8 becomes U+FFFD, byte by byte, and all else stays") {
    CHECK(json_string("\xff") == "\"\xEF\xBF\xBD\"");
    CHECK(json_string("\xE6\x9D\x8E \xE6\x9D") == "\"\xE6\x9D\x8E \xEF\xBF\xBD\xEF\xBF\xBD\"");
    CHECK(json_string(std::string_view("a\0\xC3\xA9", 4)) == "\"a\\u0000\xC3\xA9\"");
}

TEST_CASE("a time is Unix seconds or RFC 3339") {
    CHECK(api_time("time", "1435781451.781").value() == from_unix_ms(1'435'781'451'781));
    CHECK(api_time("time", "2015-07-01T20:10:51.781Z").value() == from_unix_ms(1'435'781'451'781));
    CHECK(api_time("time", "2015-07-01T22:10:51.781+02:00").value() ==
          from_unix_ms(1'435'781'451'781));
    for (const auto* bad : {"", "yesterday", "NaN", "Inf", "1e300"}) {
        INFO(bad);
        const auto result = api_time("start", bad);
        REQUIRE(!result);
        CHECK(result.error().message.find("\"start\"") != std::string::npos);
    }
}

TEST_CASE("a step is seconds or a duration, and positive") {
    CHECK(api_duration("step", "15").value() == 15s);
    CHECK(api_duration("step", "0.5").value() == 500ms);
    CHECK(api_duration("step", "1h30m").value() == 90min);
    for (const auto* bad : {"", "0", "-1", "0s", "abc", "NaN", "1e300"}) {
        INFO(bad);
        CHECK(!api_duration("step", bad));
    }
}

TEST_CASE("errors have Prometheus's types and statuses") {
    struct Case {
        ErrorCode code;
        int status;
        const char* type;
    };
    for (const auto& c :
         {Case{ErrorCode::kInvalid, 400, "bad_data"}, Case{ErrorCode::kConflict, 422, "execution"},
          Case{ErrorCode::kTimeout, 503, "timeout"}, Case{ErrorCode::kNotFound, 404, "not_found"},
          Case{ErrorCode::kInternal, 500, "internal"}}) {
        const auto response = api_error(Error(c.code, "why"));
        CHECK(response.status == c.status);
        CHECK(response.body ==
              std::string(R"({"status":"error","errorType":")") + c.type + R"(","error":"why"})");
    }
}
