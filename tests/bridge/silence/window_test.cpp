// Maintenance windows on the wall clock, over changes of the clock and of the year.
#include "bridge/silence/window.h"

#include <catch2/catch.hpp>

using namespace tocsin;
using namespace tocsin::bridge;

namespace {

Timestamp at(const char* text) {
    return parse_rfc3339(text).value();
}

LocalTime local(const char* text) {
    return parse_local_time(text).value();
}

std::string shown(const std::optional<LocalTime>& time) {
    if (!time) return "never";
    std::string text = format_rfc3339(Timestamp{time->time_since_epoch()});
    return text.substr(0, 10) + " " + text.substr(11, 5);
}

Zone zone(const char* name) {
    const auto found = Zone::named(name);
    REQUIRE(found);
    return *found;
}

std::string why_not(const Result<Recurrence>& made) {
    REQUIRE_FALSE(made);
    return made.error().message;
}

}  // namespace

TEST_CASE("when it recurs next, in each form that people write") {
    enum class Form { kEvery, kCron, kRule };
    struct Case {
        Form form;
        const char* text;
        const char* from;
        std::vector<const char*> next;
    };
    using enum Form;
    const std::vector<Case> cases = {
        {kEvery, "daily 01:00", "2026-11-26 01:00", {"2026-11-26 01:00", "2026-11-27 01:00"}},
        {kEvery, "daily 01:00", "2026-11-26 01:01", {"2026-11-27 01:00"}},
        {kEvery, "weekly sat 23:30", "2026-11-26", {"2026-11-28 23:30", "2026-12-05 23:30"}},
        {kEvery,
         "weekly mon,thu 02:00",
         "2026-11-26",
         {"2026-11-26 02:00", "2026-11-30 02:00", "2026-12-03 02:00"}},
        {kEvery, "monthly sat#2 01:00", "2026-11-26", {"2026-12-12 01:00", "2027-01-09 01:00"}},
        {kEvery, "monthly sat#-1 01:00", "2026-11-26", {"2026-11-28 01:00", "2026-12-26 01:00"}},
        {kEvery,
         "monthly 31 04:00",
         "2026-11-26",
         {"2026-12-31 04:00", "2027-01-31 04:00", "2027-03-31 04:00"}},
        {kEvery, "monthly last 04:00", "2028-01-31 05:00", {"2028-02-29 04:00"}},
        {kCron, "0 1 * * 6", "2026-11-26", {"2026-11-28 01:00", "2026-12-05 01:00"}},
        {kCron,
         "*/20 2-3 * * *",
         "2026-11-26 02:30",
         {"2026-11-26 02:40", "2026-11-26 03:00", "2026-11-26 03:20", "2026-11-26 03:40",
          "2026-11-27 02:00"}},
        {kCron,
         "30 4 1,15 * fri",
         "2026-11-26",
         {"2026-11-27 04:30", "2026-12-01 04:30", "2026-12-04 04:30"}},  // either day
        {kCron, "0 0 29 feb *", "2026-11-26", {"2028-02-29 00:00"}},
        {kCron, "5 5 * * 7", "2026-11-26", {"2026-11-29 05:05"}},
        {kCron,
         "0 9 * jan-mar mon-fri/2",
         "2026-12-31",
         {"2027-01-01 09:00", "2027-01-04 09:00", "2027-01-06 09:00"}},
        {kRule,
         "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1",
         "2026-11-26",
         {"2027-01-01 22:00", "2027-04-01 22:00"}},
        {kRule,
         "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TH",
         "2026-11-26",
         {"2026-12-03 22:00", "2026-12-17 22:00"}},
        {kRule,
         "FREQ=YEARLY;BYMONTH=5;BYDAY=-1SU;BYHOUR=3;BYMINUTE=15",
         "2026-11-26",
         {"2027-05-30 03:15"}},
        {kRule, "FREQ=DAILY;UNTIL=20261201T000000", "2026-11-30 23:00", {"never"}},
        {kRule,
         "FREQ=DAILY;COUNT=3",
         "2026-01-02 00:00",
         {"2026-01-02 22:00", "2026-01-03 22:00", "never"}},
    };
    for (const Case& c : cases) {
        INFO(c.text << " from " << c.from);
        // 1 January 2026 is a Thursday.
        const auto made = c.form == kEvery  ? Recurrence::every(c.text)
                          : c.form == kCron ? Recurrence::cron(c.text)
                                            : Recurrence::rrule(c.text, local("2026-01-01 22:00"));
        REQUIRE(made);
        LocalTime from = local(c.from);
        for (const char* expected : c.next) {
            const auto next = made.value().next(from);
            CHECK(shown(next) == expected);
            if (next) from = *next + std::chrono::seconds(1);
        }
    }
}

