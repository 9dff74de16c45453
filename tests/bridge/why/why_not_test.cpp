// Why an alert is no incident or tells nobody: each reason has its link and its verdict.
#include "bridge/why/why_not.h"

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "asked.h"
#include "words.h"

using namespace tocsin;
using namespace tocsin::bridge;
using Catch::Matchers::Contains;
using namespace tocsin::bridge::test;

TEST_CASE("of what never came the chain says so, whom it would tell, and what to ask the agent") {
    const Asked asked;
    const WhyLinks links = asked.links();
    std::vector<std::string> phrases;
    for (const WhyLink& link : links) phrases.push_back(link.phrase);
    CHECK(phrases == std::vector<std::string>{"alert.none", "host.unheard", "suppression.none",
                                              "incident.none", "route", "priority", "policy.step",
                                              "verdict.tells", "agent.unsent", "agent.ask",
                                              "agent.query"});
    CHECK(words(links[0]) ==
          "The bridge has heard of no alert with alertname=\"disk\", host=\"web-17\", "
          "severity=\"warning\"");
    CHECK(words(*find(links, "policy.step")) == "Step 1 of policy web tells li.na by mail");
    CHECK(words(*find(links, "verdict.tells")) ==
          "So it would open an incident, and tell li.na by mail at once");
    CHECK(words(*find(links, "agent.unsent")) ==
          "Nothing is known of such an alert: the agent of web-17 has not sent it");
    CHECK_THAT(words(*find(links, "agent.ask")), Contains("/api/v1/alerts") && Contains("web-17"));
    CHECK_THAT(words(links.back(), "zh-CN"), Contains("tocsin query EXPR"));

    Asked hostless;
    hostless.facts.labels = Labels{{"alertname", "disk"}};
    CHECK_THAT(words(hostless.links().back()), Contains("--labels host=NAME"));
}

