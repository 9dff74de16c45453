#include "bridge/notify/words.h"

#include <catch2/catch.hpp>
#include <set>

#include "bridge/notify/catalogue.h"
#include "tests/support/sample_message.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a message says what, where, since when, how bad, who, the runbook and the link") {
    const Words words = words_for(sample_message());
    REQUIRE(words.subject ==
            "[P2] Not acknowledged, step 2: FilesystemFilling on web-17 [INC-2026-000001]");
    REQUIRE(words.brief ==
            "[P2] Not acknowledged, step 2: / is 93 % full, 4.1 GiB left (INC-2026-000001) "
            "https://tocsin.example/incidents/INC-2026-000001");
    REQUIRE(words.text ==
            "Not acknowledged, step 2\n"
            "Nobody has acknowledged this incident so far. Please acknowledge it.\n"
            "\n"
            "/ is 93 % full, 4.1 GiB left\n"
            "\n"
            "It grows by 2 GiB an hour.\n"
            "\n"
            "Incident: INC-2026-000001 FilesystemFilling on web-17\n"
            "Host: web-17\n"
            "Since: 2026-11-22 21:22:41 (Asia/Shanghai), for 12 min\n"
            "Severity: critical\n"
            "Priority: P2\n"
            "State: triggered\n"
            "Assignee: nobody\n"
            "Also told: Zhao Lei, Wang Wei\n"
            "Runbook: https://wiki.example/runbooks/disk\n"
            "Open: https://tocsin.example/incidents/INC-2026-000001\n"
            "\n"
            "Timeline\n"
            "  2026-11-22 21:22:41 (Asia/Shanghai)  FilesystemFilling on web-17 fires\n"
            "  2026-11-22 21:34:41 (Asia/Shanghai)  zhao.lei: looking\n");
}

TEST_CASE("the same in Chinese") {
    Message message = sample_message();
    message.language = "zh-CN";
    const Words words = words_for(message);
    REQUIRE(words.subject ==
            "[P2] 无人认领，升级到第 2 步：FilesystemFilling on web-17 [INC-2026-000001]");
    REQUIRE(words.text ==
            "无人认领，升级到第 2 步\n"
            "该事件至今无人认领。请认领。\n"
            "\n"
            "/ is 93 % full, 4.1 GiB left\n"
            "\n"
            "It grows by 2 GiB an hour.\n"
            "\n"
            "事件：INC-2026-000001 FilesystemFilling on web-17\n"
            "主机：web-17\n"
            "开始时间：2026-11-22 21:22:41 (Asia/Shanghai)，已持续 12 分钟\n"
            "告警级别：严重\n"
            "优先级：P2\n"
            "状态：待认领\n"
            "处理人：无\n"
            "同时通知：Zhao Lei、Wang Wei\n"
            "处置手册：https://wiki.example/runbooks/disk\n"
            "查看：https://tocsin.example/incidents/INC-2026-000001\n"
            "\n"
            "时间线\n"
            "  2026-11-22 21:22:41 (Asia/Shanghai)  告警 FilesystemFilling：严重，P2\n"
            "  2026-11-22 21:34:41 (Asia/Shanghai)  zhao.lei：looking\n");
    REQUIRE(contains(words.html, "<html lang=\"zh-CN\">"));
}

TEST_CASE("every kind of message has its own words in both languages") {
    for (const char* language : {"en", "zh-CN"}) {
        std::set<std::string> subjects;
        for (const MessageKind kind : kAllMessageKinds) {
            INFO(language << " " << to_string(kind));
            Message message = sample_message();
            message.language = language;
            message.kind = kind;
            const Words words = words_for(message);
            subjects.insert(words.subject);
            CHECK_FALSE(contains(words.text, "headline."));
            CHECK_FALSE(contains(words.text, "why."));
            CHECK_FALSE(contains(words.text, "{{"));
            CHECK(words.subject.find('\n') == std::string::npos);
            CHECK(words.brief.find('\n') == std::string::npos);
            CHECK(contains(words.text, message.url));
            CHECK(contains(words.text, "93 %"));
        }
        CHECK(subjects.size() == kAllMessageKinds.size());
    }
}

TEST_CASE("a watcher hears of an opening without being asked to take it") {
    Message message = sample_message();
    message.kind = MessageKind::kOpened;
    message.actions = {{ActionKind::kAcknowledge, "https://tocsin.example/l/a"}};
    message.step = 1;
    CHECK(contains(words_for(message).text, "You are the first to be told. Acknowledge it"));
    CHECK(contains(words_for(message).brief, "Acknowledge: "));
    message.step = 0;
    CHECK(contains(words_for(message).text,
                   "You are told because you watch it; others are asked to take it."));
    CHECK_FALSE(contains(words_for(message).text, "You are the first to be told"));
    CHECK_FALSE(contains(words_for(message).brief, "Acknowledge: "));
    message.language = "zh-CN";
    CHECK(contains(words_for(message).text, "您是关注人，因此收到通知；已请他人认领。"));
}

