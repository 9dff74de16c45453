// What takes longer than an answer: streams, stopping, and the end of the server itself.
#include <catch2/catch.hpp>
#include <memory>

#include "asking.h"
#include "base/net/http_server.h"
#include "tests/support/http_server.h"

using namespace tocsin;
using namespace tocsin::net;
using namespace tocsin::net::net_test;
using tocsin::test::HttpTestServer;
using tocsin::test::RawClient;

TEST_CASE("a stream sends its pieces as they come and ends when closed") {
    std::shared_ptr<Stream> stream;
    Flag open;
    HttpTestServer server([&](const Request&, Reply reply) {
        Response head;
        head.headers.set("Content-Type", "text/event-stream");
        stream = reply.stream(std::move(head));
        stream->write("data: 1\n\n");
        open.set();
    });
    RawClient client(server.port());
    client.send(get("/events"));
    REQUIRE(client.until("\r\n\r\n").find("Transfer-Encoding: chunked") != std::string::npos);
    REQUIRE(client.until("data: 1\n\n\r\n") == "9\r\ndata: 1\n\n\r\n");
    REQUIRE(open.wait());
    const bool written = server.thread().call([&] {
        const bool ok = stream->write("data: 2\n\n");
        stream->close();
        return ok;
    });
    REQUIRE(written);
    REQUIRE(client.until_closed() == "9\r\ndata: 2\n\n\r\n0\r\n\r\n");
    server.thread().call([&] { stream.reset(); });
}

TEST_CASE("a stream whose peer is gone says so without being written to") {
    std::shared_ptr<Stream> stream;
    HttpTestServer server([&](const Request&, Reply reply) { stream = reply.stream(Response{}); });
    RawClient client(server.port());
    client.send(get("/events"));
    client.until("\r\n\r\n");
    client.close();
    bool open = true;
    for (int turn = 0; turn < 100'000 && open; ++turn) {
        open = server.thread().call([&] { return stream->open(); });
    }
    REQUIRE_FALSE(open);
    REQUIRE_FALSE(server.thread().call([&] { return stream->write("x"); }));
    server.thread().call([&] { stream.reset(); });
}

TEST_CASE("a stream whose reader does not read is cut off beyond a mebibyte") {
    std::shared_ptr<Stream> stream;
    HttpTestServer server([&](const Request&, Reply reply) { stream = reply.stream(Response{}); });
    RawClient client(server.port());
    client.send(get("/events"));
    client.until("\r\n\r\n");
    // The kernel's own buffers take some mebibytes before anything waits in the server.
    bool taken = true;
    int pieces = 0;
    for (; pieces < 1000 && taken; ++pieces) {
        taken = server.thread().call([&] { return stream->write(std::string(100'000, 'x')); });
    }
    REQUIRE_FALSE(taken);
    REQUIRE(pieces > 10);
    server.thread().call([&] { stream.reset(); });
}

TEST_CASE("a graceful stop lets a request finish, closes idle connections and ends streams") {
    std::optional<Reply> kept;
    std::shared_ptr<Stream> stream;
    Flag asked;
    Flag stopped;
    HttpTestServer server([&](const Request& request, Reply reply) {
        if (request.path == "/slow") {
            kept = std::move(reply);
            asked.set();
        } else if (request.path == "/events") {
            stream = reply.stream(Response{});
        } else {
            reply.send(Response::text(200, "quick"));
        }
    });
    RawClient idle(server.port());
    idle.send(get("/quick"));
    REQUIRE(idle.response().status == 200);
    RawClient events(server.port());
    events.send(get("/events"));
    REQUIRE(events.until("\r\n\r\n").starts_with("HTTP/1.1 200"));
    RawClient slow(server.port());
    slow.send(get("/slow"));
    REQUIRE(asked.wait());
    server.thread().call([&] { server.server().stop(20s, [&] { stopped.set(); }); });
    REQUIRE(idle.until_closed().empty());
    REQUIRE(events.until_closed() == "0\r\n\r\n");
    REQUIRE_THROWS(RawClient(server.port()));
    server.thread().call([&] {
        kept->send(Response::text(200, "done"));
        kept.reset();
        stream.reset();
    });
    const auto response = slow.response();
    REQUIRE(response.body == "done");
    REQUIRE(response.head.find("Connection: close") != std::string::npos);
    slow.close();
    events.close();
    REQUIRE(stopped.wait());
}

TEST_CASE("a graceful stop does not wait longer than its grace") {
    std::optional<Reply> kept;
    Flag asked;
    Flag stopped;
    HttpTestServer server([&](const Request&, Reply reply) {
        kept = std::move(reply);
        asked.set();
    });
    RawClient client(server.port());
    client.send(get("/"));
    REQUIRE(asked.wait());
    server.thread().call([&] { server.server().stop(20ms, [&] { stopped.set(); }); });
    REQUIRE(stopped.wait());
    REQUIRE(client.until_closed().empty());
    server.thread().call([&] { kept.reset(); });
}

TEST_CASE("an address in use is an error that names it") {
    HttpTestServer server(echo);
    Loop loop;
    ServerOptions options;
    options.listen = {"127.0.0.1", server.port()};
    const auto second = HttpServer::start(loop, options, echo);
    REQUIRE_FALSE(second);
    REQUIRE(second.error().code == ErrorCode::kIo);
    REQUIRE(second.error().message.find("127.0.0.1:" + std::to_string(server.port())) !=
            std::string::npos);
}

TEST_CASE("a server may be destroyed by its own handler") {
    Loop loop;
    std::unique_ptr<HttpServer> server;
    ServerOptions options;
    options.listen = {"127.0.0.1", 0};
    server = HttpServer::start(loop, options, [&](const Request&, Reply reply) {
                 server.reset();
                 reply.send(Response::text(200, "too late"));
                 loop.post([&] { loop.stop(); });
             }).value();
    RawClient client(server->address().port);
    client.send(get("/"));
    loop.run();
    REQUIRE(server == nullptr);
}
