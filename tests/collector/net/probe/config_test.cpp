#include "collector/net/probe_config/config.h"

#include <catch2/catch.hpp>

#include "base/text/yaml.h"
#include "collector/net/probe_config/read.h"
#include "tests/support/read_targets.h"

using namespace tocsin;
using namespace tocsin::collector;
using namespace tocsin::collector::probe;

namespace {

using Read = test::ReadTargets<ProbeConfig>;

Read read(const std::string& text) {
    return test::read_targets<ProbeConfig>(read_probe, text);
}

}  // namespace

TEST_CASE("an HTTP probe reads whole, with defaults for what is not said") {
    const Read r = read(
        "- job: shop\n"
        "  http:\n"
        "    url: https://shop.example:8443/health?x=1\n"
        "    method: POST\n"
        "    headers: {X-Tocsin: yes}\n"
        "    body: '{}'\n"
        "    expect: {status: [200, 204], body: ok, body_not: [fail, Error], headers: {Server: "
        "^n},\n"
        "             http_version: ['2']}\n"
        "    follow_redirects: false\n"
        "    http_version: '1.1'\n"
        "    tls: {ca_file: /ca.pem, server_name: inner, min_version: TLS10, max_version: TLS12}\n"
        "    proxy: http://proxy.example:3128\n"
        "    basic_auth: {username: u, password_file: /p}\n"
        "    fail_if_not_ssl: true\n"
        "    body_size_limit: 1MiB\n"
        "  every: 20s\n"
        "  timeout: 5s\n");
    REQUIRE(r.said == std::vector<std::string>{});
    REQUIRE(r.targets.size() == 1);
    const ProbeConfig& probe = *r.targets[0];
    CHECK(probe.job == "shop");
    CHECK(probe.instance == "https://shop.example:8443/health?x=1");
    CHECK(probe.host == "proxy.example");
    CHECK(probe.limit == Duration(5s));
    CHECK(probe.timeout == Duration(20s));
    const auto& http = std::get<HttpConfig>(probe.kind);
    CHECK(http.method == "POST");
    CHECK(http.expect.status == std::vector<int>{200, 204});
    CHECK(http.expect.body == Texts{"ok"});
    CHECK(http.expect.body_not == Texts{"fail", "Error"});
    CHECK(http.expect.headers == Pairs{{"Server", "^n"}});
    CHECK(http.expect.versions == Texts{"2"});
    CHECK(http.follow_redirects == Switch::kOff);
    CHECK(http.http2 == Switch::kOff);
    CHECK(http.tls.min_version == TlsVersion::kTls10);
    CHECK(http.tls.max_version == TlsVersion::kTls12);
    CHECK(http.tls.verify == Switch::kOn);
    CHECK(http.fail_if_not_ssl == Switch::kOn);
    CHECK(http.body_limit.count == 1048576);
}

TEST_CASE("a list of targets makes one probe of each") {
    const Read r = read("- icmp: {targets: [10.0.0.1, '::1', '[::1]', host.example]}\n");
    REQUIRE(r.said.empty());
    REQUIRE(r.targets.size() == 4);
    CHECK(r.targets[0]->job == "probe");
    CHECK(r.targets[0]->every == Duration(30s));
    CHECK(r.targets[0]->limit == Duration(10s));
    CHECK(r.targets[1]->host == "::1");
    CHECK(r.targets[2]->host == "::1");
    CHECK(r.targets[3]->instance == "host.example");
}

TEST_CASE("a probe gives up before its next one is due") {
    CHECK(read("- {icmp: {target: a}, every: 1s}\n").targets[0]->limit == Duration(900ms));
    CHECK(read("- {icmp: {target: a}, every: 10s}\n").targets[0]->limit == Duration(9500ms));
    CHECK(read("- {icmp: {target: a}, every: 10s, timeout: 3s}\n").targets[0]->limit ==
          Duration(3s));
}

