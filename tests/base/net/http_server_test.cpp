#include "base/net/http_server.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdio>
#include <vector>

#include "asking.h"
#include "tests/support/http_server.h"

using namespace tocsin;
using namespace tocsin::net;
using namespace tocsin::net::net_test;
using tocsin::test::HttpTestServer;
using tocsin::test::RawClient;

namespace {

std::string chunk_of(std::size_t size) {
    char head[16];
    std::snprintf(head, sizeof head, "%zx\r\n", size);
    return head + std::string(size, 'c') + "\r\n";
}

}  // namespace

TEST_CASE("two requests travel on one connection") {
    HttpTestServer server(echo);
    RawClient client(server.port());
    client.send(get("/one"));
    const auto first = client.response();
    REQUIRE(first.status == 200);
    REQUIRE(first.body == "GET /one ");
    REQUIRE(first.head.find("Connection: close") == std::string::npos);
    client.send("POST /two HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc");
    REQUIRE(client.response().body == "POST /two abc");
}

TEST_CASE("pipelined requests are answered in their order") {
    HttpTestServer server(echo);
    RawClient client(server.port());
    client.send(get("/1") + "POST /2 HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nxy" +
                get("/3"));
    REQUIRE(client.response().body == "GET /1 ");
    REQUIRE(client.response().body == "POST /2 xy");
    REQUIRE(client.response().body == "GET /3 ");
}

TEST_CASE("a request reaches the handler with its parts decoded") {
    Request seen;
    HttpTestServer server([&](Request request, Reply reply) {
        seen = std::move(request);
        reply.send(Response::text(204, ""));
    });
    RawClient client(server.port());
    client.send(
        "GET /api//v1/a%2Fb%20c?x=1&x=2&q=%E4%BA%8B+ok HTTP/1.1\r\nHost: t\r\nX-One: 1\r\n\r\n");
    const auto response = client.response();
    REQUIRE(response.status == 204);
    REQUIRE(response.head.find("Content-Length") == std::string::npos);
    REQUIRE(seen.method == "GET");
    REQUIRE(seen.path == "/api//v1/a%2Fb%20c");
    REQUIRE(seen.segments == std::vector<std::string>{"api", "v1", "a/b c"});
    REQUIRE(seen.params("x") == std::vector<std::string>{"1", "2"});
    REQUIRE(seen.param("q") == "事 ok");
    REQUIRE(seen.headers.get("x-one") == "1");
    REQUIRE(seen.remote == "127.0.0.1");
    REQUIRE(seen.remote_is_loopback);
}

TEST_CASE("a form's fields join the query") {
    HttpTestServer server([](Request request, Reply reply) {
        reply.send(Response::text(200, std::string(request.param("query"))));
    });
    RawClient client(server.port());
    client.send(
        "POST /api HTTP/1.1\r\nHost: t\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: 12\r\n\r\nquery=up%2B1");
    REQUIRE(client.response().body == "up+1");
}

