// `tocsin events` against bridges that say what a test wants, and go away.
#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <mutex>

#include "ran.h"
#include "tests/support/http_server.h"

using namespace tocsin::cli;
using tocsin::test::Ran;
namespace net = tocsin::net;

namespace {

constexpr const char* kFirst =
    "retry: 1\n: connected\n\n"
    "id: 41\nevent: incident\ndata: {\"key\": \"INC-2026-000001\", \"state\": \"triggered\", "
    "\"priority\": \"P2\", \"title\": \"DiskFull on db-1\", \"assignee\": null, \"updated_at\": "
    "\"2026-11-26T02:03:04.000Z\"}\n\n"
    "event: host\ndata: {\"host\": \"web-1\", \"state\": \"unreachable\"}\n\n";
constexpr const char* kSecond =
    "retry: 1\n: connected\n\n"
    "event: reset\ndata: {}\n\n"
    "id: 43\nevent: incident\ndata: {\"key\": \"INC-2026-000002\", \"state\": \"resolved\"}\n\n";

// Says `first`, ends the connection, and says `second` to whoever comes back.
class Bridge {
  public:
    std::string url() { return server_.url(""); }
    std::vector<std::string> asked() {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

  private:
    std::mutex mutex_;
    std::vector<std::string> asked_;  // Last-Event-ID of each
    tocsin::test::HttpTestServer server_{
        [this](const net::Request& request, const net::Reply& reply) {
            const std::lock_guard lock(mutex_);
            asked_.push_back(request.method + " " + request.path + " " +
                             std::string(request.headers.get("Last-Event-ID")));
            net::Response head;
            head.headers.set("Content-Type", "text/event-stream");
            const auto stream = reply.stream(std::move(head));
            stream->write(asked_.size() == 1 ? kFirst : kSecond);
            if (asked_.size() == 1) stream->close();
        }};
};

Ran events(const std::string& url, std::vector<std::string> args) {
    args.insert(args.begin(), {"--bridge", url, "events"});
    return tocsin::test::ran(std::move(args));
}

}  // namespace

TEST_CASE("what changes is a line each, and a lost connection is taken up where it was") {
    Bridge bridge;
    const Ran ran = events(bridge.url(), {"--limit", "4"});
    CHECK(ran.status == kDone);
    CHECK(bridge.asked() ==
          std::vector<std::string>{"GET /api/v1/events ", "GET /api/v1/events 41"});
    CHECK(ran.out.find("AT                        WHAT      WHICH            PRIORITY") == 0);
    CHECK(
        ran.out.find("2026-11-26T02:03:04.000Z  incident  INC-2026-000001  P2        triggered") !=
        std::string::npos);
    CHECK(ran.out.find("host      web-1                      unreachable") != std::string::npos);
    CHECK(ran.out.find("read the lists") != std::string::npos);
    CHECK(ran.out.find("INC-2026-000002") != std::string::npos);
    CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 5);  // one head
    CHECK(ran.err == "tocsin: the bridge is gone; trying again\n");
}

TEST_CASE("for programs an event is a line of JSON, with the id from which to go on") {
    Bridge bridge;
    const Ran ran = events(bridge.url(), {"--output", "json", "--after", "40", "--limit", "2"});
    CHECK(ran.status == kDone);
    CHECK(bridge.asked() == std::vector<std::string>{"GET /api/v1/events 40"});
    CHECK(ran.out.find(R"({"id":"41","event":"incident","data":{"key":"INC-2026-000001")") == 0);
    CHECK(ran.out.find("\n{\"id\":\"41\",\"event\":\"host\",\"data\":{\"host\":\"web-1\"") !=
          std::string::npos);
}

TEST_CASE("a bridge that refuses is told as always, and one that was never reached too") {
    const tocsin::test::HttpTestServer refuses([](const net::Request&, const net::Reply& reply) {
        reply.send(net::Response::json(401, R"({"error": {"message": "a token is needed"}})"));
    });
    const Ran refused = events(refuses.url(""), {});
    CHECK(refused.status == kNo);
    CHECK(refused.err.find("tocsin: a token is needed\n") == 0);
    std::string nobody;
    {
        const tocsin::test::HttpTestServer gone([](const net::Request&, const net::Reply&) {});
        nobody = gone.url("");
    }
    CHECK(events(nobody, {}).status == kUnreachable);
}
