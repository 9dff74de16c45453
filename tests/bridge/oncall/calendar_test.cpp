#include "bridge/oncall/calendar.h"

#include <catch2/catch.hpp>
#include <random>

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

Timestamp at(const std::string& text) {
    const auto parsed = parse_rfc3339(text);
    INFO(text);
    REQUIRE(parsed);
    return parsed.value();
}

Calendar calendar(const std::string& zone, const std::vector<std::string>& hours,
                  const std::vector<std::string>& holidays = {},
                  const std::vector<std::string>& workdays = {}) {
    Calendar c;
    c.name = "test";
    c.always = false;
    const auto found = Zone::named(zone);
    REQUIRE(found);
    c.zone = *found;
    for (const auto& text : hours) REQUIRE(add_hours(c.week, text));
    for (const auto& text : holidays) c.holidays.push_back(parse_days(text).value());
    for (const auto& text : workdays) c.workdays.insert(parse_days(text).value().first);
    return c;
}

Calendar office() {
    return calendar("Asia/Shanghai", {"mon-fri 09:00-12:00,13:00-18:00"},
                    {"2026-10-01..2026-10-07"}, {"2026-10-10"});
}

}  // namespace

TEST_CASE("a target falls due after so much working time") {
    struct Case {
        const char* what;
        Calendar calendar;
        const char* from;
        Duration target;
        const char* due;
    };
    const std::vector<Case> cases = {
        {"7x24", Calendar{}, "2026-10-01T03:00:00+08:00", 4h, "2026-10-01T07:00:00+08:00"},
        {"within the morning", office(), "2026-09-24T09:30:00+08:00", 2h,
         "2026-09-24T11:30:00+08:00"},
        {"over lunch", office(), "2026-09-24T11:00:00+08:00", 2h, "2026-09-24T14:00:00+08:00"},
        {"the end of a day, not the next beginning", office(), "2026-09-24T17:00:00+08:00", 1h,
         "2026-09-24T18:00:00+08:00"},
        {"a millisecond more", office(), "2026-09-24T17:00:00+08:00", Duration{1h} + 1ms,
         "2026-09-25T09:00:00.001+08:00"},
        {"over a weekend", office(), "2026-09-25T17:30:00+08:00", 1h, "2026-09-28T09:30:00+08:00"},
        {"from the weekend", office(), "2026-09-26T12:00:00+08:00", 1h,
         "2026-09-28T10:00:00+08:00"},
        {"over the holidays and to the Thursday", office(), "2026-09-30T17:00:00+08:00", 2h,
         "2026-10-08T10:00:00+08:00"},
        {"the make-up Saturday works as Monday does", office(), "2026-10-09T17:00:00+08:00", 2h,
         "2026-10-10T10:00:00+08:00"},
        {"a working day inside holidays",
         calendar("UTC", {"mon-fri 09:00-17:00"}, {"2026-10-01..2026-10-07"}, {"2026-10-05"}),
         "2026-10-01T00:00:00Z", 9h, "2026-10-08T10:00:00Z"},
        {"nothing to pass", office(), "2026-10-01T00:00:00+08:00", 0s, "2026-10-01T00:00:00+08:00"},
        {"hours until midnight and from it",
         calendar("UTC", {"mon 22:00-24:00", "tue 00:00-06:00"}), "2026-09-28T23:00:00Z", 3h,
         "2026-09-29T02:00:00Z"},
        {"a week's end inside a range of days", calendar("UTC", {"sat-mon 08:00-10:00"}),
         "2026-09-25T00:00:00Z", 5h, "2026-09-28T09:00:00Z"},
        // Berlin leaves 02:00–03:00 out on 2026-03-29 and has it twice on 2026-10-25.
        {"the hour that is left out does not count", calendar("Europe/Berlin", {"sun 00:00-06:00"}),
         "2026-03-29T00:00:00+01:00", 3h, "2026-03-29T04:00:00+02:00"},
        {"the hour that comes twice counts twice", calendar("Europe/Berlin", {"sun 00:00-06:00"}),
         "2026-10-25T00:00:00+02:00", 4h, "2026-10-25T03:00:00+01:00"},
        {"hours that begin within the hour that comes twice",
         calendar("Europe/Berlin", {"sun 02:30-06:00"}), "2026-10-25T00:00:00+02:00", 45min,
         "2026-10-25T02:45:00+01:00"},
        {"hours that begin within the hour left out",
         calendar("Europe/Berlin", {"sun 02:30-06:00"}), "2026-03-29T00:00:00+01:00", 1h,
         "2026-03-29T04:00:00+02:00"},
        {"office hours on both sides of a change",
         calendar("America/New_York", {"mon-fri 09:00-17:00"}), "2026-03-06T16:00:00-05:00", 2h,
         "2026-03-09T10:00:00-04:00"},
        {"a zone off by three quarters", calendar("Asia/Kathmandu", {"mon-fri 09:00-17:00"}),
         "2026-09-28T00:00:00Z", 1h, "2026-09-28T04:15:00Z"},
    };
    for (const Case& c : cases) {
        INFO(c.what);
        const Timestamp due = add_working(c.calendar, at(c.from), c.target);
        CHECK(format_rfc3339(due) == format_rfc3339(at(c.due)));
        CHECK(working_between(c.calendar, at(c.from), due) == c.target);
    }
}

