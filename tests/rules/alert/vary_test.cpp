// Levels that vary and alerts that wait for others, over a real history.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/rule_world.h"

using namespace tocsin;
using namespace tocsin::rules;
using namespace tocsin::rules::testing;

namespace {

Labels disk(const std::string& mountpoint) {
    return {{"__name__", "used"}, {"mountpoint", mountpoint}};
}

constexpr auto kVaried = R"(groups:
  - name: disk
    interval: 1m
    rules:
      - alert: Filling
        expr: used
        levels: {warning: "> 80", critical: "> 92"}
        clear: 3
        vary:
          - {where: ['mountpoint="/backup"'], levels: {warning: "> 92", critical: {when: "> 97", for: 2m}}}
          - {where: ['host="web-1"', 'mountpoint="/tmp"'], levels: {critical: null}}
)";

std::vector<std::string> told(const std::vector<Transition>& transitions) {
    std::vector<std::string> out;
    for (const Transition& t : transitions) {
        std::string who(t.labels.get("mountpoint"));
        if (who.empty()) who = t.labels.get("alertname");
        out.push_back(who + " " + t.from + ">" + t.to + ": " + t.reason);
    }
    std::sort(out.begin(), out.end());
    return out;
}
using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("each alert has the levels of its variation") {
    World world;
    RuleSet rules = world.make({file_of(kVaried)});
    const auto minute = [&](int n, double root, double backup, double tmp) {
        world.put(disk("/"), n, root);
        world.put(disk("/backup"), n, backup);
        world.put(disk("/tmp"), n, tmp);
        return told(world.evaluate(rules, n));
    };
    CHECK(minute(1, 85, 85, 85) ==
          Lines{"/ >warning: 85 > 80", "/tmp >warning: 85 > 80 (test.yml:11)"});
    // /backup is a warning above 92, /tmp (of a host by the agent's label) is never critical.
    CHECK(minute(2, 85, 95, 99) == Lines{"/backup >warning: 95 > 92 (test.yml:10)"});
    CHECK(minute(3, 95, 98, 99) == Lines{"/ warning>critical: 95 > 92"});
    CHECK(minute(4, 95, 98, 99).empty());
    CHECK(minute(5, 95, 98, 99) == Lines{"/backup warning>critical: 98 > 97 for 2m (test.yml:10)"});
    // The way back lies by each one's own lines.
    CHECK(minute(6, 95, 94, 99) == Lines{"/backup critical>warning: 94 <= 94"});
    CHECK(minute(7, 95, 90, 99).empty());
    CHECK(minute(8, 95, 89, 77) == Lines{"/backup warning>: 89 <= 89", "/tmp warning>: 77 <= 77"});
}

TEST_CASE("a level that an edit takes away is left at once, the alert stays what it is") {
    World world;
    RuleSet rules = world.make({file_of(kVaried)});
    world.put(disk("/srv"), 1, 95);
    const auto fired = world.evaluate(rules, 1);
    REQUIRE(told(fired) == Lines{"/srv >critical: 95 > 92"});
    std::string edited = kVaried;
    edited += "          - {where: ['mountpoint=\"/srv\"'], levels: {critical: null}}\n";
    RuleSet next = world.make({file_of(edited)});
    std::vector<Transition> out;
    next.take_over(rules, world_instant(1), out);
    CHECK(out.empty());
    world.put(disk("/srv"), 2, 95);
    const auto fallen = world.evaluate(next, 2);
    CHECK(told(fallen) == Lines{"/srv critical>warning: the rule has no critical here any more"});
    CHECK(fallen.at(0).identity == fired.at(0).identity);
}

namespace {

// The dependent stands first in the file, and is looked at second.
constexpr auto kDependent = R"(groups:
  - name: shop
    interval: 1m
    rules:
      - {alert: ShopSlow, expr: "slow > 0", depends_on: DatabaseDown}
      - {alert: DatabaseDown, expr: "db == 0", for: 2m}
)";

}  // namespace

