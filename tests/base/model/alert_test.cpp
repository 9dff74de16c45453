#include "base/model/alert.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/model/posted_alerts.h"

using namespace tocsin;

TEST_CASE("an alert is read as Alertmanager reads it") {
    const auto alerts = parse_alerts(R"j([
        {"labels": {"alertname": "Disk", "severity": "warning", "empty": ""},
         "annotations": {"summary": "full"},
         "startsAt": "2026-11-22T21:22:41Z", "endsAt": "2026-11-22T21:26:41.500+00:00",
         "generatorURL": "http://localhost:9090/graph", "unknown": [1, {"a": 2}]},
        {"labels": {"a": "b"}, "startsAt": "0001-01-01T00:00:00.000Z", "endsAt": null}
    ])j");
    REQUIRE(alerts);
    const Alert& a = alerts.value().at(0);
    REQUIRE(a.labels == Labels{{"alertname", "Disk"}, {"severity", "warning"}});
    REQUIRE(a.annotations == Annotations{{"summary", "full"}});
    REQUIRE(a.starts_at == from_unix_ms(1'795'382'561'000));
    REQUIRE(a.ends_at == from_unix_ms(1'795'382'801'500));
    REQUIRE(a.generator_url == "http://localhost:9090/graph");
    const Alert& b = alerts.value().at(1);
    REQUIRE_FALSE(b.starts_at);
    REQUIRE_FALSE(b.ends_at);
    REQUIRE(parse_alerts("[]").value().empty());
    REQUIRE(parse_alerts("null").value().empty());
}

TEST_CASE("what Alertmanager takes for absent is absent") {
    const auto alerts = parse_alerts(R"j([
        {"labels": {"a": "b", "a-b": "", "c": null}, "annotations": null,
         "startsAt": "", "endsAt": "", "generatorURL": ""}])j");
    REQUIRE(alerts);
    const Alert& a = alerts.value().at(0);
    CHECK(a.labels == Labels{{"a", "b"}});
    CHECK_FALSE(a.starts_at);
    CHECK_FALSE(a.ends_at);
    CHECK(a.generator_url.empty());
}

TEST_CASE("an alert that says no end starts before it would have timed out") {
    const Timestamp now = from_unix_ms(1'795'382'561'000);
    const auto faults = [&](Timestamp starts, const std::string& more) {
        const auto read = read_posted_alerts(R"([{"labels": {"a": "b"}, "startsAt": ")" +
                                                 format_rfc3339(starts) + "\"" + more + "}]",
                                             now + 5min);
        return read.value().faults;
    };
    CHECK(faults(now + 5min, "").empty());
    CHECK(faults(now + 5min + 1ms, "") == std::vector{AlertFault::kInvalid});
    CHECK(faults(now + 10min, R"(, "endsAt": "2090-01-01T00:00:00Z")").empty());
}

TEST_CASE("what cannot be an alert is refused with the alert and the field") {
    struct Case {
        std::string_view json;
        std::string_view reason;
    };
    const Case c = GENERATE(values<Case>({
        {"", "not JSON"},
        {"{}", "must be a JSON array"},
        {"[", "not JSON"},
        {"[] x", "not JSON"},
        {"[1]", "alert 1: must be an object"},
        {"[{}]", "alert 1: labels in body is required"},
        {R"([{"labels": null}])", "alert 1: labels in body is required"},
        {R"([{"labels": {}}])", "alert 1: at least one label pair required"},
        {R"([{"labels": {"a": ""}}])", "alert 1: at least one label pair required"},
        {R"([{"labels": []}])", "alert 1: labels must be an object"},
        {R"([{"labels": {"a": "b"}}, {"labels": {"a": 1}}])", "alert 2: labels.a must be a string"},
        {R"([{"labels": {"a-b": "c"}}])", "alert 1: invalid label set: invalid name \"a-b\""},
        {R"([{"labels": {"": "c"}}])", "invalid label set: invalid name \"\""},
        {R"([{"labels": {"a": "b"}, "annotations": {"a-b": "c"}}])",
         "invalid annotations: invalid name \"a-b\""},
        {R"([{"labels": {"a": "b"}, "annotations": {"x": {}}}])", "annotations.x must be a string"},
        {R"([{"labels": {"a": "b"}, "annotations": "x"}])", "annotations must be an object"},
        {R"([{"labels": {"a": "b"}, "startsAt": 5}])", "startsAt must be a string"},
        {R"([{"labels": {"a": "b"}, "endsAt": "soon"}])",
         "endsAt: \"soon\" is not an RFC 3339 time"},
        {R"([{"labels": {"a": "b"}, "startsAt": "2026-01-02T00:00:00Z", "endsAt": "2026-01-01T00:00:00Z"}])",
         "start time must be before end time"},
        {R"([{"labels": {"a": "b"}, "generatorURL": 1}])", "generatorURL must be a string"},
        {R"([{"labels": {"a": "b"}, "generatorURL": "foo"}])",
         "generatorURL in body must be of type uri: \"foo\""},
    }));
    CAPTURE(c.json);
    const auto alerts = parse_alerts(c.json);
    REQUIRE_FALSE(alerts);
    REQUIRE(alerts.error().code == ErrorCode::kInvalid);
    REQUIRE_THAT(alerts.error().message, Catch::Contains(std::string(c.reason)));
}

