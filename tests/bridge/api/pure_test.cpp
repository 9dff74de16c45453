// The parts of the API that need no network.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "bridge/api/access.h"
#include "bridge/api/events.h"
#include "bridge/api/requests.h"

using namespace tocsin;
using namespace tocsin::bridge;
using Catch::Matchers::Contains;

namespace {

net::Request from(bool loopback, std::string authorization) {
    net::Request request;
    request.remote_is_loopback = loopback;
    if (!authorization.empty()) request.headers.set("Authorization", std::move(authorization));
    return request;
}

}  // namespace

TEST_CASE("callers are known by their token, and loopback without one only when admitted") {
    const std::vector<Token> tokens = {{"agent-1", Role::kAgent, Secret("one")},
                                       {"li.na", Role::kResponder, Secret("two")}};
    const AccessControl strict(tokens, LoopbackWithoutToken::kRefuse);
    const AccessControl loose(tokens, LoopbackWithoutToken::kAdmit);
    CHECK(strict.identify(from(false, "Bearer two"))->name == "li.na");
    CHECK(strict.identify(from(false, "bearer  two "))->role == Role::kResponder);
    CHECK_FALSE(strict.identify(from(false, "Bearer three")));
    CHECK_FALSE(strict.identify(from(false, "Bearer ")));
    CHECK_FALSE(strict.identify(from(false, "Basic two")));
    CHECK_FALSE(strict.identify(from(true, "")));
    CHECK_FALSE(loose.identify(from(false, "")));
    CHECK_FALSE(loose.identify(from(true, "Bearer wrong")));
    CHECK(loose.identify(from(true, ""))->role == Role::kAdmin);
}

TEST_CASE("an action's body is read for what its kind needs") {
    const Timestamp now = from_unix_ms(1'795'000'000'000);
    const Caller someone{"li.na", Role::kResponder};
    const auto read = [&](ActionKind kind, const char* body, const Caller& caller) {
        return parse_action(kind, body, caller, now);
    };
    CHECK(read(ActionKind::kAssign, R"({"to": "zhao.lei"})", someone).value().person == "zhao.lei");
    CHECK(read(ActionKind::kAssign, R"({"person": "a", "to": "b"})", someone).value().person ==
          "a");
    CHECK(read(ActionKind::kEscalate, R"({"to": "dba"})", someone).value().team == "dba");
    CHECK(read(ActionKind::kEscalate, "", someone).value().team.empty());
    CHECK(read(ActionKind::kPriority, R"({"to": "P2"})", someone).value().priority ==
          Priority::kP2);
    CHECK(read(ActionKind::kSnooze, R"({"for": "30m"})", someone).value().until == now + 30min);
    CHECK(read(ActionKind::kPend, R"({"until": "2026-12-01T00:00:00Z", "text": "vendor"})", someone)
              .value()
              .text == "vendor");
    CHECK(read(ActionKind::kNote, R"({"actor": "x", "text": "t"})", someone).value().actor ==
          "li.na");
    const Caller local{"", Role::kAdmin};
    CHECK(read(ActionKind::kNote, R"({"actor": "x", "text": "t"})", local).value().actor == "x");
    CHECK(read(ActionKind::kNote, R"({"text": "t"})", local).value().actor == "local");
    CHECK(read(ActionKind::kNote, R"({"text": "t"})", local).value().authority ==
          Authority::kAdmin);
    for (const char* body : {R"({"to": "P7"})", R"({"to": 1})", "{}", "[1]", R"({"to")"}) {
        CAPTURE(body);
        const auto refused = read(ActionKind::kPriority, body, someone);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::kInvalid);
    }
}

TEST_CASE("a refusal is 409 with what is possible, or 422 for what makes no sense") {
    Refusal refusal;
    refusal.message = "it is closed";
    refusal.possible = {ActionKind::kNote};
    refusal.successor = "INC-2026-000002";
    const net::Response conflict = refusal_response(refusal);
    CHECK(conflict.status == 409);
    CHECK(conflict.body == R"({"error":{"code":"conflict","message":"it is closed",)"
                           R"("detail":{"possible":["note"],"successor":"INC-2026-000002"}}})");
    refusal.code = Refusal::Code::kInvalid;
    CHECK(refusal_response(refusal).status == 422);
}

TEST_CASE("a live event is text that a browser's EventSource reads") {
    CHECK(sse_text({7, "incident", R"({"a":1})"}) == "id: 7\nevent: incident\ndata: {\"a\":1}\n\n");
    CHECK(sse_text({0, "host", "{}"}) == "event: host\ndata: {}\n\n");
}