TEST_CASE("skipping ahead finds what counting from the start finds") {
    for (const char* text :
         {"FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,SA", "FREQ=MONTHLY;INTERVAL=5;BYDAY=2SA",
          "FREQ=DAILY;INTERVAL=11;BYHOUR=1,13", "FREQ=YEARLY;INTERVAL=2;BYMONTHDAY=-1;BYMONTH=2",
          "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"}) {
        INFO(text);
        const auto made = Recurrence::rrule(text, local("2020-03-02 04:30")).value();
        std::vector<LocalTime> counted;
        LocalTime from = local("2020-03-02 04:30");
        while (counted.size() < 40) {
            counted.push_back(*made.next(from));
            from = counted.back() + std::chrono::seconds(1);
        }
        for (std::size_t i = 1; i < counted.size(); ++i) {
            CHECK(counted[i - 1] < counted[i]);
            const auto between = counted[i - 1] + (counted[i] - counted[i - 1]) / 2;
            CHECK(shown(made.next(between)) == shown(counted[i]));
            CHECK(shown(made.next(counted[i])) == shown(counted[i]));
        }
    }
}

TEST_CASE("what is no recurrence is refused, and says what would be") {
    struct Case {
        Result<Recurrence> made;
        const char* expected;
    };
    const LocalTime first = local("2026-01-01");
    const std::vector<Case> cases = {
        {Recurrence::every("monthly"), "names no time of day; write \"daily 01:00\""},
        {Recurrence::every("daily 24:00"), "names no time of day"},
        {Recurrence::every("weekly someday 01:00"), "\"someday\" is no weekday"},
        {Recurrence::every("monthly sat#6 01:00"), "\"sat#6\" is no weekday of a month"},
        {Recurrence::every("monthly 32 01:00"), "\"32\" is no day of a month"},
        {Recurrence::cron("0 1 * *"), "has 4 fields; a cron line has five"},
        {Recurrence::cron("60 1 * * *"), "\"60\" is no field of a cron line from 0 to 59"},
        {Recurrence::cron("0 5-2 * * *"), "\"5-2\" is no field"},
        {Recurrence::cron("0 1 30 feb *"), "\"0 1 30 feb *\" never comes"},
        {Recurrence::rrule("FREQ=SOMETIMES", first), "is no recurrence rule of RFC 5545"},
        {Recurrence::rrule("FREQ=SECONDLY", first), "is no maintenance window"},
    };
    for (const Case& c : cases) {
        CHECK_THAT(why_not(c.made), Catch::Matchers::Contains(c.expected));
    }
    CHECK_FALSE(parse_local_time("2026-02-30"));
    CHECK_FALSE(parse_local_time("tomorrow"));
    CHECK_FALSE(parse_local_time("2026-01-01 25:00"));
}

TEST_CASE("local times become instants, over both changes of the clock") {
    struct Case {
        const char* zone;
        const char* local;
        const char* instant;
    };
    for (const Case& c : {
             Case{"UTC", "2026-11-26 01:00", "2026-11-26T01:00:00Z"},
             Case{"Asia/Shanghai", "2026-11-26 01:00", "2026-11-25T17:00:00Z"},
             Case{"America/Los_Angeles", "2026-11-26 01:00", "2026-11-26T09:00:00Z"},
             Case{"Europe/Berlin", "2026-07-01 02:30", "2026-07-01T00:30:00Z"},
             // 29 March 2026: 02:00 becomes 03:00.
             Case{"Europe/Berlin", "2026-03-29 01:59", "2026-03-29T00:59:00Z"},
             Case{"Europe/Berlin", "2026-03-29 02:00", "2026-03-29T01:00:00Z"},
             Case{"Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:00:00Z"},
             Case{"Europe/Berlin", "2026-03-29 03:00", "2026-03-29T01:00:00Z"},
             // 25 October 2026: 03:00 becomes 02:00; the first 02:30 is summer's.
             Case{"Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30:00Z"},
             Case{"Europe/Berlin", "2026-10-25 03:00", "2026-10-25T02:00:00Z"},
             // Half an hour of daylight saving time.
             Case{"Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03T15:30:00Z"},
             // A day that was left out: 30 December 2011.
             Case{"Pacific/Apia", "2011-12-30 12:00", "2011-12-30T10:00:00Z"},
         }) {
        INFO(c.zone << " " << c.local);
        CHECK(format_rfc3339(instant_of(local(c.local), zone(c.zone))) ==
              format_rfc3339(at(c.instant)));
    }
}