TEST_CASE("bad requests get a status, a JSON reason, and the connection's end") {
    ServerOptions options;
    options.header_bytes = 1024;
    options.body_bytes = 2000;
    std::atomic<int> handled{0};
    HttpTestServer server(
        [&](Request request, Reply reply) {
            ++handled;
            echo(std::move(request), std::move(reply));
        },
        options);
    const std::string bomb = gzip(std::string(400'000, 'a'));
    REQUIRE(bomb.size() < 2000);
    const auto post = [](const std::string& headers, const std::string& body) {
        return "POST / HTTP/1.1\r\nHost: t\r\n" + headers +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    };
    struct Case {
        const char* name;
        std::string request;
        int status;
        const char* reason;
    };
    const std::vector<Case> cases = {
        {"not HTTP", "hello there\r\n\r\n", 400, "not HTTP/1.1"},
        {"no Host", "GET / HTTP/1.1\r\n\r\n", 400, "no Host header"},
        {"two Hosts", "GET / HTTP/1.1\r\nHost: t\r\nhost: u\r\n\r\n", 400,
         "more than one Host header"},
        {"the same Host twice", "GET / HTTP/1.0\r\nHost: t\r\nHost: t\r\n\r\n", 400,
         "more than one Host header"},
        {"a header too long",
         "GET / HTTP/1.1\r\nHost: t\r\nX: " + std::string(3000, 'x') + "\r\n\r\n", 431,
         "longer than 1024 bytes"},
        {"a request line too long",
         "GET /" + std::string(3000, 'x') + " HTTP/1.1\r\nHost: t\r\n\r\n", 431,
         "longer than 1024 bytes"},
        {"a body beyond the limit, announced",
         "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100000000\r\n\r\n", 413,
         "longer than 2000 bytes"},
        {"a body beyond the limit, in chunks",
         "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk_of(1500) +
             chunk_of(1500) + "0\r\n\r\n",
         413, "longer than 2000 bytes"},
        {"a gzip bomb", post("Content-Encoding: gzip\r\n", bomb), 413, "when decompressed"},
        {"broken gzip", post("Content-Encoding: gzip\r\n", "nonsense"), 400, "not valid gzip"},
        {"an unknown coding", post("Content-Encoding: br\r\n", "x"), 400, "not gzip or identity"},
        {"two lengths",
         "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400,
         "not HTTP/1.1"},
        {"a length beside chunks",
         "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nTransfer-Encoding: "
         "chunked\r\n\r\n0\r\n\r\n",
         400, "not HTTP/1.1"},
        {"a bad chunk size",
         "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400,
         "not HTTP/1.1"},
        {"a bad escape in the path", get("/%zz"), 400, "wrong percent escape"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        RawClient client(server.port());
        client.send(c.request);
        const auto response = client.response();
        CHECK(response.status == c.status);
        CHECK(response.body.starts_with("{\"error\":{\"code\":\""));
        CHECK(response.body.find(c.reason) != std::string::npos);
        CHECK(client.until_closed().empty());
    }
    REQUIRE(handled == 0);
    RawClient client(server.port());
    client.send(get("/still-there"));
    REQUIRE(client.response().status == 200);
}

TEST_CASE("half a body is never handed to the handler") {
    std::atomic<int> handled{0};
    HttpTestServer server([&](Request request, Reply reply) {
        ++handled;
        echo(std::move(request), std::move(reply));
    });
    RawClient client(server.port());
    client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nhalf");
    client.half_close();
    const auto response = client.response();
    REQUIRE(response.status == 400);
    REQUIRE(response.body.find("ended inside the request's body") != std::string::npos);
    REQUIRE(handled == 0);
}

TEST_CASE("a slow header and a slow body get 408, an idle connection is closed without a word") {
    ServerOptions options;
    options.header_timeout = 50ms;
    options.body_timeout = 50ms;
    options.idle_timeout = 50ms;
    HttpTestServer server(echo, options);
    RawClient header(server.port());
    header.send("GET / HTTP/1.1\r\nHos");
    REQUIRE(header.response().status == 408);
    RawClient body(server.port());
    body.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nhalf");
    REQUIRE(body.response().status == 408);
    RawClient idle(server.port());
    REQUIRE(idle.until_closed().empty());
}

TEST_CASE("connections beyond the limit get 503 and make room again when one ends") {
    ServerOptions options;
    options.connections = 2;
    HttpTestServer server(echo, options);
    auto first = std::make_unique<RawClient>(server.port());
    RawClient second(server.port());
    first->send(get("/"));
    second.send(get("/"));
    REQUIRE(first->response().status == 200);
    REQUIRE(second.response().status == 200);
    {
        RawClient third(server.port());
        const auto refused = third.response();
        REQUIRE(refused.status == 503);
        REQUIRE(refused.body.find("too many connections") != std::string::npos);
    }
    first->close();
    int status = 503;
    for (int attempt = 0; attempt < 1000 && status != 200; ++attempt) {
        RawClient again(server.port());
        again.send(get("/"));
        status = again.response().status;
    }
    REQUIRE(status == 200);
}

TEST_CASE("a handler that drops its reply gives 500, and the connection lives on") {
    HttpTestServer server([](const Request& request, Reply reply) {
        if (request.path == "/ok") reply.send(Response::text(200, "ok"));
    });
    RawClient client(server.port());
    client.send(get("/forgotten"));
    REQUIRE(client.response().status == 500);
    client.send(get("/ok"));
    REQUIRE(client.response().status == 200);
}

TEST_CASE("an answer may come later") {
    std::optional<Reply> kept;
    Flag asked;
    HttpTestServer server([&](const Request&, Reply reply) {
        kept = std::move(reply);
        asked.set();
    });
    RawClient client(server.port());
    client.send(get("/"));
    REQUIRE(asked.wait());
    server.thread().call([&] {
        kept->send(Response::text(200, "late"));
        kept.reset();
    });
    REQUIRE(client.response().body == "late");
}

TEST_CASE("long text goes compressed to those who accept it, short text never") {
    const std::string page(5000, 'x');
    HttpTestServer server([&](const Request& request, Reply reply) {
        reply.send(Response::text(200, request.path == "/long" ? page : std::string("short")));
    });
    RawClient client(server.port());
    struct Case {
        const char* path;
        const char* accept;
        bool compressed;
    };
    for (const Case& c : {Case{"/long", "gzip", true}, Case{"/long", "br, gzip;q=0.5", true},
                          Case{"/long", "gzip;q=0", false}, Case{"/long", "identity", false},
                          Case{"/short", "gzip", false}}) {
        INFO(c.path << " " << c.accept);
        client.send("GET " + std::string(c.path) +
                    " HTTP/1.1\r\nHost: t\r\nAccept-Encoding: " + c.accept + "\r\n\r\n");
        const auto response = client.response();
        const bool marked = response.head.find("Content-Encoding: gzip") != std::string::npos;
        CHECK(marked == c.compressed);
        const std::string body = marked ? gunzip(response.body, 10'000).value() : response.body;
        CHECK(body == (std::string(c.path) == "/long" ? page : "short"));
    }
}

TEST_CASE("a compressed request reaches the handler in the clear") {
    HttpTestServer server(echo);
    RawClient client(server.port());
    const std::string body = gzip("[1,2,3]");
    client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Encoding: gzip\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
    REQUIRE(client.response().body == "POST / [1,2,3]");
}

TEST_CASE("a client that waits for 100 Continue gets it") {
    HttpTestServer server(echo);
    RawClient client(server.port());
    client.send("POST / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    REQUIRE(client.until("\r\n\r\n").starts_with("HTTP/1.1 100 "));
    client.send("ok");
    REQUIRE(client.response().body == "POST / ok");
}

TEST_CASE("HEAD has the length and no body, HTTP/1.0 ends the connection") {
    HttpTestServer server(
        [](const Request&, Reply reply) { reply.send(Response::text(200, "12345")); });
    RawClient client(server.port());
    client.send("HEAD / HTTP/1.1\r\nHost: t\r\n\r\n");
    REQUIRE(client.until("\r\n\r\n").find("Content-Length: 5") != std::string::npos);
    client.send("GET / HTTP/1.0\r\n\r\n");
    const auto response = client.response();
    REQUIRE(response.body == "12345");
    REQUIRE(response.head.find("Connection: close") != std::string::npos);
    REQUIRE(client.until_closed().empty());
}

TEST_CASE("a line break in a header's value cannot start another header") {
    HttpTestServer server([](const Request&, Reply reply) {
        Response response = Response::text(200, "x");
        response.headers.set("X-Label", "a\r\nSet-Cookie: b");
        reply.send(std::move(response));
    });
    RawClient client(server.port());
    client.send(get("/"));
    REQUIRE(client.response().head.find("\r\nSet-Cookie") == std::string::npos);
}