TEST_CASE("a moment is working or not, ends excluded") {
    struct Case {
        const char* moment;
        bool working;
    };
    const Calendar c = office();
    for (const Case& one : std::vector<Case>{
             {"2026-09-24T08:59:59.999+08:00", false},
             {"2026-09-24T09:00:00+08:00", true},
             {"2026-09-24T11:59:59.999+08:00", true},
             {"2026-09-24T12:00:00+08:00", false},
             {"2026-09-24T18:00:00+08:00", false},
             {"2026-09-26T10:00:00+08:00", false},
             {"2026-10-01T10:00:00+08:00", false},
             {"2026-10-07T10:00:00+08:00", false},
             {"2026-10-08T10:00:00+08:00", true},
             {"2026-10-10T10:00:00+08:00", true},
             {"2026-10-10T12:30:00+08:00", false},
         }) {
        INFO(one.moment);
        CHECK(is_working(c, at(one.moment)) == one.working);
        CHECK(is_working(Calendar{}, at(one.moment)));
    }
}

TEST_CASE("a calendar without hours ends its search") {
    const Calendar never = calendar("UTC", {});
    const Timestamp from = at("2026-01-01T00:00:00Z");
    CHECK(add_working(never, from, 1h) == from + std::chrono::days{3653});
    CHECK(working_between(never, from, from + 1000h) == 0s);
    CHECK(working_between(office(), from, from - 1h) == 0s);
}

TEST_CASE("sums of working time agree with a count minute by minute, over changes of the clock") {
    const std::vector<Calendar> calendars = {
        office(), calendar("Europe/Berlin", {"mon-sun 01:30-02:15,02:30-03:10,23:00-24:00"}),
        calendar("America/New_York", {"sat,sun 00:00-24:00", "wed 12:00-12:01"}, {"2026-11-01"}),
        calendar("Australia/Lord_Howe", {"sun 01:00-03:00"}),  // half an hour of summer time
    };
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::uniform_int_distribution<int> minutes(0, 365 * 24 * 60);
    std::uniform_int_distribution<int> length(0, 3 * 24 * 60);
    const Timestamp year = at("2026-01-01T00:00:00Z");
    std::vector<Timestamp> starts = {at("2026-03-28T20:00:00Z"), at("2026-10-24T20:00:00Z"),
                                     at("2026-03-08T00:00:00Z"), at("2026-10-31T20:00:00Z"),
                                     at("2026-10-03T10:00:00Z"), at("2026-04-04T10:00:00Z")};
    for (int i = 0; i < 20; ++i) starts.push_back(year + std::chrono::minutes(minutes(random)));
    for (const Calendar& c : calendars) {
        for (const Timestamp start : starts) {
            const Timestamp end = start + std::chrono::minutes(length(random));
            Duration counted{0};
            for (Timestamp t = start; t < end; t += 1min) {
                if (is_working(c, t)) counted += 1min;
            }
            INFO(c.zone.name() << " " << format_rfc3339(start) << " " << format_rfc3339(end));
            CHECK(working_between(c, start, end) == counted);
            if (counted > 0s) {
                const Timestamp due = add_working(c, start, counted);
                CHECK(working_between(c, start, due) == counted);
                CHECK(working_between(c, start, due - 1ms) < counted);
            }
        }
    }
}

TEST_CASE("hours and days that are none say what is wrong") {
    struct Case {
        const char* text;
        const char* message;
    };
    for (const Case& c : std::vector<Case>{
             {"mon-fri", "\"mon-fri\" must be days and hours"},
             {"mond 09:00-18:00", "\"mond\" is no day"},
             {"mon-tue-wed 09:00-18:00", "\"mon-tue-wed\" is no day"},
             {"mon 9:00-18:00", "\"9:00-18:00\" must be hours like 09:00-18:00"},
             {"mon 09:00", "\"09:00\" must be hours"},
             {"mon 09:60-18:00", "\"09:60-18:00\" must be hours"},
             {"mon 09:00-24:01", "\"09:00-24:01\" must be hours"},
             {"mon 22:00-06:00", "\"22:00-06:00\" ends before it begins"},
             {"mon 09:00-09:00", "\"09:00-09:00\" ends before it begins"},
             {"mon,mon 09:00-10:00", "\"09:00-10:00\" overlaps other hours of mon"},
         }) {
        Week week;
        const auto result = add_hours(week, c.text);
        INFO(c.text);
        REQUIRE_FALSE(result);
        CHECK(result.error().message.find(c.message) == 0);
    }
    for (const char* text : {"", "2026-13-01", "2026-02-29", "26-01-01", "2026-1-01",
                             "2026-01-02..2026-01-01", "2026-01-01...2026-01-02", "tomorrow"}) {
        INFO(text);
        CHECK_FALSE(parse_days(text));
    }
    CHECK(parse_days("2028-02-29").value().first == parse_days("2028-02-29").value().last);
}

TEST_CASE("a zone is one that the system knows") {
    CHECK(Zone::named("UTC") == Zone{});
    CHECK(Zone::named("Asia/Shanghai")->name() == "Asia/Shanghai");
    CHECK_FALSE(Zone::named("Asia/Shanghi"));
    CHECK_FALSE(Zone::named(""));
}
