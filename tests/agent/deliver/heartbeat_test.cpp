#include "agent/deliver/heartbeat.h"

#include <catch2/catch.hpp>

#include "tests/support/fixture_tree.h"

using namespace tocsin;
using namespace tocsin::agent;

TEST_CASE("a heartbeat's JSON holds the inventory") {
    Heartbeat h;
    h.host = "web-17.bj1.example";
    h.facts = {"0b1c",        "Debian GNU/Linux 12 (bookworm)", "6.1.0-27-amd64", 4,
               8'589'934'592, {"10.0.0.7", "2001:db8::7"}};
    h.started_at = from_unix_ms(1'700'000'000'000);
    h.version = "0.1.0";
    h.labels = {{"env", "prod"}, {"site", "北京\xFF"}};
    h.rules_hash = "abc";
    h.failing_collectors = {{"filesystem", "timeout \"3s\""}};
    h.outbox = {2, 900, 5, 1};
    REQUIRE(to_json(h) ==
            R"j({"host":"web-17.bj1.example","boot_id":"0b1c",)j"
            R"j("started_at":"2023-11-14T22:13:20.000Z","version":"0.1.0","interval_seconds":30,)j"
            R"j("labels":{"env":"prod","site":"北京�"},)j"
            R"j("os":"Debian GNU/Linux 12 (bookworm)","kernel":"6.1.0-27-amd64","cpus":4,)j"
            R"j("memory_bytes":8589934592,"addresses":["10.0.0.7","2001:db8::7"],)j"
            R"j("rules_hash":"abc","failing_collectors":[{"name":"filesystem",)j"
            R"j("reason":"timeout \"3s\""}],"outbox":{"rows":2,"bytes":900,"dropped":6},)j"
            R"j("goodbye":false})j");
}

TEST_CASE("the bridge's answer sets the pace, within bounds") {
    struct Case {
        std::string_view answer;
        Duration expected;
    };
    for (const Case& c :
         {Case{R"({"interval": 5})", 5s}, Case{R"({"interval": 1.5, "more": []})", 1500ms},
          Case{R"({"interval": 0.01})", 1s}, Case{R"({"interval": -3})", 1s},
          Case{R"({"interval": 86400})", 10min}, Case{R"({"interval": 1e300})", 10min},
          Case{R"({"interval": 18446744073709551615})", 10min}, Case{"{}", 30s},
          Case{R"({"interval": "5"})", 30s}, Case{R"({"interval": null})", 30s},
          Case{R"({"interval": 1e999})", 30s}, Case{"[5]", 30s}, Case{"told so", 30s},
          Case{"", 30s}}) {
        CAPTURE(c.answer);
        CHECK(asked_interval(c.answer, kHeartbeat) == c.expected);
    }
}

TEST_CASE("a goodbye says that nothing more will come") {
    Heartbeat h;
    h.goodbye = true;
    REQUIRE_THAT(to_json(h), Catch::Contains(R"j("goodbye":true})j"));
}

TEST_CASE("os-release gives the system's name") {
    struct Case {
        std::string_view text;
        std::string_view expected;
    };
    const Case c = GENERATE(values<Case>({
        {"PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\n",
         "Debian GNU/Linux 12 (bookworm)"},
        {"NAME=Fedora\nVERSION='39 (Server)'\n", "Fedora 39 (Server)"},
        {"NAME=Arch\n", "Arch"},
        {"# PRETTY_NAME=x\nPRETTY_NAME=\"a \\\"b\\\" \\$c\"", "a \"b\" $c"},
        {"PRETTY_NAME=\"\n", "\""},
        {"", ""},
    }));
    REQUIRE(parse_os_release(c.text) == c.expected);
}

TEST_CASE("a list of CPUs is counted") {
    struct Case {
        std::string_view text;
        std::int64_t expected;
    };
    const Case c = GENERATE(values<Case>({{"0-3\n", 4},
                                          {"0\n", 1},
                                          {"0-1,4,6-7\n", 5},
                                          {"", 0},
                                          {"x", 0},
                                          {"3-1", 0},
                                          {"0-99999999999", 0}}));
    REQUIRE(parse_cpu_count(c.text) == c.expected);
}

TEST_CASE("the facts come from the trees that are named, and what is missing stays empty") {
    const test::FixtureTree tree{{"proc/sys/kernel/random/boot_id", "8f4e\n"},
                                 {"proc/sys/kernel/osrelease", "6.1.0-27-amd64\n"},
                                 {"proc/meminfo", "MemTotal:        8000 kB\nMemFree: 1 kB\n"},
                                 {"sys/devices/system/cpu/online", "0-7\n"},
                                 {"root/usr/lib/os-release", "PRETTY_NAME=\"Test 1\"\n"}};
    const HostFacts facts = read_host_facts({tree.at("proc"), tree.at("sys"), tree.at("root/")});
    REQUIRE(facts.boot_id == "8f4e");
    REQUIRE(facts.kernel == "6.1.0-27-amd64");
    REQUIRE(facts.memory_bytes == 8'192'000);
    REQUIRE(facts.cpus == 8);
    REQUIRE(facts.os == "Test 1");
    const HostFacts none = read_host_facts({"/nowhere", "/nowhere", "/nowhere"});
    REQUIRE(none.boot_id.empty());
    REQUIRE(none.cpus == 0);
}
