// Probes as the runner runs them, against servers of the test's own. Debian's servers and
// blackbox_exporter beside it: tests/e2e/probe_e2e.py.
#include "collector/net/probe/probe.h"

#include <dirent.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "base/text/yaml.h"
#include "collector/net/probe/address.h"
#include "collector/net/probe_config/config.h"
#include "tests/support/collecting.h"
#include "tests/support/fixture_tree.h"
#include "tests/support/http_server.h"
#include "tests/support/raw_peer.h"
#include "tests/support/run_until.h"
#include "tests/support/tcp_port.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::HttpTestServer;
using test::RawPeer;
using test::Values;
using test::values_of;

namespace {

struct Bench {
    SeriesTable table;
    net::Loop loop;
    net::OffloadPool pool{loop, 2, 8};
    std::unique_ptr<Target> target;
    bool answered = false;
    bool up = false;
    Values values;

    // One entry of the section, as people write it.
    explicit Bench(const std::string& entry) {
        Diagnostics diagnostics("agent.yml");
        const TargetConfigs configs =
            read_probe(text::parse_yaml("- " + entry + "\n", diagnostics), diagnostics);
        INFO(diagnostics.text());
        REQUIRE_FALSE(diagnostics.has_errors());
        target = create_probe(configs.at(0), {{}, &table, &loop, &pool, ""}).value();
    }
    void start() {
        answered = false;
        values.clear();
        target->start(from_unix_ms(0),
                      [this](const Result<void>& result, const Readings& readings) {
                          answered = true;
                          up = result.has_value();
                          values = short_names(readings);
                      });
        REQUIRE_FALSE(answered);
    }
    // Without the labels that every series of a target has.
    static Values short_names(const Readings& readings) {
        Values out;
        for (const auto& [name, value] : values_of(readings)) {
            std::string text = name;
            for (const char* label : {"instance=\"", "job=\""}) {
                const std::size_t at = text.find(label);
                REQUIRE(at != std::string::npos);
                std::size_t end = text.find('"', text.find('"', at) + 1) + 1;
                if (text.compare(end, 2, ", ") == 0) end += 2;
                text.erase(at, end - at);
            }
            if (text.ends_with("{}")) text.resize(text.size() - 2);
            if (text.ends_with(", }")) text.replace(text.size() - 3, 3, "}");
            out.emplace(text, value);
        }
        return out;
    }
    bool run_until(const std::function<bool()>& condition) {
        return test::run_until(loop, condition);
    }
    Values run() {
        start();
        REQUIRE(run_until([this] { return answered; }));
        CHECK(up);
        return values;
    }
    double at(const std::string& name) const {
        const auto found = values.find(name);
        INFO(name);
        REQUIRE(found != values.end());
        return found->second;
    }
};

std::size_t open_descriptors() {
    std::size_t count = 0;
    DIR* dir = ::opendir("/proc/self/fd");
    while (::readdir(dir) != nullptr) ++count;
    ::closedir(dir);
    return count;
}

std::string ok(const std::string& body, const std::string& headers = "") {
    return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
           "\r\nConnection: close\r\n\r\n" + body;
}

std::string moved(const std::string& to, const std::string& status = "302 Found") {
    return "HTTP/1.1 " + status + "\r\nLocation: " + to +
           "\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngone";
}

}  // namespace

