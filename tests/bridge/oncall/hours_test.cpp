// When people are told. Dates worked out by hand; 2026-01-05 is a Monday, Shanghai is UTC+8.
#include "bridge/oncall/hours.h"

#include <catch2/catch.hpp>

#include "tests/support/times.h"

using namespace tocsin;
using namespace tocsin::bridge;
using tocsin::test::at;

namespace {

// mon-fri 09:00-12:00,13:00-18:00 in Shanghai; October 1 to 9, 2026 are holidays (Thursday to the
// Friday of the week after).
Hours office() {
    Calendar calendar;
    calendar.always = false;
    calendar.zone = *Zone::named("Asia/Shanghai");
    REQUIRE(add_hours(calendar.week, "mon-fri 09:00-12:00,13:00-18:00"));
    calendar.holidays.push_back(parse_days("2026-10-01..2026-10-09").value());
    return std::make_shared<const Calendar>(calendar);
}

}  // namespace

TEST_CASE("when hours are open next, and when they next begin") {
    struct Case {
        const char* now;
        const char* open;     // next_open
        const char* opening;  // next_opening
    };
    const std::vector<Case> cases = {
        {"2026-01-05T00:59:59.999Z", "2026-01-05T01:00:00Z", "2026-01-05T01:00:00Z"},
        {"2026-01-05T01:00:00Z", "2026-01-05T01:00:00Z", "2026-01-05T05:00:00Z"},
        {"2026-01-05T04:30:00Z", "2026-01-05T05:00:00Z", "2026-01-05T05:00:00Z"},
        {"2026-01-05T09:00:00Z", "2026-01-05T09:00:00Z", "2026-01-06T01:00:00Z"},
        {"2026-01-05T10:00:00Z", "2026-01-06T01:00:00Z", "2026-01-06T01:00:00Z"},
        {"2026-01-09T10:00:00Z", "2026-01-12T01:00:00Z", "2026-01-12T01:00:00Z"},
        // Wednesday evening before the holidays: the Monday after them, twelve days on.
        {"2026-09-30T10:00:00Z", "2026-10-12T01:00:00Z", "2026-10-12T01:00:00Z"},
    };
    for (const Case& c : cases) {
        INFO(c.now);
        CHECK(format_rfc3339(next_open(office(), at(c.now))) == format_rfc3339(at(c.open)));
        CHECK(format_rfc3339(next_opening(office(), at(c.now))) == format_rfc3339(at(c.opening)));
    }
    CHECK(next_open(nullptr, at("2026-01-05T20:00:00Z")) == at("2026-01-05T20:00:00Z"));
    CHECK(next_opening(nullptr, at("2026-01-05T20:00:00Z")) == at("2026-01-05T20:00:00Z"));
}

TEST_CASE("a calendar without hours never opens, and holds nothing up by that") {
    Calendar none;
    none.always = false;
    const Hours hours = std::make_shared<const Calendar>(none);
    const Timestamp now = at("2026-01-05T00:00:00Z");
    CHECK(next_opening(hours, now) == now);
    CHECK(next_open(hours, now) > now + 24h * 365);
}

TEST_CASE("P1 and P2 wake people, P3 waits for its hours, P4 for their beginning") {
    TellingHours hours;
    hours.by_priority = {nullptr, nullptr, office(), office()};
    struct Case {
        Priority priority;
        const char* now;
        const char* first;
    };
    const std::vector<Case> cases = {
        {Priority::kP1, "2026-01-05T20:00:00Z", "2026-01-05T20:00:00Z"},
        {Priority::kP2, "2026-01-10T20:00:00Z", "2026-01-10T20:00:00Z"},
        {Priority::kP3, "2026-01-05T02:00:00Z", "2026-01-05T02:00:00Z"},
        {Priority::kP3, "2026-01-05T20:00:00Z", "2026-01-06T01:00:00Z"},
        {Priority::kP4, "2026-01-05T02:00:00Z", "2026-01-05T05:00:00Z"},
        {Priority::kP4, "2026-01-05T20:00:00Z", "2026-01-06T01:00:00Z"},
    };
    for (const Case& c : cases) {
        INFO(to_string(c.priority) << " at " << c.now);
        CHECK(hours.first_step_at(c.priority, at(c.now)) == at(c.first));
    }
    hours.digest.clear();
    CHECK(hours.first_step_at(Priority::kP4, at("2026-01-05T02:00:00Z")) ==
          at("2026-01-05T02:00:00Z"));
    CHECK(TellingHours{}.first_step_at(Priority::kP4, at("2026-01-05T20:00:00Z")) ==
          at("2026-01-05T20:00:00Z"));
}
