#include "collector/net/snmp/rows.h"

#include <catch2/catch.hpp>

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using namespace tocsin::collector::snmp;
using test::Values;
using test::values_of;

namespace {

constexpr const char* kModules = R"(
ports:
  walk: [1.2]
  metrics:
    - name: inOctets
      oid: 1.2.10
      type: counter
      help: Octets - 1.2.10
      indexes: &i [{labelname: index, type: gauge}]
      lookups: &l
        - {labels: [index], labelname: name, oid: 1.2.1, type: DisplayString}
        - {labels: [], labelname: index}
    - {name: state, oid: 1.2.11, type: EnumAsStateSet, help: S, indexes: *i, lookups: *l,
       enum_values: {1: up, 2: down}}
    - {name: kind, oid: 1.2.12, type: EnumAsInfo, help: K, indexes: *i, lookups: *l,
       enum_values: {6: ethernet}}
    - {name: caps, oid: 1.2.13, type: Bits, help: B, indexes: *i, enum_values: {0: a, 7: b, 8: c}}
    - {name: address, oid: 1.2.14, type: PhysAddress48, help: A, indexes: *i, lookups: *l}
    - {name: since, oid: 1.2.15, type: DateAndTime, help: T, indexes: *i}
    - {name: peerType, oid: 1.2.16, type: gauge, help: P, indexes: *i}
    - {name: peer, oid: 1.2.17, type: InetAddress, help: P, indexes: *i}
    - name: said
      oid: 1.2.19
      type: DisplayString
      help: Said
      indexes: *i
      regex_extracts:
        Volts: [{regex: '.*?(-?[0-9.]+) V.*'}]
        State: [{regex: '(?i:ok).*', value: '1'}, {regex: 'odd', value: odd},
                {regex: 'odd', value: '0x10'}, {regex: '.+', value: '0'}]
    - {name: celsius, oid: 1.2.18, type: gauge, help: C, indexes: *i, scale: 0.1, offset: -5}
)";

Value number(std::uint64_t n) {
    Value value;
    value.kind = ValueKind::kUnsigned;
    value.number = n;
    return value;
}

Value bytes(std::string octets) {
    Value value;
    value.kind = ValueKind::kOctets;
    value.octets = std::move(octets);
    return value;
}

struct Bench {
    Modules modules;
    SeriesTable table;
    TargetConfig config;
    std::unique_ptr<TargetSeries> series;
    std::unique_ptr<Rows> rows;

    explicit Bench(Dropped dropped = Dropped::kDropped) {
        Diagnostics diagnostics("m.yml");
        read_modules(kModules, diagnostics, modules);
        INFO(diagnostics.text());
        REQUIRE(diagnostics.all().empty());
        config.job = "j";
        config.instance = "d";
        series = std::make_unique<TargetSeries>(table, config);
        rows = std::make_unique<Rows>(std::vector<const Module*>{&modules.at("ports")}, *series,
                                      dropped);
    }
    Values report(std::vector<VarBind> found) {
        Readings out;
        rows->report(found, out);
        return values_of(out);
    }
};

std::string series(const std::string& name, const std::string& labels) {
    return name + "{" + labels + "}";
}

}  // namespace

TEST_CASE("each type of object becomes its series") {
    Bench bench;
    struct Case {
        VarBind varbind;
        Values values;
    };
    const std::string own = R"(instance="d", job="j")";
    const std::vector<Case> cases{
        {{{1, 2, 10, 4}, number(77)}, {{series("inOctets", own), 77}}},
        {{{1, 2, 11, 4}, number(2)},
         {{series("state", own + R"(, state="down")"), 1},
          {series("state", own + R"(, state="up")"), 0}}},
        {{{1, 2, 11, 4}, number(9)},
         {{series("state", own + R"(, state="9")"), 1},
          {series("state", own + R"(, state="down")"), 0},
          {series("state", own + R"(, state="up")"), 0}}},
        {{{1, 2, 12, 4}, number(6)}, {{series("kind_info", own + R"(, kind="ethernet")"), 1}}},
        {{{1, 2, 12, 4}, number(7)}, {{series("kind_info", own + R"(, kind="7")"), 1}}},
        {{{1, 2, 13, 4}, bytes("\x81")},
         {{series("caps", R"(caps="a", index="4", )" + own), 1},
          {series("caps", R"(caps="b", index="4", )" + own), 1},
          {series("caps", R"(caps="c", index="4", )" + own), 0}}},
        {{{1, 2, 14, 4}, bytes(std::string("\0\x1b\x02\x03\x04\x05", 6))},
         {{series("address", R"(address="00:1B:02:03:04:05", )" + own), 1}}},
        {{{1, 2, 15, 4}, bytes(std::string("\x07\xb2\x01\x01\x00\x00\x05\x00", 8))},
         {{series("since", R"(index="4", )" + own), 5}}},
        {{{1, 2, 15, 4}, bytes("soon")}, {}},
        {{{1, 2, 18, 4}, number(300)}, {{series("celsius", R"(index="4", )" + own), 25}}},
        // No number where one should be; an object that no metric is of.
        {{{1, 2, 10, 4}, bytes("many")}, {}},
        {{{1, 3, 1}, number(1)}, {}},
        {{{1, 2}, number(1)}, {}},
    };
    for (const Case& c : cases) {
        INFO(oid_text(c.varbind.oid));
        CHECK(bench.report({c.varbind}) == c.values);
    }
}

