// Whole files over a real history: queries, recording, reload and restart.
#include "rules/alert/rule_set.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/rule_world.h"

using namespace tocsin;
using namespace tocsin::rules;

using namespace tocsin::rules::testing;

namespace {

Instant instant(int minute) {
    return world_instant(minute);
}

const Labels kDisk{{"__name__", "used"}, {"mountpoint", "/"}};
const std::string kRules = R"(groups:
  - name: disk
    rules:
      - record: doubled
        expr: used * 2
      - alert: Filling
        expr: doubled
        levels: {warning: "> 160", critical: "> 184"}
        annotations:
          summary: '{{ $labels.mountpoint }}: {{ with query "used" }}{{ . | first | value }}{{ end }}'
)";

}  // namespace

TEST_CASE("a recorded series is there for the next rule of the same evaluation") {
    World world;
    RuleSet rules = world.make({file_of(kRules)});
    CHECK(rules.rules() == 2);
    CHECK(rules.key(0) == "test.yml;disk");
    CHECK(rules.interval(0) == Duration(15s));
    world.put(kDisk, 1, 85);
    const auto fired = world.evaluate(rules, 1);
    REQUIRE(fired.size() == 1);
    CHECK(fired[0].to == "warning");
    CHECK(fired[0].value == 170);
    CHECK(fired[0].annotations.at("summary") == "/: 85");
    CHECK(fired[0].generator_url == "http://127.0.0.1:9841/graph?g0.expr=doubled&g0.tab=1");
    CHECK(rules.firing(instant(1).wall, Duration(4min)).size() == 1);
    const auto status = rules.status();
    REQUIRE(status.size() == 1);
    REQUIRE(status[0].rules.size() == 2);
    CHECK(status[0].rules[1].health == RuleHealth::kOk);
    CHECK(status[0].rules[1].alerts.size() == 1);
}

TEST_CASE("an alert says of which rule it is and by what value, and resends say the same") {
    World world;
    RuleSet rules = world.make({file_of(kRules)});
    world.put(kDisk, 1, 85);
    auto fired = world.evaluate(rules, 1);
    REQUIRE(fired.size() == 1);
    const std::vector<Alert> told = to_alerts(fired[0], Duration(4min));
    REQUIRE(told.size() == 1);
    const Annotations& said = told[0].annotations;
    CHECK(said.at("tocsin_rule") == "test.yml:6");
    CHECK(said.at("tocsin_rule_version").size() == 12);
    CHECK(said.at("tocsin_expr") == "doubled");
    CHECK(said.at("tocsin_value") == "170");
    CHECK(said.at("tocsin_reason") == "170 > 160");
    CHECK_FALSE(said.contains("tocsin_mode"));

    // The value moves on; what is sent again is what was told, over a restart too.
    world.put(kDisk, 2, 86);
    CHECK(world.evaluate(rules, 2).empty());
    const auto resent = rules.firing(instant(2).wall, Duration(4min));
    REQUIRE(resent.size() == 1);
    CHECK(resent[0].annotations.at("tocsin_value") == "170");
    CHECK(resent[0].annotations.at("tocsin_reason") == "170 > 160");
    const std::string saved = rules.save(0, instant(2));
    RuleSet again = world.make({file_of(kRules)});
    std::vector<Transition> none;
    REQUIRE(again.restore(saved, instant(3), none));
    const auto restored = again.firing(instant(3).wall, Duration(4min));
    REQUIRE(restored.size() == 1);
    CHECK(restored[0].annotations.at("tocsin_value") == "170");
    CHECK(restored[0].annotations.at("tocsin_reason") == "170 > 160");
}

