#include "collector/net/snmp/files/mib.h"

#include <catch2/catch.hpp>
#include <set>

#include "collector/net/snmp/shared.h"

using namespace tocsin;
using namespace tocsin::collector::snmp;

namespace {

struct Read {
    Modules modules;
    std::vector<std::string> said;
};

Read read(const std::string& text) {
    Diagnostics diagnostics("m.yml");
    Read out;
    read_modules(text, diagnostics, out.modules);
    for (const Diagnostic& d : diagnostics.all()) out.said.push_back(d.text());
    return out;
}

constexpr const char* kWhole = R"(
vendor:
  walk: [1.3.6.1.4.1.9]
  get: [1.3.6.1.2.1.1.3.0]
  metrics:
    - name: fanState
      oid: 1.3.6.1.4.1.9.1.2
      type: EnumAsStateSet
      help: How the fan is - 1.3.6.1.4.1.9.1.2
      indexes:
        - {labelname: slot, type: gauge}
        - {labelname: port, type: OctetString, fixed_size: 2}
        - {labelname: kind, type: EnumAsInfo, enum_values: {1: in, 2: out}}
      lookups:
        - {labels: [slot, port], labelname: fanName, oid: 1.3.6.1.4.1.9.1.1, type: DisplayString}
        - {labels: [], labelname: slot}
      enum_values: {2: bad, 1: good}
    - {name: temperature, oid: 1.3.6.1.4.1.9.1.1, type: gauge, scale: 0.1, offset: -273}
)";

}  // namespace

TEST_CASE("a module is read whole, its metrics sorted by OID") {
    const Read r = read(kWhole);
    CHECK(r.said.empty());
    const Module& module = r.modules.at("vendor");
    CHECK(module.walk == std::vector<Oid>{{1, 3, 6, 1, 4, 1, 9}});
    REQUIRE(module.metrics.size() == 2);
    CHECK(module.metrics[0].name == "temperature");
    CHECK(module.metrics[0].scale == 0.1);
    CHECK(module.metrics[0].offset == -273);
    const Metric& fan = module.metrics[1];
    CHECK(fan.type == Type::kEnumAsStateSet);
    CHECK(fan.names == EnumValues{{1, "good"}, {2, "bad"}});
    REQUIRE(fan.indexes.size() == 3);
    CHECK(fan.indexes[1].form.fixed_size == 2);
    CHECK(fan.indexes[2].names.size() == 2);
    REQUIRE(fan.lookups.size() == 2);
    CHECK(fan.lookups[0].from == std::vector<std::string>{"slot", "port"});
    CHECK(fan.lookups[1].from.empty());
}

TEST_CASE("the generator's later form is read too, and what belongs elsewhere is said") {
    const Read r = read(R"(
auths: {public_v2: {community: public}}
modules:
  m: {walk: [1.3.6], retries: 5, max_repetitions: 3, metrics: [{name: a, oid: 1.3.6.1, type: gauge}]}
)");
    CHECK(r.modules.contains("m"));
    REQUIRE(r.said.size() == 3);
    CHECK(r.said[0] == "m.yml:2:8: warning: credentials stand in agent.yml; ignored here");
    CHECK_THAT(r.said[1], Catch::Contains("warning: \"max_repetitions\" stands in agent.yml"));
}

