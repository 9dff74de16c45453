#include "collector/net/snmp/config/config.h"

#include <catch2/catch.hpp>

#include "tests/support/read_targets.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

using Read = test::ReadTargets<SnmpConfig>;

Read read(const std::string& text) {
    return test::read_targets<SnmpConfig>(read_snmp, text);
}

}  // namespace

TEST_CASE("a device is a host with or without a port") {
    struct Case {
        const char* text;
        const char* host;
        int port;
    };
    const std::vector<Case> cases{
        {"10.0.0.1", "10.0.0.1", 161},
        {"sw-1.example:1161", "sw-1.example", 1161},
        {"[2001:db8::1]:162", "2001:db8::1", 162},
        {"2001:db8::1", "2001:db8::1", 161},
        {"[fe80::1%eth0]", "fe80::1%eth0", 161},
    };
    for (const Case& c : cases) {
        const auto peer = parse_snmp_peer(c.text);
        INFO(c.text);
        REQUIRE(peer);
        CHECK(peer->host == c.host);
        CHECK(peer->port == c.port);
    }
    for (const char* wrong : {"", ":161", "a:", "a:0", "a:65536", "a:b", "[::1", "[::1]x", "[]:1",
                              "udp://a", "a b", "u@a"}) {
        INFO(wrong);
        CHECK_FALSE(parse_snmp_peer(wrong));
    }
}

TEST_CASE("an entry is one target for each device, with the same keys") {
    const Read r = read(R"(
- {targets: [10.0.0.1, "10.0.0.2:1161"]}
- job: core
  targets: [sw.example]
  modules: [if_mib]
  module_files: [/srv/snmp]
  version: 3
  auth: {user: mon, level: authPriv, auth: {protocol: SHA-256, password_file: a}, priv: {protocol: AES-256, password_file: b}}
  context: vrf1
  every: 30s
  timeout: 9s
  request_timeout: 1s
  retries: 1
  max_repetitions: 10
  keep_indexes: true
)");
    CHECK(r.said.empty());
    REQUIRE(r.targets.size() == 3);
    CHECK(r.at(0).job == "snmp");
    CHECK(r.at(0).instance == "10.0.0.1");
    CHECK(r.at(0).credential.version == SnmpVersion::k2c);
    CHECK(r.at(0).credential.community == "public");
    CHECK(r.at(0).every == Duration(1min));
    CHECK(r.at(0).timeout == Duration(20s));
    CHECK(r.at(0).modules == std::vector<std::string>{"if_mib", "system"});
    CHECK(r.at(1).instance == "10.0.0.2:1161");
    CHECK(r.at(1).peer.port == 1161);
    const SnmpConfig& core = r.at(2);
    CHECK(core.job == "core");
    CHECK(core.credential.version == SnmpVersion::k3);
    CHECK(core.credential.user == "mon");
    CHECK(core.credential.level == SnmpLevel::kAuthPriv);
    CHECK(core.credential.auth_protocol == "SHA-256");
    CHECK(core.credential.auth_password_file == "a");
    CHECK(core.credential.priv_protocol == "AES-256");
    CHECK(core.credential.context == "vrf1");
    CHECK(core.request_timeout == Duration(1s));
    CHECK(core.retries == 1);
    CHECK(core.max_repetitions == 10);
    CHECK(core.keep_indexes);
    CHECK(core.module_files == std::vector<std::string>{"/srv/snmp"});
}

TEST_CASE("the level follows from the keys that are there") {
    const std::vector<std::pair<std::string, SnmpLevel>> cases{
        {"{user: u}", SnmpLevel::kNoAuthNoPriv},
        {"{user: u, auth: {password_file: a}}", SnmpLevel::kAuthNoPriv},
        {"{user: u, auth: {password_file: a}, priv: {password_file: b}}", SnmpLevel::kAuthPriv},
    };
    for (const auto& [auth, level] : cases) {
        const Read r = read("[{targets: [a], version: 3, auth: " + auth + "}]");
        CHECK(r.said.empty());
        CHECK(r.at(0).credential.level == level);
    }
}

