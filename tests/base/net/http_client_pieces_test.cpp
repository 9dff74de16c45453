// Answers without an end, piece by piece.
#include <catch2/catch.hpp>
#include <future>
#include <mutex>

#include "base/net/http_client.h"
#include "tests/support/http_server.h"

using namespace tocsin;
using namespace tocsin::net;
using test::HttpTestServer;
using test::LoopThread;

namespace {

Response head() {
    Response out;
    out.headers.set("Content-Type", "text/event-stream");
    return out;
}

// Fetches, gathering pieces; `each` is called after one with all so far.
struct Pieces {
    std::string all;
    std::function<void(const std::string&)> each = [](const std::string&) {};

    Result<Response> fetch(const HttpTestServer& server, Duration timeout,
                           const ClientOptions& options = {}) {
        ClientRequest request;
        request.url = server.url("/");
        request.timeout = timeout;
        request.headers.set("Accept-Encoding", "identity");
        request.on_piece = [this](std::string_view piece) {
            all += piece;
            each(all);
        };
        return net::fetch(std::move(request), options);
    }
};

}  // namespace

TEST_CASE("a body is handed over as it comes, before it has ended and beyond the limit") {
    std::shared_ptr<Stream> stream;
    HttpTestServer server([&](const Request&, const Reply& reply) {
        stream = reply.stream(head());
        stream->write("one ");
    });
    Pieces pieces;
    // The next is said only once the last has come.
    pieces.each = [&](const std::string& all) {
        server.thread().call([&] {
            if (all == "one ") stream->write(std::string(5000, '.'));
            if (all.size() == 5004) stream->close();
        });
    };
    ClientOptions options;
    options.body_bytes = 1000;
    const auto answer = pieces.fetch(server, 20s, options);
    REQUIRE(answer);
    CHECK(answer.value().status == 200);
    CHECK(answer.value().body.empty());
    CHECK(pieces.all.size() == 5004);
}

TEST_CASE("the time is for each piece, and a silent stream is a time-out") {
    std::vector<Timer> timers;
    std::shared_ptr<Stream> stream;
    HttpTestServer server([&](const Request&, const Reply& reply) {
        stream = reply.stream(head());
        for (int i = 0; i < 4; ++i) {
            timers.push_back(server.thread().loop.after(i * 300ms, [&] { stream->write("."); }));
        }
    });
    Pieces pieces;
    const auto answer = pieces.fetch(server, 800ms);
    server.thread().call([&] { timers.clear(); });
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::kTimeout);
    CHECK(pieces.all == "....");  // the last after 900 ms
}

TEST_CASE("a refusal is an answer with its body, and none in pieces") {
    HttpTestServer server([](const Request&, const Reply& reply) {
        reply.send(Response::json(403, R"({"error": "no"})"));
    });
    Pieces pieces;
    const auto answer = pieces.fetch(server, 20s);
    REQUIRE(answer);
    CHECK(answer.value().status == 403);
    CHECK(answer.value().body == R"({"error": "no"})");
    CHECK(pieces.all.empty());
}

TEST_CASE("a client may be destroyed from within a piece") {
    HttpTestServer server(
        [](const Request&, const Reply& reply) { reply.stream(head())->write("one"); });
    LoopThread thread;
    std::unique_ptr<HttpClient> client;
    std::promise<void> gone;
    thread.call([&] {
        client = std::make_unique<HttpClient>(thread.loop, ClientOptions{});
        ClientRequest request;
        request.url = server.url("/");
        request.on_piece = [&](std::string_view) {
            client.reset();
            gone.set_value();
        };
        client->send(std::move(request), [](const Result<Response>&) { FAIL("called back"); });
    });
    REQUIRE(gone.get_future().wait_for(20s) == std::future_status::ready);
    thread.call([] {});
}
