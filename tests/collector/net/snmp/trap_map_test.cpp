// Mappings, and what traps mean by them.
#include "collector/net/snmp/files/trap_map.h"

#include <catch2/catch.hpp>

#include "collector/net/snmp/files/shipped.h"

using namespace tocsin;
using namespace tocsin::collector::snmp;

namespace {

TrapMappings mappings_of(const std::string& text) {
    Diagnostics diagnostics("traps.yml");
    TrapMappings out;
    read_trap_mappings(text, diagnostics, out);
    INFO(diagnostics.text());
    REQUIRE(diagnostics.all().empty());
    return out;
}

VarBind varbind(const std::string& oid, std::int64_t number) {
    Value value;
    value.kind = ValueKind::kInteger;
    value.integer = number;
    return {*parse_oid(oid), value};
}

VarBind varbind(const std::string& oid, const std::string& octets) {
    Value value;
    value.kind = ValueKind::kOctets;
    value.octets = octets;
    return {*parse_oid(oid), value};
}

Notification trap(const std::string& oid, std::vector<VarBind> varbinds = {}) {
    return {*parse_oid(oid), std::move(varbinds)};
}

// "+alert name=value …|detail=value …" of each event; "?" before them where nothing knows the trap.
std::vector<std::string> said(const TrapMappings& mappings, const Notification& notification) {
    const TrapMeaning meaning = meaning_of(mappings, notification);
    std::vector<std::string> out;
    if (!meaning.known) out.emplace_back("?");
    for (const TrapEvent& event : meaning.events) {
        std::string text = event.kind == TrapEvent::Kind::kFires ? "+" : "-";
        text += event.mapping->alert;
        for (const auto& [name, value] : event.identity) text += " " + name + "=" + value;
        for (const auto& [name, value] : event.details) text += "|" + name + "=" + value;
        out.push_back(text);
    }
    return out;
}

using Said = std::vector<std::string>;

constexpr const char* kMappings = R"(
fan:
  oid: 1.3.9.1
  alert: FanFailed
  severity: critical
  clears: 1.3.9.2
  labels:
    - {labelname: fan, oid: 1.3.9.10, index: true}
    - {labelname: state, oid: 1.3.9.11, enum_values: {1: ok, 2: broken}}
    - {labelname: mac, oid: 1.3.9.12, type: PhysAddress48, detail: true}
battery:
  oid: 1.3.9.3
  alert: Battery
  severity: warning
  when: {oid: 1.3.9.13, values: [2, 3]}
  clears: {oid: 1.3.9.13, values: [1]}
noise:
  oid: 1.3.9.4
)";

}  // namespace

TEST_CASE("a trap fires, another clears, a value decides, some are known and nothing") {
    const TrapMappings mappings = mappings_of(kMappings);
    struct Case {
        const char* name;
        Notification notification;
        Said expected;
    };
    const std::vector<Case> cases{
        {"index, name of a number and bytes become labels",
         trap("1.3.9.1", {varbind("1.3.9.10.4.2", 0), varbind("1.3.9.11.4", 2),
                          varbind("1.3.9.12.0", std::string("\x00\x01\x02\x03\x04\xff", 6))}),
         {"+FanFailed fan=4.2 state=broken|mac=00:01:02:03:04:FF"}},
        {"a number without a name stays one",
         trap("1.3.9.1", {varbind("1.3.9.11.4", 7)}),
         {"+FanFailed state=7"}},
        {"what is not sent is no label", trap("1.3.9.1"), {"+FanFailed"}},
        {"another trap clears it",
         trap("1.3.9.2", {varbind("1.3.9.10.4", 0)}),
         {"-FanFailed fan=4"}},
        {"one of the values fires", trap("1.3.9.3", {varbind("1.3.9.13.0", 3)}), {"+Battery"}},
        {"another clears", trap("1.3.9.3", {varbind("1.3.9.13.0", 1)}), {"-Battery"}},
        {"a third does nothing", trap("1.3.9.3", {varbind("1.3.9.13.0", 9)}), {}},
        {"a text is compared as text", trap("1.3.9.3", {varbind("1.3.9.13.0", "2")}), {"+Battery"}},
        {"without its varbind there is nothing to go by", trap("1.3.9.3"), {}},
        {"a mapping without an alert only knows it", trap("1.3.9.4"), {}},
        {"nobody knows it", trap("1.3.9.5"), {"?"}},
        {"a longer OID is another trap", trap("1.3.9.1.1"), {"?"}},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        CHECK(said(mappings, c.notification) == c.expected);
    }
}

TEST_CASE("what a device says is bounded and valid") {
    const TrapMappings mappings = mappings_of(
        "t: {oid: 1.3.1, alert: A, severity: info, labels: [{labelname: text, oid: 1.3.2}]}");
    CHECK(said(mappings, trap("1.3.1", {varbind("1.3.2.0", std::string(9000, 'x'))})) ==
          Said{"+A text=" + std::string(256, 'x')});
    CHECK(said(mappings, trap("1.3.1", {varbind("1.3.2.0", "a\xff")})) ==
          Said{"+A text=a\xEF\xBF\xBD"});
    CHECK(said(mappings, trap("1.3.1", {varbind("1.3.2.0", "")})) == Said{"+A"});
}