TEST_CASE("each reason for no incident, or for telling nobody, has its link and its verdict") {
    struct Case {
        std::string name;
        std::function<void(Asked&)> change;
        std::string phrase;
        std::string english;
        std::string chinese;
        std::string verdict;
    };
    const std::vector<Case> cases = {
        {"silence", [](Asked& a) { a.facts.silences = {a.silence(SuppressorKind::kSilence)}; },
         "suppression.silence",
         "Silence 6f1c by li.na holds it back until 2026-11-18 12:06:40 UTC: new disk",
         "被静默 6f1c（li.na）抑制，至 2026-11-18 12:06:40 UTC：new disk", "verdict.held"},
        {"maintenance window",
         [](Asked& a) { a.facts.silences = {a.silence(SuppressorKind::kMaintenance)}; },
         "suppression.maintenance", "Maintenance window CHG-7 by li.na holds it back until",
         "被维护窗口 CHG-7（li.na）抑制", "verdict.held"},
        {"maintenance window that is named by who made it",
         [](Asked& a) {
             a.facts.silences = {a.silence(SuppressorKind::kMaintenance)};
             a.facts.silences[0].change = "CHG-7";
             a.facts.silences[0].name = name_of_its_own(a.facts.silences[0]);
         },
         "suppression.maintenance", "Maintenance window by li.na, CHG-7 holds it back until",
         "被维护窗口 by li.na, CHG-7 抑制", "verdict.held"},
        {"inhibition", [](Asked& a) { a.facts.sources = {unreachable()}; }, "suppression.inhibit",
         "HostUnreachable on web-17 is firing, and holds it back until that is over",
         "被 HostUnreachable on web-17 抑制", "verdict.held"},
        {"inhibition that settles",
         [](Asked& a) {
             a.facts.sources = {unreachable()};
             a.facts.sources[0].ends_at = kStart + 1min;
         },
         "suppression.settle", "is over, and holds it back until 2026-11-18 11:07:40 UTC",
         "后者已结束", "verdict.held"},
        {"open_when held",
         [](Asked& a) {
             a.config.open_when = {
                 {"alertname=\"disk\"", matching("alertname=\"disk\""), 0, Duration{0}, 2min}};
             AlertRecord& alert = a.known();
             alert.suppressor =
                 Suppressor{SuppressorKind::kOpenWhen, "alertname=\"disk\"", "", kStart - 1min, {}};
         },
         "suppression.open_when",
         "lets it open an incident once it has lasted for 2m: at 2026-11-18 11:07:40 UTC",
         "持续 2m 才产生事件：2026-11-18 11:07:40 UTC", "verdict.held"},
        {"open_when count, and a blip",
         [](Asked& a) {
             a.config.open_when = {{"disk", matching("alertname=\"disk\""), 3, 10min, Duration{0}}};
             Blip blip;
             blip.started_at = kStart - 1h;
             blip.ended_at = kStart - 59min;
             a.facts.blips = {blip};
         },
         "suppression.open_when", "only when it comes 3 times in 10m",
         "10m 内出现 3 次，或一直持续才产生事件", "verdict.held"},
        {"expected",
         [](Asked& a) {
             Expectation watchdog;
             watchdog.name = "watchdog";
             watchdog.match = matching("alertname=\"disk\"");
             a.config.expects = {watchdog};
         },
         "suppression.expect", "the sign of life that `expects` has as watchdog",
         "expects 中 watchdog 的存活信号", "verdict.expected"},
        {"observe by the bridge",
         [](Asked& a) { a.config.observe = {matching("host=\"web-17\"")}; }, "observe.config",
         "The bridge's `observe` matches it", "与服务端的 observe 匹配", "verdict.observed"},
        {"observe by the rule", [](Asked& a) { a.known().annotations["tocsin_mode"] = "observe"; },
         "observe.rule", "Its rule, or its agent, is observed", "其规则或代理为试运行",
         "verdict.observed"},
        {"an incident that nobody owns", [](Asked& a) { a.holding(State::kTriggered); },
         "incident.holds", "INC-2026-000001 has its key: triggered",
         "已归入 INC-2026-000001：待认领", "verdict.added"},
        {"an incident that somebody owns", [](Asked& a) { a.holding(State::kAcknowledged); },
         "incident.holds", "acknowledged, owned by li.na", "处理中，处理人 li.na", "verdict.owned"},
        {"an incident that the bridge has named",
         [](Asked& a) {
             a.holding(State::kAcknowledged);
             a.facts.holder->title = "New host web-17: 3 alerts";
             a.facts.holder->facts.title = {{"words", "join"}, {"host", "web-17"}, {"alerts", "3"}};
         },
         "incident.holds", "New host web-17: 3 alerts", "新主机 web-17", "verdict.owned"},
        {"an observed incident",
         [](Asked& a) {
             a.holding(State::kTriggered);
             a.facts.holder->observed = true;
         },
         "incident.holds", "triggered", "待认领", "verdict.added_observed"},
        {"a storm's child",
         [](Asked& a) {
             a.holding(State::kTriggered);
             a.facts.holder->absorbed = true;
             a.facts.holder->parent = "INC-2026-000009";
         },
         "incident.holds", "triggered", "待认领", "verdict.added_absorbed"},
        {"a storm",
         [](Asked& a) {
             a.facts.storm = Incident{};
             a.facts.storm->key = "INC-2026-000009";
             a.facts.storm->storm_group = "alertname=\"disk\"";
         },
         "storm.would", "INC-2026-000009 would stand for it", "由 INC-2026-000009 代表",
         "verdict.absorbed"},
        {"the fuse",
         [](Asked& a) {
             a.facts.overflow = Incident{};
             a.facts.overflow->key = "INC-2026-000009";
         },
         "storm.overflow", "Beyond 200 new incidents a minute INC-2026-000009 stands for the rest",
         "每分钟超过 200 个新事件", "verdict.tells"},
        {"a new host",
         [](Asked& a) {
             a.known();
             a.hosted(1min);
         },
         "host.joining", "web-17 is new: until 2026-11-18 11:15:40 UTC", "web-17 为新主机",
         "verdict.tells"},
        {"a dead host",
         [](Asked& a) {
             a.hosted(24h);
             a.facts.host->record.unreachable_since = kStart;
         },
         "host.unreachable", "web-17 cannot be reached", "主机失联：web-17", "verdict.tells"},
        {"a stopped agent",
         [](Asked& a) {
             a.hosted(24h);
             a.facts.host->record.goodbye_at = kStart;
         },
         "host.stopped", "The agent of web-17 was stopped", "web-17 的代理已停止", "verdict.tells"},
        {"collectors that fail",
         [](Asked& a) {
             a.hosted(24h);
             a.facts.host->failing_collectors = {"filesystem (timeout)"};
         },
         "host.failing", "On web-17 collectors fail: filesystem (timeout)", "采集失败：filesystem",
         "verdict.tells"},
        {"no policy", [](Asked& a) { a.owned_by_nobody(); }, "policy.none",
         "No escalation policy says whom to tell", "没有升级策略", "verdict.nobody"},
        {"a policy that is gone", [](Asked& a) { a.config.routes.front().policy = "old"; },
         "policy.gone", "The escalation policy old is no longer configured", "升级策略 old",
         "verdict.nobody"},
        {"hours",
         [](Asked& a) {
             Calendar days;
             days.always = false;
             REQUIRE(add_hours(days.week, "mon-fri 01:00-10:00"));
             a.facts.oncall.hours.by_priority[2] = std::make_shared<const Calendar>(days);
         },
         "policy.waits", "P3 waits for its hours: nobody is told before 2026-11-19 01:00:00 UTC",
         "P3 等到通知时段", "verdict.waits"},
        {"an empty rotation",
         [](Asked& a) {
             Rotation empty;
             empty.name = "web-primary";
             a.facts.oncall.rotations = {empty};
             a.step(Duration{0}, {Target::Kind::kRotation, "web-primary"});
         },
         "policy.empty", "Nobody is on call in rotation web-primary", "轮值 web-primary 无人值班",
         "verdict.nobody"},
        {"a contact that is not for this priority",
         [](Asked& a) {
             a.step(Duration{0}, {Target::Kind::kPerson, "wang.wei"});
         },
         "policy.contact_priority", "wang.wei is not told by mail, which is not for P3",
         "不通过 mail 通知 wang.wei", "verdict.nobody"},
        {"a person without contacts",
         [](Asked& a) {
             a.facts.oncall.people.at(0).contacts.clear();
             a.step(Duration{0}, {Target::Kind::kPerson, "li.na"});
         },
         "policy.no_contact", "li.na has no contacts", "li.na 没有联系方式", "verdict.nobody"},
        {"the catch-all",
         [](Asked& a) {
             a.owned_by_nobody();
             a.facts.oncall.catch_all = {{Target::Kind::kPerson, "chen.yu"}};
         },
         "policy.catch_all", "The catch-all is told: chen.yu by mail", "兜底通知：chen.yu（mail）",
         "verdict.tells"},
        {"a first step that comes later",
         [](Asked& a) {
             a.step(10min, {Target::Kind::kPerson, "li.na"});
         },
         "policy.delay", "The first step comes 10m after the opening", "第一步在产生 10m 之后",
         "verdict.waits"},
        {"a route that only watches",
         [](Asked& a) {
             Route also;
             also.name = "watch";
             also.also = true;
             also.tell = {{Target::Kind::kTeam, "dba"}};
             a.config.routes.insert(a.config.routes.begin(), also);
         },
         "route.also", "Route watch tells team:dba as well", "路由 watch 另外通知 team:dba",
         "verdict.tells"},
        {"several alerts",
         [](Asked& a) {
             a.known().status = AlertStatus::kResolved;
             a.facts.known.push_back(a.world.alert("disk", "critical"));
         },
         "alert.subject", "severity=\"critical\"", "以下针对", "verdict.tells"},
    };
    for (const Case& c : cases) {
        INFO(c.name);
        Asked asked;
        CHECK(find(asked.links(), c.phrase) == nullptr);
        c.change(asked);
        const WhyLinks links = asked.links();
        const WhyLink* const link = find(links, c.phrase);
        REQUIRE(link != nullptr);
        CHECK_THAT(words(*link), Contains(c.english));
        CHECK_THAT(words(*link, "zh-CN"), Contains(c.chinese));
        CHECK(verdict_of(links).phrase == c.verdict);
        for (const WhyLink& one : links) {
            INFO(one.phrase);
            CHECK(words(one) != "why." + one.phrase);
            CHECK(words(one, "zh-CN") != "why." + one.phrase);
            CHECK(words(one) != words(one, "zh-CN"));
        }
    }
}

