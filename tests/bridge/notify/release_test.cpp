// What held an incident back is over: each kind in its own words. And what a Chinese message must
// never hold: English glue, times as the data has them, a headline that the title repeats.
#include <catch2/catch.hpp>
#include <regex>
#include <string>
#include <vector>

#include "bridge/incident/title.h"
#include "bridge/notify/catalogue.h"
#include "bridge/notify/content.h"
#include "bridge/notify/entry_text.h"
#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;
using Catch::Matchers::Contains;

namespace {

const char* const kUtc = "2026-11-22T13:22:41.000Z";

struct Wanted {
    std::string headline;
    std::string why;
};

Content told(MessageKind kind, const std::string& language, const EntryData& data,
             Duration after_opening = 0s) {
    World world;
    world.oncall.people[0].display = "Li Na";
    Incident incident;
    incident.key = "INC-2026-000009";
    incident.title = "DiskFull on web-17";
    incident.opened_at = world.now;
    Notify notify;
    notify.person = "zhao.lei";
    notify.kind = kind;
    const std::vector<TimelineEntry> timeline = {
        {world.now + after_opening, "unsuppressed", std::string(kSystem), "No longer held back",
         data},
        {world.now + after_opening, "step", std::string(kSystem), "Step 1", {{"step", "1"}}}};
    return content_of(make_message(incident, notify, timeline, world.oncall,
                                   {"https://tocsin.example", language, "Asia/Shanghai"}, "k",
                                   world.now + 5min));
}

EntryData facts(SuppressorKind kind, const char* name) {
    EntryData data = facts_of(Suppressor{kind, "6f1c", name, {}, {}});
    data["firing_since"] = kUtc;
    return data;
}

}  // namespace

TEST_CASE("what held it back is told by its own word, with its name and since when it fires") {
    struct Case {
        SuppressorKind kind;
        const char* name;
        Wanted en;
        Wanted zh;
    };
    const std::vector<Case> cases = {
        {SuppressorKind::kSilence,
         "by li.na: new disk",
         {"Silence over, still firing",
          "The silence (by Li Na: new disk) is over; firing since 2026-11-22 21:22:41 "
          "(Asia/Shanghai). Please acknowledge it."},
         {"静默已结束，仍在告警中",
          "静默（Li Na：new disk）已结束；自 2026-11-22 21:22:41 (Asia/Shanghai) "
          "起处于告警中。请认领。"}},
        {SuppressorKind::kMaintenance,
         "CHG-7",
         {"Maintenance window over, still firing",
          "The maintenance window (CHG-7) is over; firing since 2026-11-22 21:22:41 "
          "(Asia/Shanghai). Please acknowledge it."},
         {"维护窗口已结束，仍在告警中",
          "维护窗口（CHG-7）已结束；自 2026-11-22 21:22:41 (Asia/Shanghai) "
          "起处于告警中。请认领。"}},
        {SuppressorKind::kInhibit,
         "HostUnreachable on web-17",
         {"Inhibition over, still firing",
          "The alert that inhibited it (HostUnreachable on web-17) is over; firing since "
          "2026-11-22 21:22:41 (Asia/Shanghai). Please acknowledge it."},
         {"抑制已结束，仍在告警中",
          "抑制它的告警 HostUnreachable（web-17）已结束；自 2026-11-22 21:22:41 (Asia/Shanghai) "
          "起处于告警中。请认领。"}},
    };
    for (const Case& c : cases) {
        INFO(to_string(c.kind));
        const Content en = told(MessageKind::kUnsuppressed, "en", facts(c.kind, c.name));
        CHECK(en.headline == c.en.headline);
        CHECK(en.why == c.en.why);
        const Content zh = told(MessageKind::kUnsuppressed, "zh-CN", facts(c.kind, c.name));
        CHECK(zh.headline == c.zh.headline);
        CHECK(zh.why == c.zh.why);
    }
    for (const SuppressorKind kind : kSuppressorKinds) {
        for (const char* group : {"over", "over_why"}) {
            INFO(group << " " << to_string(kind));
            CHECK_FALSE(
                phrase(std::string(group) + "." + std::string(to_string(kind)), "en").empty());
        }
    }
}

TEST_CASE("an opening that was held back says by what, and a later message does not") {
    const EntryData data = facts(SuppressorKind::kSilence, "");
    const Content opened = told(MessageKind::kOpened, "en", data);
    const Content plain = told(MessageKind::kOpened, "en", data, 1min);
    CHECK(opened.headline == plain.headline);
    CHECK(opened.why == plain.why +
                            " The silence is over; firing since 2026-11-22 21:22:41 "
                            "(Asia/Shanghai).");
    CHECK(told(MessageKind::kEscalated, "en", data).why ==
          told(MessageKind::kEscalated, "en", {}).why);
    CHECK(told(MessageKind::kUnsuppressed, "en", {}).headline ==
          "No longer held back, still firing");
}

TEST_CASE("the headline of a storm or an overflow does not repeat its title") {
    for (const char* language : {"en", "zh-CN"}) {
        for (const auto& [kind, words] :
             {std::pair(MessageKind::kStorm,
                        EntryData{{"words", "storm"}, {"group", "DiskFull"}, {"hosts", "21"}}),
              std::pair(MessageKind::kOverflow,
                        EntryData{{"words", "overflow"}, {"incidents", "40"}, {"hosts", "21"}})}) {
            const std::string title = own_text(words, {language, "UTC", {}});
            const std::string headline = told(kind, language, {}).headline;
            INFO(headline << " / " << title);
            const std::string first = title.substr(0, title.find(language[0] == 'e' ? ":" : "："));
            CHECK(headline.find(first) == std::string::npos);
        }
    }
}

TEST_CASE("a storm's line names its hosts in Chinese too") {
    const TimelineEntry line{
        {},
        "storm",
        std::string(kSystem),
        "",
        {{"group", "DiskFull"}, {"hosts", "21"}, {"priority", "P1"}, {"on", "web-1, web-2, …"}}};
    CHECK(entry_text(line, {"zh-CN", "UTC", {}}) ==
          "告警风暴：DiskFull，21 台主机（web-1, web-2, …），P1");
}

TEST_CASE("no line in Chinese holds English glue or a time as the data has it") {
    const EntryReader reader{"zh-CN", "Asia/Shanghai", {{"li.na", "李娜"}}};
    const EntryData data = {
        {"until", kUtc},           {"due_at", kUtc},    {"since", kUtc},
        {"cleared_at", kUtc},      {"next_due", kUtc},  {"firing_since", kUtc},
        {"resolved_at", kUtc},     {"by", "silence"},   {"by_name", "by li.na: disk"},
        {"told", "li.na by mail"}, {"person", "li.na"}, {"clock", "response"}};
    static const std::regex raw_time(R"(\d{4}-\d\d-\d\dT)");
    for (const Phrase& phrase : timeline_catalogue()) {
        const std::string kind(phrase.id.substr(phrase.id.find('.') + 1));
        const std::string text = entry_text({{}, kind, "li.na", "words", data}, reader);
        INFO(kind << ": " << text);
        CHECK(text.find("by ") == std::string::npos);
        CHECK_FALSE(std::regex_search(text, raw_time));
    }
}