TEST_CASE("what is new waits while what it depends on is pending or firing, and an interval more") {
    World world;
    RuleSet rules = world.make({file_of(kDependent)});
    const auto minute = [&](int n, double db, double slow) {
        world.put({{"__name__", "db"}}, n, db);
        world.put({{"__name__", "slow"}}, n, slow);
        return told(world.evaluate(rules, n));
    };
    CHECK(minute(1, 0, 1).empty());  // the database is pending
    CHECK(minute(2, 0, 1).empty());
    CHECK(minute(3, 0, 1) == Lines{"DatabaseDown >firing: true for 2m"});
    CHECK(minute(4, 1, 1) ==
          Lines{"DatabaseDown firing>: the expression gives no result any more"});
    CHECK(minute(5, 1, 1) == Lines{"ShopSlow >firing: true"});
    // What fires already goes on.
    CHECK(minute(6, 0, 1).empty());
    CHECK(minute(7, 1, 0) == Lines{"ShopSlow firing>: the expression gives no result any more"});
    // It was over before the other was.
    CHECK(minute(8, 0, 1).empty());
    CHECK(minute(9, 1, 0).empty());
    CHECK(minute(10, 1, 0).empty());
    CHECK(minute(11, 1, 1) == Lines{"ShopSlow >firing: true"});
}

TEST_CASE("a level that an edit takes away is left at once, whatever keeps others") {
    constexpr auto kKept = R"(groups:
  - name: disk
    rules:
      - alert: Filling
        expr: used
        keep_firing_for: 5m
        levels: {info: "> 80", warning: "> 90", critical: "> 95"}
)";
    constexpr auto kEdited = R"(groups:
  - name: disk
    rules:
      - alert: Filling
        expr: used
        keep_firing_for: 5m
        levels: {info: "> 80", warning: "> 90"}
        vary: [{where: ['mountpoint="/"'], levels: {warning: null}}]
)";
    World world;
    RuleSet rules = world.make({file_of(kKept)});
    world.put(disk("/"), 1, 99);
    REQUIRE(told(world.evaluate(rules, 1)) == Lines{"/ >critical: 99 > 95"});
    RuleSet next = world.make({file_of(kEdited)});
    std::vector<Transition> out;
    next.take_over(rules, world_instant(1), out);
    world.put(disk("/"), 2, 99);
    const auto fallen = world.evaluate(next, 2);
    REQUIRE(fallen.size() == 1);
    CHECK(fallen[0].to == "info");
}

TEST_CASE("a rule that depends on a later one comes right after it, the others as they stand") {
    World world;
    RuleSet rules = world.make({file_of(R"(groups:
  - name: shop
    interval: 1m
    rules:
      - {alert: ShopSlow, expr: "slow > 0", depends_on: DatabaseDown}
      - {record: "db:up", expr: db}
      - {alert: DatabaseDown, expr: "db:up == 0"}
)")});
    world.put({{"__name__", "db"}}, 1, 0);
    world.put({{"__name__", "slow"}}, 1, 1);
    CHECK(told(world.evaluate(rules, 1)) == Lines{"DatabaseDown >firing: true"});
}

TEST_CASE("what waits for its cause to be over waits on through a reload and a restart") {
    World world;
    RuleSet rules = world.make({file_of(kDependent)});
    const auto put = [&](int n, double db, double slow) {
        world.put({{"__name__", "db"}}, n, db);
        world.put({{"__name__", "slow"}}, n, slow);
    };
    put(1, 0, 1);
    world.evaluate(rules, 1);
    put(2, 1, 1);
    REQUIRE(world.evaluate(rules, 2).empty());  // over since now
    std::vector<Transition> out;
    const bool reload = GENERATE(true, false);
    RuleSet next = world.make({file_of(kDependent)});
    if (reload) {
        next.take_over(rules, world_instant(2), out);
        put(3, 1, 1);
        CHECK(told(world.evaluate(next, 3)) == Lines{"ShopSlow >firing: true"});
    } else {
        REQUIRE(next.restore(rules.save(0, world_instant(2)), world_instant(2), out));
        put(3, 1, 1);
        CHECK(world.evaluate(next, 3).empty());
        put(4, 1, 1);
        CHECK(told(world.evaluate(next, 4)) == Lines{"ShopSlow >firing: true"});
    }
}

TEST_CASE("what waits shows as pending, and waits on after a reload") {
    World world;
    RuleSet rules = world.make({file_of(kDependent)});
    world.put({{"__name__", "db"}}, 1, 0);
    world.put({{"__name__", "slow"}}, 1, 1);
    REQUIRE(world.evaluate(rules, 1).empty());
    const auto status = rules.status().at(0).rules.at(0).alerts;
    REQUIRE(status.size() == 1);
    CHECK_FALSE(status[0].firing);
    RuleSet next = world.make({file_of(kDependent)});
    std::vector<Transition> out;
    next.take_over(rules, world_instant(1), out);
    world.put({{"__name__", "db"}}, 2, 0);
    world.put({{"__name__", "slow"}}, 2, 1);
    CHECK(world.evaluate(next, 2).empty());
}
