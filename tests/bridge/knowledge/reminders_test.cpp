#include "bridge/knowledge/reminders.h"

#include <catch2/catch.hpp>

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
             Case{2h, 3h, {{"li.na", {2}}}, 24h},
             Case{3h, 24h, {{"li.na", {0}}}, 26h},
             // After a week in which nobody looked: once.
             Case{-1h, 170h, {{"li.na", {0, 2}}, {"zhao.lei", {1}}}, 170h + 1h - 3h + 24h},
             // The clock was set back: nothing again.
             Case{30h, 25h, {}, 48h},
         }) {
        INFO(c.since.count() << " " << c.now.count());
        const ReviewLook look = look_at_review(r, kDue + c.since, kDue + c.now);
        CHECK(look.late == c.late);
        if (c.now != 170h) CHECK(look.next == kDue + c.next);
    }
}

TEST_CASE("what is done asks no more, and actions go on when the review is done") {
    Record r = review();
    r.state = RecordState::kDone;
    auto& actions = std::get<Review>(r.part).actions;
    actions[0].done_at = kDue;
    const ReviewLook look = look_at_review(r, kDue - 1h, kDue + 5h);
    CHECK(look.late == Late{{"li.na", {2}}});
    CHECK(look.next == kDue + 27h);
    actions[1].done_at = kDue;
    CHECK(look_at_review(r, kDue - 1h, kDue + 5h).late.empty());
    CHECK_FALSE(look_at_review(r, kDue - 1h, kDue + 5h).next);
}

TEST_CASE("what is late is said in words") {
    CHECK(late_text(std::get<Review>(review().part), {0, 2}) == "the review; action 2: a rule");
}
