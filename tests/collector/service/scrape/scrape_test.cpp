#include "collector/service/scrape/scrape.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "base/net/offload.h"
#include "collector/service/scrape/config.h"
#include "tests/support/certificate.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/http_server.h"
#include "tests/support/raw_peer.h"

using namespace tocsin;
using namespace tocsin::collector;
using tocsin::test::HttpTestServer;

namespace {

// One target on a loop of its own.
struct Bench {
    SeriesTable table;
    net::Loop loop;
    net::OffloadPool pool{loop, 1, 1};
    std::unique_ptr<Target> target;
    std::map<std::string, double> last;
    std::string error;

    void make(ScrapeConfig config) {
        config.job = "j";
        config.instance = "i";
        auto made = create_scrape(std::make_shared<ScrapeConfig>(std::move(config)),
                                  {{}, &table, &loop, &pool, ""});
        REQUIRE(made);
        target = std::move(made).value();
    }
    void keep(const Readings& readings) {
        last.clear();
        for (const Reading& r : readings)
            last[std::string(r.series.labels().metric_name())] = r.value;
    }
    void once() {
        bool inside = true;
        target->start(from_unix_ms(1'700'000'000'000),
                      [&](const Result<void>& result, const Readings& readings) {
                          CHECK_FALSE(inside);
                          error = result ? "" : result.error().message;
                          keep(readings);
                          loop.stop();
                      });
        inside = false;
        loop.run();
    }
};

ScrapeConfig config_of(const std::string& url) {
    ScrapeConfig config;
    config.url = url;
    config.timeout = 5s;
    return config;
}

std::string secret(const test::FixtureTree& tree, const std::string& name,
                   const std::string& text) {
    const std::string path = tree.at(name);
    std::ofstream(path) << text;
    ::chmod(path.c_str(), 0600);
    return path;
}

}  // namespace

TEST_CASE("a page is scraped as Prometheus asks for it") {
    std::optional<net::Request> asked;
    HttpTestServer server([&](net::Request request, net::Reply reply) {
        asked = std::move(request);
        net::Response response = net::Response::text(200, "a 1\nb{c=\"d\"} 2\n# EOF\n");
        response.headers.set("Content-Type", "application/openmetrics-text; version=1.0.0");
        reply.send(std::move(response));
    });
    ScrapeConfig config = config_of(server.url("/metrics?x=1"));
    config.headers = {{"X-Scope", "s"}};
    Bench bench;
    bench.make(config);
    for (int i = 0; i < 2; ++i) {
        bench.once();
        CHECK(bench.error.empty());
        CHECK(bench.last ==
              std::map<std::string, double>{{"a", 1},
                                            {"b", 2},
                                            {"scrape_samples_scraped", 2},
                                            {"scrape_samples_post_metric_relabeling", 2},
                                            {"scrape_series_added", i == 0 ? 2 : 0}});
    }
    REQUIRE(asked);
    CHECK(asked->path == "/metrics");
    CHECK(asked->headers.get("Accept").starts_with("application/openmetrics-text;version=1.0.0,"));
    CHECK(asked->headers.get("Accept-Encoding") == "gzip");
    CHECK(asked->headers.get("X-Prometheus-Scrape-Timeout-Seconds") == "5");
    CHECK(asked->headers.get("X-Scope") == "s");
    CHECK_FALSE(asked->headers.has("Authorization"));
}