TEST_CASE("protocols and levels may be called as other programs call them") {
    const Read r = read(R"(
- targets: [a]
  version: 3
  auth: {user: u, auth: {protocol: SHA-1, password_file: a}, priv: {protocol: AES-128, password_file: b}}
- targets: [b]
  version: 3
  auth: {user: u, auth: {protocol: SHA1, password_file: a}, priv: {protocol: AES128, password_file: b}}
- targets: [c]
  version: 3
  auth: {user: u, auth: {protocol: SHA256, password_file: a}, priv: {protocol: AES256C, password_file: b}}
- targets: [d]
  version: 3
  auth: {user: u, level: noAuth}
)");
    CHECK(r.said.empty());
    REQUIRE(r.targets.size() == 4);
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(r.at(i).credential.auth_protocol == "SHA");
        CHECK(r.at(i).credential.priv_protocol == "AES");
    }
    CHECK(r.at(2).credential.auth_protocol == "SHA-256");
    CHECK(r.at(2).credential.priv_protocol == "AES-256-C");
    CHECK(r.at(3).credential.level == SnmpLevel::kNoAuthNoPriv);
}

TEST_CASE("what is wrong with snmp is named with its place") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"{a: b}", "agent.yml:1:1: error: \"snmp\" is a list"},
        {"[{job: a}]", "agent.yml:1:2: error: "},
        {"[{targets: [\"a:b\"]}]", "agent.yml:1:13: error: \"a:b\" is no device"},
        {"[{targets: [a], version: 1}]", "agent.yml:1:26: error: \"version\": must be one of 2c"},
        {"[{targets: [a], version: 3}]", "agent.yml:1:2: error: "},
        {"[{targets: [a], auth: {user: u}}]", "agent.yml:1:23: error: \"auth\": is for"},
        {"[{targets: [a], version: 3, community: c, auth: {user: u}}]",
         "agent.yml:1:40: error: \"community\": is for"},
        {"[{targets: [a], community: c, community_file: f}]",
         "agent.yml:1:28: error: \"community\": stands beside"},
        {"[{targets: [a], context: c}]", "agent.yml:1:26: error: \"context\": is for"},
        {"[{targets: [a], modules: []}]", "agent.yml:1:26: error: \"modules\": names nothing"},
        {"[{targets: []}]", "agent.yml:1:12: error: \"targets\": names no device"},
        {"[{targets: [a], modules: [nope], module_files: []}]",
         "agent.yml:1:27: error: no shipped module is called \"nope\", and there are no"},
        {"[{targets: [a], modules: [system, if_mip], module_files: []}]",
         "agent.yml:1:35: error: no shipped module is called \"if_mip\", and there are no "
         "\"module_files\"; did you mean \"if_mib\"?"},
        {"[{targets: [a], retries: 21}]", "agent.yml:1:26: error: \"retries\": must be"},
        {"[{targets: [a], request_timeout: 0s}]", "agent.yml:1:34: error: \"request_timeout\": "},
        {"[{targets: [a], every: 5s, timeout: 6s}]",
         "agent.yml:1:37: error: \"timeout\": is longer"},
        {"[{targets: [a], tragets: [a]}]", "agent.yml:1:17: error: unknown key \"tragets\""},
        {"[{targets: [a], version: 3, auth: {user: u, priv: {password_file: p}}}]",
         "agent.yml:1:51: error: \"priv\": needs \"auth\""},
        {"[{targets: [a], version: 3, auth: {user: u, level: authPriv, auth: {password_file: p}}}]",
         "agent.yml:1:52: error: \"level\": is authPriv, but"},
        {"[{targets: [a], version: 3, auth: {user: u, auth: {protocol: SHA-3, password_file: p}}}]",
         "agent.yml:1:62: error: \"protocol\": must be one of"},
        {"[{targets: [a], version: 3, auth: {user: u, auth: {password: secret}}}]",
         "agent.yml:1:51: error: "},
    };
    for (const auto& [text, message] : cases) {
        const Read r = read(text);
        INFO(text);
        REQUIRE_FALSE(r.said.empty());
        CHECK_THAT(r.said[0], Catch::StartsWith(message));
    }
}
