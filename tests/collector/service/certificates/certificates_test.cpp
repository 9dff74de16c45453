#include "collector/service/certificates/certificates.h"

#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "base/net/offload.h"
#include "collector/service/certificates/config.h"
#include "tests/support/certificate.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/http_server.h"
#include "tests/support/tcp_port.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

// One collection of a target: series → value, and the reason of a failure.
struct Bench {
    SeriesTable table{Labels{{"instance", "host"}, {"job", "node"}}};
    net::Loop loop;
    net::OffloadPool pool{loop, 1, 4};
    std::unique_ptr<Target> target;
    std::map<std::string, double> last;
    std::string error;

    explicit Bench(CertificatesConfig config) {
        auto made = create_certificates(std::make_shared<CertificatesConfig>(std::move(config)),
                                        {{}, &table, &loop, &pool, ""});
        REQUIRE(made);
        target = std::move(made).value();
    }
    void once() {
        bool inside = true;
        target->start(from_unix_ms(0), [&](const Result<void>& result, const Readings& readings) {
            CHECK_FALSE(inside);
            error = result ? "" : result.error().message;
            last.clear();
            for (const Reading& r : readings) {
                CHECK(last.emplace(r.series.labels().text(), r.value).second);
            }
            loop.stop();
        });
        inside = false;
        loop.run();
    }
    // The value of the one series that begins so; -1 when there is none, -2 when there are several.
    double only(const std::string& beginning) const {
        double found = -1;
        for (const auto& [series, value] : last) {
            if (series.starts_with(beginning)) found = found == -1 ? value : -2;
        }
        return found;
    }
};

CertificatesConfig endpoint(std::uint16_t port, const std::string& ca_file) {
    CertificatesConfig config;
    config.job = "certificates";
    config.instance = "127.0.0.1:" + std::to_string(port);
    config.endpoint.to = {"127.0.0.1", port};
    config.endpoint.ca_file = ca_file;
    config.endpoint.timeout = 5s;
    return config;
}

}  // namespace

TEST_CASE("files are read anew each time, and one that is broken hides no other") {
    const test::FixtureTree tree;
    const auto a = test::make_certificate(tree, "DNS:a.example", "a");
    CertificatesConfig config;
    config.files = {tree.root() + "/*.crt", a.certificate_file};
    Bench bench(config);
    bench.once();
    CHECK(bench.error.empty());
    CHECK(bench.last.size() == 3);
    CHECK(bench.only("ssl_file_error{file=\"" + a.certificate_file + "\"") == 0);
    const std::string series =
        "ssl_file_cert_not_after{cn=\"tocsin-test\", "
        "dnsnames=\",a.example,\", file=\"" +
        a.certificate_file + "\"";
    CHECK(bench.only(series) > 1.7e9);
    CHECK(bench.only(series) - bench.only("ssl_file_cert_not_before{") == 2 * 86400);

    tree.write("b.crt", "nothing");
    bench.once();
    CHECK(bench.error == tree.at("b.crt") + ": holds no certificate, neither PEM nor DER");
    CHECK(bench.only("ssl_file_error{file=\"" + tree.at("b.crt") + "\"") == 1);
    CHECK(bench.only(series) > 0);

    tree.remove("b.crt");
    tree.make_fifo("c.crt");  // must not be waited for
    bench.once();
    CHECK(bench.only("ssl_file_error{file=\"" + tree.at("c.crt") + "\"") == 1);

    tree.remove("c.crt");
    tree.remove("a.crt");
    bench.once();
    CHECK_THAT(bench.error, Catch::StartsWith(tree.root() + "/"));
    CHECK_THAT(bench.error, Catch::EndsWith("o such file") || Catch::Contains("No such file"));
    CHECK(bench.only("ssl_file_cert") == -1);
}

