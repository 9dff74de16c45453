#include "bridge/knowledge/reminders.h"

#include <catch2/catch.hpp>
#include <chrono>

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

constexpr Timestamp kDue = from_unix_ms(1'795'000'000'000);

Record review() {
    Record record;
    record.key = "REV-2026-000001";
    record.owner = "li.na";
    Review part;
    part.due = kDue;
    part.actions = {{"a test", "zhao.lei", kDue + 2h, {}, ""},
                    {"a rule", "", kDue + 3h, {}, ""},
                    {"a note", "chen.yu", {}, {}, ""}};
    record.part = part;
    return record;
}

using Late = std::map<std::string, std::vector<int>>;

Timestamp at_any_time(Timestamp t) {
    return t;
}

}  // namespace

TEST_CASE("a review and its actions ask at their time, and daily from then on") {
    const Record r = review();
    struct Case {
        Duration since;
        Duration now;
        Late late;
        Duration next;
    };
    for (const Case& c : {
             Case{-2h, -1h, {}, 0h},
             Case{-1h, 0h, {{"li.na", {0}}}, 2h},
             Case{0h, 1h, {}, 2h},
             Case{1h, 2h, {{"zhao.lei", {1}}}, 3h},
             // What is late is named whenever its owner is reminded, and on one hour of the day.
             Case{2h, 3h, {{"li.na", {0, 2}}}, 24h},
             Case{3h, 24h, {{"li.na", {0, 2}}}, 26h},
             Case{26h, 47h, {}, 48h},
             // After a week in which nobody looked: once.
             Case{-1h, 170h, {{"li.na", {0, 2}}, {"zhao.lei", {1}}}, 170h + 22h},
             // The clock was set back: nothing again.
             Case{30h, 25h, {}, 48h},
         }) {
        INFO(c.since.count() << " " << c.now.count());
        const ReviewLook look = look_at_review(r, kDue + c.since, kDue + c.now, at_any_time);
        CHECK(look.late == c.late);
        if (c.now != 170h) CHECK(look.next == kDue + c.next);
    }
}

TEST_CASE("what is done asks no more, and actions go on when the review is done") {
    Record r = review();
    r.state = RecordState::kDone;
    auto& actions = std::get<Review>(r.part).actions;
    actions[0].done_at = kDue;
    const ReviewLook look = look_at_review(r, kDue - 1h, kDue + 5h, at_any_time);
    CHECK(look.late == Late{{"li.na", {2}}});
    CHECK(look.next == kDue + 27h);
    actions[1].done_at = kDue;
    CHECK(look_at_review(r, kDue - 1h, kDue + 5h, at_any_time).late.empty());
    CHECK_FALSE(look_at_review(r, kDue - 1h, kDue + 5h, at_any_time).next);
}

TEST_CASE("what falls due over a weekend is one reminder on Monday, and one a day from then on") {
    const Timestamp saturday = parse_rfc3339("2026-11-21T10:00:00Z").value();
    const auto monday = saturday + 47h;            // 9:00
    const auto working_hours = [&](Timestamp t) {  // of that week, 9:00 to 17:00
        const auto day = std::chrono::floor<std::chrono::days>(t);
        const bool weekend = t < monday - 9h;
        if (weekend) return monday;
        if (t < day + 9h) return Timestamp(day + 9h);
        return t < day + 17h ? t : Timestamp(day + 33h);
    };
    Record r;
    r.owner = "li.na";
    Review part;
    part.due = saturday;
    part.actions = {{"a test", "", saturday + 29h, {}, ""},
                    {"a rule", "", saturday + 46h, {}, ""},
                    {"a note", "", monday + 5h, {}, ""}};
    r.part = part;
    struct Case {
        Timestamp since;
        Timestamp now;
        Late late;
        Timestamp next;
    };
    for (const Case& c : {
             Case{saturday - 24h, saturday - 1h, {}, monday},
             Case{saturday - 1h, monday, {{"li.na", {0, 1, 2}}}, monday + 5h},
             Case{monday, monday + 5h, {{"li.na", {0, 1, 2, 3}}}, monday + 24h},
             Case{monday + 5h, monday + 24h, {{"li.na", {0, 1, 2, 3}}}, monday + 48h},
         }) {
        INFO(format_rfc3339(c.now));
        const ReviewLook look = look_at_review(r, c.since, c.now, working_hours);
        CHECK(look.late == c.late);
        CHECK(look.next == c.next);
    }
}

TEST_CASE("what is late is said in words") {
    const Review part = std::get<Review>(review().part);
    CHECK(late_text(part, {0, 2}) == "the review; action 2: a rule");
    CHECK(late_actions(part, {0, 1, 2}) == "1: a test; 2: a rule");
    CHECK(late_actions(part, {0}).empty());
}
