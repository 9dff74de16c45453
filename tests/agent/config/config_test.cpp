#include "agent/config/config.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/text/yaml.h"
#include "collector/register.h"

using namespace tocsin;
using namespace tocsin::agent;

namespace {

// A registry of the test's own, so that what is checked against data is seen to be.
const std::vector<collector::Registration>& some_collectors() {
    static const std::vector<collector::Registration> rows{
        {"filesystem",
         collector::Threading::kBlocking,
         true,
         "",
         nullptr,
         {{"mount_points_exclude", "regex", "^/(dev)($|/)", "Mounts that are not reported."},
          {"timeout", "duration", "3s", "How long a mount may take."},
          {"kinds", "list", "", "Which."},
          {"deep", "bool", "false", "Whether."}}},
        {"netdev",
         collector::Threading::kInline,
         true,
         "",
         nullptr,
         {{"device_exclude", "regex", "", "Not these."},
          {"device_include", "regex", "", "Only these."}}},
        {"systemd", collector::Threading::kBlocking, false, "systemd", nullptr, {}},
    };
    return rows;
}

struct SwitchConfig final : collector::TargetConfig {
    std::string community;
};

collector::TargetConfigs read_switches(const text::YamlNode& section, Diagnostics& diagnostics) {
    collector::TargetConfigs out;
    for (const text::YamlNode& item : section.items()) {
        text::MapReader reader(item, "a switch", diagnostics);
        auto config = std::make_shared<SwitchConfig>();
        collector::read_target(reader, *config, "switches");
        config->instance = reader.string("target").value_or("");
        config->community = reader.string("community").value_or("public");
        reader.finish();
        out.push_back(std::move(config));
    }
    return out;
}

const std::vector<collector::TargetKind>& some_kinds() {
    static const std::vector<collector::TargetKind> kinds{
        {"switches", "", read_switches, nullptr, {{"community", "text", "public", "Who asks."}}},
        {"units",
         "",
         read_switches,
         nullptr,
         {},
         collector::AfterFailures::kAtInterval,
         "systemd",
         "of_one"}};
    return kinds;
}

struct Read {
    Config config;
    std::vector<std::string> said;
};

Read read(const std::string& text) {
    Diagnostics diagnostics("agent.yml");
    Read out{read_config(text, {some_collectors(), some_kinds()}, diagnostics), {}};
    for (const Diagnostic& d : diagnostics.all()) out.said.push_back(d.text());
    return out;
}

}  // namespace

TEST_CASE("the empty file works") {
    for (const char* text : {"", "# nothing\n", "{}"}) {
        const Read r = read(text);
        CHECK(r.said.empty());
        CHECK(r.config.host.empty());
        CHECK(r.config.listen == "127.0.0.1:9841");
        CHECK(r.config.collect.interval == Duration(15s));
        CHECK(r.config.history.keep == Duration(1h));
        CHECK(r.config.history.limit.count == 32U * 1024 * 1024);
        CHECK(r.config.outbox.limit.count == 64U * 1024 * 1024);
        CHECK(r.config.rules.files == std::vector<std::string>{"/etc/tocsin/rules.d/*.yml"});
        CHECK(r.config.rules.mode == "active");
        CHECK(r.config.bridge.urls.empty());
        CHECK(r.config.path.procfs == "/proc");
    }
}