TEST_CASE("what gets worse is worse than acknowledged only where somebody has acknowledged it") {
    Message message = sample_message();
    message.kind = MessageKind::kRaised;
    message.state = State::kAcknowledged;
    CHECK(words_for(message).subject.starts_with("[P2] Worse than acknowledged, now P2: "));
    CHECK(contains(words_for(message).text, "It is worse than what you acknowledged."));
    message.state = State::kTriggered;
    CHECK(words_for(message).subject.starts_with("[P2] Raised to P2: "));
    CHECK(words_for(message).brief.starts_with("[P2] Raised to P2: "));
    CHECK(contains(words_for(message).text,
                   "Raised to P2\n"
                   "Its priority has risen, and nobody has acknowledged it. Please acknowledge it."
                   "\n"));
    message.language = "zh-CN";
    CHECK(words_for(message).subject.starts_with("[P2] 优先级升至 P2："));
    CHECK(contains(words_for(message).text, "优先级已提高，且无人认领。请认领。\n"));
    message.state = State::kAcknowledged;
    CHECK(words_for(message).subject.starts_with("[P2] 比认领时更严重，现为 P2："));
}

TEST_CASE("a resolved incident says since when, for how long, and by whom") {
    Message message = sample_message();
    message.kind = MessageKind::kResolved;
    message.state = State::kResolved;
    message.resolved_at = message.opened_at + 1h + 20min;
    CHECK(
        contains(words_for(message).text, "All its alerts have resolved. There is nothing to do."));
    CHECK(contains(words_for(message).text,
                   "Resolved: 2026-11-22 22:42:41 (Asia/Shanghai), after 1 h 20 min\n"));
    message.resolved_by = "Li Na";
    CHECK(contains(words_for(message).text, "Li Na has resolved it."));
    message.language = "zh-CN";
    CHECK(contains(words_for(message).text, "Li Na 已解决该事件。"));
    CHECK(contains(words_for(message).text, "历时 1 小时 20 分钟"));
}

TEST_CASE("several alerts are counted and listed, the rest summed up") {
    Message message = sample_message();
    AlertLine other = message.alerts.front();
    other.name = "InodesFilling";
    other.status = AlertStatus::kUnknown;
    other.severity = "warning";
    other.summary = "";
    message.alerts.push_back(other);
    message.firing = 1;
    message.unknown = 3;
    message.resolved = 2;
    const std::string text = words_for(message).text;
    CHECK(contains(text,
                   "Alerts: 1 firing, 3 unknown, 2 resolved\n"
                   "  - FilesystemFilling web-17 (critical, firing) / is 93 % full, 4.1 GiB left\n"
                   "  - InodesFilling web-17 (warning, unknown)\n"
                   "  - and 4 more\n"));
}

TEST_CASE("what labels and annotations hold cannot become markup or a link") {
    Message message = sample_message();
    message.title = "<script>alert(1)</script>";
    message.alerts.front().summary = "<img src=x onerror=alert(1)> & \"quotes\" 'too'";
    message.alerts.front().description = "</p><h1>big</h1>";
    message.runbook = "javascript:alert(1)";
    message.told = {"<b>x</b>"};
    message.timeline.back().text = "<i>note</i>";
    const std::string html = words_for(message).html;
    for (const char* bad : {"<script", "<img", "<h1>big", "<b>x", "<i>note", "href=\"javascript"}) {
        INFO(bad);
        CHECK_FALSE(contains(html, bad));
    }
    CHECK(contains(html, "&lt;script&gt;"));
    CHECK(contains(html, "&amp; &#34;quotes&#34; &#39;too&#39;"));
    message.runbook = "https://wiki.example/a\"onmouseover=\"x";
    CHECK_FALSE(contains(words_for(message).html, "\"onmouseover"));
}

TEST_CASE("a template in a label is text") {
    Message message = sample_message();
    message.title = "{{ .Key }} {{";
    CHECK(contains(words_for(message).subject, "{{ .Key }} {{"));
}

TEST_CASE("a severity and a timeline kind without a word of their own keep theirs") {
    Message message = sample_message();
    message.severity = "disaster";
    message.timeline.back().kind = "brand_new";
    message.language = "zh-CN";
    const std::string text = words_for(message).text;
    CHECK(contains(text, "告警级别：disaster"));
    CHECK(contains(text, "  looking\n"));
}

TEST_CASE("times are the reader's, an unknown zone is UTC") {
    const Timestamp at = parse_rfc3339("2026-07-01T22:30:00.999Z").value();
    CHECK(local_time(at, "UTC") == "2026-07-01 22:30:00 UTC");
    CHECK(local_time(at, "") == "2026-07-01 22:30:00 UTC");
    CHECK(local_time(at, "Europe/Berlin") == "2026-07-02 00:30:00 (Europe/Berlin)");
    CHECK(local_time(at + 4320h, "Europe/Berlin") == "2026-12-28 23:30:00 (Europe/Berlin)");
    CHECK(local_time(at, "Mars/Olympus") == "2026-07-01 22:30:00 UTC");
}

TEST_CASE("durations are for people") {
    struct Case {
        Duration duration;
        const char* en;
        const char* zh;
    };
    for (const Case& c : {Case{-5s, "0 s", "0 秒"}, Case{59s, "59 s", "59 秒"},
                          Case{60s, "1 min", "1 分钟"}, Case{59min + 59s, "59 min", "59 分钟"},
                          Case{1h, "1 h", "1 小时"}, Case{80min, "1 h 20 min", "1 小时 20 分钟"},
                          Case{24h, "1 d", "1 天"}, Case{76h, "3 d 4 h", "3 天 4 小时"}}) {
        CHECK(human_duration(c.duration, "en") == c.en);
        CHECK(human_duration(c.duration, "zh-CN") == c.zh);
    }
}
