#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "rules/alert/saved.h"
#include "tests/support/alert_lab.h"

using namespace tocsin;
using namespace tocsin::rules;
using namespace tocsin::rules::testing;

namespace {

const RuleReach kInstant{Duration(5min), Duration{0}, false};
const RuleReach kRange{Duration(10min), Duration(10min), false};
const RuleReach kLong{Duration(6h), Duration(6h), false};

AlertRule disk_rule(Duration hold = Duration{0}) {
    return make_threshold({{"warning", "> 80", 3, hold}, {"critical", "> 92", 3, hold}});
}

}  // namespace

TEST_CASE("a restored alert is not cleared by an empty window until it has refilled") {
    AlertLab lab(make_plain(Duration{0}), kRange);
    CHECK(lab.minute(1, 1).size() == 1);
    lab.save(1);
    lab.restart(3);
    for (int n = 3; n < 13; ++n) {
        INFO(n);
        CHECK(lab.minute(n, std::nullopt).empty());
        CHECK(lab.level() == "firing");
    }
    CHECK(lab.minute(13, std::nullopt).at(0).change == Change::kResolve);
}

TEST_CASE("a restored level is not cleared by a value from a window that is still short") {
    AlertLab lab(disk_rule(), kRange);
    lab.minute(1, 85);
    lab.save(1);
    lab.restart(2);
    for (int n = 2; n < 12; ++n) CHECK(lab.minute(n, 10).empty());
    CHECK(lab.minute(12, 10).at(0).change == Change::kResolve);
}

TEST_CASE("a restored level rises on a short window all the same") {
    AlertLab lab(disk_rule(), kRange);
    lab.minute(1, 85);
    lab.save(1);
    lab.restart(2);
    CHECK(lab.minute(2, 99).at(0).change == Change::kRise);
}

TEST_CASE("a value of an instant selector is believed at once after a restart") {
    AlertLab lab(disk_rule(), kInstant);
    lab.minute(1, 85);
    lab.save(1);
    lab.restart(2);
    CHECK(lab.minute(2, 10).at(0).change == Change::kResolve);
}

TEST_CASE("a window longer than 15 minutes holds a level so long and then calls it unknown") {
    AlertLab lab(disk_rule(), kLong);
    lab.minute(1, 85);
    lab.save(1);
    lab.restart(2);
    for (int n = 2; n < 17; ++n) CHECK(lab.minute(n, std::nullopt).empty());
    CHECK(lab.minute(17, std::nullopt).at(0).change == Change::kUnknown);
    CHECK(lab.minute(18, std::nullopt).empty());
}

TEST_CASE("a pending alert goes on waiting where it was, and an empty window does not reset it") {
    AlertLab lab(disk_rule(5min), kInstant);
    lab.minute(1, 85);
    lab.minute(3, 85);
    lab.save(3);
    lab.restart(4);
    CHECK(lab.minute(4, std::nullopt).empty());
    CHECK(lab.minute(5, 85).empty());
    const auto fired = lab.minute(6, 85);
    REQUIRE(fired.size() == 1);
    CHECK(fired[0].to == "warning");
}

TEST_CASE("what is saved reads back the same") {
    SavedGroup group;
    group.key = "/etc/tocsin/rules.d/host.yml;disk";
    group.saved_at = from_unix_ms(1'800'000'000'123);
    group.seq = 1'800'000'000'999;
    SavedAlert alert;
    alert.labels = Labels{{"alertname", "A"}, {"path", "C:\\x \"y\"\n磁盘"}};
    alert.source = Labels{{"__name__", "m"}, {"path", "x"}};
    alert.level = "critical";
    alert.value = 0.1;
    alert.told_value = 0.25;
    alert.told_reason = "0.25 > 0.2";
    alert.active_at = from_unix_ms(1);
    alert.level_since = from_unix_ms(2);
    alert.seq = 77;
    alert.unknown = true;
    alert.missing = Duration(61s);
    alert.levels = {{"warning", LevelPhase::kPending, Duration(5s), std::nullopt},
                    {"critical", LevelPhase::kHeld, Duration(1h), Duration(3s)}};
    group.rules = {{"A\nteam=web", true, {alert}}};
    const auto read = parse_saved_group(to_text(group));
    REQUIRE(read);
    const SavedGroup& back = read.value();
    CHECK(back.key == group.key);
    CHECK(back.saved_at == group.saved_at);
    CHECK(back.seq == group.seq);
    REQUIRE(back.rules.size() == 1);
    CHECK(back.rules[0].key == "A\nteam=web");
    CHECK(back.rules[0].is_threshold);
    const SavedAlert& a = back.rules[0].alerts.at(0);
    CHECK(a.labels == alert.labels);
    CHECK(a.source == alert.source);
    CHECK(a.level == "critical");
    CHECK(a.value == 0.1);
    CHECK(a.told_value == 0.25);
    CHECK(a.told_reason == "0.25 > 0.2");
    CHECK(a.active_at == alert.active_at);
    CHECK(a.level_since == alert.level_since);
    CHECK(a.seq == 77);
    CHECK(a.unknown);
    CHECK(a.missing == alert.missing);
    CHECK(a.levels == alert.levels);
}

TEST_CASE("what an agent saved before it kept what it had told reads as told by its value") {
    SavedAlert alert;
    alert.labels = Labels{{"alertname", "A"}};
    alert.level = "warning";
    alert.value = 96;
    alert.told_value = 95;
    alert.told_reason = "95 > 92";
    std::string text = to_text({"f;g", {}, 0, {{"A", true, {alert}}}});
    const std::string added = R"("told_value":"95","told_reason":"95 > 92",)";
    REQUIRE(text.find(added) != std::string::npos);
    text.erase(text.find(added), added.size());
    const auto read = parse_saved_group(text);
    REQUIRE(read);
    const SavedAlert& back = read.value().rules.at(0).alerts.at(0);
    CHECK(back.value == 96);
    CHECK(back.told_value == 96);
    CHECK(back.told_reason.empty());
}

TEST_CASE("a text that is no saved state is refused") {
    const std::string good = to_text(SavedGroup{"f;g", {}, 0, {}});
    REQUIRE(parse_saved_group(good));
    for (const std::string& text :
         {std::string(), std::string("{"), std::string("[]"), std::string("{\"version\":2}"),
          std::string("{\"version\":\"1\"}"), good.substr(0, good.size() - 2),
          std::string("{\"version\":1,\"group\":3}")}) {
        INFO(text);
        CHECK_FALSE(parse_saved_group(text));
    }
}