TEST_CASE("what is wrong with a module is named with its place") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"[a]", "m.yml:1:1: error: a file of modules is a map"},
        {"m: [1]", "m.yml:1:4: error: a module must be a map"},
        {"m: {}", "m.yml:1:4: error: the module \"m\" asks for nothing"},
        {"m: {walk: [ifTable]}", "m.yml:1:12: error: \"ifTable\" is no OID"},
        {"m: {walk: [1.3], metrics: {}}", "m.yml:1:27: error: \"metrics\": must be a list"},
        {"m: {walk: [1.3], metrics: [{name: a, oid: 1.3.1}]}", "m.yml:1:28: error: "},
        {"m: {walk: [1.3], metrics: [{name: a, oid: x, type: gauge}]}",
         "m.yml:1:43: error: \"oid\": must be an OID"},
        {"m: {walk: [1.3], metrics: [{name: a-b, oid: 1.3.1, type: gauge}]}",
         "m.yml:1:35: error: \"name\": \"a-b\" is no metric name"},
        {"m: {walk: [1.3], metrics: [{name: a, oid: 1.3.1, type: gaug}]}",
         "m.yml:1:56: error: \"type\": must be one of"},
        {"m: {walk: [1.3], metrics: [{name: a, oid: 1.3.1, type: gauge}, {name: b, oid: 1.3.1.2, "
         "type: gauge}]}",
         "m.yml:1:4: error: the metrics \"a\" and \"b\" have one OID"},
        {"m: {walk: [1.3], metrics: [{name: a, oid: 1.3.1, type: gauge, lookups: [{labels: [x], "
         "labelname: y, oid: 1.3.2, type: DisplayString}]}]}",
         "m.yml:1:82: error: \"labels\": \"x\" is neither an index nor an earlier lookup"},
        {"m: {walk: [1.3], metrics: [{name: a, oid: 1.3.1, type: gauge, lookups: [{labels: [], "
         "labelname: y}]}]}",
         "m.yml:1:97: error: \"labelname\": without \"labels\" a lookup drops a label"},
        {"m: {walk: [1.3], metrics: [{name: a, oid: 1.3.1, type: gauge, enum_values: {x: up}}]}",
         "m.yml:1:76: error: \"enum_values\": \"x\" must be a whole number"},
        {"m: {walk: [1.3], metrcs: []}", "m.yml:1:18: error: unknown key \"metrcs\""},
        {"m: {walk: [1.3], metrics: [{name: a, oid: 1.3.1, type: gauge, regex_extracts: {}}]}",
         "m.yml:1:79: warning: regex_extracts is for text"},
        {"m: {walk: [1.3], metrics: [{name: a, oid: 1.3.1, type: DisplayString, regex_extracts: "
         "[]}]}",
         "m.yml:1:87: error: \"regex_extracts\": must be a map"},
        {"m: {walk: [1.3], metrics: [{name: a, oid: 1.3.1, type: DisplayString, regex_extracts: "
         "{B: x}}]}",
         "m.yml:1:91: error: must be a list of {regex, value}"},
        {"m: {walk: [1.3], metrics: [{name: a, oid: 1.3.1, type: DisplayString, regex_extracts: "
         "{-: []}}]}",
         "m.yml:1:91: error: \"a-\" is no metric name"},
        {"m: {walk: [1.3], metrics: [{name: a, oid: 1.3.1, type: DisplayString, regex_extracts: "
         "{B: [{regex: '('}]}}]}",
         "m.yml:1:100: error: \"regex\": "},
        {"m: {walk: [1.3], metrics: [{name: a, oid: 1.3.1, type: DisplayString, regex_extracts: "
         "{B: [{value: '1'}]}}]}",
         "m.yml:1:92: error: "},
    };
    for (const auto& [text, message] : cases) {
        const Read r = read(text);
        INFO(text);
        REQUIRE(r.said.size() == 1);
        CHECK_THAT(r.said[0], Catch::StartsWith(message));
    }
}

TEST_CASE("the modules that come with the agent read, and have what people's dashboards ask for") {
    Modules modules;
    for (const ShippedFile& file : shipped_files()) {
        Diagnostics diagnostics{std::string(file.name)};
        read_modules(file.text, diagnostics, modules);
        INFO(diagnostics.text());
        CHECK(diagnostics.all().empty());
    }
    std::set<std::string> names;
    for (const auto& [_, module] : modules) {
        for (const Metric& metric : module.metrics) {
            INFO(metric.name);
            CHECK_THAT(metric.help, Catch::EndsWith(" - " + oid_text(metric.oid)));
            CHECK(names.insert(metric.name).second);
        }
    }
    for (const char* wanted :
         {"ifHCInOctets", "ifHCOutOctets", "ifInOctets", "ifOutErrors", "ifOperStatus",
          "ifHighSpeed", "ifType", "sysUpTime", "sysName", "hrStorageUsed", "hrProcessorLoad",
          "entPhySensorValue", "ssCpuRawIdle", "memAvailReal", "laLoadFloat", "dskPercent",
          "diskIONReadX"}) {
        INFO(wanted);
        CHECK(names.contains(wanted));
    }
    CHECK(Shared::instance().modules({}) == Shared::instance().modules({}));
}