TEST_CASE("credentials come from their files with each scrape") {
    std::string authorization;
    HttpTestServer server([&](const net::Request& request, net::Reply reply) {
        authorization = request.headers.get("Authorization");
        reply.send(net::Response::text(200, "a 1\n"));
    });
    const test::FixtureTree tree;
    ScrapeConfig basic = config_of(server.url("/"));
    basic.username = "Aladdin";
    basic.password_file = secret(tree, "password", "open sesame\n");
    Bench bench;
    bench.make(basic);
    bench.once();
    CHECK(authorization == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");  // RFC 7617, 2

    ScrapeConfig bearer = config_of(server.url("/"));
    bearer.token_file = secret(tree, "token", "one\n");
    bench.make(bearer);
    bench.once();
    CHECK(authorization == "Bearer one");
    secret(tree, "token", "two\n");
    bench.once();
    CHECK(authorization == "Bearer two");
    ::chmod(bearer.token_file.c_str(), 0644);
    bench.once();
    CHECK_THAT(bench.error, Catch::Contains(bearer.token_file));
    CHECK(bench.last.at("scrape_samples_scraped") == 0);
}

TEST_CASE("a status other than 200 and a page that does not read fail the scrape with the reason") {
    net::Response answer;
    HttpTestServer server([&](const net::Request&, net::Reply reply) { reply.send(answer); });
    Bench bench;
    bench.make(config_of(server.url("/")));
    answer = net::Response::text(503, "a 1\n");
    bench.once();
    CHECK(bench.error == "answered with HTTP status 503");
    CHECK(bench.last.size() == 3);
    answer = net::Response::text(302, "");
    answer.headers.set("Location", "/elsewhere");
    bench.once();
    CHECK(
        bench.error ==
        "answered with HTTP status 302, to /elsewhere; redirects are not followed, so name the URL "
        "that they lead to");
    answer = net::Response::text(200, "a 1\nb 1 x\n");
    bench.once();
    CHECK(bench.error == "the page does not read: line 2: no time in milliseconds: \"x\"");
    CHECK(bench.last.at("scrape_samples_scraped") == 1);
    CHECK(bench.last.size() == 3);
    // As Prometheus 2.42 counts: a sample whose labels do not parse is none, one that is refused
    // for what they say is.
    struct Case {
        const char* page;
        double scraped;
        double kept;
    };
    for (const Case& c : {Case{"a{b=1} 1\n", 0, 0}, Case{"a 1\nb{c=\"\xff\"} 1\n", 1, 1},
                          Case{"a 1\nb{c=\"1\",c=\"2\"} 1\n", 2, 1}}) {
        INFO(c.page);
        answer = net::Response::text(200, c.page);
        bench.once();
        CHECK_THAT(bench.error, Catch::StartsWith("the page does not read: line "));
        CHECK(bench.last.at("scrape_samples_scraped") == c.scraped);
        CHECK(bench.last.at("scrape_samples_post_metric_relabeling") == c.kept);
    }
    answer = net::Response::text(200, "a 1\n");
    bench.once();
    CHECK(bench.last.at("a") == 1);
}

TEST_CASE("a page that is cut off, too large or too large once decompressed is refused") {
    const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\na 1\nb 2\n";
    test::RawPeer peer({half});
    Bench bench;
    bench.make(config_of(peer.url()));
    bench.once();
    CHECK_FALSE(bench.error.empty());
    CHECK(bench.last.size() == 3);

    std::string page;
    while (page.size() < 300'000) page += "a{n=\"" + std::to_string(page.size()) + "\"} 1\n";
    const std::string plain =
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(page.size()) + "\r\n\r\n" + page;
    const std::string packed = net::gzip(page);
    const std::string gzipped = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
                                std::to_string(packed.size()) + "\r\n\r\n" + packed;
    for (const std::string& answer : {plain, gzipped}) {
        test::RawPeer twice({answer, answer});
        ScrapeConfig config = config_of(twice.url());
        config.client.body_bytes = 200'000;
        bench.make(config);
        bench.once();
        CHECK_THAT(bench.error, Catch::Contains("200000 bytes"));
        config.client.body_bytes = 400'000;
        bench.make(config);
        bench.once();
        CHECK(bench.error.empty());
        CHECK(bench.last.at("scrape_samples_scraped") > 10'000);
    }
}

TEST_CASE("a silent target is let go, and asked afresh the next time") {
    Bench bench;
    bool answer = false;
    std::vector<net::Reply> held;
    HttpTestServer server([&](const net::Request&, net::Reply reply) {
        if (answer) return reply.send(net::Response::text(200, "a 1\n"));
        held.push_back(std::move(reply));
        bench.loop.stop();
    });
    bench.make(config_of(server.url("/")));
    bench.target->start(from_unix_ms(1), [](const Result<void>&, const Readings&) {
        FAIL("called after cancel()");
    });
    bench.loop.run();
    bench.keep(bench.target->cancel());
    CHECK(bench.last.size() == 3);
    server.thread().call([&] {
        answer = true;
        return 0;
    });
    bench.once();
    CHECK(bench.error.empty());
    CHECK(bench.last.at("a") == 1);
    server.thread().call([&] {
        held.clear();
        return 0;
    });
}

TEST_CASE("TLS: the CA, the server's name, a certificate of our own, or none of it checked") {
    const test::FixtureTree tree;
    const auto good = test::make_certificate(tree, "DNS:shop.example,IP:127.0.0.1");
    net::ServerOptions options;
    options.tls = net::TlsFiles{good.certificate_file, good.key_file};
    HttpTestServer server([](const net::Request&,
                             net::Reply reply) { reply.send(net::Response::text(200, "a 1\n")); },
                          options);
    ScrapeConfig config = config_of(server.url("/", "https"));
    const auto outcome = [&] {
        Bench bench;
        bench.make(config);
        bench.once();
        return bench.error;
    };
    CHECK_THAT(outcome(), Catch::Contains("certificate"));
    // A file that is another one counts from the next reload on.
    const test::FixtureTree changes;
    config.client.ca_file = changes.at("ca.pem");
    const auto copy = [&](const std::string& from) {
        std::filesystem::copy_file(from, config.client.ca_file,
                                   std::filesystem::copy_options::overwrite_existing);
    };
    const test::FixtureTree others;
    copy(test::make_certificate(others, "DNS:other.example").certificate_file);
    Bench kept;
    kept.make(config);
    kept.once();
    CHECK_THAT(kept.error, Catch::Contains("certificate"));
    copy(good.certificate_file);
    kept.once();
    CHECK(kept.error.empty());
    copy(test::make_certificate(others, "DNS:other.example").certificate_file);
    kept.once();
    CHECK(kept.error.empty());
    CHECK(kept.target->reread());
    kept.once();
    CHECK_THAT(kept.error, Catch::Contains("certificate"));
    config.client.ca_file = good.certificate_file;
    CHECK(outcome().empty());
    config.client.server_name = "shop.example";
    CHECK(outcome().empty());
    config.client.server_name = "other.example";
    CHECK_THAT(outcome(), Catch::Contains("certificate"));
    config.client.peer = net::PeerCheck::kUnverified;
    CHECK(outcome().empty());
    config.client.certificate_file = tree.at("none.crt");
    config.client.key_file = good.key_file;
    CHECK_THAT(outcome(), Catch::Contains("none.crt"));
    config.client.certificate_file = good.certificate_file;
    CHECK(outcome().empty());
}
