// Why an incident is as it is: each cause has its link, in both languages.
#include "bridge/why/why.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "bridge/incident/report.h"
#include "bridge/incident/title.h"
#include "bridge/notify/catalogue.h"
#include "bridge/notify/why_text.h"
#include "tests/support/incident_world.h"
#include "words.h"

using namespace tocsin;
using namespace tocsin::bridge;
using Catch::Matchers::Contains;
using tocsin::bridge::test::find;
using tocsin::bridge::test::words;

namespace {

// The world's people and routes as a bridge.yml would have them.
BridgeConfig config_of(const World& world) {
    BridgeConfig config = default_config();
    config.oncall = world.oncall;
    config.routes = {world.route};
    config.routes.front().match = {parse_matcher("host=~\"web.*\"").value()};
    config.routes.push_back(Route{});
    config.routes.back().name = "default";
    return config;
}

std::string all_words(const WhyLinks& links, std::string_view language = "en") {
    std::string out;
    for (const WhyLink& link : links) out += link.step + ": " + words(link, language) + "\n";
    return out;
}

WhyFacts opened(const World& world) {
    WhyFacts facts;
    Decision decision = world.opened();
    facts.incident = std::move(decision.next);
    facts.timeline = std::move(decision.timeline);
    return facts;
}

}  // namespace

TEST_CASE(
    "the chain goes from the alert by its rule and its route to who was told and what comes") {
    const World world;
    WhyFacts facts = opened(world);
    Annotations& said = facts.incident.alerts.at(0).annotations;
    said["summary"] = "96 % used";
    said["tocsin_rule"] = "/etc/tocsin/rules.d/host.yml:12";
    said["tocsin_rule_version"] = "0123456789ab";
    said["tocsin_expr"] = "100 * used / size";
    said["tocsin_value"] = "96";
    said["tocsin_reason"] = "96 > 92 for 5m";
    facts.messages.push_back({Notify{"li.na", "mail", "li.na@example.com", MessageKind::kOpened,
                                     Priority::kP3, 1, kStart},
                              "delivered", 1, kStart + 2s, "250 OK"});
    facts.timers.emplace_back(TimerKind::kEscalation, kStart + 10min);
    const WhyLinks links = why(facts, config_of(world));

    std::vector<std::string> steps;
    for (const WhyLink& link : links) {
        if (steps.empty() || steps.back() != link.step) steps.push_back(link.step);
    }
    CHECK(steps == std::vector<std::string>{"alert", "rule", "incident", "route", "priority",
                                            "state", "policy", "message", "next"});
    // 1,795,000,000 s: date -u -d @1795000000
    CHECK(words(*find(links, "alert")) ==
          "disk on web-17: firing, warning; last heard of by agents at 2026-11-18 11:06:40 UTC: "
          "96 % used");
    CHECK(find(links, "alert")->at == kStart);
    CHECK(words(*find(links, "rule")) ==
          "By the rule at /etc/tocsin/rules.d/host.yml:12, version 0123456789ab: 100 * used / "
          "size; its value was 96 (96 > 92 for 5m)");
    CHECK(words(*find(links, "dedup")) == "All alerts of web:disk are this one incident");
    CHECK(words(*find(links, "route")) ==
          "Route web takes it, by host=~\"web.*\": team web, escalation policy web");
    // The default matrix: a warning without a tier is P3 (semantics 4).
    CHECK(
        words(*find(links, "priority")) ==
        "Impact medium (no tier) × urgency medium (severity warning) makes P3 by the matrix; it is "
        "P3 now");
    CHECK(words(*find(links, "message")) ==
          "li.na by mail (li.na@example.com), \"New incident\": delivered; 250 OK");
    CHECK(words(*find(links, "next.timer")) ==
          "At 2026-11-18 11:16:40 UTC: the next step of its escalation policy");
    CHECK_THAT(all_words(links), Contains("Step 1 of policy web: li.na by mail"));

    const std::string chinese = all_words(links, "zh-CN");
    CHECK_THAT(chinese, Contains("disk（web-17）：告警中，警告") && Contains("规则 /etc/tocsin") &&
                            Contains("升级策略 web") && Contains("按优先级矩阵为 P3") &&
                            Contains("已送达") && Contains("升级策略第 1 步") &&
                            Contains("2026-11-18 11:16:40 UTC：升级策略的下一步"));
}