TEST_CASE("a directory among the files is said to be one") {
    const test::FixtureTree tree{{"certs/note", "nothing\n"}};
    CertificatesConfig config;
    config.files = {tree.at("certs")};
    Bench bench(config);
    bench.once();
    CHECK(bench.error == tree.at("certs") + ": is a directory; name its files, like " +
                             tree.at("certs") + "/*.pem");
    CHECK(bench.only("ssl_file_error{file=\"" + tree.at("certs") + "\"") == 1);
    CHECK(bench.last.size() == 1);
}

TEST_CASE("an endpoint shows its certificate and whether it is trusted") {
    const test::FixtureTree tree;
    const auto good = test::make_certificate(tree, "IP:127.0.0.1", "good");
    const auto other = test::make_certificate(tree, "IP:127.0.0.1", "other");
    net::ServerOptions options;
    options.tls = net::TlsFiles{good.certificate_file, good.key_file};
    test::HttpTestServer server([](const net::Request&, const net::Reply&) {}, options);

    Bench trusted(endpoint(server.port(), good.certificate_file));
    trusted.once();
    CHECK(trusted.error.empty());
    CHECK(trusted.only("ssl_probe_success{") == 1);
    CHECK(trusted.only("ssl_verified{") == 1);
    CHECK(trusted.only("ssl_verify_problem_info{") == -1);
    CHECK(trusted.only("ssl_tls_version_info{") == 1);
    CHECK(trusted.only("ssl_cert_not_after{cn=\"tocsin-test\", instance=\"127.0.0.1:") > 1.7e9);

    Bench stranger(endpoint(server.port(), other.certificate_file));
    stranger.once();
    CHECK(stranger.error.empty());
    CHECK(stranger.only("ssl_probe_success{") == 0);
    CHECK(stranger.only("ssl_verified{") == 0);
    CHECK(stranger.only("ssl_verify_problem_info{") == 1);
    CHECK(stranger.only("ssl_cert_not_after{") > 1.7e9);

    CertificatesConfig misnamed = endpoint(server.port(), good.certificate_file);
    misnamed.endpoint.server_name = "other.example";
    Bench wrong_name(misnamed);
    wrong_name.once();
    CHECK(wrong_name.only("ssl_verified{") == 0);
    CHECK(wrong_name.only("ssl_verify_problem_info{") == 1);
    CHECK(wrong_name.only("ssl_cert_not_after{") > 1.7e9);
}

TEST_CASE("an endpoint that is not there, has no TLS, or is silent, says so") {
    test::HttpTestServer plain([](const net::Request&, const net::Reply&) {});
    Bench no_tls(endpoint(plain.port(), ""));
    no_tls.once();
    CHECK_THAT(no_tls.error, Catch::StartsWith("TLS with 127.0.0.1:"));
    CHECK(no_tls.only("ssl_probe_success{") == 0);
    CHECK(no_tls.last.size() == 1);

    Bench no_ca(endpoint(plain.port(), "/nonexistent/ca.pem"));
    no_ca.once();
    CHECK_THAT(no_ca.error, Catch::Contains("/nonexistent/ca.pem"));

    Bench nobody(endpoint(1, ""));
    nobody.once();
    CHECK_THAT(nobody.error, Catch::StartsWith("connecting to 127.0.0.1:1"));

    // Accepts and says nothing: its listener's queue is all that answers.
    const test::TcpPort port;
    CertificatesConfig config = endpoint(port.number(), "");
    config.endpoint.timeout = 100ms;
    Bench silent(config);
    silent.once();
    CHECK_THAT(silent.error, Catch::StartsWith("no answer from 127.0.0.1:"));
    // Let go of in the middle, it does not call back.
    silent.target->start(from_unix_ms(0), [](const Result<void>&, const Readings&) {
        FAIL("called after cancel()");
    });
    const net::Timer soon = silent.loop.after(0ms, [&] {
        CHECK(silent.target->cancel().size() == 1);
        silent.loop.stop();
    });
    silent.loop.run();
    silent.once();
    CHECK_THAT(silent.error, Catch::StartsWith("no answer from 127.0.0.1:"));
}
