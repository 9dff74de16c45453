// The section `snmp_traps` of agent.yml.
#include <catch2/catch.hpp>

#include "collector/net/snmp/config/traps.h"
#include "tests/support/read_targets.h"

using namespace tocsin;
using namespace tocsin::collector;

namespace {

test::ReadTargets<TrapsConfig> read(const std::string& text) {
    return test::read_targets<TrapsConfig>(read_snmp_traps, text);
}

}  // namespace

TEST_CASE("a receiver of traps has an address, and whose traps it takes") {
    const auto r = read(R"(
- {community: public}
- name: dmz
  job: dmz
  listen: ["192.0.2.1", "[::]:1162"]
  community: [one, two]
  users:
    - {user: mon, auth: {protocol: SHA-256, password_file: a}, priv: {protocol: AES, password_file: b}}
    - {user: plain}
  mapping_files: [/srv/traps]
  instances: {192.0.2.7: core-switch, "2001:db8::7": edge}
  rate: 20
  every: 5s
  timeout: 2s
)");
    CHECK(r.said.empty());
    REQUIRE(r.targets.size() == 2);
    const TrapsConfig& usual = r.at(0);
    CHECK(usual.name == "traps");
    CHECK(usual.job == "snmp_traps");
    CHECK(usual.instance.empty());
    REQUIRE(usual.listen.size() == 1);
    CHECK(usual.listen[0].host == "0.0.0.0");
    CHECK(usual.listen[0].port == 162);
    CHECK(usual.communities == std::vector<std::string>{"public"});
    CHECK(usual.mapping_files == std::vector<std::string>{"/etc/tocsin/traps.d/*.yml"});
    CHECK(usual.rate == 100);
    const TrapsConfig& dmz = r.at(1);
    CHECK(dmz.name == "dmz");
    REQUIRE(dmz.listen.size() == 2);
    CHECK(dmz.listen[0].port == 162);
    CHECK(dmz.listen[1].host == "::");
    CHECK(dmz.listen[1].port == 1162);
    CHECK(dmz.communities == std::vector<std::string>{"one", "two"});
    REQUIRE(dmz.users.size() == 2);
    CHECK(dmz.users[0].version == SnmpVersion::k3);
    CHECK(dmz.users[0].level == SnmpLevel::kAuthPriv);
    CHECK(dmz.users[0].auth_protocol == "SHA-256");
    CHECK(dmz.users[1].level == SnmpLevel::kNoAuthNoPriv);
    CHECK(dmz.instances.at(1).second == "edge");
    CHECK(dmz.rate == 20);
    CHECK(dmz.every == Duration(5s));
}

TEST_CASE("a receiver that is wrong is named with its place") {
    struct Case {
        const char* text;
        const char* expected;
    };
    const std::vector<Case> cases{
        {"{a: b}", "\"snmp_traps\" is a list"},
        {"- {}", "nobody may send: write \"community\""},
        {"- {community: a, community_file: b}", "stands beside \"community_file\""},
        {"- {community: a, listen: [switch.example]}", "is no address to listen on"},
        {"- {community: a, listen: []}", "names no address"},
        {"- {community: a, listen: \"0.0.0.0:0\"}", "is no address to listen on"},
        {"- {users: {user: a}}", "must be a list of {user, auth, priv}"},
        {"- {users: [{}]}", "\"user\""},
        {"- {users: [{user: a}, {user: a}]}", "\"a\" stands twice"},
        {"- {users: [{user: a, priv: {password_file: b}}]}", "needs \"auth\" beside it"},
        {"- {community: a, instances: {switch: b}}", "is no address of a device"},
        {"- {community: a, instances: {10.0.0.1: \"\"}}", "has no name"},
        {"- {community: a, rate: 0}", "rate"},
        {"- {community: a, name: a/b}", "must be a name without"},
        {"- {community: a}\n- {community: b}", "the name \"traps\" stands twice"},
        {"- {community: a, comunity: b}", "did you mean \"community\""},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        const auto r = read(c.text);
        REQUIRE_FALSE(r.said.empty());
        INFO(r.text);
        CHECK(r.text.find(c.expected) != std::string::npos);
        CHECK(r.text.starts_with("agent.yml:"));
    }
    CHECK(read("- foo").said.size() == 1);
}