TEST_CASE("an alert that cannot be read costs no other of its request") {
    const auto read = read_alert_batch(R"j([
        {"labels": {"alertname": "Good1"}},
        {"labels": {"alertname": "Bad", "a-b": "c"}},
        {"labels": {"alertname": "Good2"}, "endsAt": "2026-01-02T00:00:00Z"},
        7
    ])j");
    REQUIRE(read);
    const AlertBatch& batch = read.value();
    REQUIRE(batch.alerts.size() == 2);
    CHECK(batch.alerts[0].labels.get("alertname") == "Good1");
    CHECK(batch.alerts[1].labels.get("alertname") == "Good2");
    REQUIRE(batch.refused.size() == 2);
    CHECK(batch.refused[0].number == 2);
    CHECK(batch.refused[1].number == 4);
    const auto refusal = refusal_of(batch.refused);
    REQUIRE(refusal);
    CHECK(refusal->code == ErrorCode::kInvalid);
    CHECK(refusal->message ==
          "alert 2: invalid label set: invalid name \"a-b\"; alert 4: must be an object");
    CHECK_FALSE(refusal_of({}));
}

TEST_CASE("a refusal names ten alerts and counts the rest") {
    std::string body = "[0";
    for (int i = 1; i < 13; ++i) body += ",0";
    const auto read = read_alert_batch(body + "]");
    REQUIRE(read);
    REQUIRE(read.value().refused.size() == 13);
    const std::string text = refusal_of(read.value().refused)->message;
    CHECK_THAT(text, Catch::Contains("alert 10: must be an object; and 3 more"));
    CHECK_THAT(text, !Catch::Contains("alert 11"));
}

TEST_CASE("limits name themselves") {
    struct Case {
        std::string json;
        std::string reason;
    };
    const std::string many = [] {
        std::string out = "[";
        for (int i = 0; i < 4; ++i) out += R"({"labels": {"a": "b"}},)";
        out.back() = ']';
        return out;
    }();
    const std::vector<Case> cases{
        {many, "at most 3"},
        {R"([{"labels": {"a": "1", "b": "2", "c": "3"}}])", "more than 2 labels"},
        {R"([{"labels": {"a": "0123456789012345678901234567890"}}])", "labels are longer than 30"},
        {R"([{"labels": {"a": "b"}, "annotations": {"a": "0123456789012345678901234567890123456789"}}])",
         "annotations are longer than 40"},
        {"[" + std::string(50'000, '['), "deeper than 6"},
        {R"([{"labels": {"a": "b"}, "x": {"x": {"x": {"x": {"x": {"x": 1}}}}}}])", "deeper than 6"},
    };
    AlertLimits limits;
    limits.alerts = 3;
    limits.labels = 2;
    limits.label_bytes = 30;
    limits.annotation_bytes = 40;
    limits.depth = 6;
    for (const Case& c : cases) {
        const auto alerts = parse_alerts(c.json, limits);
        REQUIRE_FALSE(alerts);
        REQUIRE(alerts.error().code == ErrorCode::kTooLarge);
        REQUIRE_THAT(alerts.error().message, Catch::Contains(c.reason));
    }
}

TEST_CASE("values that are no UTF-8, or hold NUL, are repaired") {
    const auto alerts = parse_alerts("[{\"labels\": {\"a\": \"x\xFFy\\u0000z\"}}]");
    REQUIRE(alerts);
    REQUIRE(alerts.value()[0].labels.get("a") == "x\uFFFDy\uFFFDz");
}

TEST_CASE("alerts read back from their JSON") {
    Alert a;
    a.labels = Labels{{"alertname", "Disk \"x\""}, {"mountpoint", "/数据"}};
    a.annotations = {{"summary", "line\nline \\"}};
    a.starts_at = from_unix_ms(1'795'382'561'007);
    a.ends_at = from_unix_ms(1'795'382'801'500);
    a.generator_url = "http://h/graph?g0.expr=a%20b";
    const std::string json = alerts_to_json({a, Alert{Labels{{"a", "b"}}, {}, {}, {}, ""}});
    const auto alerts = parse_alerts(json);
    REQUIRE(alerts);
    REQUIRE(alerts.value().size() == 2);
    const Alert& b = alerts.value()[0];
    REQUIRE(b.labels == a.labels);
    REQUIRE(b.annotations == a.annotations);
    REQUIRE(b.starts_at == a.starts_at);
    REQUIRE(b.ends_at == a.ends_at);
    REQUIRE(b.generator_url == a.generator_url);
    REQUIRE_FALSE(alerts.value()[1].starts_at);
    REQUIRE(alerts_to_json({}) == "[]");
    REQUIRE_THAT(json, Catch::Contains("\"startsAt\":\"2026-11-22T21:22:41.007Z\""));
}
