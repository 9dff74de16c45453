#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/alert_lab.h"

using namespace tocsin;
using namespace tocsin::rules;
using namespace tocsin::rules::testing;

// Prometheus's documentation, "Alerting rules": pending while `for` runs, then firing; gone from
// the result, it is resolved, or kept firing for keep_firing_for.
TEST_CASE("a plain rule is pending, fires after for and resolves when its sample is gone") {
    AlertLab lab(make_plain(2min));
    CHECK(lab.minute(1, 0).empty());
    REQUIRE(lab.state->status().size() == 1);
    CHECK_FALSE(lab.state->status()[0].firing);
    CHECK(lab.state->status()[0].active_at == AlertLab::wall(1));
    CHECK(lab.minute(2, 0).empty());
    const auto fired = lab.minute(3, 0);
    REQUIRE(fired.size() == 1);
    CHECK(fired[0].change == Change::kFire);
    CHECK(fired[0].starts_at == AlertLab::wall(3));
    const auto resolved = lab.minute(4, std::nullopt);
    REQUIRE(resolved.size() == 1);
    CHECK(resolved[0].change == Change::kResolve);
    CHECK(lab.state->empty());
}

TEST_CASE("a pending plain alert is forgotten as soon as its sample is gone") {
    AlertLab lab(make_plain(2min));
    lab.minute(1, 0);
    CHECK(lab.minute(2, std::nullopt).empty());
    CHECK(lab.state->empty());
    lab.minute(3, 0);
    CHECK(lab.minute(4, 0).empty());
    CHECK(lab.minute(5, 0).size() == 1);
}

TEST_CASE("keep_firing_for keeps a plain alert and starts anew when the sample returns") {
    AlertLab lab(make_plain(Duration{0}, 3min));
    CHECK(lab.minute(1, 0).size() == 1);
    CHECK(lab.minute(2, std::nullopt).empty());
    CHECK(lab.minute(3, 0).empty());
    CHECK(lab.minute(4, std::nullopt).empty());
    CHECK(lab.minute(6, std::nullopt).empty());
    CHECK(lab.minute(7, std::nullopt).size() == 1);
}

TEST_CASE("a plain alert with a value of NaN is there all the same") {
    AlertLab lab(make_plain(Duration{0}));
    CHECK(lab.minute(1, kNaN).size() == 1);
    CHECK(lab.minute(2, kNaN).empty());
}

TEST_CASE("labels are expanded, override the sample's and lose the metric's name") {
    AlertRule rule = make_plain(Duration{0});
    rule.labels = {{"instance", "from-rule"},
                   {"mountpoint", ""},
                   {"severity", "{{ if gt $value 90.0 }}critical{{ else }}warning{{ end }}"},
                   {"where", "{{ $labels.mountpoint }}"}};
    AlertLab lab(rule);
    const auto fired = lab.minute(1, 95);
    REQUIRE(fired.size() == 1);
    CHECK(fired[0].labels == Labels{{"alertname", "Down"},
                                    {"host", "web-1.example"},
                                    {"instance", "from-rule"},
                                    {"severity", "critical"},
                                    {"where", "/"}});
    // The severity is a label like others here, so another value of it is another alert.
    CHECK(fired[0].identity == fingerprint(fired[0].labels));
    const auto alerts = to_alerts(fired[0], Duration(4min));
    REQUIRE(alerts.size() == 1);
    CHECK(alerts[0].annotations.at("tocsin_level") == "critical");
    CHECK(alerts[0].generator_url == "http://agent/graph");
    // Another value, another label, another alert: the first one ends.
    CHECK(lab.minute(2, 50).size() == 2);
}

TEST_CASE("the agent's host wins over the rule's, its other labels yield") {
    AlertRule rule = make_plain(Duration{0});
    rule.labels = {{"host", "liar"}, {"team", "dba"}};
    AlertLab lab(rule);
    lab.environment.render.external =
        Labels{{"host", "web-1.example"}, {"team", "web"}, {"site", "bj1"}};
    const auto fired = lab.minute(1, 0);
    REQUIRE(fired.size() == 1);
    CHECK(fired[0].labels.get("host") == "web-1.example");
    CHECK(fired[0].labels.get("team") == "dba");
    CHECK(fired[0].labels.get("site") == "bj1");
}

TEST_CASE("an alert that ends makes room within the limit for one that begins") {
    AlertLab lab(make_plain(Duration{0}));
    lab.inputs.vector = {{disk("/a"), {}, 0}};
    CHECK(lab.evaluate(1, 1).size() == 1);
    lab.inputs.vector = {{disk("/b"), {}, 0}};
    const auto out = lab.evaluate(2, 1);
    CHECK(lab.last);
    REQUIRE(out.size() == 2);
    CHECK(out[0].change == Change::kResolve);
    CHECK(out[0].labels.get("mountpoint") == "/a");
    CHECK(out[1].change == Change::kFire);
    CHECK(out[1].labels.get("mountpoint") == "/b");
}

TEST_CASE("beyond the limit no alert begins, and those that are there still end") {
    AlertLab lab(make_plain(Duration{0}));
    lab.inputs.vector = {{disk("/a"), {}, 0}};
    lab.evaluate(1, 1);
    lab.inputs.vector = {{disk("/b"), {}, 0}, {disk("/c"), {}, 0}};
    const auto out = lab.evaluate(2, 1);
    REQUIRE_FALSE(lab.last);
    CHECK(lab.last.error().message == "exceeded limit of 1 with 2 alerts");
    REQUIRE(out.size() == 1);
    CHECK(out[0].change == Change::kResolve);
    CHECK(lab.state->empty());
}

TEST_CASE("a series that is only remembered for its silence is no alert within the limit") {
    AlertRule rule = make_threshold({{"warning", "> 80", 3, Duration{0}}});
    rule.no_data = NoData::kLevel;
    AlertLab lab(rule);
    lab.inputs.vector = {{disk("/a"), {}, 10}, {disk("/b"), {}, 10}};
    CHECK(lab.evaluate(1, 1).empty());
    CHECK(lab.last);
    lab.inputs.vector = {{disk("/a"), {}, 10}, {disk("/b"), {}, 90}};
    CHECK(lab.evaluate(2, 1).size() == 1);
    CHECK(lab.last);
}

TEST_CASE("more new alerts than the group's limit are an error and none begins") {
    AlertLab lab(make_plain(Duration{0}));
    lab.inputs.vector = {{disk("/a"), {}, 0}, {disk("/b"), {}, 0}};
    CHECK(lab.evaluate(1, 1).empty());
    REQUIRE_FALSE(lab.last);
    CHECK(lab.last.error().message == "exceeded limit of 1 with 2 alerts");
    CHECK(lab.evaluate(2, 2).size() == 2);
}

TEST_CASE("absent() proves nothing until the history has been there for its reach") {
    AlertLab lab(make_plain(Duration{0}), RuleReach{Duration(5min), Duration{0}, true});
    lab.environment.history_since = AlertLab::instant(10).boot;
    for (int n = 10; n < 15; ++n) CHECK(lab.minute(n, 1).empty());
    CHECK(lab.minute(15, 1).size() == 1);
}

TEST_CASE("seq rises even when the wall clock steps back") {
    Sequence sequence;
    const auto first = sequence.next(from_unix_ms(1'000'000));
    CHECK(first == 1'000'000);
    CHECK(sequence.next(from_unix_ms(500)) == first + 1);
    CHECK(sequence.next(from_unix_ms(2'000'000)) == 2'000'000);
    sequence.at_least(3'000'000);
    CHECK(sequence.next(from_unix_ms(2'000'001)) == 3'000'001);
}
