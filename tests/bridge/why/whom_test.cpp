// Whom what is asked about would tell, and when: as the incidents that do open.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "asked.h"
#include "words.h"

using namespace tocsin;
using namespace tocsin::bridge;
using namespace tocsin::bridge::test;

TEST_CASE("whom it would tell is whom its incident tells, whatever its route leaves out") {
    struct Case {
        std::string name;
        std::string team;
        std::string policy;
        std::string service_owner;  // "" for no service
        std::string expected;       // team and policy
        std::string told;           // by World: li.na is web's first step, chen.yu is team dba
    };
    const std::vector<Case> cases = {
        {"a team alone", "dba", "", "", "dba dba", "chen.yu"},
        {"a policy alone", "", "dba", "", " dba", "chen.yu"},
        {"neither, of a service with an owner", "", "", "dba", "dba dba", "chen.yu"},
        {"a policy, of a service with an owner", "", "web", "dba", "dba web", "li.na"},
        {"a team, of another team's service", "web", "", "dba", "web web", "li.na"},
        {"neither", "", "", "", " ", ""},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        Asked asked;
        Route& route = asked.config.routes.front();
        route.team = c.team;
        route.policy = c.policy;
        if (!c.service_owner.empty()) {
            Service shop;
            shop.name = "shop";
            shop.owner = c.service_owner;
            shop.match = matching("host=~\"web.*\"");
            asked.config.priorities.services = {shop};
        }
        const WhyLinks links = asked.links();
        const EntryData& data = find(links, "route")->data;
        CHECK(data.at("team") + " " + data.at("policy") == c.expected);
        const WhyLink& verdict = verdict_of(links);
        CHECK(verdict.data.at("told") == (c.told.empty() ? "" : c.told + " by mail"));
        CHECK(verdict.phrase == (c.told.empty() ? "verdict.nobody" : "verdict.tells"));

        const World& world = asked.world;
        const Opening opening{"INC-2026-000001", "web:disk", world.alert("disk", "warning"), {}};
        const Decision opened =
            open(opening, {route, world.oncall, asked.config.priorities, world.settings}, kStart);
        CHECK(opened.next.team + " " + opened.next.policy == c.expected);
        CHECK(told(opened) == (c.told.empty() ? "" : c.told + " opened"));
    }
}

TEST_CASE("what several hold back is held back until the last of them ends") {
    const auto until = [](const Asked& asked) {
        const WhyLinks links = asked.links();
        CHECK(verdict_of(links).phrase == "verdict.held");
        return verdict_of(links).data.at("until");
    };
    const std::string in_two_hours = format_rfc3339(kStart + 2h);
    Asked asked;
    Silence shorter = asked.silence(SuppressorKind::kSilence);
    Silence longer = shorter;
    longer.ends_at = kStart + 2h;
    for (const auto& both : {std::vector{shorter, longer}, std::vector{longer, shorter}}) {
        asked.facts.silences = both;
        CHECK(until(asked) == in_two_hours);
    }
    Silence window = asked.silence(SuppressorKind::kMaintenance);
    window.ends_at = kStart + 2h;
    window.settle = kMaintenanceSettle;
    asked.facts.silences = {shorter, window};
    CHECK(until(asked) == format_rfc3339(kStart + 2h + 5min));

    // A condition of opening begins to wait when nothing else holds back: after one hour, two
    // minutes.
    asked.config.open_when = {{"disk", matching("alertname=\"disk\""), 0, Duration{0}, 2min}};
    asked.facts.silences = {shorter};
    CHECK(until(asked) == format_rfc3339(kStart + 1h + 2min));

    // Of two that inhibit, the one that fires has no end; nor has what waits for it.
    InhibitSource over = unreachable();
    over.ends_at = kStart + 1min;
    InhibitSource fires = unreachable();
    fires.identity = "c";
    asked.facts.sources = {over, fires};
    CHECK(until(asked).empty());
    asked.config.open_when.clear();
    CHECK(until(asked).empty());
    CHECK(find(asked.links(), "suppression.settle") != nullptr);
    CHECK(find(asked.links(), "suppression.inhibit") != nullptr);
}
