// HTTP probes that share a loop, and a name for TLS, and nothing else.
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/text/yaml.h"
#include "collector/net/probe/probe.h"
#include "collector/net/probe_config/config.h"
#include "tests/support/certificate.h"
#include "tests/support/collecting.h"
#include "tests/support/http_server.h"
#include "tests/support/run_until.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::HttpTestServer;

namespace {

// Counts what it is asked; keeps its connections.
struct Server {
    explicit Server(const test::Certificate& files, const std::string& address, std::uint16_t port,
                    const std::string& body)
        : server(
              [this, body](const net::Request&, const net::Reply& reply) {
                  ++asked;
                  reply.send({200, {}, body});
              },
              options(files, address, port)) {}

    static net::ServerOptions options(const test::Certificate& files, const std::string& address,
                                      std::uint16_t port) {
        net::ServerOptions made;
        made.listen = {address, port};
        made.tls = net::TlsFiles{files.certificate_file, files.key_file};
        return made;
    }
    int requests() {
        return server.thread().call([this] { return asked; });
    }

    int asked = 0;  // of the server's thread
    HttpTestServer server;
};

// All probes of one loop, started at once.
struct Probes {
    SeriesTable table;
    net::Loop loop;
    net::OffloadPool pool{loop, 1, 8};
    std::vector<std::unique_ptr<Target>> targets;

    void add(const std::string& entry) {
        Diagnostics diagnostics("agent.yml");
        const TargetConfigs configs =
            read_probe(text::parse_yaml("- http: {" + entry + "}\n", diagnostics), diagnostics);
        INFO(diagnostics.text());
        REQUIRE_FALSE(diagnostics.has_errors());
        targets.push_back(create_probe(configs.at(0), {{}, &table, &loop, &pool, ""}).value());
    }
    // probe_success of each.
    std::vector<double> run() {
        std::vector<double> success(targets.size(), -1);
        std::size_t answered = 0;
        for (std::size_t i = 0; i < targets.size(); ++i) {
            targets[i]->start(from_unix_ms(0),
                              [&, i](const Result<void>&, const Readings& readings) {
                                  ++answered;
                                  success[i] = readings.front().value;
                              });
        }
        REQUIRE(test::run_until(loop, [&] { return answered == targets.size(); }));
        return success;
    }
};

}  // namespace

TEST_CASE("probes of one name at two addresses each ask their own") {
    const test::FixtureTree tree;
    const auto files = test::make_certificate(tree, "DNS:shop.example");
    Server one(files, "127.0.0.1", 0, "one");
    Server two(files, "127.0.0.2", one.server.port(), "two");
    const std::string port = std::to_string(one.server.port());
    const std::string tls =
        "tls: {server_name: shop.example, ca_file: " + files.certificate_file + "}";
    Probes probes;
    probes.add("url: 'https://127.0.0.1:" + port + "/', expect: {body: one}, " + tls);
    probes.add("url: 'https://127.0.0.2:" + port + "/', expect: {body: two}, " + tls);
    for (int round = 1; round <= 3; ++round) {
        CHECK(probes.run() == std::vector<double>{1, 1});
        CHECK(one.requests() == round);
        CHECK(two.requests() == round);
    }
}

TEST_CASE("a probe does not go over a connection that another trusts") {
    const test::FixtureTree tree;
    const auto files = test::make_certificate(tree, "DNS:shop.example");
    const auto other = test::make_certificate(tree, "DNS:shop.example", "other");
    Server server(files, "127.0.0.1", 0, "fine");
    const std::string url = "url: 'https://127.0.0.1:" + std::to_string(server.server.port()) +
                            "/', tls: {server_name: shop.example, ca_file: ";
    Probes probes;
    probes.add(url + files.certificate_file + "}");
    probes.add(url + other.certificate_file + "}");
    for (int round = 1; round <= 3; ++round) {
        CHECK(probes.run() == std::vector<double>{1, 0});
        CHECK(server.requests() == round);
    }
}