TEST_CASE("TLS begins at once, or where the script says so") {
    const auto tcp = [](const std::string& rest) {
        const Read r = read("- {tcp: {target: 'a:25'" + rest + "}}\n");
        REQUIRE(r.said.empty());
        return std::get<TcpConfig>(r.targets.at(0)->kind);
    };
    CHECK(tcp("").tls_at_once == Switch::kOff);
    CHECK(tcp("").port == 25);
    CHECK(tcp(", tls: true").tls_at_once == Switch::kOn);
    CHECK(tcp(", tls: {server_name: b}").tls_at_once == Switch::kOn);
    const TcpConfig upgraded =
        tcp(", tls: {server_name: b}, script: [{expect: '^220'}, {send: STARTTLS}, "
            "{expect: '^220', starttls: true}]");
    CHECK(upgraded.tls_at_once == Switch::kOff);
    CHECK(upgraded.tls.server_name == "b");
    REQUIRE(upgraded.script.size() == 3);
    CHECK(upgraded.script[2].starttls == Switch::kOn);
}

TEST_CASE("DNS and NTP read their servers and what is asked") {
    const Read r = read(
        "- dns: {server: '127.0.0.1:5353', name: example.org, type: MX, transport: tcp,\n"
        "        valid_rcodes: [NOERROR, NXDOMAIN],\n"
        "        validate: {answer: {fail_if_not_matches: mail}}}\n"
        "- dns: {server: dns.example, name: ., type: SOA, tls: {server_name: x}}\n"
        "- ntp: {server: 'time.example:1123', offset_tolerance: 20ms}\n"
        "- ntp: {targets: [a, b]}\n");
    REQUIRE(r.said == std::vector<std::string>{});
    REQUIRE(r.targets.size() == 5);
    const auto& dns = std::get<DnsConfig>(r.targets[0]->kind);
    CHECK(dns.port == 5353);
    CHECK(dns.type == 15);
    CHECK(dns.over_tcp == Switch::kOn);
    CHECK(dns.valid_rcodes == std::vector<int>{0, 3});
    CHECK(dns.answer.fail_if_not_matches == Texts{"mail"});
    CHECK(std::get<DnsConfig>(r.targets[1]->kind).port == 853);
    CHECK(std::get<NtpConfig>(r.targets[2]->kind).port == 1123);
    CHECK(std::get<NtpConfig>(r.targets[3]->kind).port == 123);
}

TEST_CASE("a query's type and class, and codes of answers, have IANA's names or a number") {
    const auto asked = [](const std::string& keys) {
        const Read r = read("- dns: {server: a, name: b, " + keys + "}\n");
        INFO(keys);
        REQUIRE(r.said == std::vector<std::string>{});
        return std::get<DnsConfig>(r.targets.at(0)->kind);
    };
    for (const auto& [name, number] : std::vector<std::pair<std::string, int>>{{"CAA", 257},
                                                                               {"DNSKEY", 48},
                                                                               {"DS", 43},
                                                                               {"TLSA", 52},
                                                                               {"NAPTR", 35},
                                                                               {"SSHFP", 44},
                                                                               {"HTTPS", 65},
                                                                               {"SVCB", 64},
                                                                               {"ANY", 255},
                                                                               {"TYPE65280", 65280},
                                                                               {"TYPE1", 1}}) {
        CHECK(asked("type: " + name).type == number);
    }
    CHECK(asked("type: A").query_class == 1);
    CHECK(asked("class: CH").query_class == 3);
    CHECK(asked("class: HS").query_class == 4);
    CHECK(asked("class: CLASS255").query_class == 255);
    CHECK(asked("valid_rcodes: [NOTAUTH, YXDOMAIN, BADVERS, BADCOOKIE]").valid_rcodes ==
          std::vector<int>{9, 6, 16, 23});
    for (const char* wrong : {"type: TYPE65536", "type: TYPEX", "type: a", "class: XX"}) {
        INFO(wrong);
        CHECK(read("- dns: {server: a, name: b, " + std::string(wrong) + "}\n").said.size() == 1);
    }
}