TEST_CASE("an answer over HTTP gives blackbox_exporter's series") {
    RawPeer peer({ok("fine\n", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n")});
    Bench bench("http: {url: '" + peer.url() + "x?y=1', headers: {X-A: b}, expect: {body: fine}}");
    Values values = bench.run();
    for (const char* moving : {"probe_duration_seconds", "probe_dns_lookup_time_seconds",
                               "probe_http_duration_seconds{phase=\"resolve\"}",
                               "probe_http_duration_seconds{phase=\"connect\"}",
                               "probe_http_duration_seconds{phase=\"processing\"}",
                               "probe_http_duration_seconds{phase=\"transfer\"}"}) {
        INFO(moving);
        REQUIRE(values.contains(moving));
        CHECK(values[moving] >= 0);
        CHECK(values[moving] < 5);
        values.erase(moving);
    }
    CHECK(values == Values{{"probe_success", 1},
                           {"probe_ip_protocol", 4},
                           {"probe_ip_addr_hash", 3668918509.0},
                           {"probe_failed_due_to_regex", 0},
                           {"probe_http_duration_seconds{phase=\"tls\"}", 0},
                           {"probe_http_status_code", 200},
                           {"probe_http_content_length", 5},
                           {"probe_http_uncompressed_body_length", 5},
                           {"probe_http_redirects", 0},
                           {"probe_http_ssl", 0},
                           {"probe_http_version", 1.1},
                           {"probe_http_last_modified_timestamp_seconds", 784111777}});
    CHECK_THAT(peer.heard(), Catch::StartsWith("GET /x?y=1 HTTP/1.1\r\n"));
    CHECK_THAT(peer.heard(),
               Catch::Contains("\r\nHost: 127.0.0.1:" + std::to_string(peer.port()) + "\r\n"));
    CHECK_THAT(peer.heard(), Catch::Contains("\r\nX-A: b\r\n"));
    CHECK_THAT(peer.heard(), Catch::Contains("\r\nUser-Agent: Tocsin/"));
}

TEST_CASE("of a request whose name has no address only the lookup is timed") {
    Bench bench("http: {url: 'http://no-such-host.invalid/'}");
    const Values values = bench.run();
    CHECK(bench.at("probe_success") == 0);
    CHECK(bench.at("probe_http_duration_seconds{phase=\"resolve\"}") == 0);
    CHECK(bench.at("probe_http_status_code") == 0);
    for (const char* const phase : {"connect", "tls", "processing", "transfer"}) {
        CHECK_FALSE(
            values.contains("probe_http_duration_seconds{phase=\"" + std::string(phase) + "\"}"));
    }
}

TEST_CASE("a body that is not as expected fails the probe and says so") {
    RawPeer peer({ok("broken\n")});
    Bench bench("http: {url: '" + peer.url() + "', expect: {body: fine}}");
    bench.run();
    CHECK(bench.at("probe_success") == 0);
    CHECK(bench.at("probe_failed_due_to_regex") == 1);
    CHECK(bench.at("probe_http_status_code") == 200);
}

TEST_CASE("redirects are followed, ten at most, and a POST becomes a GET") {
    RawPeer peer({moved("/two"), moved("/three", "307 Temporary Redirect"), ok("fine")});
    Bench bench("http: {url: '" + peer.url() + "', method: POST, body: hello}");
    bench.run();
    CHECK(bench.at("probe_success") == 1);
    CHECK(bench.at("probe_http_redirects") == 2);
    CHECK_THAT(peer.heard(), Catch::StartsWith("POST / HTTP/1.1\r\n"));
    CHECK_THAT(peer.heard(), Catch::Contains("GET /two HTTP/1.1\r\n"));
    CHECK_THAT(peer.heard(), Catch::Contains("GET /three HTTP/1.1\r\n"));

    RawPeer loop(std::vector<std::string>(12, moved("/again")));
    Bench endless("http: {url: '" + loop.url() + "'}");
    endless.run();
    CHECK(endless.at("probe_success") == 0);
    CHECK(endless.at("probe_http_redirects") == 11);
    CHECK(endless.at("probe_http_status_code") == 302);
    CHECK(loop.connections() == 11);

    RawPeer one({moved("/two")});
    Bench stays("http: {url: '" + one.url() +
                "', follow_redirects: false, expect: {status: 302, headers: {Location: two}}}");
    stays.run();
    CHECK(stays.at("probe_success") == 1);
    CHECK(stays.at("probe_http_redirects") == 1);
}

TEST_CASE("credentials go to the server that they are for, and nowhere else") {
    test::FixtureTree tree;
    tree.write("token", "sesame\n");
    ::chmod(tree.at("token").c_str(), 0600);
    RawPeer other({ok("fine")});
    RawPeer peer({moved(other.url())});
    Bench bench("http: {url: '" + peer.url() + "', bearer_token_file: '" + tree.at("token") +
                "', headers: {Cookie: a=b}}");
    bench.run();
    CHECK(bench.at("probe_success") == 1);
    CHECK_THAT(peer.heard(), Catch::Contains("Authorization: Bearer sesame\r\n"));
    CHECK_THAT(other.heard(), !Catch::Contains("sesame") && !Catch::Contains("a=b"));

    RawPeer basic({ok("fine")});
    Bench user("http: {url: '" + basic.url() + "', basic_auth: {username: u, password_file: '" +
               tree.at("token") + "'}}");
    user.run();
    CHECK_THAT(basic.heard(), Catch::Contains("Authorization: Basic dTpzZXNhbWU=\r\n"));

    ::chmod(tree.at("token").c_str(), 0644);
    RawPeer unasked({});
    Bench open("http: {url: '" + unasked.url() + "', bearer_token_file: '" + tree.at("token") +
               "'}");
    open.run();
    CHECK(open.at("probe_success") == 0);
    CHECK(unasked.connections() == 0);
}

TEST_CASE("a body beyond its limit and an answer that is no HTTP fail the probe") {
    RawPeer large({ok(std::string(3000, 'x'))});
    Bench limited("http: {url: '" + large.url() + "', body_size_limit: 1KiB}");
    limited.run();
    CHECK(limited.at("probe_success") == 0);
    CHECK(limited.at("probe_http_status_code") == 200);
    for (const char* answer :
         {"SSH-2.0-x\r\n", "", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"}) {
        INFO(answer);
        RawPeer odd({answer});
        Bench bench("http: {url: '" + odd.url() + "'}");
        bench.run();
        CHECK(bench.at("probe_success") == 0);
    }
}

TEST_CASE("a proxy is asked in the server's place") {
    RawPeer proxy({ok("fine")});
    Bench bench("http: {url: 'http://inner.invalid/x', proxy: '" + proxy.url() + "'}");
    bench.run();
    CHECK(bench.at("probe_success") == 1);
    CHECK_THAT(proxy.heard(), Catch::StartsWith("GET http://inner.invalid"));
    CHECK_THAT(proxy.heard(), Catch::Contains("\r\nHost: inner.invalid\r\n"));
}

TEST_CASE("a proxy is told who asks, and nobody else is") {
    RawPeer proxy({ok("fine")});
    const test::FixtureTree tree;
    tree.write("password", "open sesame\n");
    tree.write("server", "of the server\n");
    for (const char* name : {"password", "server"}) {
        std::filesystem::permissions(tree.at(name), std::filesystem::perms(0600));
    }
    Bench bench("http: {url: 'http://inner.invalid/x', proxy: '" + proxy.url() +
                "', proxy_basic_auth: {username: Aladdin, password_file: " + tree.at("password") +
                "}, basic_auth: {username: u, password_file: " + tree.at("server") + "}}");
    bench.run();
    CHECK(bench.at("probe_success") == 1);
    // RFC 7617, 2.
    CHECK_THAT(proxy.heard(), Catch::Contains("\r\nProxy-Authorization: Basic "
                                              "QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
    CHECK_THAT(proxy.heard(), Catch::Contains("\r\nAuthorization: Basic dTpvZiB0aGUgc2VydmVy\r\n"));
    // Nothing is asked of it when the password cannot be read.
    std::filesystem::permissions(tree.at("password"), std::filesystem::perms(0644));
    bench.run();
    CHECK(bench.at("probe_success") == 0);
    CHECK(proxy.connections() == 1);
}

TEST_CASE("a refused port fails at once, a silent one at the limit, each on its own") {
    const test::TcpPort refused(0);
    const test::TcpPort silent;
    for (const char* kind : {"http: {url: ", "tcp: {target: "}) {
        Bench bench(std::string(kind) + "'" + refused.text() + "'}");
        bench.run();
        CHECK(bench.at("probe_success") == 0);
        CHECK(bench.at("probe_ip_protocol") == 4);
        CHECK(bench.at("probe_duration_seconds") < 1);
    }
    for (const char* entry : {"http: {url: 'http://", "tcp: {script: [{expect: x}], target: '"}) {
        Bench bench(std::string(entry) + silent.text() + "'}\n  every: 5s\n  timeout: 100ms");
        bench.run();
        CHECK(bench.at("probe_success") == 0);
        CHECK(bench.at("probe_failed_due_to_regex") == 0);
        CHECK(bench.at("probe_duration_seconds") >= 0.1);
    }
}

TEST_CASE("a probe that is broken off gives what it had and runs again") {
    const test::TcpPort silent;
    Bench bench("tcp: {target: '" + silent.text() + "', script: [{expect: x}]}");
    // The loop opens its own descriptors when it is first used.
    bench.start();
    REQUIRE(bench.run_until([] { return true; }));
    bench.target->cancel();
    const std::size_t before = open_descriptors();
    for (int i = 0; i < 3; ++i) {
        bench.start();
        REQUIRE(bench.run_until([&] { return open_descriptors() > before; }));
        const Values had = Bench::short_names(bench.target->cancel());
        CHECK(had.at("probe_success") == 0);
        CHECK(open_descriptors() == before);
    }
    bench.start();
    REQUIRE(bench.run_until([&] { return open_descriptors() > before; }));
    bench.target.reset();
    CHECK(open_descriptors() == before);
    CHECK_FALSE(bench.answered);
}

TEST_CASE("rounds of probes leave no descriptor and no series behind") {
    const test::TcpPort refused(0);
    RawPeer peer(std::vector<std::string>(20, ok("fine")));
    Bench bench("http: {url: '" + peer.url() + "'}");
    Bench failing("http: {url: '" + refused.text() + "'}");
    bench.run();
    failing.run();
    const std::size_t descriptors = open_descriptors();
    const std::size_t series = bench.table.size();
    for (int i = 0; i < 15; ++i) {
        bench.run();
        failing.run();
    }
    CHECK(open_descriptors() == descriptors);
    CHECK(bench.table.size() == series);
}

TEST_CASE("a conversation over TCP answers what it is asked") {
    // The peer reads up to an empty line before each answer.
    RawPeer peer({"hello\r\nPING 42\r\n", "bye"}, RawPeer::kOneConnection);
    Bench bench("tcp: {target: '127.0.0.1:" + std::to_string(peer.port()) +
                "', script: [{send: \"HI\\r\\n\\r\"}, {expect: '^PING (\\d+)', send: \"PONG "
                "${1}\\r\\n\\r\", labels: {number: '$1'}}, {expect: bye}]}");
    bench.run();
    CHECK(bench.at("probe_success") == 1);
    CHECK(bench.at("probe_failed_due_to_regex") == 0);
    CHECK(bench.at("probe_expect_info{number=\"42\"}") == 1);
    CHECK(peer.heard() == "HI\r\n\r\nPONG 42\r\n\r\n");

    RawPeer wrong({"hello\r\n"});
    Bench disappointed("tcp: {target: '127.0.0.1:" + std::to_string(wrong.port()) +
                       "', script: [{send: \"HI\\r\\n\\r\"}, {expect: '^PING'}]}");
    disappointed.run();
    CHECK(disappointed.at("probe_success") == 0);
    CHECK(disappointed.at("probe_failed_due_to_regex") == 1);
    RawPeer endless({std::string(70'000, 'x')});
    Bench line("tcp: {target: '127.0.0.1:" + std::to_string(endless.port()) +
               "', script: [{send: \"HI\\r\\n\\r\"}, {expect: '^PING'}]}");
    line.run();
    CHECK(line.at("probe_success") == 0);
}

TEST_CASE("a name is looked up in the pool, and one that is none fails") {
    RawPeer peer({ok("fine")});
    Bench bench("http: {url: 'http://localhost:" + std::to_string(peer.port()) +
                "/'}\n  preferred_ip_protocol: ip4");
    bench.run();
    CHECK(bench.at("probe_success") == 1);
    CHECK(bench.at("probe_ip_protocol") == 4);
    Bench nobody("icmp: {target: nobody.invalid}");
    nobody.run();
    CHECK(nobody.at("probe_success") == 0);
    CHECK(nobody.at("probe_ip_protocol") == 0);
    CHECK(nobody.at("probe_ip_addr_hash") == 0);
    Bench other(
        "icmp: {target: 127.0.0.1}\n  preferred_ip_protocol: ip6\n"
        "  ip_protocol_fallback: false");
    other.run();
    CHECK(other.at("probe_success") == 0);
}

TEST_CASE("the address is chosen by preference, the other protocol where that is allowed") {
    using namespace probe;
    const std::vector<Address> both{*numeric_address("192.0.2.1"), *numeric_address("2001:db8::1")};
    const std::vector<Address> one{*numeric_address("192.0.2.1")};
    CHECK(choose_address(both, IpProtocol::kIp6, Switch::kOn)->text() == "2001:db8::1");
    CHECK(choose_address(both, IpProtocol::kIp4, Switch::kOff)->text() == "192.0.2.1");
    CHECK(choose_address(one, IpProtocol::kIp6, Switch::kOn)->text() == "192.0.2.1");
    CHECK_FALSE(choose_address(one, IpProtocol::kIp6, Switch::kOff));
    CHECK_FALSE(choose_address({}, IpProtocol::kIp4, Switch::kOn));
    CHECK(numeric_address("::1")->with_port(80).text() == "::1");
    CHECK_FALSE(numeric_address("localhost"));
}
