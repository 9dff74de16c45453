#include "base/net/http_client.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <mutex>
#include <vector>

#include "client.h"
#include "tests/support/http_server.h"
#include "tests/support/raw_peer.h"

using namespace tocsin;
using namespace tocsin::net;
using namespace tocsin::net::net_test;
using tocsin::test::HttpTestServer;
using tocsin::test::LoopThread;
using tocsin::test::RawPeer;

TEST_CASE("a request and its answer travel whole") {
    Request seen;
    HttpTestServer server([&](Request request, Reply reply) {
        seen = std::move(request);
        Response response = Response::json(201, "{\"ok\":true}");
        response.headers.set("ETag", "\"1\"");
        reply.send(std::move(response));
    });
    ClientRequest request = get(server.url("/a?b=c"));
    request.method = "POST";
    request.body = "hello";
    request.headers.set("Authorization", "Bearer t");
    const auto answer = fetch(request);
    REQUIRE(answer);
    REQUIRE(answer.value().status == 201);
    REQUIRE(answer.value().headers.get("etag") == "\"1\"");
    REQUIRE(answer.value().body == "{\"ok\":true}");
    REQUIRE(seen.method == "POST");
    REQUIRE(seen.path == "/a");
    REQUIRE(seen.body == "hello");
    REQUIRE(seen.headers.get("Authorization") == "Bearer t");
    REQUIRE(seen.headers.get("Host") == "127.0.0.1:" + std::to_string(server.port()));
}

