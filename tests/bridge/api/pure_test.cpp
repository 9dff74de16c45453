// The parts of the API that need no network.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "bridge/api/access.h"
#include "bridge/api/events.h"
#include "bridge/api/oncall_requests.h"
#include "bridge/api/requests.h"
#include "bridge/notify/say.h"

using namespace tocsin;
using namespace tocsin::bridge;
using Catch::Matchers::Contains;

namespace {

net::Request from(bool loopback, std::string authorization) {
    net::Request request;
    request.remote_is_loopback = loopback;
    request.headers.set("Host", "localhost:9840");
    if (!authorization.empty()) request.headers.set("Authorization", std::move(authorization));
    return request;
}

}  // namespace

TEST_CASE("callers are known by their token, and loopback without one only when admitted") {
    const std::vector<Token> tokens = {{"agent-1", Role::kAgent, Secret("one")},
                                       {"li.na", Role::kResponder, Secret("two")}};
    const AccessControl strict(tokens, LoopbackWithoutToken::kRefuse);
    const AccessControl loose(tokens, LoopbackWithoutToken::kAdmit);
    CHECK(strict.identify(from(false, "Bearer two")).value().name == "li.na");
    CHECK(strict.identify(from(false, "bearer  two ")).value().role == Role::kResponder);
    CHECK_FALSE(strict.identify(from(false, "Bearer three")));
    CHECK_FALSE(strict.identify(from(false, "Bearer ")));
    CHECK_FALSE(strict.identify(from(false, "Basic two")));
    CHECK_FALSE(strict.identify(from(true, "")));
    CHECK_FALSE(loose.identify(from(false, "")));
    CHECK_FALSE(loose.identify(from(true, "Bearer wrong")));
    CHECK(loose.identify(from(true, "")).value().role == Role::kAdmin);

    // A page that reaches loopback under a name of its own is not let in, and reads what to do.
    net::Request rebound = from(true, "");
    rebound.headers.set("Host", "evil.example:9840");
    const auto refused = loose.identify(rebound);
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().message,
               Contains("Authorization: Bearer") && Contains("evil.example"));
    const AccessControl named(tokens, LoopbackWithoutToken::kAdmit, {"evil.example"});
    CHECK(named.identify(rebound));
    rebound.headers.set("Authorization", "Bearer two");
    CHECK(loose.identify(rebound).value().name == "li.na");
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
    for (const char* own : {"system", "bridge"}) {
        const std::string body = std::string(R"({"text": "t", "actor": ")") + own + "\"}";
        CHECK_FALSE(read(ActionKind::kNote, body.c_str(), local));
    }
    for (const char* body : {R"({"to": "P7"})", R"({"to": 1})", "{}", "[1]", R"({"to")"}) {
        CAPTURE(body);
        const auto refused = read(ActionKind::kPriority, body, someone);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::kInvalid);
    }
}

TEST_CASE("a refusal is 409 with what is possible, or 422 for what makes no sense") {
    Refusal refusal;
    refusal.reason = "it is closed";
    refusal.possible = {ActionKind::kNote};
    refusal.successor = "INC-2026-000002";
    const net::Response conflict = refusal_response(refusal, "en");
    CHECK(conflict.status == 409);
    CHECK(conflict.body == R"({"error":{"code":"conflict","message":"it is closed",)"
                           R"("detail":{"possible":["note"],"successor":"INC-2026-000002"}}})");
    refusal.code = Refusal::Code::kInvalid;
    CHECK(refusal_response(refusal, "en").status == 422);
}

TEST_CASE("a live event is text that a browser's EventSource reads") {
    CHECK(sse_text({7, "incident", R"({"a":1})"}) == "id: 7\nevent: incident\ndata: {\"a\":1}\n\n");
    CHECK(sse_text({0, "host", "{}"}) == "event: host\ndata: {}\n\n");
}

namespace {

class Heard final : public net::Stream {
  public:
    bool write(std::string chunk) override {
        text += chunk;
        return true;
    }
    void close() override {}
    bool open() const override { return true; }
    std::string text;
};

}  // namespace

TEST_CASE("a listener that cannot be told all it missed is told to start over") {
    net::Loop loop;
    EventBroker::Missed missed;
    std::function<void(EventBroker::Missed)> answer;
    EventBroker broker(loop, [&](std::int64_t, std::function<void(EventBroker::Missed)> done) {
        answer = std::move(done);
    });
    struct Case {
        const char* what;
        EventBroker::Missed missed;
        bool reset;
    };
    const std::vector<Case> cases = {
        {"nothing", std::vector<LiveEvent>{}, false},
        {"a little", std::vector<LiveEvent>{{5, "incident", "{\"old\": 1}"}}, false},
        {"more than a stream takes",
         std::vector<LiveEvent>{{5, "incident", std::string(600'000, 'x')}}, true},
        {"unknown", std::nullopt, true},
    };
    for (const Case& c : cases) {
        CAPTURE(c.what);
        const auto heard = std::make_shared<Heard>();
        broker.add(heard, 1);
        broker.publish({6, "incident", "{\"new\": 1}"});
        answer(c.missed);
        CHECK((heard->text.find("event: reset\ndata: {}\n\n") != std::string::npos) == c.reset);
        CHECK(heard->text.size() < 512 * 1024);
        CHECK_THAT(heard->text, Catch::Matchers::EndsWith("data: {\"new\": 1}\n\n"));
        broker.close_all();
    }
}

TEST_CASE("a swap wants a shift of each of the two") {
    const Timestamp start = parse_rfc3339("2026-01-05T09:00:00Z").value();
    RotationLayer weekly;
    weekly.people = {"a", "b"};
    weekly.starts = start;
    weekly.first = local_of(weekly.zone, start);
    const Rotation rotation{"d", "", {weekly}};
    Override swap{0, Override::Kind::kSwap, "d", "a", "b", start + 24h, start + 24h * 10};
    CHECK(check_swap(swap, rotation, {}));
    swap.instead_of = "c";
    const auto refused = check_swap(swap, rotation, {});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::kInvalid);
    CHECK(refused.error().message ==
          "a swap takes a shift of each of the two, and c has none of d from "
          "2026-01-06T09:00:00.000Z to 2026-01-15T09:00:00.000Z; to stand in: tocsin oncall "
          "override d c --instead-of a");
    CHECK(error_text(refused.error().message, "zh-CN") ==
          "换班须双方各有班次，而 c 在轮值 d 中从 2026-01-06T09:00:00.000Z 到 "
          "2026-01-15T09:00:00.000Z 没有班次；替班请用 tocsin oncall override d c --instead-of a");
    // Who stands in for somebody has that one's shifts to give, and the other way round.
    const Override cover{1, Override::Kind::kCover, "d", "c", "b", start, start + 24h * 14};
    CHECK(check_swap(swap, rotation, {cover}));
    // Both are of the rotation, and it is only one's turn in that time.
    swap.instead_of = "b";
    swap.to = start + 24h * 3;
    CHECK_FALSE(check_swap(swap, rotation, {}));
}
