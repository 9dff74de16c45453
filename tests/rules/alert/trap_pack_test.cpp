// The rules that ship for SNMP traps: an alert as long as the series of its trap.
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/rule_world.h"

using namespace tocsin;
using namespace tocsin::rules;
using namespace tocsin::rules::testing;

namespace {

const std::string kPack = std::string(TOCSIN_SOURCE_DIR) + "/agent/rules.d/traps.yml";

Labels active(const std::string& alert, const std::string& severity, const std::string& name = "",
              const std::string& value = "") {
    LabelsBuilder labels;
    labels.set("__name__", "tocsin_trap_active").set("job", "snmp_traps");
    labels.set("alert", alert).set("severity", severity).set("instance", "sw1").set(name, value);
    return labels.build();
}

// "alertname alert from→to: summary" of each.
std::vector<std::string> told(const std::vector<Transition>& transitions) {
    std::vector<std::string> out;
    for (const Transition& t : transitions) {
        out.push_back(std::string(t.labels.get("alertname")) + " " +
                      std::string(t.labels.get("alert")) + " " + t.from + "->" + t.to + ": " +
                      t.annotations.at("summary"));
    }
    return out;
}

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("the pack for traps passes the check, and each rule has its runbook") {
    Diagnostics diagnostics("traps.yml");
    const RuleFile file = parse_rule_file(read_text(kPack), RuleFileOptions{}, diagnostics);
    INFO(diagnostics.text());
    CHECK(diagnostics.all().empty());
    int rules = 0;
    for (const RuleGroup& group : file.groups) {
        for (const Rule& rule : group.rules) {
            ++rules;
            const std::string page = "/docs/runbooks/" + std::get<AlertRule>(rule).alert + ".md";
            INFO(page);
            CHECK(std::filesystem::exists(TOCSIN_SOURCE_DIR + page));
        }
    }
    CHECK(rules == 2);
}

TEST_CASE("a trap is an alert of its severity until its series ends") {
    World world;
    RuleSet rules = world.make({file_of(read_text(kPack))});
    world.put(active("LinkDown", "warning", "ifName", "ge-0/0/7"), 1, 1);
    world.put(active("UpsOnBattery", "critical", "message", "on battery"), 1, 1);
    world.put(active("DeviceRestarted", "info"), 1, 1);
    const auto fired = world.evaluate(rules, 1);
    REQUIRE(fired.size() == 3);
    const Told texts = told(fired);
    for (const char* expected :
         {"SnmpTrap LinkDown ->warning: LinkDown on sw1: ge-0/0/7",
          "SnmpTrap UpsOnBattery ->critical: UpsOnBattery on sw1: on battery",
          "SnmpTrap DeviceRestarted ->info: DeviceRestarted on sw1"}) {
        CHECK_THAT(texts, Catch::VectorContains(std::string(expected)));
    }
    world.put(active("LinkDown", "warning", "ifName", "ge-0/0/7"), 2, kStaleNaN);
    world.put(active("UpsOnBattery", "critical", "message", "on battery"), 2, 1);
    world.put(active("DeviceRestarted", "info"), 2, 1);
    const auto ended = world.evaluate(rules, 2);
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].change == Change::kResolve);
    CHECK(ended[0].labels.get("alert") == "LinkDown");
    CHECK(world.failures == 0);
}

TEST_CASE("traps that are refused are told, by their receiver") {
    World world;
    RuleSet rules = world.make({file_of(read_text(kPack))});
    const Labels series{
        {"__name__", "tocsin_traps_refused_total"}, {"receiver", "traps"}, {"reason", "key"}};
    world.put(series, 1, 0);
    world.put(series, 2, 0);
    CHECK(world.evaluate(rules, 2).empty());
    world.put(series, 3, 4);
    const auto fired = world.evaluate(rules, 3);
    REQUIRE(fired.size() == 1);
    CHECK(fired[0].to == "warning");
    CHECK(fired[0].labels.get("receiver") == "traps");
}