TEST_CASE("what is observed says so: the rule, its group, or all of an agent") {
    const std::string text = R"(groups:
  - name: g
    mode: observe
    rules:
      - {alert: Trial, expr: used > 80}
      - {alert: Force, expr: used > 80, mode: active}
)";
    const auto modes = [&](RuleMode agent) {
        World world;
        RuleSetOptions options;
        options.mode = agent;
        auto rules = RuleSet::create({file_of(text)}, options, world.history, world.series);
        REQUIRE(rules);
        world.put(kDisk, 1, 85);
        std::string out;
        for (const Transition& t : world.evaluate(rules.value(), 1)) {
            const Alert alert = to_alerts(t, Duration(4min)).at(0);
            const auto mode = alert.annotations.find("tocsin_mode");
            out += std::string(alert.labels.get("alertname")) + " " +
                   (mode == alert.annotations.end() ? "" : mode->second) + ", ";
        }
        return out;
    };
    CHECK(modes(RuleMode::kActive) == "Trial observe, Force , ");
    CHECK(modes(RuleMode::kObserve) == "Trial observe, Force observe, ");
}

TEST_CASE("an output that vanishes is ended, and the collector's health decides about the alert") {
    World world;
    RuleSet rules = world.make({file_of(kRules)});
    world.put(kDisk, 1, 85);
    world.evaluate(rules, 1);
    world.put(kDisk, 2, kStaleNaN);
    SECTION("the collector works: series gone") {
        const auto out = world.evaluate(rules, 2);
        REQUIRE(out.size() == 1);
        CHECK(out[0].change == Change::kResolve);
        CHECK(out[0].reason == "series gone");
    }
    SECTION("the collector fails: held") {
        world.failing = "doubled";
        CHECK(world.evaluate(rules, 2).empty());
        CHECK(rules.firing(instant(2).wall, Duration(4min)).size() == 1);
    }
}

TEST_CASE("a recorded metric fails with what its rule reads, through any number of rules") {
    World world;
    const std::string alert = R"(
  - name: alerts
    rules:
      - alert: Filling
        expr: tripled
        levels: {warning: "> 160"})";
    const std::string records = R"(
  - name: records
    rules:
      - record: doubled
        expr: used * 2 or doubled * 0
      - record: tripled
        expr: doubled * 1.5)";
    const std::string head = "groups:";
    // Recorded before the alert of the same round, or only after it.
    const bool before = GENERATE(true, false);
    INFO("recorded before: " << before);
    RuleSet rules = world.make({file_of(before ? head + records + alert : head + alert + records)});
    world.put(kDisk, 1, 85);
    world.evaluate(rules, 1);
    world.put(kDisk, 2, 85);
    const auto fired = world.evaluate(rules, 2);
    REQUIRE(rules.firing(instant(2).wall, Duration(4min)).size() == 1);
    world.put(kDisk, 3, kStaleNaN);
    world.put(Labels{{"__name__", "doubled"}, {"mountpoint", "/"}}, 3, kStaleNaN);
    world.failing = "used";
    for (int n = 3; n < 8; ++n) CHECK(world.evaluate(rules, n).empty());
    CHECK(rules.firing(instant(7).wall, Duration(4min)).size() == 1);

    // What is recorded comes back one evaluation after the collector does.
    world.failing.clear();
    world.put(kDisk, 8, 85);
    CHECK(world.evaluate(rules, 8).empty());
    world.put(kDisk, 9, 85);
    CHECK(world.evaluate(rules, 9).empty());
}

