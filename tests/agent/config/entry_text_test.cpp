#include "agent/config/entry_text.h"

#include <catch2/catch.hpp>

#include "agent/config/config.h"
#include "collector/register.h"

using namespace tocsin;
using namespace tocsin::agent;

namespace {

std::string said(std::string_view yaml) {
    Diagnostics diagnostics("agent.yml");
    const auto node = text::parse_yaml(yaml, diagnostics);
    REQUIRE_FALSE(diagnostics.has_errors());
    return text_of(node);
}

// By kind and instance or name.
std::map<std::string, std::string> sources(std::string_view yaml) {
    Diagnostics diagnostics("agent.yml");
    const Config config =
        read_config(yaml, {collector::registrations(), collector::target_kinds()}, diagnostics);
    INFO(diagnostics.text());
    REQUIRE_FALSE(diagnostics.has_errors());
    std::map<std::string, std::string> out;
    for (const TargetSection& section : config.collect.targets) {
        for (const auto& target : section.targets) {
            out[section.kind + " " + target->name + target->instance] = target->source;
        }
    }
    return out;
}

}  // namespace

TEST_CASE("two texts are the same exactly if they say the same") {
    CHECK(said("{a: [b, c], d: ~}") == said("# of it\na:\n  - b\n  - c\nd:   ~\n"));
    CHECK(said("a: &x {b: c}\nd: *x") == said("{a: {b: c}, d: {b: c}}"));
    for (const auto& [one, other] :
         std::vector<std::pair<std::string, std::string>>{{"a: b", "a: c"},
                                                          {"a: b", "b: b"},
                                                          {"a: [b, c]", "a: [b c]"},
                                                          {"a: [b, c]", "a: [c, b]"},
                                                          {"a: [[b], c]", "a: [b, [c]]"},
                                                          {"a: 1", "a: '1'"},
                                                          {"a: b", "a: {b: }"},
                                                          {"a: ~", "a: []"}}) {
        INFO(one << " and " << other);
        CHECK(said(one) != said(other));
    }
}

TEST_CASE("each kind's target has the text of its own entry, and another's change is none of its") {
    const std::string before = R"(
collect:
  certificates: [{endpoints: ["a:1"]}, {files: [/etc/c/*.pem]}]
  journal: [{name: j, patterns: [{name: p, regex: x}]}]
  logs: [{name: l, files: /var/log/x, patterns: [{name: p, regex: x}]}]
  mysql: [{host: m, password_file: /p}, {host: n, password_file: /p}]
  plugins: [{name: p, command: [/bin/true]}]
  postgres: [{dsn: "host=p", password_file: /p}]
  probe: [{icmp: {target: a}}]
  processes: {groups: [{name: g, match: {comm: x}}]}
  redis: [{url: "redis://r"}]
  scrape: [{job: s, url: "http://s"}]
  snmp: [{targets: [a, b]}, {targets: [c]}]
  snmp_traps: [{community: public}]
)";
    const auto first = sources(before);
    REQUIRE(first.size() == 16);
    for (const auto& [name, source] : first) {
        INFO(name << ": " << source);
        CHECK_FALSE(source.empty());
    }
    CHECK(first.at("snmp a") == first.at("snmp b"));
    // What stands elsewhere, and where it stands, changes none; its own entry does.
    std::string after = "# moved\n" + before;
    const auto change = [&](const std::string& old, const std::string& now) {
        after.replace(after.find(old), old.size(), now);
    };
    change("{targets: [c]}", "{targets: [c], retries: 1}");
    change("{host: m,", "{host: m, user: u,");
    auto second = sources(after);
    CHECK(second.at("snmp c") != first.at("snmp c"));
    CHECK(second.at("mysql m:3306") != first.at("mysql m:3306"));
    second["snmp c"] = first.at("snmp c");
    second["mysql m:3306"] = first.at("mysql m:3306");
    CHECK(second == first);
}