TEST_CASE("numbers that stand in a text become series in its place") {
    Bench bench;
    const auto said = [&](std::string_view text) {
        return bench.report({{{1, 2, 19, 4}, bytes(std::string(text))}});
    };
    const std::string own = R"(index="4", instance="d", job="j")";
    const std::string volts = series("saidVolts", own);
    const std::string state = series("saidState", own);
    CHECK(said("OK, -12.5 V") == Values{{volts, -12.5}, {state, 1}});
    CHECK(said("failed, 3 V or so") == Values{{volts, 3}, {state, 0}});
    // An expression is the whole text's, and what is no number leaves the turn to the next.
    CHECK(said("not ok") == Values{{state, 0}});
    CHECK(said("odd") == Values{{state, 0}});
    CHECK(said("1.2.3 V") == Values{{state, 0}});
    CHECK(said("") == Values{});
    CHECK(bench.report({{{1, 2, 19, 4}, number(7)}}) == Values{{state, 0}});
}

TEST_CASE("an address is read as the object before it says") {
    Bench bench;
    const std::string own = R"(instance="d", job="j")";
    const Values v4 =
        bench.report({{{1, 2, 16, 4}, number(1)}, {{1, 2, 17, 4}, bytes("\x0a\1\2\3")}});
    CHECK(v4.contains(series("peer", R"(index="4", )" + own + R"(, peer="10.1.2.3")")));
    const Values odd = bench.report({{{1, 2, 16, 4}, number(9)}, {{1, 2, 17, 4}, bytes("\x0a\1")}});
    CHECK(odd.contains(series("peer", R"(index="4", )" + own + R"(, peer="0x0A01")")));
}

TEST_CASE("series stay on the name when the numbers are given anew") {
    Bench bench;
    const std::string eth = R"(inOctets{instance="d", job="j", name="eth0"})";
    const std::string wan = R"(inOctets{instance="d", job="j", name="wan"})";
    CHECK(bench.report({{{1, 2, 1, 4}, bytes("eth0")},
                        {{1, 2, 1, 5}, bytes("wan")},
                        {{1, 2, 10, 4}, number(1)},
                        {{1, 2, 10, 5}, number(2)}}) == Values{{eth, 1}, {wan, 2}});
    CHECK(bench.report({{{1, 2, 1, 4}, bytes("wan")},
                        {{1, 2, 1, 9}, bytes("eth0")},
                        {{1, 2, 10, 4}, number(3)},
                        {{1, 2, 10, 9}, number(4)}}) == Values{{eth, 4}, {wan, 3}});
    Bench kept(Dropped::kKept);
    CHECK(kept.report({{{1, 2, 1, 4}, bytes("eth0")}, {{1, 2, 10, 4}, number(1)}}) ==
          Values{{R"(inOctets{index="4", instance="d", job="j", name="eth0"})", 1}});
}

TEST_CASE("of rows with one name the last has it for itself, and the others their numbers") {
    Bench bench;
    const Values values = bench.report({{{1, 2, 1, 4}, bytes("port")},
                                        {{1, 2, 1, 5}, bytes("port")},
                                        {{1, 2, 1, 6}, bytes("wan")},
                                        {{1, 2, 10, 4}, number(1)},
                                        {{1, 2, 10, 5}, number(2)},
                                        {{1, 2, 10, 6}, number(3)}});
    CHECK(values == Values{{R"(inOctets{index="4", instance="d", job="j", name="port"})", 1},
                           {R"(inOctets{instance="d", job="j", name="port"})", 2},
                           {R"(inOctets{instance="d", job="j", name="wan"})", 3}});
    // A device that names nothing: only numbers are left.
    CHECK(bench.report({{{1, 2, 10, 4}, number(1)}, {{1, 2, 10, 5}, number(2)}}) ==
          Values{{R"(inOctets{index="4", instance="d", job="j"})", 1},
                 {R"(inOctets{instance="d", job="j"})", 2}});
}

TEST_CASE("a cycle in which only numbers move makes no series, and keeps none of what went") {
    Bench bench;
    const auto found = [](std::uint64_t value, std::uint32_t rows) {
        std::vector<VarBind> out;
        for (std::uint32_t i = 1; i <= rows; ++i) {
            out.push_back({{1, 2, 1, i}, bytes("eth" + std::to_string(i))});
        }
        for (std::uint32_t i = 1; i <= rows; ++i) out.push_back({{1, 2, 10, i}, number(value + i)});
        return out;
    };
    bench.report(found(0, 48));
    const std::size_t series = bench.table.size();
    const std::size_t symbols = symbol_count();
    for (std::uint64_t cycle = 1; cycle <= 1440; ++cycle) {
        const Values values = bench.report(found(cycle, 48));
        REQUIRE(values.size() == 48);
        REQUIRE(values.at(R"(inOctets{instance="d", job="j", name="eth7"})") ==
                static_cast<double>(cycle + 7));
    }
    CHECK(bench.table.size() == series);
    CHECK(symbol_count() == symbols);
    bench.report(found(0, 1));
    CHECK(bench.table.size() == 1);
}

TEST_CASE("text that is no UTF-8 is made so") {
    Bench bench;
    const Values values = bench.report({{{1, 2, 1, 4},
                                         bytes("K\xfc"
                                               "che")},
                                        {{1, 2, 10, 4}, number(1)}});
    CHECK(
        values.contains("inOctets{instance=\"d\", job=\"j\", name=\"K\xef\xbf\xbd"
                        "che\"}"));
}
