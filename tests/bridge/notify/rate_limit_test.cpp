// How long a vendor wants to be left alone, as its answer says it.
#include <catch2/catch.hpp>

#include "bridge/notify/notifier.h"
#include "tests/support/http_server.h"
#include "tests/support/sample_message.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

Outcome sent(int status, const char* header, const char* value) {
    test::HttpTestServer server([&](const net::Request&, const net::Reply& reply) {
        net::Response answer = net::Response::json(
            status, R"({"code": 99991400, "msg": "request trigger frequency limit"})");
        answer.headers.set(header, value);
        reply.send(std::move(answer));
    });
    const FakeClock clock(parse_rfc3339("2026-11-22T13:34:42Z").value());
    FeishuChannel channel;
    channel.url = server.url("/hook");
    const auto made = make_notifier({"group", channel}, {clock, 20s});
    REQUIRE(made);
    return made.value()->send(sample_message());
}

}  // namespace

TEST_CASE("Feishu's own header says for how long it is left alone, with either status") {
    struct Case {
        int status;
        const char* header;
        const char* value;
        std::optional<Duration> wait;
    };
    const Case cases[] = {{429, "x-ogw-ratelimit-reset", "52", 52s},
                          {400, "X-Ogw-Ratelimit-Reset", "52", 52s},
                          {429, "Retry-After", "17", 17s},
                          {400, "x-ogw-ratelimit-reset", "soon", 1min},
                          {429, "x-ogw-ratelimit-reset", "-3", std::nullopt}};
    for (const Case& c : cases) {
        INFO(c.status << " " << c.header << ": " << c.value);
        const Outcome outcome = sent(c.status, c.header, c.value);
        CHECK(outcome.delivery == Delivery::kRetry);
        CHECK(outcome.reason == OutcomeReason::kRateLimited);
        CHECK(outcome.retry_after == c.wait);
    }
}