TEST_CASE("what happened stands by time, and what a step queued after it") {
    const World world;
    WhyFacts facts = opened(world);
    const auto entry = [&](Timestamp at, const char* kind) {
        facts.timeline.push_back({at, kind, "system", kind, {}});
    };
    entry(kStart + 10min, "step");
    entry(kStart + 12min, "acknowledged");
    entry(kStart + 13min, "note");  // no cause of anything
    for (const Duration after : {Duration{2s}, Duration{10min + 2s}}) {
        facts.messages.push_back({Notify{}, "delivered", 1, kStart + after, ""});
    }
    std::vector<std::string> order;
    for (const WhyLink& link : why(facts, config_of(world))) {
        if (link.step == "policy" || link.step == "message" || link.step == "state") {
            order.push_back(link.step);
        }
    }
    CHECK(order ==
          std::vector<std::string>{"state", "policy", "message", "policy", "message", "state"});
}

TEST_CASE("each cause of silence over an incident has its link") {
    struct Case {
        std::string name;
        std::function<void(Incident&)> change;
        std::string phrase;
        std::string english;
        std::string chinese;
    };
    const World world;
    const auto held = [](SuppressorKind kind, const char* name) {
        return [=](Incident& in) {
            in.alerts.at(0).suppressor = Suppressor{kind, "6f1c", name, kStart, kStart + 1h};
            in.suppressed = in.alerts.at(0).suppressor;
        };
    };
    const std::vector<Case> cases = {
        {"silence", held(SuppressorKind::kSilence, "by li.na: disk"), "suppression.held",
         "disk on web-17 is held back by silence by li.na: disk until 2026-11-18 12:06:40 UTC",
         "被静默 li.na：disk 抑制，至 2026-11-18 12:06:40 UTC"},
        {"maintenance", held(SuppressorKind::kMaintenance, "CHG-7"), "suppression.held",
         "held back by maintenance window CHG-7 until", "被维护窗口 CHG-7 抑制"},
        {"inhibit", held(SuppressorKind::kInhibit, "HostUnreachable on web-17"), "suppression.held",
         "held back by another alert HostUnreachable on web-17", "被其他告警 HostUnreachable"},
        {"all of it", held(SuppressorKind::kSilence, "x"), "suppression.all",
         "its escalation policy stands still", "升级策略暂停"},
        {"storm",
         [](Incident& in) {
             in.absorbed = true;
             in.parent = "INC-2026-000009";
         },
         "storm.child", "INC-2026-000009 stands for it", "由 INC-2026-000009 代表"},
        {"storm's parent",
         [](Incident& in) {
             in.kind = Incident::Kind::kStorm;
             in.children = 40;
             in.hosts = 30;
             in.storm_group = "alertname=\"disk\"";
         },
         "storm.parent", "It stands for 40 incidents on 30 hosts, alertname=\"disk\"",
         "代表 30 台主机上的 40 个事件"},
        {"new host", [](Incident& in) { in.kind = Incident::Kind::kJoin; }, "host.joined",
         "The host was new", "新接入"},
        {"observe mode", [](Incident& in) { in.observed = true; }, "observe", "nobody is told",
         "试运行"},
        {"an owner",
         [](Incident& in) {
             in.state = State::kAcknowledged;
             in.acknowledged_by = "li.na";
         },
         "next.state", "It is acknowledged now: li.na owns it, nobody else is asked",
         "当前状态：处理中；处理人为 li.na"},
        {"watchers", [](Incident& in) { in.watchers = {"team:dba"}; }, "route.watchers",
         "Told of its opening and its end as well: team:dba", "team:dba"},
        {"a route that is gone", [](Incident& in) { in.route = "old"; }, "route.gone",
         "Route old took it, which is no longer configured", "路由 old（已不在配置中）"},
        {"a successor",
         [](Incident& in) {
             in.state = State::kClosed;
             in.successor = "INC-2026-000002";
         },
         "next.state", "It is closed now; it goes on in INC-2026-000002",
         "由 INC-2026-000002 接续"},
        {"nobody told", [](Incident& in) { in.told.clear(); }, "next.nobody",
         "Nobody has been told so far", "目前未通知任何人"},
        {"a foreign rule",
         [](Incident& in) {
             in.alerts.at(0).source = "prometheus";
             in.alerts.at(0).generator_url = "http://prom/graph";
         },
         "rule.foreign", "By a rule that is prometheus's own: http://prom/graph",
         "规则属于 prometheus：http://prom/graph"},
        {"the bridge's own", [](Incident& in) { in.alerts.at(0).source = kSourceBridge; },
         "rule.bridge", "The bridge raised it itself", "由服务端自行产生"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        WhyFacts facts = opened(world);
        c.change(facts.incident);
        const WhyLinks links = why(facts, config_of(world));
        const WhyLink* const link = find(links, c.phrase);
        REQUIRE(link != nullptr);
        CHECK_THAT(words(*link), Contains(c.english));
        CHECK_THAT(words(*link, "zh-CN"), Contains(c.chinese));
        // Without the cause there is no such link.
        const bool always = c.phrase == "next.state" || c.phrase == "rule.foreign";
        if (!always) CHECK(find(why(opened(world), config_of(world)), c.phrase) == nullptr);
    }
}

TEST_CASE("of many alerts the first ten are told, the worst one decides the priority") {
    const World world;
    WhyFacts facts = opened(world);
    for (int i = 0; i < 14; ++i) {
        AlertRecord alert = world.alert("disk" + std::to_string(i), i == 13 ? "critical" : "info");
        facts.incident.alerts.push_back(alert);
    }
    const WhyLinks links = why(facts, config_of(world));
    CHECK(std::count_if(links.begin(), links.end(),
                        [](const WhyLink& link) { return link.phrase == "alert"; }) == 10);
    CHECK(words(*find(links, "alert.more")) == "and 5 more alerts");
    CHECK(find(links, "priority")->data.at("severity") == "critical");
    CHECK(find(links, "priority")->data.at("priority") == "P2");
}

TEST_CASE("the priority's source is told: labels, service, report, route, matrix, or a hand") {
    struct Case {
        std::string name;
        std::function<void(WhyFacts&, BridgeConfig&)> change;
        std::string phrase;
        std::string english;
        std::string chinese;
    };
    const auto entry = [](const char* kind, const char* actor, EntryData data) {
        return TimelineEntry{kStart + 1min, kind, actor, kind, std::move(data)};
    };
    const auto shop = [](BridgeConfig& config) {
        Service service;
        service.name = "shop";
        service.tier = "1";
        service.match = {parse_matcher("host=~\"web.*\"").value()};
        config.priorities.services = {service};
    };
    // The default matrix, semantics 4: medium urgency is P2 at high impact, P4 at low.
    const std::vector<Case> cases = {
        {"a label",
         [](WhyFacts& facts, BridgeConfig&) {
             AlertRecord& alert = facts.incident.alerts.at(0);
             alert.labels = LabelsBuilder(alert.labels).set("tier", "3").build();
         },
         "priority",
         "Impact low (label tier=\"3\") × urgency medium (severity warning) makes P4 by the matrix",
         "影响度低（标签 tier=\"3\"）× 紧急度中（告警级别 警告），按优先级矩阵为 P4"},
        {"a service", [&](WhyFacts&, BridgeConfig& config) { shop(config); }, "priority",
         "Impact high (service shop, tier 1) × urgency medium (severity warning) makes P2 by the "
         "matrix",
         "影响度高（服务 shop，等级 1）× 紧急度中（告警级别 警告），按优先级矩阵为 P2"},
        {"a route that sets it",
         [](WhyFacts&, BridgeConfig& config) { config.routes.front().priority = Priority::kP1; },
         "priority", "makes P3 by the matrix; its route makes that P1", "；路由将其定为 P1"},
        {"a route that bounds it",
         [](WhyFacts&, BridgeConfig& config) {
             config.routes.front().priority_at_most = Priority::kP4;
         },
         "priority", "makes P3 by the matrix; its route lets it be P4 at most",
         "；路由的上限为 P4"},
        {"a hand",
         [&](WhyFacts& facts, BridgeConfig&) {
             facts.incident.priority = Priority::kP1;
             facts.timeline.push_back(
                 entry("priority_raised", "li.na",
                       {{"from", "P3"}, {"to", "P1"}, {"text", "the shop is down"}}));
         },
         "priority.by_hand", "li.na set it by hand, P3 → P1: the shop is down",
         "li.na 手动设定：P3 → P1：the shop is down"},
        {"a worse alert that came later",
         [&](WhyFacts& facts, BridgeConfig&) {
             facts.incident.priority = Priority::kP2;
             facts.timeline.push_back(
                 entry("priority_raised", "system", {{"from", "P3"}, {"to", "P2"}}));
         },
         "priority.risen", "P3 → P2, and falls only by hand", "P3 → P2，只能手动降低"},
        {"a storm",
         [](WhyFacts& facts, BridgeConfig& config) {
             facts.incident.alerts.clear();
             facts.incident.kind = Incident::Kind::kStorm;
             config.incidents.storms.more_than = 10;
         },
         "priority.storm", "two on more than 50 hosts; it is P3 now", "超过 50 台主机时高两级"},
        {"the fuse",
         [](WhyFacts& facts, BridgeConfig&) {
             facts.incident.alerts.clear();
             facts.incident.kind = Incident::Kind::kOverflow;
         },
         "priority.overflow", "the worst of its incidents; it is P3 now", "最严重的事件相同"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        const World world;
        WhyFacts facts = opened(world);
        BridgeConfig config = config_of(world);
        c.change(facts, config);
        const WhyLinks links = why(facts, config);
        const WhyLink* const link = find(links, c.phrase);
        REQUIRE(link != nullptr);
        CHECK(link->step == "priority");
        // The source says what it has become, and each change is told once.
        const std::string now(to_string(facts.incident.priority));
        CHECK(std::count_if(links.begin(), links.end(), [&](const WhyLink& one) {
                  const auto said = one.data.find("now");
                  return said != one.data.end() && said->second == now;
              }) == 1);
        CHECK(std::count_if(links.begin(), links.end(), [](const WhyLink& one) {
                  return one.step == "priority";
              }) == (link->at ? 2 : 1));
        CHECK_THAT(words(*link), Contains(c.english));
        CHECK_THAT(words(*link, "zh-CN"), Contains(c.chinese));
    }
}

TEST_CASE("a report's priority is what its reporter said, or what is known of the service") {
    World world;
    Service shop;
    shop.name = "shop";
    shop.tier = "1";
    world.priorities.services = {shop};
    BridgeConfig config = config_of(world);
    config.priorities = world.priorities;
    Report report;
    report.key = "INC-2026-000001";
    report.actor = report.reporter.name = "wang.wu";
    report.symptom = "checkout is slow";
    report.service = "shop";
    const auto priority_of = [&](const char* language) {
        Decision opened = open_report(report, {}, world.context(), kStart);
        WhyFacts facts;
        facts.incident = std::move(opened.next);
        facts.timeline = std::move(opened.timeline);
        const WhyLinks links = why(facts, config);
        const WhyLink* const link = find(links, "priority");
        REQUIRE(link != nullptr);
        return words(*link, language);
    };
    CHECK(
        priority_of("en") ==
        "Impact high (service shop, tier 1) × urgency medium (none named) makes P2 by the matrix; "
        "it is P2 now");
    report.impact = Impact::kLow;
    report.urgency = Urgency::kHigh;
    CHECK(priority_of("en") ==
          "Impact low (as reported) × urgency high (as reported) makes P3 by the matrix; it is P3 "
          "now");
    CHECK(priority_of("zh-CN") ==
          "影响度低（按申报）× 紧急度高（按申报），按优先级矩阵为 P3；当前为 P3");
    WhyFacts older = opened(world);  // its entry was written before the matrix's answer was
    older.incident.alerts.clear();
    older.timeline = {{kStart, "reported", "wang.wu", "checkout is slow", {{"impact", "high"}}}};
    CHECK(find(why(older, config), "priority") == nullptr);
}

TEST_CASE(
    "the bridge's own alerts are called as its messages call them, in the reader's language") {
    const World world;
    WhyFacts facts = opened(world);
    AlertRecord& alert = facts.incident.alerts.at(0);
    alert.source = kSourceBridge;
    alert.annotations = {{"summary", "web-17 has not been heard of since 2026-11-18T11:06:40.000Z"},
                         {"tocsin_words", "host_unreachable"},
                         {"tocsin_host", "web-17"},
                         {"tocsin_heard", "2026-11-18T11:06:40.000Z"}};
    const WhyLinks links = why(facts, config_of(world));
    const std::string name = own_text(own_words(alert), {"zh-CN", "UTC", {}});
    REQUIRE_FALSE(name.empty());
    CHECK_THAT(words(*find(links, "alert"), "zh-CN"),
               Contains("：" + name) && !Contains("has not been heard of"));
    CHECK_THAT(words(*find(links, "alert")),
               Contains("web-17 has not been heard of since 2026-11-18 11:06:40 UTC"));
}

TEST_CASE("every timer and every state of a message has words in both languages") {
    for (int i = 0; i <= static_cast<int>(TimerKind::kFlappingRemind); ++i) {
        const auto kind = static_cast<TimerKind>(i);
        const std::string name(to_string(kind));
        INFO(name);
        const WhyLink link{"next", "next.timer", std::nullopt, {{"timer", name}, {"due", ""}}};
        CHECK_FALSE(phrase("why.timer." + name, "en").empty());
        CHECK(words(link, "zh-CN").find(name) == std::string::npos);
    }
    for (const char* state : {"waiting", "claimed", "delivered", "dead", "dropped"}) {
        const WhyLink link{"message",
                           "message",
                           std::nullopt,
                           {{"kind", "opened"}, {"delivery", state}, {"channel", "mail"}}};
        CHECK(words(link, "zh-CN").find(state) == std::string::npos);
    }
}
