#include "base/net/byte_stream.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cctype>
#include <functional>
#include <optional>
#include <vector>

#include "tests/support/certificate.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/http_server.h"
#include "tests/support/run_until.h"
#include "tests/support/stream_peer.h"

using namespace tocsin;
using namespace tocsin::net;
using test::FixtureTree;
using test::PeerConnection;

namespace {

// Until the peer ends it, in capitals.
void shout(const PeerConnection& connection) {
    std::string heard;
    while (connection.read(heard)) {
        for (char& c : heard) c = static_cast<char>(std::toupper(c));
        connection.write(std::exchange(heard, {}));
    }
}

struct Bench {
    Loop loop;
    OffloadPool pool{loop, 2, 4};
    std::unique_ptr<ByteStream> stream;
    int opened = 0;
    std::string heard;
    std::optional<Error> error;

    void open(StreamPeer peer) {
        stream = ByteStream::open(
            loop, pool, std::move(peer), [this] { ++opened; },
            [this](const Result<std::string_view>& bytes) {
                if (bytes) {
                    heard += bytes.value();
                } else {
                    error = bytes.error();
                }
            });
        CHECK(opened == 0);
    }
    bool until(const std::function<bool()>& condition) { return test::run_until(loop, condition); }
};

StreamPeer at(std::uint16_t port, std::string host = "127.0.0.1") {
    StreamPeer peer;
    peer.host = std::move(host);
    peer.port = port;
    return peer;
}

}  // namespace

TEST_CASE("what is written over TCP arrives in order, and the answers come back") {
    test::StreamPeer server(shout);
    Bench bench;
    bench.open(at(server.port()));
    REQUIRE(bench.until([&] { return bench.opened == 1; }));
    const std::string much(300'000, 'x');
    bench.stream->write("one ");
    bench.stream->write(much);
    bench.stream->write(" two");
    REQUIRE(bench.until([&] { return bench.heard.size() == much.size() + 8; }));
    CHECK(bench.heard == "ONE " + std::string(much.size(), 'X') + " TWO");
    CHECK_FALSE(bench.error);
}

TEST_CASE("a host's name is looked up, and one that is none is said") {
    test::StreamPeer server(shout);
    Bench bench;
    bench.open(at(server.port(), "localhost"));
    REQUIRE(bench.until([&] { return bench.opened == 1 || bench.error; }));
    CHECK(bench.opened == 1);
    Bench none;
    none.open(at(1, "no-such-host.invalid"));
    REQUIRE(none.until([&] { return none.error.has_value(); }));
    CHECK(none.error->code == ErrorCode::kUnavailable);
    CHECK_THAT(none.error->message, Catch::StartsWith("looking up no-such-host.invalid: "));
}

TEST_CASE("a unix socket carries the same, and a missing one is named") {
    const FixtureTree tree;
    test::StreamPeer server(tree.at("s"), shout);
    StreamPeer peer;
    peer.path = tree.at("s");
    Bench bench;
    bench.open(peer);
    REQUIRE(bench.until([&] { return bench.opened == 1; }));
    bench.stream->write("hello");
    REQUIRE(bench.until([&] { return bench.heard == "HELLO"; }));

    peer.path = tree.at("none");
    Bench missing;
    missing.open(peer);
    REQUIRE(missing.until([&] { return missing.error.has_value(); }));
    CHECK(missing.error->message ==
          "connecting to " + tree.at("none") + ": No such file or directory");
    peer.path = std::string(200, '/');
    Bench endless;
    endless.open(peer);
    REQUIRE(endless.until([&] { return endless.error.has_value(); }));
    CHECK(endless.error->code == ErrorCode::kInvalid);
}

TEST_CASE("a refused port is said with its address") {
    std::uint16_t port = 0;
    {
        const test::StreamPeer gone(shout);
        port = gone.port();
    }
    Bench bench;
    bench.open(at(port));
    REQUIRE(bench.until([&] { return bench.error.has_value(); }));
    CHECK(bench.error->code == ErrorCode::kUnavailable);
    CHECK(bench.error->message ==
          "connecting to 127.0.0.1:" + std::to_string(port) + ": Connection refused");
    CHECK(bench.opened == 0);
}

TEST_CASE("the peer's end is the last that is heard") {
    test::StreamPeer server([](const PeerConnection& connection) { connection.write("bye"); });
    Bench bench;
    bench.open(at(server.port()));
    REQUIRE(bench.until([&] { return bench.error.has_value(); }));
    CHECK(bench.heard == "bye");
    CHECK_THAT(bench.error->message, Catch::EndsWith(" ended the connection"));
    bench.stream->write("nobody listens");
}

TEST_CASE("a stream may be destroyed by what it calls, and is silent then") {
    test::StreamPeer server(shout);
    Bench bench;
    bench.open(at(server.port()));
    int calls = 0;
    bench.stream = ByteStream::open(
        bench.loop, bench.pool, at(server.port()), [&] { bench.stream->write("x"); },
        [&](const Result<std::string_view>&) {
            ++calls;
            bench.stream.reset();
        });
    REQUIRE(bench.until([&] { return calls > 0; }));
    CHECK(calls == 1);
    CHECK(bench.opened == 0);
    CHECK_FALSE(bench.error);
}

TEST_CASE("TLS checks who answers, and says what is wrong with the certificate") {
    const FixtureTree tree;
    const auto server_files = test::make_certificate(tree, "DNS:localhost");
    ::chmod(server_files.key_file.c_str(), 0600);
    const auto other = test::make_certificate(tree, "DNS:localhost", "other");
    ServerOptions options;
    options.tls = TlsFiles{server_files.certificate_file, server_files.key_file};
    test::HttpTestServer server([](Request, Reply reply) { reply.send(Response::text(200, "ok")); },
                                options);
    const auto attempt = [&](const std::string& ca_file, const std::string& name, Bench& bench) {
        StreamPeer peer = at(server.port());
        peer.tls.emplace();
        peer.tls->ca_file = ca_file;
        peer.tls->server_name = name;
        bench.open(peer);
        return bench.until([&] { return bench.opened == 1 || bench.error; });
    };
    Bench good;
    REQUIRE(attempt(server_files.certificate_file, "localhost", good));
    REQUIRE_FALSE(good.error);
    good.stream->write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(good.until([&] { return good.heard.ends_with("ok"); }));

    struct Case {
        std::string ca_file;
        std::string server_name;
        std::string wrong;
    };
    const std::vector<Case> cases{
        {server_files.certificate_file, "", "IP address"},  // the address it was reached at
        {server_files.certificate_file, "db.example", "hostname"},
        {other.certificate_file, "localhost", "certificate"},
    };
    for (const Case& c : cases) {
        Bench bench;
        REQUIRE(attempt(c.ca_file, c.server_name, bench));
        REQUIRE(bench.error);
        CHECK(bench.error->code == ErrorCode::kInvalid);
        CHECK_THAT(bench.error->message, Catch::Contains("is refused: ") &&
                                             Catch::Contains(c.wrong, Catch::CaseSensitive::No));
    }
}

TEST_CASE("files that TLS cannot use are named before anything is sent") {
    const FixtureTree tree;
    test::StreamPeer server(shout);
    StreamPeer peer = at(server.port());
    peer.tls.emplace();
    peer.tls->ca_file = tree.at("none.pem");
    Bench bench;
    bench.open(peer);
    REQUIRE(bench.until([&] { return bench.error.has_value(); }));
    CHECK_THAT(bench.error->message, Catch::Contains(tree.at("none.pem")));
}
