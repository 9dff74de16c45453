// Alertmanager's webhook: what it posts becomes alerts, what is wrong is named.
#include "base/model/alertmanager_webhook.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/alertmanager_webhook.h"

using namespace tocsin;
using namespace tocsin::test;
using Catch::Matchers::Contains;

namespace {

const Timestamp kNow = parse_rfc3339("2026-11-26T08:00:00Z").value();

}  // namespace

TEST_CASE("an Alertmanager's webhook is read whole") {
    const auto read = parse_alertmanager_webhook(
        posted(posted_alert("firing", kZeroTime) + "," +
                   posted_alert("resolved", "2026-11-26T07:30:00Z", "critical"),
               R"(, "truncatedAlerts": 3)"),
        kNow);
    REQUIRE(read);
    const AlertmanagerWebhook& webhook = read.value();
    CHECK(webhook.receiver == "tocsin");
    CHECK(webhook.group_key == R"({}:{alertname="DiskFull"})");
    CHECK(webhook.truncated == 3);
    REQUIRE(webhook.batch.alerts.size() == 2);
    const Alert& fires = webhook.batch.alerts[0];
    CHECK(fires.labels ==
          Labels{{"alertname", "DiskFull"}, {"host", "web-1"}, {"severity", "warning"}});
    CHECK(fires.annotations.at("summary") == "96 % used");
    CHECK(fires.starts_at == parse_rfc3339("2026-11-26T07:00:00.5Z").value());
    CHECK(fires.generator_url == "http://prom.example/graph?g0.expr=x");
    CHECK_FALSE(fires.ends_at);
    CHECK(webhook.batch.alerts[1].ends_at == parse_rfc3339("2026-11-26T07:30:00Z").value());
}

TEST_CASE("an alert ends by its status, whatever its sender's clock says") {
    struct Case {
        const char* status;
        const char* ends;
        std::optional<Timestamp> expected;
    };
    const Timestamp before = parse_rfc3339("2026-11-26T07:59:00Z").value();
    const std::vector<Case> cases = {
        {"firing", kZeroTime, std::nullopt},
        {"firing", "2026-11-26T09:00:00Z", std::nullopt},
        {"firing", "2026-11-26T07:59:00Z", std::nullopt},  // their clock is behind ours
        {"resolved", "2026-11-26T07:59:00Z", before},
        {"resolved", "2026-11-26T08:00:09Z", kNow},  // their clock is ahead of ours
        {"resolved", kZeroTime, kNow},
    };
    for (const Case& c : cases) {
        INFO(c.status << " " << c.ends);
        const auto read = parse_alertmanager_webhook(posted(posted_alert(c.status, c.ends)), kNow);
        REQUIRE(read);
        CHECK(read.value().batch.alerts.at(0).ends_at == c.expected);
    }
}

TEST_CASE("a webhook that is wrong is refused with what and where") {
    struct Case {
        std::string body;
        std::string expected;
        ErrorCode code = ErrorCode::kInvalid;
    };
    std::string deep = posted("");
    deep.insert(deep.size() - 1, ", \"x\": " + std::string(40, '[') + std::string(40, ']'));
    std::string third = posted("");
    third.replace(third.find("\"4\""), 3, "\"3\"");
    const std::vector<Case> cases = {
        {"", "not JSON"},
        {"{", "not JSON"},
        {"[]", "the body must be a JSON object"},
        {"{}", "version must be \"4\", not \"\""},
        {third, "version must be \"4\", not \"3\""},
        {R"({"version": 4, "alerts": []})", "version must be a string"},
        {R"({"version": "4"})", "alerts must be an array"},
        {R"({"version": "4", "alerts": {}})", "alerts must be an array"},
        {R"({"version": "4", "alerts": [], "receiver": 1})", "receiver must be a string"},
        {R"({"version": "4", "alerts": [], "truncatedAlerts": -1})", "truncatedAlerts must be"},
        {R"({"version": "4", "alerts": [], "truncatedAlerts": "many"})", "truncatedAlerts must be"},
        {posted("7"), "alert 1: must be an object"},
        {posted(posted_alert("firing", kZeroTime) + R"(, {"status": "firing"})"),
         "alert 2: labels"},
        {posted(posted_alert("pending", kZeroTime)),
         "alert 1: status must be \"firing\" or \"resolved\", not \"pending\""},
        {posted(R"({"labels": {"a": "b"}})"), "alert 1: status must be"},
        {posted(posted_alert("firing", "soon")), "alert 1: endsAt"},
        {deep, "nested deeper", ErrorCode::kTooLarge},
    };
    for (const Case& c : cases) {
        INFO(c.body);
        const auto read = parse_alertmanager_webhook(c.body, kNow);
        const auto error = read ? refusal_of(read.value().batch.refused) : read.error();
        REQUIRE(error);
        CHECK(error->code == c.code);
        CHECK_THAT(error->message, Contains(c.expected));
    }
    AlertLimits limits;
    limits.alerts = 1;
    const auto many = parse_alertmanager_webhook(
        posted(posted_alert("firing", kZeroTime) + "," + posted_alert("firing", kZeroTime)), kNow,
        limits);
    REQUIRE_FALSE(many);
    CHECK(many.error().code == ErrorCode::kTooLarge);
    CHECK_THAT(many.error().message, Contains("max_alerts"));
}

TEST_CASE("an alert of a webhook that cannot be read costs no other") {
    const auto read = parse_alertmanager_webhook(
        posted(posted_alert("pending", kZeroTime) + "," + posted_alert("firing", kZeroTime)), kNow);
    REQUIRE(read);
    CHECK(read.value().batch.alerts.size() == 1);
    REQUIRE(read.value().batch.refused.size() == 1);
    CHECK(read.value().batch.refused[0].number == 1);
}
