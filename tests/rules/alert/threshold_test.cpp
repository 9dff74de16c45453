#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/alert_lab.h"

using namespace tocsin;
using namespace tocsin::rules;
using namespace tocsin::rules::testing;

namespace {

AlertRule disk_rule(Duration hold = 5min) {
    return make_threshold({{"warning", "> 80", 3, hold}, {"critical", "> 92", 3, hold}});
}

// "fire warning", "rise warning>critical", "resolve critical" …
std::string told(const std::vector<Transition>& transitions) {
    std::string out;
    for (const Transition& t : transitions) {
        if (!out.empty()) out += "; ";
        out += std::string(to_string(t.change)) + " ";
        out += t.from.empty() || t.to.empty() || t.from == t.to
                   ? t.from + (t.from == t.to ? "" : t.to)
                   : t.from + ">" + t.to;
    }
    return out;
}

struct Minute {
    int n;
    std::optional<double> value;
    const char* level;
    const char* told;
};

}  // namespace

// The table of semantics 1.9, a sample a minute; the minutes between its rows repeat the row
// before.
TEST_CASE("the example of the semantics, minute by minute") {
    AlertLab lab(disk_rule());
    const std::vector<Minute> minutes{
        {1, 81, "", ""},
        {2, 81, "", ""},
        {3, 81, "", ""},
        {4, 81, "", ""},
        {5, 81, "", ""},
        {6, 85, "warning", "fire warning"},
        {7, 93, "warning", ""},
        {8, 93, "warning", ""},
        {9, 91, "warning", ""},
        {10, 95, "warning", ""},
        {11, 95, "warning", ""},
        {12, 95, "warning", ""},
        {13, 95, "warning", ""},
        {14, 95, "warning", ""},
        {15, 96, "critical", "rise warning>critical"},
        {16, 90, "critical", ""},
        {17, 89, "warning", "fall critical>warning"},
        {18, 78, "warning", ""},
        {19, 77, "", "resolve warning"},
        {20, 96, "", ""},
        {21, 96, "", ""},
        {22, 96, "", ""},
        {23, 96, "", ""},
        {24, 96, "", ""},
        {25, 96, "critical", "fire critical"},
        {26, std::nullopt, "critical", ""},
        {27, 70, "", "resolve critical"},
    };
    for (const Minute& m : minutes) {
        INFO("minute " << m.n);
        lab.inputs.failing = m.n == 26;
        const auto transitions = lab.minute(m.n, m.value);
        CHECK(told(transitions) == m.told);
        CHECK(lab.level() == m.level);
    }
    CHECK(lab.state->empty());
}

TEST_CASE("a change of level is one request: the new severity first, the old with endsAt now") {
    AlertLab lab(disk_rule(Duration{0}));
    const auto fired = lab.minute(1, 85);
    REQUIRE(fired.size() == 1);
    const auto risen = lab.minute(2, 95);
    REQUIRE(risen.size() == 1);
    CHECK(risen[0].identity == fired[0].identity);
    CHECK(risen[0].seq > fired[0].seq);

    const auto alerts = to_alerts(risen[0], Duration(4min));
    REQUIRE(alerts.size() == 2);
    CHECK(alerts[0].labels == Labels{{"alertname", "Filling"},
                                     {"host", "web-1.example"},
                                     {"instance", "web-1"},
                                     {"mountpoint", "/"},
                                     {"severity", "critical"}});
    CHECK(alerts[0].starts_at == AlertLab::wall(2));
    CHECK(alerts[0].ends_at == AlertLab::wall(2) + Duration(4min));
    CHECK(alerts[1].labels.get("severity") == "warning");
    CHECK(alerts[1].starts_at == AlertLab::wall(1));
    CHECK(alerts[1].ends_at == AlertLab::wall(2));
    for (const Alert& alert : alerts) {
        CHECK(alert.annotations.at("tocsin_alert") == fired[0].identity);
        CHECK(alert.annotations.at("tocsin_seq") == std::to_string(risen[0].seq));
        CHECK(alert.annotations.at("tocsin_level") == "critical");
    }
    // What a receiver would compute itself: the labels without the level.
    CHECK(fired[0].identity == fingerprint(Labels{{"alertname", "Filling"},
                                                  {"host", "web-1.example"},
                                                  {"instance", "web-1"},
                                                  {"mountpoint", "/"}}));

    const auto resolved = to_alerts(lab.minute(3, 10).at(0), Duration(4min));
    REQUIRE(resolved.size() == 1);
    CHECK(resolved[0].labels.get("severity") == "critical");
    CHECK(resolved[0].starts_at == AlertLab::wall(2));
    CHECK(resolved[0].ends_at == AlertLab::wall(3));
    CHECK(resolved[0].annotations.at("tocsin_level").empty());
}

