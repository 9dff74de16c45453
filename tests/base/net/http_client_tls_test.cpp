// The client under TLS, and the files that both ends need for it.
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "base/net/http_client.h"
#include "client.h"
#include "tests/support/certificate.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/http_server.h"

using namespace tocsin;
using namespace tocsin::net;
using namespace tocsin::net::net_test;
using tocsin::test::HttpTestServer;
using tocsin::test::LoopThread;

TEST_CASE("TLS works with the configured CA and refuses every other certificate") {
    const test::FixtureTree files;
    const auto good = test::make_certificate(files, "DNS:localhost,IP:127.0.0.1", "good");
    const auto other = test::make_certificate(files, "DNS:other.example", "other");
    ServerOptions options;
    options.tls = TlsFiles{good.certificate_file, good.key_file};
    HttpTestServer server(
        [](const Request& request, Reply reply) {
            reply.send(Response::text(200, "secret " + request.body));
        },
        options);
    options.tls = TlsFiles{other.certificate_file, other.key_file};
    HttpTestServer misnamed(
        [](const Request&, Reply reply) { reply.send(Response::text(200, "never")); }, options);

    ClientOptions trust_good;
    trust_good.ca_file = good.certificate_file;
    ClientOptions trust_other;
    trust_other.ca_file = other.certificate_file;

    Client client(trust_good);
    ClientRequest request = get(server.url("/", "https"));
    request.method = "POST";
    request.body = std::string(200'000, 'b');
    REQUIRE(client.send(request).value().body == "secret " + request.body);
    REQUIRE(client.send(request).value().status == 200);
    REQUIRE(server.thread().call([&] { return server.server().connections(); }) == 1);
    REQUIRE(client.send(get("https://localhost:" + std::to_string(server.port()) + "/"))
                .value()
                .status == 200);

    const auto wrong_ca = fetch(get(server.url("/", "https")), trust_other);
    REQUIRE(wrong_ca.error().code == ErrorCode::kInvalid);
    REQUIRE(wrong_ca.error().message.find("certificate of 127.0.0.1") != std::string::npos);

    const auto wrong_name = fetch(get(misnamed.url("/", "https")), trust_other);
    REQUIRE(wrong_name.error().code == ErrorCode::kInvalid);
    REQUIRE(wrong_name.error().message.find("mismatch") != std::string::npos);

    ClientOptions no_file;
    no_file.ca_file = files.at("absent.pem");
    const auto missing = fetch(get(server.url("/", "https")), no_file);
    REQUIRE(missing.error().message.find("absent.pem") != std::string::npos);

    // A plain request to a TLS port, and TLS to a plain one, end in errors.
    REQUIRE_FALSE(fetch(get(server.url("/"))));
    HttpTestServer plain([](const Request&, Reply reply) { reply.send(Response::text(200, "")); });
    REQUIRE(fetch(get(plain.url("/", "https")), trust_good).error().code ==
            ErrorCode::kUnavailable);
}

TEST_CASE("a TLS server does not start without its certificate") {
    Loop loop;
    ServerOptions options;
    options.listen = {"127.0.0.1", 0};
    options.tls = TlsFiles{"/nonexistent/cert.pem", "/nonexistent/key.pem"};
    const auto server = HttpServer::start(loop, options, [](const Request&, Reply) {});
    REQUIRE_FALSE(server);
    REQUIRE(server.error().message.find("/nonexistent/cert.pem") != std::string::npos);
}

TEST_CASE("a TLS key that others can read is refused with what to do") {
    const test::FixtureTree files;
    const auto pair = test::make_certificate(files, "DNS:localhost");
    REQUIRE(::chmod(pair.key_file.c_str(), 0644) == 0);
    LoopThread thread;
    ServerOptions options;
    options.tls = TlsFiles{pair.certificate_file, pair.key_file};
    thread.call([&] {
        const auto server =
            HttpServer::start(thread.loop, options, [](const Request&, const Reply&) {});
        REQUIRE_FALSE(server);
        REQUIRE_THAT(server.error().message, Catch::Contains(pair.key_file));
        REQUIRE_THAT(server.error().message, Catch::Contains("chmod"));
    });
}
