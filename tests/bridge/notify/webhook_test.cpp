#include "bridge/notify/webhook.h"

#include <sys/stat.h>

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <mutex>
#include <vector>

#include "base/core/digest.h"
#include "bridge/config/keys.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/http_server.h"
#include "tests/support/sample_message.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

Outcome send(const WebhookChannel& channel, const std::string& url, const Clock& clock,
             Duration timeout = 20s) {
    const auto made = make_notifier({"hook", channel}, {clock, timeout});
    REQUIRE(made);
    Message message = sample_message();
    message.recipient.address = url;
    return made.value()->send(message);
}

}  // namespace

TEST_CASE("a webhook is a signed POST that names its message") {
    const test::FixtureTree files{{"secret", "s3cret\n"}};
    ::chmod(files.at("secret").c_str(), 0600);
    net::Request seen;
    test::HttpTestServer server([&](net::Request request, net::Reply reply) {
        seen = std::move(request);
        reply.send(net::Response::text(202, "thanks"));
    });
    const FakeClock clock(parse_rfc3339("2026-11-22T13:34:42Z").value());
    WebhookChannel channel;
    channel.secret_file = files.at("secret");
    const Outcome outcome = send(channel, server.url("/hook?team=web"), clock);
    CHECK(outcome.delivery == Delivery::kDelivered);
    CHECK(outcome.reason == OutcomeReason::kDelivered);
    CHECK(seen.method == "POST");
    CHECK(seen.path == "/hook");
    CHECK(seen.headers.get("Content-Type") == "application/json");
    CHECK(seen.headers.get("Idempotency-Key") == "INC-2026-000001-7");
    CHECK(seen.headers.get("Tocsin-Event") == "escalated");
    // As docs/webhook.md tells receivers to check it.
    const std::string expected = hex(hmac_sha256("s3cret", "1795354482." + seen.body));
    CHECK(seen.headers.get("Tocsin-Signature") == "t=1795354482,v1=" + expected);

    const auto body = boost::json::parse(seen.body);
    CHECK(body.at("version").as_int64() == 1);
    CHECK(body.at("event").as_string() == "escalated");
    CHECK(body.at("id").as_string() == "INC-2026-000001-7");
    CHECK(body.at("step").as_int64() == 2);
    CHECK(body.at("recipient").at("name").as_string() == "li.na");
    const auto& incident = body.at("incident");
    CHECK(incident.at("key").as_string() == "INC-2026-000001");
    CHECK(incident.at("priority").as_string() == "P2");
    CHECK(incident.at("state").as_string() == "triggered");
    CHECK(incident.at("opened_at").as_string() == "2026-11-22T13:22:41.000Z");
    CHECK(incident.at("resolved_at").is_null());
    CHECK(incident.at("assignee").is_null());
    CHECK(body.at("alerts").at(0).at("summary").as_string() == "/ is 93 % full, 4.1 GiB left");
    CHECK(body.at("told").as_array().size() == 2);
    CHECK(body.at("timeline").at(1).at("text").as_string() == "looking");
    CHECK(body.at("text").at("subject").as_string().starts_with("[P2]"));
}

TEST_CASE("the signature is HMAC-SHA256 as openssl computes it") {
    // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac key
    CHECK(webhook_signature(Secret("key"), from_unix_ms(1'700'000'000'999), "{\"a\":1}") ==
          "t=1700000000,v1=a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03");
}

TEST_CASE("without a secret there is no signature") {
    bool signed_at_all = true;
    test::HttpTestServer server([&](const net::Request& request, net::Reply reply) {
        signed_at_all = request.headers.has("Tocsin-Signature");
        reply.send(net::Response::text(200, ""));
    });
    const SystemClock clock;
    CHECK(send({}, server.url("/"), clock).delivery == Delivery::kDelivered);
    CHECK_FALSE(signed_at_all);
}

TEST_CASE("the receiver's status decides what becomes of the message") {
    struct Case {
        int status;
        Delivery delivery;
        OutcomeReason reason;
    };
    int status = 0;
    test::HttpTestServer server([&](const net::Request&, net::Reply reply) {
        net::Response response = net::Response::text(status, "because\nof this");
        response.headers.set("Retry-After", "17");
        response.headers.set("Location", "/elsewhere");
        reply.send(std::move(response));
    });
    const SystemClock clock;
    for (const Case& c : {
             Case{200, Delivery::kDelivered, OutcomeReason::kDelivered},
             Case{204, Delivery::kDelivered, OutcomeReason::kDelivered},
             Case{302, Delivery::kPermanent, OutcomeReason::kRejected},
             Case{400, Delivery::kPermanent, OutcomeReason::kRejected},
             Case{401, Delivery::kPermanent, OutcomeReason::kUnauthorized},
             Case{404, Delivery::kPermanent, OutcomeReason::kRejected},
             Case{408, Delivery::kRetry, OutcomeReason::kTimeout},
             Case{429, Delivery::kRetry, OutcomeReason::kRateLimited},
             Case{500, Delivery::kRetry, OutcomeReason::kServerError},
             Case{503, Delivery::kRetry, OutcomeReason::kServerError},
         }) {
        INFO(c.status);
        server.thread().call([&] { status = c.status; });
        const Outcome outcome = send({}, server.url("/"), clock);
        CHECK(outcome.delivery == c.delivery);
        CHECK(outcome.reason == c.reason);
        if (c.delivery == Delivery::kRetry) {
            CHECK(outcome.retry_after == 17s);
            CHECK(outcome.detail == "HTTP " + std::to_string(c.status) + ": because");
        } else {
            CHECK_FALSE(outcome.retry_after);
        }
    }
}

TEST_CASE("a receiver that does not answer in time, or is not there, is tried again") {
    std::vector<net::Reply> kept;
    test::HttpTestServer server(
        [&](const net::Request&, net::Reply reply) { kept.push_back(std::move(reply)); });
    const SystemClock clock;
    const Outcome slow = send({}, server.url("/"), clock, 200ms);
    CHECK(slow.delivery == Delivery::kRetry);
    CHECK(slow.reason == OutcomeReason::kTimeout);
    server.thread().call([&] { kept.clear(); });
    const Outcome refused = send({}, "http://127.0.0.1:1/", clock);
    CHECK(refused.delivery == Delivery::kRetry);
    CHECK(refused.reason == OutcomeReason::kUnreachable);
}

TEST_CASE("a body of bytes that are no text is still JSON") {
    Message message = sample_message();
    message.timeline.back().actor = "\xff\xfe";
    message.language = "zh-CN";
    const auto body = boost::json::parse(webhook_body(message));
    CHECK(body.at("text").at("language").as_string() == "zh-CN");
}

TEST_CASE("every type of notifier has its keys in the configuration's table") {
    for (const NotifierType& type : notifier_types()) {
        CHECK_FALSE(type.help.empty());
        for (const std::string_view setting : type.settings) {
            const std::string key = "channels[]." + std::string(setting);
            INFO(key);
            bool found = false;
            for (const ConfigKey& known : config_keys()) found = found || known.key == key;
            CHECK(found);
        }
    }
}