TEST_CASE("resends tell the level that holds, with the seq of its transition") {
    AlertLab lab(disk_rule(Duration{0}));
    const auto fired = lab.minute(1, 85);
    lab.minute(2, 86);
    std::vector<Alert> resent;
    lab.state->firing(AlertLab::wall(3), Duration(4min), resent);
    REQUIRE(resent.size() == 1);
    CHECK(resent[0].labels.get("severity") == "warning");
    CHECK(resent[0].starts_at == AlertLab::wall(1));
    CHECK(resent[0].ends_at == AlertLab::wall(7));
    CHECK(resent[0].annotations.at("tocsin_seq") == std::to_string(fired[0].seq));
    CHECK(resent[0].annotations.at("tocsin_alert") == fired[0].identity);
}

TEST_CASE("keep_firing_for applies to every fall and starts anew when the level returns") {
    AlertRule rule = disk_rule(Duration{0});
    rule.keep_firing_for = 2min;
    AlertLab lab(rule);
    CHECK(told(lab.minute(1, 95)) == "fire critical");
    CHECK(told(lab.minute(2, 85)).empty());
    CHECK(told(lab.minute(3, 91)).empty());  // not clear any more: the wait is over
    CHECK(told(lab.minute(4, 85)).empty());
    CHECK(told(lab.minute(5, 85)).empty());
    CHECK(told(lab.minute(6, 85)) == "fall critical>warning");
    CHECK(told(lab.minute(7, 10)).empty());
    CHECK(told(lab.minute(8, 10)).empty());
    CHECK(told(lab.minute(9, 10)) == "resolve warning");
}

TEST_CASE("each level has its own for") {
    AlertLab lab(make_threshold({{"warning", "> 80", 3, 15min}, {"critical", "> 92", 3, 1min}}));
    CHECK(told(lab.minute(1, 95)).empty());
    CHECK(told(lab.minute(2, 95)) == "fire critical");
    // The milder level is still waiting, so falling below the worse one ends the alert.
    CHECK(told(lab.minute(3, 85)) == "resolve critical");
    CHECK(told(lab.minute(16, 85)) == "fire warning");
}

TEST_CASE("one value may enter or leave two levels at once, told as one transition") {
    AlertLab lab(disk_rule(Duration{0}));
    CHECK(told(lab.minute(1, 99)) == "fire critical");
    CHECK(told(lab.minute(2, 1)) == "resolve critical");
}

TEST_CASE("`and` gates entering only, by all labels") {
    AlertRule rule = disk_rule(Duration{0});
    rule.levels[1].gate = Expression{"avail < 50e9", {}};
    AlertLab lab(rule);
    lab.inputs.gates[1] = {
        {Labels{{"__name__", "avail"}, {"instance", "web-1"}, {"mountpoint", "/other"}}, {}, 1}};
    CHECK(told(lab.minute(1, 95)) == "fire warning");
    lab.inputs.gates[1] = {
        {Labels{{"__name__", "avail"}, {"instance", "web-1"}, {"mountpoint", "/"}}, {}, 1}};
    CHECK(told(lab.minute(2, 95)) == "rise warning>critical");
    lab.inputs.gates[1].clear();
    CHECK(told(lab.minute(3, 95)).empty());
    CHECK(lab.level() == "critical");
    const int asked = lab.inputs.gate_queries;
    lab.minute(4, 85);
    CHECK(lab.inputs.gate_queries == asked);  // no value holds, so nobody asks
}

TEST_CASE("a level may have an expression of its own") {
    AlertRule rule = disk_rule(Duration{0});
    rule.levels[1].expr = Expression{"inodes", {}};
    AlertLab lab(rule);
    lab.inputs.own[1] = {
        {Labels{{"__name__", "inodes"}, {"instance", "web-1"}, {"mountpoint", "/"}}, {}, 99}};
    CHECK(told(lab.minute(1, 10)) == "fire critical");
    lab.inputs.own[1][0].v = 5;
    CHECK(told(lab.minute(2, 85)) == "fall critical>warning");
}