TEST_CASE("what is under way and what comes next, with its time to settle") {
    Window w{"patch night",
             {},
             Recurrence::every("monthly sat#2 01:00").value(),
             3h,
             zone("Asia/Shanghai"),
             "wang.wei",
             "CHG-1201"};
    // 12 December 2026 01:00 in Shanghai.
    const Timestamp start = at("2026-12-11T17:00:00Z");
    const Timestamp next = at("2027-01-08T17:00:00Z");
    for (const Timestamp now : {start - 10 * 24h, start - 1ms, start, start + 3h - 1ms}) {
        const auto found = occurrences_at(w, now, 2);
        REQUIRE(found.size() == 2);
        CHECK(found[0] == Occurrence{start, start + 3h});
        CHECK(found[1] == Occurrence{next, next + 3h});
    }
    // One that settles comes beside those that were asked for.
    const auto settling = occurrences_at(w, start + 3h + 5min - 1ms, 1);
    REQUIRE(settling.size() == 2);
    CHECK(settling[0].starts_at == start);
    CHECK(settling[1].starts_at == next);
    CHECK(occurrences_at(w, start + 3h + 5min, 1).at(0).starts_at == next);

    const Silence row = silence_of(w, {start, start + 3h}, start - 24h);
    CHECK(row.id == "window:patch night:2026-12-11T17:00:00.000Z");
    CHECK(row.kind == SuppressorKind::kMaintenance);
    CHECK(row.phase == SilencePhase::kPending);
    CHECK(row.due == start);
    CHECK(row.settle == 5min);
    CHECK(suppressor_by(row, start).name == "patch night");
    CHECK(suppressor_by(row, start).until == start + 3h + 5min);
}

TEST_CASE("of a window every minute the one under way and the next are among those planned") {
    Window w{"each minute", {}, Recurrence::cron("* * * * *").value(), 1min, zone("UTC"),
             "li.na",       ""};
    const Timestamp now = at("2026-12-11T17:00:30Z");
    const auto found = occurrences_at(w, now, 2);
    REQUIRE(found.size() >= 2);
    CHECK(found[found.size() - 2].starts_at == at("2026-12-11T17:00:00Z"));
    CHECK(found.back().starts_at == at("2026-12-11T17:01:00Z"));
}

TEST_CASE("a nightly window lasts three hours on the nights when the clocks change, too") {
    Window w{"nightly", {}, Recurrence::every("daily 02:30").value(), 3h, zone("Europe/Berlin"),
             "li.na",   ""};
    std::vector<std::string> starts;
    Timestamp now = at("2026-03-27T12:00:00Z");
    for (int i = 0; i < 4; ++i) {
        const Occurrence one = occurrences_at(w, now, 1).at(0);
        CHECK(one.ends_at - one.starts_at == 3h);
        starts.push_back(format_rfc3339(one.starts_at));
        now = one.ends_at + kMaintenanceSettle;
    }
    CHECK(starts == std::vector<std::string>{"2026-03-28T01:30:00.000Z", "2026-03-29T01:00:00.000Z",
                                             "2026-03-30T00:30:00.000Z",
                                             "2026-03-31T00:30:00.000Z"});
    // An hour that comes twice is one window, not two.
    Window hourly{
        "hourly", {}, Recurrence::cron("30 * * * *").value(), 10min, zone("Europe/Berlin"),
        "li.na",  ""};
    const auto night = occurrences_at(hourly, at("2026-10-24T23:50:00Z"), 3);
    CHECK(format_rfc3339(night[0].starts_at) == "2026-10-25T00:30:00.000Z");
    CHECK(format_rfc3339(night[1].starts_at) == "2026-10-25T02:30:00.000Z");
}