TEST_CASE("each mistake is named at its place") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"a: b\n", "agent.yml:1:1: error: \"probe\" is a list of {job, http}, {job, icmp}, …"},
        {"- {job: a}\n", "agent.yml:1:3: error: a probe needs one of http, tcp, icmp, dns and ntp"},
        {"- {icmp: {target: a}, tcp: {target: 'a:1'}}\n",
         "agent.yml:1:10: error: \"icmp\": stands beside \"tcp\"; a probe is of one kind, make two "
         "of it"},
        {"- {http: {}}\n",
         "agent.yml:1:10: error: \"url\": is missing; a probe needs it, or a list \"targets\""},
        {"- {http: {url: 'ftp://a'}}\n",
         "agent.yml:1:16: error: \"url\": \"ftp://a\" is neither http nor https"},
        {"- {http: {url: a, expect: {body: '('}}}\n",
         "agent.yml:1:34: error: \"body\": bad regular expression \"(\": missing ): ("},
        {"- {http: {url: a, expect: {status: [20]}}}\n",
         "agent.yml:1:36: error: \"status\": \"20\" is no status of HTTP (100 to 599)"},
        {"- {http: {url: a, headers: {'a b': c}}}\n",
         "agent.yml:1:28: error: \"headers\": \"a b\" is no header's name"},
        {"- {http: {url: a, tls: {cert_file: x}}}\n",
         "agent.yml:1:36: error: \"cert_file\": needs both \"cert_file\" and \"key_file\""},
        {"- {http: {url: a, tls: {max_version: TLS11}}}\n",
         "agent.yml:1:38: error: \"max_version\": is less than \"min_version\" (by default TLS12)"},
        {"- {http: {url: a, basic_auth: {username: x, password_file: y}, bearer_token_file: z}}\n",
         "agent.yml:1:83: error: \"bearer_token_file\": stands beside \"basic_auth\"; a request "
         "has "
         "one of them"},
        {"- {http: {url: a, proxy_basic_auth: {username: x, password_file: y}}}\n",
         "agent.yml:1:37: error: \"proxy_basic_auth\": is for a \"proxy\", and there is none"},
        {"- {tcp: {target: a}}\n", "agent.yml:1:18: error: \"target\": \"a\" needs a port"},
        {"- {tcp: {target: 'a:0'}}\n",
         "agent.yml:1:18: error: \"target\": \"a:0\" is no host with an optional port"},
        {"- {tcp: {target: 'a:1', script: [{}]}}\n",
         "agent.yml:1:34: error: a step needs \"expect\", \"send\" or \"starttls\""},
        {"- {tcp: {target: 'a:1', script: [{send: x, labels: {a: b}}]}}\n",
         "agent.yml:1:52: error: \"labels\": need an \"expect\" to take their values from"},
        {"- {icmp: {target: 'a:1'}}\n",
         "agent.yml:1:19: error: \"target\": \"a:1\": a ping has no port"},
        {"- {dns: {server: a, name: 'a..b'}}\n",
         "agent.yml:1:27: error: \"name\": is no domain's name"},
        {"- {dns: {server: a, name: b, valid_rcodes: [NO]}}\n",
         "agent.yml:1:44: error: \"valid_rcodes\": \"NO\" is no code of an answer (NOERROR, …)"},
        {"- {icmp: {target: a}, every: 5s, timeout: 6s}\n",
         "agent.yml:1:43: error: \"timeout\": is longer than \"every\" (5s)"},
    };
    for (const auto& [text, expected] : cases) {
        INFO(text);
        const Read r = read(text);
        REQUIRE_FALSE(r.said.empty());
        CHECK(r.said.front() == expected);
    }
    CHECK(read("- {icmp: {target: a, targte: b}}\n").said.size() == 1);
}

TEST_CASE("what should be a map and is none is one mistake, named at its place") {
    for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
             {"- {job: a, icmp: 10.0.0.1}\n",
              "agent.yml:1:18: error: icmp must be a map of keys and values, not a single value"},
             {"- http: http://x/\n",
              "agent.yml:1:9: error: http must be a map of keys and values, not a single value"},
             {"- http\n",
              "agent.yml:1:3: error: a probe must be a map of keys and values, not a single "
              "value"}}) {
        INFO(text);
        CHECK(read(text).said == std::vector<std::string>{expected});
    }
}

TEST_CASE("hosts and ports come apart") {
    const std::vector<std::tuple<std::string, std::string, int>> cases{
        {"a", "a", 0},
        {"a:53", "a", 53},
        {"1.2.3.4:5", "1.2.3.4", 5},
        {"::1", "::1", 0},
        {"[::1]:53", "::1", 53},
        {"[::1]", "::1", 0},
        {"fe80::1:2", "fe80::1:2", 0},
    };
    for (const auto& [text, host, port] : cases) {
        INFO(text);
        const auto split = split_host_port(text);
        REQUIRE(split);
        CHECK(split->host == host);
        CHECK(split->port.value_or(0) == port);
    }
    for (const char* wrong :
         {"", ":1", "a:", "a:x", "a:65536", "a:0", "[::1", "[::1]x", "a b", "[]"}) {
        INFO(wrong);
        CHECK_FALSE(split_host_port(wrong));
    }
}