TEST_CASE("a level whose own expression gives nothing is judged as one without data") {
    AlertRule rule = disk_rule(Duration{0});
    rule.levels[1].expr = Expression{"inodes", {}};
    const promql::Vector bad{
        {Labels{{"__name__", "inodes"}, {"instance", "web-1"}, {"mountpoint", "/"}}, {}, 99}};
    SECTION("held while the collector fails, then unknown, and gone once it works") {
        AlertLab lab(rule);
        lab.inputs.own[1] = bad;
        CHECK(told(lab.minute(1, 85)) == "fire critical");
        lab.inputs.own[1].clear();
        lab.inputs.failing = true;
        for (int n = 2; n < 17; ++n) CHECK(told(lab.minute(n, 85)).empty());
        const auto unknown = lab.minute(17, 85);
        CHECK(told(unknown) == "unknown critical");
        lab.inputs.own[1] = bad;
        CHECK(told(lab.minute(18, 85)) == "known critical");
        lab.inputs.own[1].clear();
        CHECK(told(lab.minute(19, 85)).empty());
        lab.inputs.failing = false;
        const auto gone = lab.minute(20, 85);
        CHECK(told(gone) == "fall critical>warning");
        CHECK(gone.at(0).reason == "series gone");
        CHECK_FALSE(lab.state->status().at(0).unknown);
        lab.inputs.own[1] = bad;
        CHECK(told(lab.minute(21, 85)) == "rise warning>critical");
    }
    SECTION("an unknown level that falls leaves one that is vouched for") {
        AlertLab lab(rule);
        lab.inputs.own[1] = bad;
        lab.minute(1, 85);
        lab.inputs.own[1].clear();
        lab.inputs.failing = true;
        for (int n = 2; n < 18; ++n) lab.minute(n, 85);
        lab.inputs.failing = false;
        CHECK(told(lab.minute(18, 85)) == "fall critical>warning");
        std::vector<Alert> resent;
        lab.state->firing(AlertLab::wall(18), Duration(4min), resent);
        CHECK(resent.size() == 1);
        CHECK(told(lab.minute(19, 85)).empty());
    }
    SECTION("no_data: hold") {
        rule.no_data = NoData::kHold;
        AlertLab lab(rule);
        lab.inputs.own[1] = bad;
        lab.minute(1, 85);
        lab.inputs.own[1].clear();
        for (int n = 2; n < 40; ++n) CHECK(told(lab.minute(n, 85)).empty());
        CHECK(lab.level() == "critical");
    }
    SECTION("no_data: clear") {
        rule.no_data = NoData::kClear;
        AlertLab lab(rule);
        lab.inputs.own[1] = bad;
        lab.minute(1, 85);
        lab.inputs.own[1].clear();
        lab.inputs.failing = true;
        CHECK(told(lab.minute(2, 85)) == "fall critical>warning");
    }
    SECTION("no_data: a level enters for a series that is gone, not for a level's own value") {
        rule.no_data = NoData::kLevel;
        rule.no_data_level = 1;
        AlertLab lab(rule);
        CHECK(told(lab.minute(1, 10)).empty());
        lab.inputs.own[1] = bad;
        CHECK(told(lab.minute(2, 10)) == "fire critical");
        lab.inputs.own[1].clear();
        CHECK(told(lab.minute(3, 10)).empty());
    }
    SECTION("a value that raises is the reason, whatever a milder level lacks") {
        rule.levels[1].expr.reset();
        rule.levels[0].expr = Expression{"inodes", {}};
        rule.no_data = NoData::kHold;
        AlertLab lab(rule);
        lab.inputs.own[0] = bad;
        CHECK(told(lab.minute(1, 10)) == "fire warning");
        lab.inputs.own[0].clear();
        CHECK(told(lab.minute(2, 10)).empty());
        const auto risen = lab.minute(3, 95);
        CHECK(told(risen) == "rise warning>critical");
        CHECK(risen.at(0).reason == "95 > 92");
    }
}