TEST_CASE("long bodies go compressed both ways") {
    const std::string text(100'000, 'z');
    HttpTestServer server([&](const Request& request, Reply reply) {
        const bool compressed = request.headers.get("Content-Encoding") == "gzip";
        const bool whole = request.body == text;
        reply.send(Response::text(200, compressed && whole ? text : std::string("no")));
    });
    ClientRequest request = get(server.url("/"));
    request.method = "POST";
    request.body = text;
    const auto answer = fetch(request);
    REQUIRE(answer);
    REQUIRE(answer.value().body == text);
    REQUIRE(answer.value().headers.get("Content-Encoding") == "gzip");
}

TEST_CASE("requests to one address share a connection and keep their order") {
    std::mutex mutex;
    std::vector<std::string> paths;
    HttpTestServer server([&](const Request& request, Reply reply) {
        const std::lock_guard lock(mutex);
        paths.push_back(request.path);
        reply.send(Response::text(200, request.path));
    });
    Client client;
    std::vector<std::future<Result<Response>>> answers;
    for (const char* path : {"/1", "/2", "/3"})
        answers.push_back(client.start(get(server.url(path))));
    REQUIRE(answers[0].get().value().body == "/1");
    REQUIRE(answers[1].get().value().body == "/2");
    REQUIRE(answers[2].get().value().body == "/3");
    REQUIRE(paths == std::vector<std::string>{"/1", "/2", "/3"});
    REQUIRE(server.thread().call([&] { return server.server().connections(); }) == 1);
}

TEST_CASE("a status of 400 and more is an answer, and a redirect is not followed") {
    HttpTestServer server([](const Request& request, Reply reply) {
        if (request.path == "/elsewhere") {
            Response response = Response::text(302, "");
            response.headers.set("Location", "/other");
            reply.send(std::move(response));
        } else {
            reply.send(Response::text(503, "busy"));
        }
    });
    const auto redirect = fetch(get(server.url("/elsewhere")));
    REQUIRE(redirect.value().status == 302);
    REQUIRE(redirect.value().headers.get("Location") == "/other");
    REQUIRE(fetch(get(server.url("/"))).value().status == 503);
}

TEST_CASE("no answer in time is a time-out, also for what waits behind it") {
    std::vector<Reply> kept;
    HttpTestServer server([&](const Request&, Reply reply) { kept.push_back(std::move(reply)); });
    Client client;
    ClientRequest request = get(server.url("/"));
    request.timeout = 50ms;
    auto first = client.start(request);
    auto second = client.start(request);
    const auto answer = first.get();
    REQUIRE(answer.error().code == ErrorCode::kTimeout);
    REQUIRE(answer.error().message.find("within 50ms") != std::string::npos);
    REQUIRE(second.get().error().code == ErrorCode::kTimeout);
    server.thread().call([&] { kept.clear(); });
}

TEST_CASE("what cannot be reached or understood is an error with its kind") {
    std::uint16_t closed_port = 0;
    {
        HttpTestServer server([](const Request&, Reply) {});
        closed_port = server.port();
    }
    struct Case {
        std::string url;
        ErrorCode code;
    };
    for (const Case& c :
         {Case{"http://127.0.0.1:" + std::to_string(closed_port), ErrorCode::kUnavailable},
          Case{"http://nowhere.invalid/", ErrorCode::kUnavailable},
          Case{"ftp://127.0.0.1/", ErrorCode::kInvalid},
          Case{"127.0.0.1:9840", ErrorCode::kInvalid}}) {
        INFO(c.url);
        const auto answer = fetch(get(c.url));
        REQUIRE_FALSE(answer);
        CHECK(answer.error().code == c.code);
    }
    ClientRequest request = get("http://127.0.0.1:" + std::to_string(closed_port));
    request.headers.set("X", "a\r\nb: c");
    HttpTestServer server([](const Request&, Reply reply) { reply.send(Response::text(200, "")); });
    request.url = server.url("/");
    REQUIRE(fetch(request).error().code == ErrorCode::kInvalid);
}

TEST_CASE("answers of every framing are read") {
    struct Case {
        const char* name;
        std::string answer;
        int status;
        std::string body;
    };
    for (const Case& c :
         std::vector<Case>{{"length", ok("abc"), 200, "abc"},
                           {"chunks",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
                            "chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n",
                            200, "abc"},
                           {"until closed", "HTTP/1.0 200 OK\r\n\r\nabc", 200, "abc"},
                           {"after 100", "HTTP/1.1 100 Continue\r\n\r\n" + ok("abc"), 200, "abc"},
                           {"none", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""}}) {
        INFO(c.name);
        RawPeer peer({c.answer});
        const auto answer = fetch(get(peer.url()));
        REQUIRE(answer);
        CHECK(answer.value().status == c.status);
        CHECK(answer.value().body == c.body);
    }
}

TEST_CASE("broken answers are errors, not half a body") {
    for (const std::string& text :
         {std::string("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
          std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
          std::string("220 mail.example ESMTP\r\n"), std::string("HTTP/1.1 200 OK\r\nContent-")}) {
        INFO(text);
        RawPeer peer({text});
        const auto answer = fetch(get(peer.url()));
        REQUIRE_FALSE(answer);
        CHECK(answer.error().code == ErrorCode::kUnavailable);
    }
}

TEST_CASE("an answer beyond the limit is refused, compressed or not") {
    ClientOptions options;
    options.body_bytes = 1000;
    const std::string bomb = gzip(std::string(100'000, 'a'));
    for (const std::string& text :
         {ok(std::string(2000, 'x')), ok(bomb, "Content-Encoding: gzip\r\n")}) {
        RawPeer peer({text});
        const auto answer = fetch(get(peer.url()), options);
        REQUIRE_FALSE(answer);
        CHECK(answer.error().code == ErrorCode::kTooLarge);
    }
}

TEST_CASE("a kept connection that the server closed is replaced without a word") {
    // Each answer on a connection of its own, which the peer closes although it said keep-alive.
    RawPeer peer({ok("one"), ok("two")});
    Client client;
    REQUIRE(client.send(get(peer.url())).value().body == "one");
    REQUIRE(client.send(get(peer.url())).value().body == "two");
    REQUIRE(peer.connections() == 2);
}

TEST_CASE("a fresh connection that closes without an answer is not tried again") {
    RawPeer peer({"", ok("never")});
    const auto answer = fetch(get(peer.url()));
    REQUIRE_FALSE(answer);
    REQUIRE(answer.error().code == ErrorCode::kUnavailable);
    REQUIRE(peer.connections() == 1);
}

TEST_CASE("a kept connection is given up when the server says close") {
    std::atomic<int> handled{0};
    HttpTestServer server([&](const Request&, Reply reply) {
        ++handled;
        reply.send(Response::text(200, "x"));
    });
    RawPeer peer({ok("one", "Connection: close\r\n"), ok("two")});
    Client client;
    REQUIRE(client.send(get(peer.url())).value().body == "one");
    REQUIRE(client.send(get(peer.url())).value().body == "two");
}

TEST_CASE("a proxy is asked for a tunnel, and its refusal is said") {
    // The tunnel's far end speaks on the same connection once the proxy has agreed.
    RawPeer peer({"HTTP/1.1 200 Connection established\r\n\r\n", ok("through")},
                 RawPeer::kOneConnection);
    ClientOptions options;
    options.proxy = HostPort{"127.0.0.1", peer.port()};
    const auto answer = fetch(get("http://bridge.example:9840/x"), options);
    REQUIRE(answer.value().body == "through");
    REQUIRE(peer.heard().starts_with("CONNECT bridge.example:9840 HTTP/1.1\r\n"));
    REQUIRE(peer.heard().find("GET /x HTTP/1.1\r\nHost: bridge.example:9840\r\n") !=
            std::string::npos);

    RawPeer refusing({"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"});
    options.proxy = HostPort{"127.0.0.1", refusing.port()};
    const auto refused = fetch(get("http://bridge.example:9840/x"), options);
    REQUIRE(refused.error().code == ErrorCode::kUnavailable);
    REQUIRE(refused.error().message.find("407") != std::string::npos);
}

TEST_CASE("a client that is destroyed calls nobody back") {
    std::vector<Reply> kept;
    HttpTestServer server([&](const Request&, Reply reply) { kept.push_back(std::move(reply)); });
    LoopThread thread;
    std::atomic<int> called{0};
    thread.call([&] {
        HttpClient client(thread.loop, {});
        client.send(get(server.url("/")), [&](const Result<Response>&) { ++called; });
        client.send(get("nonsense"), [&](const Result<Response>&) { ++called; });
    });
    thread.call([] {});  // whatever was posted before has run
    server.thread().call([&] { kept.clear(); });
    thread.call([] {});
    REQUIRE(called == 0);
}

TEST_CASE("a client may be destroyed from its own callback") {
    HttpTestServer server([](const Request&, Reply reply) { reply.send(Response::text(200, "")); });
    Loop loop;
    auto client = std::make_unique<HttpClient>(loop, ClientOptions{});
    client->send(get(server.url("/")), [&](const Result<Response>&) {
        client.reset();
        loop.post([&] { loop.stop(); });
    });
    loop.run();
    REQUIRE(client == nullptr);
}

TEST_CASE("a receiver that takes no compressed body is sent the plain one, and then only that") {
    // As Alertmanager, to which packed bytes are no JSON.
    const std::string bad = "HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\nbad";
    const RawPeer peer({bad, ok("taken"), ok("again")}, RawPeer::kOneConnection);
    Client client;
    const auto post = [&] {
        ClientRequest request = get(peer.url());
        request.method = "POST";
        request.body = std::string(3000, 'x');
        return client.send(std::move(request));
    };
    const auto first = post();
    INFO((first ? "" : first.error().message));
    REQUIRE(first);
    REQUIRE(first.value().body == "taken");
    REQUIRE(post().value().body == "again");
    const std::string heard = peer.heard();
    const auto count = [&](std::string_view word) {
        std::size_t n = 0;
        for (auto at = heard.find(word); at != std::string::npos; at = heard.find(word, at + 1))
            ++n;
        return n;
    };
    REQUIRE(count("POST / ") == 3);
    REQUIRE(count("Content-Encoding: gzip") == 1);
    REQUIRE(count("Content-Length: 3000") == 2);
}

TEST_CASE("what a receiver refuses packed and plain stays refused") {
    const std::string bad = "HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\nbad";
    const RawPeer peer({bad, bad}, RawPeer::kOneConnection);
    Client client;
    ClientRequest request = get(peer.url());
    request.method = "POST";
    request.body = std::string(3000, 'x');
    REQUIRE(client.send(std::move(request)).value().status == 400);
}