TEST_CASE("a full file is read whole") {
    const Read r = read(R"(
host: web-17.bj1.example
labels: {env: prod, tier: "1"}
severities: [note, page]
listen: "[::1]:9841"
listen_token_file: /etc/tocsin/api.token
tls: {certificate_file: c.pem, key_file: k.pem}
state: /tmp/state
path: {procfs: /h/proc, sysfs: /h/sys, rootfs: /h, udev_data: /h/udev}
log: {level: debug, format: json}
bridge:
  urls: [https://tocsin.example:9840, http://127.0.0.1:9840]
  token_file: credential:agent
  ca_file: /etc/tocsin/ca.pem
collect:
  interval: 500ms
  filesystem: {mount_points_exclude: "^/x", timeout: 1s, kinds: [a, b], deep: true}
  systemd: true
rules: {files: [/etc/rules], mode: observe}
history: {keep: 2h, limit: 1GiB}
outbox: {limit: 5MB}
)");
    CHECK(r.said.empty());
    const Config& c = r.config;
    CHECK(c.host == "web-17.bj1.example");
    CHECK(c.labels.size() == 2);
    CHECK(c.severities == std::vector<std::string>{"note", "page"});
    CHECK(c.listen == "[::1]:9841");
    CHECK(c.listen_token_file == "/etc/tocsin/api.token");
    REQUIRE(c.tls);
    CHECK(c.tls->certificate_file == "c.pem");
    CHECK(c.tls->key_file == "k.pem");
    CHECK(c.state == "/tmp/state");
    CHECK(c.path.udev_data == "/h/udev");
    CHECK(c.log.level == "debug");
    CHECK(c.log.format == "json");
    CHECK(c.bridge.urls.size() == 2);
    CHECK(c.bridge.token_file == "credential:agent");
    CHECK(c.collect.interval == Duration(500ms));
    const CollectorSection* fs = c.collect.find("filesystem");
    REQUIRE(fs != nullptr);
    CHECK(fs->enabled);
    REQUIRE(collector::find_setting(fs->settings, "kinds") != nullptr);
    CHECK(*collector::find_setting(fs->settings, "kinds") == std::vector<std::string>{"a", "b"});
    CHECK(*collector::find_setting(fs->settings, "timeout") == std::vector<std::string>{"1s"});
    REQUIRE(c.collect.find("systemd") != nullptr);
    CHECK(c.collect.find("cpu") == nullptr);
    CHECK(c.rules.mode == "observe");
    CHECK(c.history.keep == Duration(2h));
    CHECK(c.outbox.limit.count == 5'000'000);
}

TEST_CASE("targets may stand in a collector's section, which turns it on as well") {
    const Read r = read("collect: {systemd: {of_one: [{target: a}, {target: b}]}}");
    CHECK(r.said.empty());
    CHECK(r.config.collect.find("systemd")->enabled);
    REQUIRE(r.config.collect.targets.size() == 1);
    CHECK(r.config.collect.targets[0].kind == "units");
    CHECK(r.config.collect.targets[0].targets.size() == 2);
    // Nowhere else, and what is wrong in it is named at its place.
    CHECK_FALSE(read("collect: {units: []}").said.empty());
    CHECK_THAT(read("collect: {systemd: {of_one: [{tarket: a}]}}").said.at(0),
               Catch::StartsWith("agent.yml:1:31: error: unknown key \"tarket\""));
}

TEST_CASE("overrides of levels are read by alert, and their mistakes named") {
    const Read r = read(
        "rules:\n  overrides:\n    Filling:\n"
        "    - {where: ['mountpoint=\"/backup\"'], levels: {warning: \"> 92\"}}\n");
    CHECK(r.said.empty());
    REQUIRE(r.config.rules.overrides.at("Filling").size() == 1);
    CHECK(r.config.rules.overrides.at("Filling")[0].levels.at(0).when->text() == "> 92");
    CHECK(read("rules: {overrides: {A: [{where: ['a=\"b\"']}]}}").said.at(0) ==
          "agent.yml:1:25: error: a variation needs the key \"levels\"");
    CHECK_THAT(read("rules: {overrides: [A]}").said.at(0),
               Catch::Contains("is a map from an alert to a list of {where, levels}"));
}

TEST_CASE("a collector is turned on and off by its name") {
    const Read off = read("collect: {filesystem: false, systemd: {}}");
    CHECK(off.said.empty());
    CHECK_FALSE(off.config.collect.find("filesystem")->enabled);
    CHECK(off.config.collect.find("systemd")->enabled);
}

TEST_CASE("every mistake is named at its place") {
    struct Case {
        const char* text;
        const char* said;
    };
    const std::vector<Case> cases{
        {"hots: a", "agent.yml:1:1: error: unknown key \"hots\"; did you mean \"host\"?"},
        {"inspection: {at: \"daily 08:00\"}", "agent.yml:1:1: error: unknown key \"inspection\""},
        {"collect: {probe: []}", "agent.yml:1:11: error: unknown key \"probe\""},
        {"rules: {mode: silent}",
         "agent.yml:1:15: error: \"mode\": must be one of active, observe, not \"silent\""},
        {"rules: {from_bridge: true}", "agent.yml:1:9: error: unknown key \"from_bridge\""},
        {"listen: nowhere", "agent.yml:1:9: error: \"listen\": "},
        {"listen: 127.0.0.1:99999", "agent.yml:1:9: error: \"listen\": "},
        {"bridge: {urls: [tocsin:9840]}", "agent.yml:1:17: error: "},
        {"bridge: {urls: https://a}", "agent.yml:1:16: error: \"urls\": must be a list"},
        {"bridge: {token: abc}", "agent.yml:1:10: error: unknown key \"token\""},
        {"tls: {certificate_file: a}", "agent.yml:1:6: error: "},
        {"listen: 0.0.0.0:9841",
         "agent.yml:1:9: warning: without \"listen_token_file\" other hosts get nothing but "
         "health"},
        {"listen: \"[::]:9841\"\nlisten_token_file: t",
         "agent.yml:1:9: warning: the token leaves this host in the clear"},
        {"labels: {host: a}", "agent.yml:1:10: error: the label host is the key \"host\""},
        {"labels: {severity: a}", "agent.yml:1:10: error: the label severity is the rule's"},
        {"labels: {a-b: c}", "agent.yml:1:10: error: \"a-b\" is no label name"},
        {"severities: []", "agent.yml:1:13: error: \"severities\": needs at least one name"},
        {"severities: [a, a]", "agent.yml:1:13: error: \"severities\": needs at least one name"},
        {"collect: {filesystem: {interval: 5s}}",
         "agent.yml:1:34: error: \"interval\": is shorter than collect.interval, 15s"},
        {"collect: {filesystem: {interval: often}}", "agent.yml:1:34: error: \"interval\": "},
        {"collect: {interval: 15}", "agent.yml:1:21: error: \"interval\": "},
        {"collect: {interval: 1ms}", "agent.yml:1:21: error: \"interval\": must be at least 100ms"},
        {"collect: {filesystem: {timeout: 0s}}",
         "agent.yml:1:33: error: \"timeout\": must be more than nothing"},
        {"collect: {filesystem: {timeout: soon}}", "agent.yml:1:33: error: \"timeout\": "},
        {"collect: {filesystem: {mount_points_exclude: \"(\"}}",
         "agent.yml:1:46: error: \"mount_points_exclude\": "},
        {"collect: {filesystem: {deep: maybe}}", "agent.yml:1:30: error: \"deep\": must be true"},
        {"collect: {filesystem: {timeot: 1s}}",
         "agent.yml:1:24: error: unknown key \"timeot\"; did you mean \"timeout\"?"},
        {"collect: {filesystem: perhaps}", "agent.yml:1:23: error: \"filesystem\": must be true"},
        {"collect: {systemd: [a]}", "agent.yml:1:20: error: collect.systemd must be a map"},
        {"history: {limit: 0B}", "agent.yml:1:18: error: \"limit\": must be more than nothing"},
        {"history: {keep: 0s}", "agent.yml:1:17: error: \"keep\": must be more than nothing"},
        {"outbox: {limit: 64}", "agent.yml:1:17: error: \"limit\": "},
        {"log: {level: loud}", "agent.yml:1:14: error: \"level\": must be one of debug"},
        {"- a", "agent.yml:1:1: error: agent.yml must be a map"},
        {"host: [a", "agent.yml:1:"},
    };
    for (const Case& c : cases) {
        const Read r = read(c.text);
        INFO(c.text);
        REQUIRE(r.said.size() == 1);
        INFO(r.said[0]);
        CHECK(r.said[0].starts_with(c.said));
    }
}

TEST_CASE("all mistakes of a file are named at once") {
    const Read r = read("hots: a\nlisten: x\nhistory: {keep: ever, limt: 3MiB}\n");
    CHECK(r.said.size() == 4);
}

TEST_CASE("every key of the table is read, with the default that the table says") {
    for (const KeyRow& row : config_keys()) {
        INFO(row.key);
        CHECK_FALSE(row.help.empty());
        if (row.default_value.empty()) continue;
        const auto dot = row.key.find('.');
        std::string text =
            std::string(row.key.substr(dot + 1)) + ": " + std::string(row.default_value);
        if (dot != std::string_view::npos) {
            text = std::string(row.key.substr(0, dot)) + ": {" + text + "}";
        }
        const Read with = read(text);
        const Read without = read("");
        INFO(text);
        CHECK(with.said.empty());
        // Reading the default says the same as leaving the key out.
        CHECK(with.config.listen == without.config.listen);
        CHECK(with.config.state == without.config.state);
        CHECK(with.config.severities == without.config.severities);
        CHECK(with.config.collect.interval == without.config.collect.interval);
        CHECK(with.config.rules.files == without.config.rules.files);
        CHECK(with.config.rules.mode == without.config.rules.mode);
        CHECK(with.config.history.keep == without.config.history.keep);
        CHECK(with.config.history.limit == without.config.history.limit);
        CHECK(with.config.outbox.limit == without.config.outbox.limit);
        CHECK(with.config.log.level == without.config.log.level);
        CHECK(with.config.log.format == without.config.log.format);
        CHECK(with.config.path.procfs == without.config.path.procfs);
        CHECK(with.config.path.sysfs == without.config.path.sysfs);
        CHECK(with.config.path.rootfs == without.config.path.rootfs);
        CHECK(with.config.path.udev_data == without.config.path.udev_data);
    }
}

// The reader names the keys it knows when one is far from all of them.
TEST_CASE("the reader knows no key that the table lacks") {
    std::set<std::string> table;
    for (const KeyRow& row : config_keys()) table.insert(std::string(row.key));
    const std::vector<std::string> sections{"",      "path",    "log",   "bridge",
                                            "rules", "history", "outbox"};
    for (const std::string& section : sections) {
        const Read r = read(section.empty() ? "qqqqqqqqqq: 1" : section + ": {qqqqqqqqqq: 1}");
        REQUIRE(r.said.size() == 1);
        const auto at = r.said[0].find("known are ");
        REQUIRE(at != std::string::npos);
        std::istringstream names(r.said[0].substr(at + 10));
        for (std::string name; std::getline(names >> std::ws, name, ',');) {
            const std::string key = section.empty() ? name : section + "." + name;
            INFO(key);
            const bool is_section = std::any_of(table.begin(), table.end(), [&](const auto& k) {
                return k.starts_with(key + ".");
            });
            CHECK((table.contains(key) || is_section));
        }
    }
}

TEST_CASE("the reference in docs/configuration.md is what the table says") {
    std::ifstream in(std::string(TOCSIN_SOURCE_DIR) + "/docs/configuration.md");
    REQUIRE(in);
    std::stringstream text;
    text << in.rdbuf();
    const std::string document = text.str();
    const std::string begin = "<!-- agent:begin -->\n";
    const std::string end = "<!-- agent:end -->";
    const auto from = document.find(begin);
    const auto to = document.find(end);
    REQUIRE(from != std::string::npos);
    REQUIRE(to != std::string::npos);
    const std::string written = document.substr(from + begin.size(), to - from - begin.size());
    const std::string expected =
        config_reference({collector::registrations(), collector::target_kinds()});
    INFO("replace what stands there by\n" << expected);
    CHECK((written == expected));
}

TEST_CASE("a kind of targets reads its own section, with what every target has") {
    const Read r = read(R"(
collect:
  switches:
    - {target: 10.0.0.1, every: 60s, timeout: 5s}
    - {target: 10.0.0.2, job: core, community: secret}
)");
    CHECK(r.said.empty());
    REQUIRE(r.config.collect.targets.size() == 1);
    CHECK(r.config.collect.targets[0].kind == "switches");
    const auto& targets = r.config.collect.targets[0].targets;
    REQUIRE(targets.size() == 2);
    CHECK(targets[0]->job == "switches");
    CHECK(targets[0]->instance == "10.0.0.1");
    CHECK(targets[0]->every == Duration(60s));
    CHECK(targets[0]->timeout == Duration(5s));
    CHECK(targets[1]->job == "core");
    CHECK(targets[1]->every == Duration{0});
    CHECK(static_cast<const SwitchConfig&>(*targets[1]).community == "secret");
}

TEST_CASE("what replaces a collector's exclude does not stand beside it") {
    CHECK(read("collect: {netdev: {device_include: a}}").said.empty());
    const Read both = read("collect: {netdev: {device_exclude: a, device_include: b}}");
    REQUIRE(both.said.size() == 1);
    CHECK(both.said[0] ==
          "agent.yml:1:55: error: \"device_include\": stands beside \"device_exclude\"; keep one");
}

TEST_CASE("what is wrong with targets is named with its place") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"collect: {switches: [{target: a, nothing: 1}]}",
         "agent.yml:1:34: error: unknown key \"nothing\""},
        {"collect: {switches: [{target: a, every: 5s, timeout: 10s}]}",
         "agent.yml:1:54: error: \"timeout\": is longer than \"every\" (5s)"},
        {"collect: {switches: [{target: a, every: 0s}]}",
         "agent.yml:1:41: error: \"every\": must be more than nothing"},
        {"collect: {switches: [{target: a}, {target: a}]}",
         "agent.yml:1:21: error: \"switches\": the job \"switches\" has the instance \"a\" twice; "
         "give one another job"},
    };
    for (const auto& [text, message] : cases) {
        const Read r = read(text);
        REQUIRE(r.said.size() == 1);
        CHECK_THAT(r.said[0], Catch::StartsWith(message));
    }
    const Read shorter = read("collect: {switches: [{target: a, every: 2s}]}");
    CHECK(shorter.said.empty());
    CHECK(shorter.config.collect.targets[0].targets[0]->timeout == Duration(2s));
}