TEST_CASE("a series that is gone clears when its collector works, and holds while it fails") {
    AlertLab lab(disk_rule(Duration{0}));
    lab.minute(1, 85);
    lab.inputs.failing = true;
    for (int n = 2; n < 17; ++n) CHECK(told(lab.minute(n, std::nullopt)).empty());
    const auto unknown = lab.minute(17, std::nullopt);
    CHECK(told(unknown) == "unknown warning");
    CHECK(unknown.at(0).reason == "no data for 15m; the last value was 85");
    CHECK(told(lab.minute(18, std::nullopt)).empty());  // once
    std::vector<Alert> resent;
    lab.state->firing(AlertLab::wall(18), Duration(4min), resent);
    CHECK(resent.empty());  // nobody vouches for it any more
    CHECK(told(lab.minute(19, 86)) == "known warning");
    lab.inputs.failing = false;
    const auto gone = lab.minute(20, std::nullopt);
    CHECK(told(gone) == "resolve warning");
    CHECK(gone.at(0).reason == "series gone");
}

TEST_CASE("NaN is no value") {
    AlertLab lab(disk_rule(Duration{0}));
    lab.minute(1, 85);
    lab.inputs.failing = true;
    CHECK(told(lab.minute(2, kNaN)).empty());
    CHECK(lab.level() == "warning");
    lab.inputs.failing = false;
    CHECK(told(lab.minute(3, kNaN)) == "resolve warning");
    CHECK(told(lab.minute(4, kNaN)).empty());
}

TEST_CASE("a pending level is reset by a minute without a value") {
    AlertLab lab(disk_rule(2min));
    lab.minute(1, 85);
    lab.inputs.failing = true;
    lab.minute(2, std::nullopt);
    CHECK(told(lab.minute(3, 85)).empty());
    CHECK(told(lab.minute(5, 85)) == "fire warning");
}

TEST_CASE("no_data overrides what a missing value does") {
    AlertRule rule = disk_rule(Duration{0});
    SECTION("hold") {
        rule.no_data = NoData::kHold;
        AlertLab lab(rule);
        lab.minute(1, 85);
        for (int n = 2; n < 40; ++n) CHECK(told(lab.minute(n, std::nullopt)).empty());
        CHECK(lab.level() == "warning");
    }
    SECTION("clear") {
        rule.no_data = NoData::kClear;
        AlertLab lab(rule);
        lab.inputs.failing = true;
        lab.minute(1, 85);
        CHECK(told(lab.minute(2, std::nullopt)) == "resolve warning");
    }
    SECTION("a level, for a series that was healthy before") {
        rule.no_data = NoData::kLevel;
        rule.no_data_level = 1;
        rule.levels[1].hold = 2min;
        rule.levels[0].hold = 2min;
        AlertLab lab(rule);
        CHECK(told(lab.minute(1, 10)).empty());
        CHECK(told(lab.minute(2, std::nullopt)).empty());
        CHECK(told(lab.minute(4, std::nullopt)) == "fire critical");
        CHECK(told(lab.minute(5, 10)) == "resolve critical");
    }
}

TEST_CASE("two samples that become one alert are an error and change nothing") {
    AlertRule rule = disk_rule(Duration{0});
    rule.labels = {{"mountpoint", "any"}};
    AlertLab lab(rule);
    CHECK(told(lab.minute(1, 85)) == "fire warning");
    lab.inputs.vector = {{disk("/"), {}, 10}, {disk("/home"), {}, 95}};
    CHECK(lab.evaluate(2).empty());
    REQUIRE_FALSE(lab.last);
    CHECK(lab.last.error().message ==
          "vector contains metrics with the same labelset after applying alert labels");
    CHECK(lab.level() == "warning");
}

TEST_CASE("a series' own severity label is no part of the identity") {
    AlertLab lab(disk_rule(Duration{0}));
    lab.inputs.vector = {{Labels{{"severity", "page"}, {"mountpoint", "/"}}, {}, 85}};
    const auto fired = lab.evaluate(1);
    REQUIRE(fired.size() == 1);
    CHECK_FALSE(fired[0].labels.has("severity"));
    CHECK(to_alerts(fired[0], Duration(4min))[0].labels.get("severity") == "warning");
}

TEST_CASE("annotations say the value now and the level") {
    AlertRule rule = disk_rule(Duration{0});
    rule.annotations = {{"summary", "{{ $labels.mountpoint }} at {{ $value }} is {{ $level }}"},
                        {"broken", "{{ $labels | nothing }}"}};
    AlertLab lab(rule);
    lab.minute(1, 85);
    const auto risen = lab.minute(2, 95);
    CHECK(risen.at(0).annotations.at("summary") == "/ at 95 is critical");
    CHECK(risen.at(0).from_annotations.at("summary") == "/ at 95 is warning");
    CHECK(risen.at(0).annotations.at("broken").starts_with("<error expanding template"));
}
