#include <catch2/catch.hpp>

#include "bridge/incident/types.h"

using namespace tocsin;
using namespace tocsin::bridge;

TEST_CASE("a dedup key holds the route and its labels, never the severity") {
    struct Case {
        std::vector<std::string> group_by;
        Labels labels;
        Annotations annotations;
        std::string expected;
    };
    const std::vector<std::string> usual = Route{}.group_by;
    const Labels disk = {
        {"alertname", "Disk"}, {"host", "web-17"}, {"severity", "warning"}, {"mountpoint", "/srv"}};
    const std::vector<Case> cases = {
        {usual, disk, {}, R"(r:alertname="Disk",host="web-17",instance="")"},
        {usual,
         LabelsBuilder(disk).set("severity", "critical").build(),
         {},
         R"(r:alertname="Disk",host="web-17",instance="")"},
        {usual,
         disk,
         {{"tocsin_group_by", "mountpoint"}},
         R"(r:alertname="Disk",host="web-17",instance="",mountpoint="/srv")"},
        {usual,
         disk,
         {{"tocsin_group_by", " mountpoint, device,host severity 9x"}},
         R"(r:alertname="Disk",host="web-17",instance="",mountpoint="/srv",device="")"},
        {{"severity", "host"}, disk, {}, R"(r:host="web-17")"},
        {{}, disk, {}, "r:"},
        {{"a", "b"}, {{"a", "x\",b=\"y"}}, {}, R"(r:a="x\",b=\"y",b="")"},
        {{"a"}, {{"a", "back\\slash"}}, {}, R"(r:a="back\\slash")"},
    };
    for (const Case& c : cases) {
        Route route;
        route.name = "r";
        route.group_by = c.group_by;
        CHECK(dedup_key(route, c.labels, c.annotations) == c.expected);
    }
}

TEST_CASE("values that imitate the key's own text cannot make two keys meet") {
    Route route;
    route.name = "r";
    route.group_by = {"a", "b"};
    const Labels one = {{"a", "1\",b=\"2"}};
    const Labels two = {{"a", "1"}, {"b", "2"}};
    CHECK(dedup_key(route, one, {}) != dedup_key(route, two, {}));
}

TEST_CASE("the first matching route owns, and also-routes add") {
    const auto with = [](std::string name, std::string_view matcher) {
        Route r;
        r.name = std::move(name);
        if (!matcher.empty()) r.match.push_back(parse_matcher(matcher).value());
        return r;
    };
    std::vector<Route> routes = {with("also", "env=\"prod\""), with("dba", "team=\"dba\""),
                                 with("prod", "env=\"prod\""), with("rest", "")};
    routes[0].also = true;
    const auto names = [&](const Labels& labels) {
        const Routing r = route(routes, labels);
        std::string out = r.owner->name;
        for (const Route* also : r.also) out += "+" + also->name;
        return out;
    };
    CHECK(names({{"team", "dba"}, {"env", "prod"}}) == "dba+also");
    CHECK(names({{"team", "dba"}}) == "dba");
    CHECK(names({{"env", "prod"}}) == "prod+also");
    CHECK(names({}) == "rest");
}

TEST_CASE("priority is impact across urgency") {
    // The table of the manual: rows impact, columns urgency high, medium, low.
    struct Case {
        std::string_view tier;
        std::string_view severity;
        Priority expected;
    };
    const std::vector<Case> cases = {
        {"1", "critical", Priority::kP1}, {"1", "warning", Priority::kP2},
        {"1", "info", Priority::kP3},     {"2", "critical", Priority::kP2},
        {"2", "warning", Priority::kP3},  {"2", "info", Priority::kP4},
        {"3", "critical", Priority::kP3}, {"3", "warning", Priority::kP4},
        {"3", "info", Priority::kP4},     {"", "critical", Priority::kP2},
        {"", "warning", Priority::kP3},   {"gold", "warning", Priority::kP3},
        {"", "", Priority::kP3},          {"", "page", Priority::kP3},
    };
    PriorityRules rules;
    for (const Case& c : cases) {
        INFO(c.tier << " " << c.severity);
        CHECK(rules.priority(LabelsBuilder().set("tier", c.tier).build(), c.severity) ==
              c.expected);
    }
}

TEST_CASE("a service's tier goes before the alert's own label") {
    PriorityRules rules;
    rules.services = {{"shop", "1", "web", {parse_matcher("service=\"shop\"").value()}}};
    CHECK(rules.impact({{"service", "shop"}, {"tier", "3"}}) == Impact::kHigh);
    CHECK(rules.impact({{"service", "other"}, {"tier", "3"}}) == Impact::kLow);
}

TEST_CASE("severities rank by urgency and then by the configured order") {
    PriorityRules rules;
    rules.severities = {"info", "warning", "page", "critical"};
    rules.urgency["page"] = Urgency::kHigh;
    CHECK(rules.level("info") < rules.level("warning"));
    CHECK(rules.level("warning") < rules.level("page"));
    CHECK(rules.level("page") < rules.level("critical"));
    CHECK(rules.level("odd") < rules.level("warning"));
    CHECK(rules.level("info") < rules.level("odd"));
}

TEST_CASE("every word of the core reads back") {
    for (const State s : kStates) CHECK(parse_state(to_string(s)) == s);
    for (const ActionKind k : kActionKinds) CHECK(parse_action_kind(to_string(k)) == k);
    for (const Priority p : kPriorities) CHECK(parse_priority(to_string(p)) == p);
    for (int i = 0; i <= static_cast<int>(TimerKind::kExpiry); ++i) {
        const auto kind = static_cast<TimerKind>(i);
        CHECK(parse_timer_kind(to_string(kind)) == kind);
    }
    for (int i = 0; i <= static_cast<int>(MessageKind::kTest); ++i) {
        const auto kind = static_cast<MessageKind>(i);
        CHECK(parse_message_kind(to_string(kind)) == kind);
    }
    CHECK_FALSE(parse_state("open"));
}