TEST_CASE("a rule that fails says why and leaves the others alone") {
    World world;
    RuleSet rules = world.make({file_of(R"(groups:
  - name: g
    rules:
      - record: one
        expr: label_free
        labels: {mountpoint: same}
      - alert: Any
        expr: label_free > 0
)")});
    world.put(Labels{{"__name__", "label_free"}, {"mountpoint", "/a"}}, 1, 1);
    world.put(Labels{{"__name__", "label_free"}, {"mountpoint", "/b"}}, 1, 1);
    std::vector<Transition> out;
    const EvaluationResult result = rules.evaluate(0, instant(1), {}, out);
    CHECK(result.rules == 2);
    CHECK(result.failures == 1);
    CHECK(out.size() == 2);
    CHECK(rules.status()[0].rules[0].health == RuleHealth::kError);
    CHECK(rules.status()[0].rules[0].last_error ==
          "vector contains metrics with the same labelset after applying rule labels");

    // It is news once, and again when it is well.
    REQUIRE(result.changes.size() == 1);
    CHECK(result.changes[0].rule == "one");
    CHECK(result.changes[0].place == "test.yml:4");
    CHECK(result.changes[0].error == rules.status()[0].rules[0].last_error);
    CHECK(rules.evaluate(0, instant(2), {}, out).changes.empty());
    world.put(Labels{{"__name__", "label_free"}, {"mountpoint", "/b"}}, 3, kStaleNaN);
    const EvaluationResult well = rules.evaluate(0, instant(3), {}, out);
    REQUIRE(well.changes.size() == 1);
    CHECK(well.changes[0].rule == "one");
    CHECK(well.changes[0].error.empty());
    CHECK(rules.evaluate(0, instant(4), {}, out).changes.empty());
}

TEST_CASE("a restart restores what was saved, and a removed rule's alerts are resolved") {
    World before;
    RuleSet rules = before.make({file_of(kRules)});
    CHECK_FALSE(rules.needs_save(0, instant(0)));
    CHECK(rules.save(0, instant(0)).empty());
    before.put(kDisk, 1, 85);
    const auto fired = before.evaluate(rules, 1);
    REQUIRE(rules.needs_save(0, instant(1)));
    const std::string saved = rules.save(0, instant(1));
    CHECK_FALSE(rules.needs_save(0, instant(5)));

    World after;
    std::vector<Transition> out;
    SECTION("the same rules: nothing is told again, and the resend is the same alert") {
        RuleSet again = after.make({file_of(kRules)});
        REQUIRE(again.restore(saved, instant(2), out));
        CHECK(out.empty());
        CHECK(again.has_group("test.yml;disk"));
        CHECK_FALSE(again.has_group("test.yml;disks"));
        CHECK(after.evaluate(again, 2).empty());
        const auto resent = again.firing(instant(2).wall, Duration(4min));
        REQUIRE(resent.size() == 1);
        CHECK(resent[0].annotations.at("tocsin_alert") == fired[0].identity);
        CHECK(resent[0].annotations.at("tocsin_seq") == std::to_string(fired[0].seq));
        CHECK(resent[0].starts_at == instant(1).wall);
    }
    SECTION("the rule is gone") {
        RuleSet other = after.make({file_of("groups: [{name: disk, rules: []}]")});
        REQUIRE(other.restore(saved, instant(2), out));
        REQUIRE(out.size() == 1);
        CHECK(out[0].change == Change::kResolve);
        CHECK(out[0].identity == fired[0].identity);
        CHECK(out[0].seq > fired[0].seq);
        CHECK(out[0].reason == "the rule is gone");
        CHECK(to_alerts(out[0], Duration(4min)).at(0).labels.get("severity") == "warning");
    }
    SECTION("the group is gone") {
        RuleSet other = after.make({});
        REQUIRE(other.restore(saved, instant(2), out));
        CHECK(out.size() == 1);
    }
    SECTION("a text that is not ours changes nothing") {
        RuleSet again = after.make({file_of(kRules)});
        CHECK_FALSE(again.restore("{}", instant(2), out));
        CHECK(out.empty());
    }
}

TEST_CASE("a reload goes on where the old rules were") {
    World world;
    RuleSet rules = world.make({file_of(kRules)});
    world.put(kDisk, 1, 85);
    world.evaluate(rules, 1);
    std::vector<Transition> out;
    std::string edited = kRules;
    edited.replace(edited.find("> 160"), 5, "> 100");
    RuleSet next = world.make({file_of(edited)});
    next.take_over(rules, instant(2), out);
    CHECK(out.empty());
    world.put(kDisk, 2, 60);
    CHECK(world.evaluate(next, 2).empty());  // 120 > 100: still the same warning

    RuleSet empty = world.make({});
    empty.take_over(next, instant(3), out);
    REQUIRE(out.size() == 1);
    CHECK(out[0].reason == "the rule was removed");
    auto gone = promql::Query::prepare("doubled", world.history);
    REQUIRE(gone);
    CHECK(std::get<promql::Vector>(gone.value().at(instant(3).wall).value()).empty());
}

TEST_CASE("while a timer runs the state is saved every minute") {
    World world;
    RuleSet rules = world.make({file_of(R"(groups:
  - name: g
    rules:
      - alert: Slow
        expr: used
        for: 1h
        levels: {warning: "> 80"}
)")});
    world.put(kDisk, 1, 85);
    world.evaluate(rules, 1);
    rules.save(0, instant(1));
    CHECK_FALSE(rules.needs_save(0, instant(1)));
    CHECK(rules.needs_save(0, instant(2)));
}

TEST_CASE("a rule's reach comes from its selectors: ranges and offsets hold a restored alert") {
    World world;
    RuleSet rules = world.make({file_of(R"(groups:
  - name: g
    rules:
      - alert: Rate
        expr: increase(errors[10m]) > 0
)")});
    CHECK(rules.reach() >= Duration(10min));
    const Labels errors{{"__name__", "errors"}};
    world.put(errors, 0, 0);
    world.put(errors, 1, 5);
    REQUIRE(world.evaluate(rules, 1).size() == 1);
    const std::string saved = rules.save(0, instant(1));
    World after;
    RuleSet again = after.make({file_of(R"(groups:
  - name: g
    rules:
      - alert: Rate
        expr: increase(errors[10m]) > 0
)")});
    std::vector<Transition> out;
    REQUIRE(again.restore(saved, instant(2), out));
    for (int n = 2; n < 12; ++n) {
        after.put(errors, n, 5);
        CHECK(after.evaluate(again, n).empty());
    }
    after.put(errors, 12, 5);
    CHECK(after.evaluate(again, 12).size() == 1);
}

TEST_CASE("rules taken over onto a new history hold their alerts as after a restart") {
    World old_world;
    World new_world;
    const std::string text = R"(groups:
  - name: g
    rules:
      - alert: Rate
        expr: increase(errors[10m]) > 0
)";
    RuleSet rules = old_world.make({file_of(text)});
    const Labels errors{{"__name__", "errors"}};
    old_world.put(errors, 0, 0);
    old_world.put(errors, 1, 5);
    REQUIRE(old_world.evaluate(rules, 1).size() == 1);
    RuleSet next = new_world.make({file_of(text)});
    std::vector<Transition> out;
    next.take_over(rules, instant(2), out);
    CHECK(out.empty());
    CHECK(new_world.evaluate(next, 2).empty());
    CHECK(new_world.evaluate(next, 11).empty());
    CHECK(new_world.evaluate(next, 12).size() == 1);
}

TEST_CASE("a rule that moves to another group or file keeps its alerts") {
    World world;
    RuleSet rules = world.make({file_of(kRules)});
    world.put(kDisk, 1, 85);
    const auto fired = world.evaluate(rules, 1);
    REQUIRE(fired.size() == 1);
    const std::string saved = rules.save(0, instant(1));
    std::string moved = kRules;
    moved.replace(moved.find("name: disk"), 10, "name: space");
    std::vector<Transition> out;
    SECTION("by a reload") {
        RuleSet next = world.make({file_of(moved, "other.yml")});
        CHECK(next.take_over(rules, instant(2), out) == std::vector<std::string>{"test.yml;disk"});
        CHECK(out.empty());
        CHECK(next.needs_save(0, instant(2)));
        world.put(kDisk, 2, 85);
        CHECK(world.evaluate(next, 2).empty());
        world.put(kDisk, 3, 95);
        CHECK(world.evaluate(next, 3).at(0).identity == fired[0].identity);
    }
    SECTION("over a restart") {
        RuleSet next = world.make({file_of(moved, "other.yml")});
        REQUIRE(next.restore(saved, instant(2), out));
        CHECK(out.empty());
        CHECK_FALSE(next.has_group("test.yml;disk"));
        CHECK(next.needs_save(0, instant(2)));
        CHECK(next.firing(instant(2).wall, Duration(4min)).size() == 1);
    }
}