TEST_CASE("a silence of something else, or one that is over, is not named") {
    Asked asked;
    asked.facts.silences = {asked.silence(SuppressorKind::kSilence, "host=\"web-18\"")};
    Silence over = asked.silence(SuppressorKind::kSilence);
    over.ends_at = kStart;
    asked.facts.silences.push_back(over);
    CHECK(find(asked.links(), "suppression.silence") == nullptr);
    CHECK(verdict_of(asked.links()).phrase == "verdict.tells");
}

TEST_CASE("every blip of its key is told, with the times it was there") {
    Asked asked;
    asked.config.open_when = {{"disk", matching("alertname=\"disk\""), 3, 10min, Duration{0}}};
    Blip blip;
    blip.started_at = kStart - 1h;
    blip.ended_at = kStart - 59min;
    asked.facts.blips = {blip};
    CHECK_THAT(words(*find(asked.links(), "suppression.blip")),
               Contains("From 2026-11-18 10:06:40 UTC to 2026-11-18 10:07:40 UTC it was there"));
}

TEST_CASE("the chain is of what fires, and of the last one heard of when nothing does") {
    const World world;
    AlertRecord last = world.alert("last", "info");
    last.status = AlertStatus::kResolved;
    AlertRecord silent = world.alert("silent", "info");
    silent.status = AlertStatus::kUnknown;
    const AlertRecord fires = world.alert("fires", "warning");
    CHECK(subject_of(kDisk, {last, silent, fires}).identity == fires.identity);
    CHECK(subject_of(kDisk, {last, silent}).identity == silent.identity);
    CHECK(subject_of(kDisk, {last}).identity == last.identity);
    const AlertRecord none = subject_of(kDisk, {});
    CHECK(none.labels == kDisk);
    CHECK(none.severity == "warning");
    CHECK(none.host == "web-17");
}