TEST_CASE("a notification says which trap it is, wherever that stands") {
    Value which;
    which.kind = ValueKind::kOid;
    which.oid = {1, 3, 5};
    const VarBind uptime = varbind("1.3.6.1.2.1.1.3.0", 4);
    const VarBind name{*parse_oid("1.3.6.1.6.3.1.1.4.1.0"), which};
    const VarBind more = varbind("1.3.7.0", 1);
    const auto usual = notification_of({uptime, name, more});
    REQUIRE(usual);
    CHECK(usual->trap == Oid{1, 3, 5});
    CHECK(usual->varbinds == std::vector<VarBind>{more});
    const auto odd = notification_of({more, name});
    REQUIRE(odd);
    CHECK(odd->trap == Oid{1, 3, 5});
    CHECK_FALSE(notification_of({uptime, more}));
    CHECK_FALSE(notification_of({uptime, varbind("1.3.6.1.6.3.1.1.4.1.0", 3)}));
    CHECK_FALSE(notification_of({}));
}

TEST_CASE("mappings that are wrong are named with their place") {
    struct Case {
        const char* text;
        const char* expected;
    };
    const std::vector<Case> cases{
        {"- a", "a file of traps is a map of their names"},
        {"t: {alert: A, severity: info}", "\"oid\""},
        {"t: {oid: linkDown, alert: A, severity: info}", "must be an OID of numbers"},
        {"t: {oid: 1.3, alert: A}", "\"severity\""},
        {"t: {oid: 1.3, severity: info}", "is for alerts, and there is no \"alert\""},
        {"t: {oid: 1.3, alert: A, severity: info, clears: 1.3}", "is the trap itself"},
        {"t: {oid: 1.3, alert: A, severity: info, clears: up}", "must be an OID of numbers"},
        {"t: {oid: 1.3, alert: A, severity: info, clears: {oid: 1.4}}", "\"values\""},
        {"t: {oid: 1.3, alert: A, severity: info, when: {oid: 1.4, values: []}}", "names no value"},
        {"t: {oid: 1.3, alert: A, severity: info, hold: 0}", "must be more than nothing"},
        {"t: {oid: 1.3, alert: A, severity: info, labels: [{labelname: severity, oid: 1.4}]}",
         "is a label of the agent's own"},
        {"t: {oid: 1.3, alert: A, severity: info, labels: [{labelname: __x, oid: 1.4}]}",
         "is a label of the agent's own"},
        {"t: {oid: 1.3, alert: A, severity: info, labels: [{labelname: a-b, oid: 1.4}]}",
         "is no label name"},
        {"t: {oid: 1.3, alert: A, severity: info, labels: [{labelname: \"\", oid: 1.4}]}",
         "is no label name"},
        {"t: {oid: 1.3, alert: A, severity: info, labels: [{labelname: a, oid: 1.4}, "
         "{labelname: a, oid: 1.5}]}",
         "stands twice"},
        {"t: {oid: 1.3, alert: A, severity: info, labels: [{labelname: a, oid: 1.4, "
         "enum_values: {x: y}}]}",
         "must be a whole number"},
        {"t: {oid: 1.3, alert: A, severity: info, labels: [{labelname: a, oid: 1.4, index: true, "
         "enum_values: {1: y}}]}",
         "takes the varbind's index"},
        {"t: {oid: 1.3, alert: A, severity: info, label: []}", "unknown key \"label\""},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        Diagnostics diagnostics("traps.yml");
        TrapMappings out;
        read_trap_mappings(c.text, diagnostics, out);
        REQUIRE(diagnostics.has_errors());
        INFO(diagnostics.text());
        CHECK(diagnostics.text().find(c.expected) != std::string::npos);
        CHECK(diagnostics.text().starts_with("traps.yml:1:"));
    }
}

TEST_CASE("what nothing clears is over after a quarter of an hour") {
    const TrapMappings mappings = mappings_of(R"(
a: {oid: 1.3.1, alert: A, severity: info}
b: {oid: 1.3.2, alert: B, severity: info, hold: 2h}
c: {oid: 1.3.3, alert: C, severity: info, clears: 1.3.4}
)");
    CHECK(mappings.at("a").hold == Duration(15min));
    CHECK(mappings.at("b").hold == Duration(2h));
    CHECK(mappings.at("c").hold == Duration(0));
}

TEST_CASE("a file's mapping replaces the shipped one of its name") {
    Diagnostics diagnostics("traps.yml");
    TrapMappings out;
    for (const ShippedFile& file : shipped_trap_files()) {
        read_trap_mappings(file.text, diagnostics, out);
    }
    INFO(diagnostics.text());
    REQUIRE(diagnostics.all().empty());
    const Notification cold = trap("1.3.6.1.6.3.1.1.5.1");
    const Notification down = trap("1.3.6.1.6.3.1.1.5.3", {varbind("1.3.6.1.2.1.2.2.1.1.7", 7),
                                                           varbind("1.3.6.1.2.1.2.2.1.7.7", 1)});
    CHECK(said(out, cold) == Said{"+DeviceRestarted"});
    CHECK(said(out, down) == Said{"+LinkDown ifIndex=7|ifAdminStatus=up"});
    CHECK(said(out, trap("1.3.6.1.6.3.1.1.5.4", {varbind("1.3.6.1.2.1.2.2.1.8.7", 1)})) ==
          Said{"-LinkDown"});
    CHECK(said(out, trap("1.3.6.1.6.3.1.1.5.5")) == Said{"+SnmpAuthenticationFailure"});
    CHECK(said(out, trap("1.3.6.1.4.1.318.0.5", {varbind("1.3.6.1.4.1.318.2.3.3.0", "power")})) ==
          Said{"+UpsOnBattery|message=power"});
    CHECK(said(out, trap("1.3.6.1.4.1.318.0.9")) == Said{"-UpsOnBattery"});
    read_trap_mappings("coldStart: {oid: 1.3.6.1.6.3.1.1.5.1}", diagnostics, out);
    CHECK(said(out, cold).empty());
}
