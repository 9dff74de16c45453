#include "bridge/ingest/json_object.h"

#include <catch2/catch.hpp>

#include "bridge/ingest/host_report.h"

using namespace tocsin;
using namespace tocsin::bridge;
using Catch::Matchers::Contains;

TEST_CASE("a body that is no JSON object is refused with a reason") {
    struct Case {
        std::string text;
        const char* says;
    };
    const std::vector<Case> cases = {
        {"[]", "must be a JSON object"},
        {"3", "must be a JSON object"},
        {"{\"a\":", "not valid JSON"},
        {"{\"a\":1} x", "not valid JSON"},
        {std::string(100'000, '['), "not valid JSON"},
        {"{\"a\":" + std::string(20, '[') + std::string(20, ']') + "}", "not valid JSON"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text.substr(0, 40));
        const auto parsed = JsonObject::parse(c.text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().code == ErrorCode::kInvalid);
        CHECK_THAT(parsed.error().message, Contains(c.says));
    }
    CHECK(JsonObject::parse(""));
}

TEST_CASE("a heartbeat's fields are read, a wrong one is named") {
    const auto good = parse_host_report(R"({
        "host": "web-1", "boot_id": "b", "started_at": "2026-11-22T21:00:00.000Z",
        "version": "0.1.0", "interval_seconds": 30, "sent_at": "2026-11-22T22:00:00Z",
        "labels": {"env": "prod"}, "os": "Debian 12", "kernel": "6.1", "cpus": 2,
        "memory_bytes": 4294967296, "addresses": ["10.0.0.1"], "rules_hash": "x",
        "failing_collectors": [{"name": "mdadm", "reason": "no such file"}],
        "outbox": {"rows": 1, "bytes": 2, "dropped": 3}, "goodbye": true, "grace_seconds": 600,
        "something_new": {"a": [1, 2]}})");
    REQUIRE(good);
    CHECK(good.value().host == "web-1");
    CHECK(good.value().interval == 30s);
    CHECK(good.value().memory_bytes == 4294967296);
    CHECK(good.value().failing_collectors.front().reason == "no such file");
    CHECK(good.value().outbox_dropped == 3);
    CHECK(good.value().goodbye);

    struct Case {
        const char* text;
        const char* says;
    };
    const std::vector<Case> cases = {
        {"{}", "\"host\""},
        {R"({"host": ""})", "\"host\""},
        {R"({"host": 3})", "\"host\": must be text"},
        {R"({"host": "h", "cpus": "two"})", "\"cpus\": must be a whole number"},
        {R"({"host": "h", "cpus": 1.5})", "\"cpus\""},
        {R"({"host": "h", "labels": {"a": 1}})", "\"labels\""},
        {R"({"host": "h", "labels": []})", "\"labels\""},
        {R"({"host": "h", "addresses": [1]})", "\"addresses\""},
        {R"({"host": "h", "started_at": "yesterday"})", "\"started_at\""},
        {R"({"host": "h", "interval_seconds": -1})", "\"interval_seconds\""},
        {R"({"host": "h", "interval_seconds": 99999})", "\"interval_seconds\""},
        {R"({"host": "h", "goodbye": "yes"})", "\"goodbye\""},
        {R"({"host": "h", "failing_collectors": [{"reason": "x"}]})",
         "\"failing_collectors[0].name\""},
        {R"({"host": "h", "outbox": {"rows": "many"}})", "\"outbox.rows\""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        const auto parsed = parse_host_report(c.text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().code == ErrorCode::kInvalid);
        CHECK_THAT(parsed.error().message, Contains(c.says));
    }
}

TEST_CASE("text that is not UTF-8 is repaired, not refused") {
    const auto parsed = parse_host_report("{\"host\": \"web\xff-1\"}");
    REQUIRE(parsed);
    CHECK(parsed.value().host == "web\xef\xbf\xbd-1");
}
