// `tocsin messages` against a bridge that answers as told.
#include <catch2/catch.hpp>

#include "ran.h"
#include "tests/support/http_server.h"

using namespace tocsin::cli;
using tocsin::test::Ran;
using tocsin::test::ran;
namespace net = tocsin::net;
using Catch::Matchers::Contains;

namespace {

constexpr const char* kOne =
    R"({"effects": [{"id": "7", "incident": "INC-2026-000001", "title": "DiskFull", "person": "li.na",
        "channel": "ding", "address": "138", "kind": "opened", "priority": "P1", "step": 1,
        "state": "dead", "attempts": 12, "queued_at": "2026-11-22T13:22:41.000Z",
        "due_at": "2026-11-22T13:22:41.000Z", "updated_at": "2026-11-22T13:22:41.000Z",
        "result": "errcode 310000: sign not match"}], "next": null})";

}  // namespace

TEST_CASE("messages are listed as a table and as JSON, none is 1") {
    std::string path;
    std::string query;
    std::string answer = kOne;
    const tocsin::test::HttpTestServer bridge(
        [&](const net::Request& request, const net::Reply& reply) {
            path = request.path;
            query.clear();
            for (const auto& [name, value] : request.query) query += name + "=" + value + "&";
            reply.send(net::Response::json(200, answer));
        });
    const auto table = ran({"--bridge", bridge.url(""), "messages", "list"});
    CHECK(table.status == kDone);
    CHECK(path == "/api/v1/effects");
    CHECK(query == "state=dead&limit=100&");
    CHECK_THAT(table.out, Contains("INC-2026-000001") && Contains("li.na") && Contains("ding") &&
                              Contains("errcode 310000: sign not match"));
    const auto json = ran({"--bridge", bridge.url(""), "--output", "json", "messages", "list",
                           "--state", "all", "--incident", "INC-2026-000001", "--limit", "5"});
    CHECK(json.status == kDone);
    CHECK(query == "state=all&limit=5&incident=INC-2026-000001&");
    CHECK_THAT(json.out, Contains("\"attempts\": 12"));
    answer = R"({"effects": [], "next": null})";
    CHECK(ran({"--bridge", bridge.url(""), "messages", "list"}).status == kNo);
}

TEST_CASE("a message is sent again, or the bridge says why not") {
    std::string path;
    std::string body;
    int status = 200;
    const tocsin::test::HttpTestServer bridge(
        [&](const net::Request& request, const net::Reply& reply) {
            path = request.path;
            body = request.body;
            reply.send(net::Response::json(
                status, status == 200
                            ? R"({"id": "7", "state": "waiting"})"
                            : R"({"error": {"code": "conflict", "message": "is delivered"}})"));
        });
    const auto done =
        ran({"--bridge", bridge.url(""), "--as", "wang.wei", "messages", "retry", "7"});
    CHECK(done.status == kDone);
    CHECK(path == "/api/v1/effects/7/retry");
    CHECK(body == R"({"actor":"wang.wei"})");
    CHECK(done.out == "message 7 is waiting\n");
    status = 409;
    const auto refused = ran({"--bridge", bridge.url(""), "messages", "retry", "7"});
    CHECK(refused.status == kNo);
    CHECK_THAT(refused.err, Contains("is delivered"));
    CHECK(ran({"messages"}).status == kUsage);
    CHECK(ran({"messages", "list", "--state", "lost"}).status == kUsage);
    CHECK(ran({"messages", "retry"}).status == kUsage);
}
