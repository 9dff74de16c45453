// An HTTP probe that runs again and again: nothing of one collection is left for the next.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/text/yaml.h"
#include "collector/net/probe/probe.h"
#include "collector/net/probe_config/config.h"
#include "tests/support/collecting.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/raw_peer.h"
#include "tests/support/run_until.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::RawPeer;
using test::Values;

namespace {

struct Bench {
    SeriesTable table;
    net::Loop loop;
    net::OffloadPool pool{loop, 1, 8};
    std::unique_ptr<Target> target;
    bool answered = false;
    Values values;

    explicit Bench(const std::string& entry) {
        Diagnostics diagnostics("agent.yml");
        const TargetConfigs configs =
            read_probe(text::parse_yaml("- http: {" + entry + "\n", diagnostics), diagnostics);
        INFO(diagnostics.text());
        REQUIRE_FALSE(diagnostics.has_errors());
        target = create_probe(configs.at(0), {{}, &table, &loop, &pool, ""}).value();
    }
    void start() {
        answered = false;
        target->start(from_unix_ms(0), [this](const Result<void>&, const Readings& readings) {
            answered = true;
            values = test::values_of(readings);
        });
    }
    void run() {
        start();
        REQUIRE(test::run_until(loop, [this] { return answered; }));
    }
    double at(const std::string& name) const {
        for (const auto& [series, value] : values) {
            if (series.starts_with(name + "{")) return value;
        }
        FAIL("no " << name);
        return 0;
    }
};

std::string answer(const std::string& status, const std::string& headers,
                   const std::string& body = "fine") {
    return "HTTP/1.1 " + status + "\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
           body;
}

// What each request began with, in turn, and its header of that name.
std::vector<std::string> requests(const RawPeer& peer, const std::string& header = "") {
    std::vector<std::string> out;
    const std::string heard = peer.heard();
    for (std::size_t at = 0; at < heard.size();) {
        const std::size_t end = heard.find("\r\n\r\n", at);
        const std::string head = heard.substr(at, end - at) + "\r\n";
        std::string said = head.substr(0, head.find('\r'));
        if (!header.empty()) {
            const std::size_t found = head.find("\r\n" + header + ": ");
            if (found == std::string::npos) {
                said += " -";
            } else {
                const std::size_t value = found + header.size() + 4;
                said += " " + head.substr(value, head.find('\r', value) - value);
            }
        }
        out.push_back(said);
        at = end + 4;
        // A body follows its head at once.
        while (at < heard.size() && heard.compare(at, 3, "GET") != 0 &&
               heard.compare(at, 4, "POST") != 0) {
            ++at;
        }
    }
    return out;
}

}  // namespace

TEST_CASE("a POST that a redirect made a GET is a POST with its body the next time") {
    const std::string moved = answer("302 Found", "Location: /two\r\n");
    const std::string fine = answer("200 OK", "");
    RawPeer peer({moved, fine, moved, fine});
    Bench bench("url: '" + peer.url() + "', method: POST, body: hello}");
    for (int i = 0; i < 2; ++i) {
        bench.run();
        CHECK(bench.at("probe_success") == 1);
        CHECK(bench.at("probe_http_redirects") == 1);
    }
    CHECK(requests(peer, "Content-Length") ==
          std::vector<std::string>{"POST / HTTP/1.1 5", "GET /two HTTP/1.1 -", "POST / HTTP/1.1 5",
                                   "GET /two HTTP/1.1 -"});
}

TEST_CASE("cookies go with a redirect and not into the next collection") {
    const std::string moved = answer("302 Found", "Location: /two\r\nSet-Cookie: a=1\r\n");
    const std::string fine = answer("200 OK", "Set-Cookie: b=2\r\n");
    RawPeer peer({moved, fine, moved, fine});
    Bench bench("url: '" + peer.url() + "'}");
    bench.run();
    bench.run();
    CHECK(requests(peer, "Cookie") ==
          std::vector<std::string>{"GET / HTTP/1.1 -", "GET /two HTTP/1.1 a=1", "GET / HTTP/1.1 -",
                                   "GET /two HTTP/1.1 a=1"});
}

TEST_CASE("each collection asks with the password that the file holds then") {
    const test::FixtureTree tree;
    const auto say = [&](const std::string& password) {
        tree.write("password", password);
        ::chmod(tree.at("password").c_str(), 0600);
    };
    RawPeer peer({answer("200 OK", ""), answer("200 OK", "")});
    Bench bench("url: '" + peer.url() + "', basic_auth: {username: Aladdin, password_file: '" +
                tree.at("password") + "'}}");
    say("open sesame");
    bench.run();
    say("open barley");
    bench.run();
    // RFC 7617, 2; and of "Aladdin:open barley" likewise.
    CHECK(requests(peer, "Authorization") ==
          std::vector<std::string>{"GET / HTTP/1.1 Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
                                   "GET / HTTP/1.1 Basic QWxhZGRpbjpvcGVuIGJhcmxleQ=="});
    say("");
    bench.run();
    CHECK(bench.at("probe_success") == 0);
    CHECK(bench.at("probe_http_status_code") == 0);
    CHECK(peer.connections() == 2);
}

TEST_CASE("an answer of HTTP/1.0 is no reason to ask with HTTP/1.0 from then on") {
    RawPeer peer({"HTTP/1.0 200 OK\r\n\r\nfine", answer("200 OK", ""), answer("200 OK", "")});
    Bench bench("url: '" + peer.url() + "'}");
    bench.run();
    CHECK(bench.at("probe_http_version") == 1.0);
    CHECK(bench.at("probe_http_content_length") == -1);
    bench.run();
    CHECK(bench.at("probe_http_version") == 1.1);
    CHECK(bench.at("probe_http_content_length") == 4);
    CHECK(requests(peer) == std::vector<std::string>{"GET / HTTP/1.1", "GET / HTTP/1.1"});
}

TEST_CASE("a redirect without a place is not taken for that of the collection before") {
    RawPeer peer(
        {answer("302 Found", "Location: /two\r\n"), answer("200 OK", ""), answer("302 Found", "")});
    Bench bench("url: '" + peer.url() + "', expect: {status: [200, 302]}}");
    bench.run();
    CHECK(bench.at("probe_http_redirects") == 1);
    bench.run();
    CHECK(bench.at("probe_http_redirects") == 0);
    CHECK(bench.at("probe_http_status_code") == 302);
    CHECK(bench.at("probe_success") == 1);
    CHECK(requests(peer) ==
          std::vector<std::string>{"GET / HTTP/1.1", "GET /two HTTP/1.1", "GET / HTTP/1.1"});
}

TEST_CASE("a server that hangs in its answer costs that collection, and not the next") {
    // The peer says the rest when it is asked again over the same connection: never.
    RawPeer hangs({"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfin", ""}, RawPeer::kOneConnection);
    Bench bench("url: '" + hangs.url() + "', expect: {body: fin}}\n  every: 5s\n  timeout: 100ms");
    for (int i = 0; i < 2; ++i) {
        bench.run();
        CHECK(bench.at("probe_success") == 0);
        CHECK(bench.at("probe_duration_seconds") >= 0.1);
        // The second waits in the peer's backlog: nothing of the first's is in it.
        CHECK(bench.at("probe_http_status_code") == (i == 0 ? 200 : 0));
        CHECK(bench.at("probe_http_uncompressed_body_length") == (i == 0 ? 3 : 0));
    }
}
