// Lines of a timeline as readers read them: no raw UTC, no account where somebody has a name.
#include "bridge/notify/entry_text.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <regex>
#include <string>

#include "tests/support/incident_world.h"

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

const EntryReader kEnglish{
    "en", "Asia/Shanghai", {{"li.na", "Li Na"}, {"zhao.lei", "Zhao Lei"}, {"acme", "ACME"}}};
const EntryReader kChinese{
    "zh-CN", "Asia/Shanghai", {{"li.na", "李娜"}, {"zhao.lei", "赵磊"}, {"acme", "ACME 支持"}}};

TimelineEntry entry(std::string kind, std::string actor, std::string text, EntryData data = {}) {
    return {Timestamp{}, std::move(kind), std::move(actor), std::move(text), std::move(data)};
}

}  // namespace

TEST_CASE("a line's times are of the reader's zone and its people are called by their names") {
    const std::string utc = "2026-11-22T13:22:41.000Z";
    struct Case {
        TimelineEntry said;
        const char* en = "";
        const char* zh = "";
    };
    for (const Case& c :
         {Case{entry("snoozed", "li.na", "No reminders until " + utc + ": lunch",
                     {{"until", utc}, {"text", "lunch"}}),
               "No reminders until 2026-11-22 21:22:41 (Asia/Shanghai): lunch",
               "李娜 暂缓提醒至 2026-11-22 21:22:41 (Asia/Shanghai)：lunch"},
          Case{entry("assigned", "li.na", "li.na asks zhao.lei to take it: ask li.na.liu@x",
                     {{"person", "zhao.lei"}, {"text", "ask li.na.liu@x"}}),
               "Li Na asks Zhao Lei to take it: ask li.na.liu@x",
               "李娜 指派给 赵磊：ask li.na.liu@x"},
          Case{entry("vendor_asked", "li.na", "li.na asks acme: a new disk",
                     {{"vendor", "acme"}, {"text", "a new disk"}}),
               "Li Na asks ACME: a new disk", "李娜 请求 ACME 支持 协助：a new disk"},
          Case{entry("resolved", "li.na", "li.na resolves it: made room", {{"text", "made room"}}),
               "Li Na resolves it: made room", "李娜 已解决：made room"},
          Case{entry("step", "system", "Step 1 of policy web: li.na by mail, wu.di by sms",
                     {{"step", "1"}, {"policy", "web"}, {"told", "li.na by mail, wu.di by sms"}}),
               "Step 1 of policy web: Li Na by mail, wu.di by sms",
               "升级策略第 1 步：李娜（mail）、wu.di（sms）"},
          Case{entry("sla_breached", "system",
                     "The response target was breached at " + utc + ": li.na was at work on it",
                     {{"clock", "response"},
                      {"due_at", utc},
                      {"cause", "in_work"},
                      {"about", "li.na"}}),
               "The response target was breached at 2026-11-22 21:22:41 (Asia/Shanghai): Li Na was "
               "at work on it",
               "响应时限已超时，期限 2026-11-22 21:22:41 (Asia/Shanghai)：李娜 处理中"},
          Case{entry("suppressed", "system",
                     "Held back by silence 6f1c (by li.na: known) until " + utc,
                     {{"by", "silence"},
                      {"by_id", "6f1c"},
                      {"by_name", "by li.na: known"},
                      {"until", utc}}),
               "Held back by silence 6f1c (by Li Na: known) until 2026-11-22 21:22:41 "
               "(Asia/Shanghai)",
               "被静默抑制：李娜：known"},
          Case{entry("suppressed", "system", "Held back by maintenance window by li.na, CHG-7",
                     {{"by", "maintenance"}, {"by_id", "6f1c"}, {"by_name", "by li.na, CHG-7"}}),
               "Held back by maintenance window by Li Na: CHG-7", "被维护窗口抑制：李娜：CHG-7"},
          Case{entry("suppressed", "system", "Held back by alert HostUnreachable on web-17",
                     {{"by", "inhibit"}, {"by_name", "HostUnreachable on web-17"}}),
               "Held back by alert HostUnreachable on web-17",
               "被其他告警抑制：HostUnreachable（web-17）"},
          Case{entry("suppressed", "system", "Held back by condition blips for 2m",
                     {{"by", "open_when"}, {"by_name", "blips for 2m"}}),
               "Held back by condition blips for 2m", "被触发条件抑制：blips：持续 2m"},
          Case{entry("suppressed", "system", "Held back by condition blips 3 times in 10m",
                     {{"by", "open_when"}, {"by_name", "blips 3 times in 10m"}}),
               "Held back by condition blips 3 times in 10m", "被触发条件抑制：blips：10m 内 3 次"},
          Case{entry("findings", "li.na", "cause: capacity; solution: more disk",
                     {{"cause", "capacity"}, {"solution", "more disk"}}),
               "cause: capacity; solution: more disk", "原因分类：容量 解决方法：more disk "},
          Case{entry("owed", "system", "Owed before it can close: cause, proof",
                     {{"owed", "cause, proof"}}),
               "Owed before it can close: cause, proof", "关闭前需补充：原因分类、证明"},
          Case{entry("review_due", "system", "REV-1 is late: the review; action 2: a test",
                     {{"review", "REV-1"},
                      {"title", "复盘"},
                      {"itself", "1"},
                      {"actions", "2: a test"},
                      {"person", ""}}),
               "REV-1 is late: the review; action 2: a test",
               "REV-1 复盘 已逾期（无人负责）：复盘；改进措施 2: a test"},
          Case{entry("major", "li.na", "li.na declares a major incident",
                     {{"commander", ""}, {"communication", "zhao.lei"}}),
               "Li Na declares a major incident", "重大事件，指挥 未定，对外通报人 赵磊"},
          // As it was written before it told the two apart.
          Case{entry("review_due", "system", "REV-1 is late: the review",
                     {{"review", "REV-1"},
                      {"title", "x"},
                      {"what", "the review"},
                      {"person", "li.na"}}),
               "REV-1 is late: the review", "REV-1 x 已逾期（李娜）：the review"},
          Case{entry("watched", "zhao.lei", "person:li.na watches it", {{"who", "person:li.na"}}),
               "Li Na watches it", "关注人：李娜"},
          Case{entry("note", "li.na", "seen by zhao.lei at " + utc,
                     {{"text", "seen by zhao.lei at " + utc}}),
               "Li Na: seen by zhao.lei at 2026-11-22T13:22:41.000Z",
               "李娜：seen by zhao.lei at 2026-11-22T13:22:41.000Z"}}) {
        INFO(c.said.kind);
        CHECK(entry_text(c.said, kEnglish) == c.en);
        CHECK(entry_text(c.said, kChinese) == c.zh);
    }
}

TEST_CASE("a line of a record says what was written with it, and not all that was changed") {
    const auto rejected =
        entry("rejected", "li.na", "li.na rejects it: one disk", {{"text", "one disk"}});
    CHECK(record_entry_text(rejected, kEnglish) == "Li Na rejects it: one disk");
    CHECK(record_entry_text(rejected, kChinese) == "李娜 驳回：one disk");
    const auto edited = entry("edited", "li.na", "li.na changes text", {{"text", "# Make room"}});
    CHECK(record_entry_text(edited, kChinese) == "李娜 修改");
}

TEST_CASE("the people whom a line speaks of are known, so that a message can name them") {
    const auto people = people_in(entry("step", "system", "",
                                        {{"told", "li.na by mail, wu by sms"},
                                         {"person", "zhao.lei"},
                                         {"who", "person:chen"},
                                         {"by", "silence"},
                                         {"by_name", "by sun: x"}}));
    for (const char* name : {"li.na", "wu", "zhao.lei", "chen", "sun", "system"}) {
        INFO(name);
        CHECK(std::find(people.begin(), people.end(), name) != people.end());
    }
}
