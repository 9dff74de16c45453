// What we write, libical reads back.
#include "bridge/oncall/ical.h"

#include <libical/ical.h>

#include <catch2/catch.hpp>
#include <memory>
#include <sstream>

#include "tests/support/times.h"

using namespace tocsin;
using namespace tocsin::bridge;
using tocsin::test::at;

namespace {

struct Event {
    std::string uid;
    std::string summary;
    std::time_t start;
    std::time_t end;
    bool operator==(const Event&) const = default;
};

struct ReadBack {
    std::string name;
    int errors = 0;
    std::vector<Event> events;
};

ReadBack read(const std::string& text) {
    struct Free {
        void operator()(icalcomponent* c) const { icalcomponent_free(c); }
    };
    const std::unique_ptr<icalcomponent, Free> root(icalparser_parse_string(text.c_str()));
    REQUIRE(root != nullptr);
    REQUIRE(icalcomponent_isa(root.get()) == ICAL_VCALENDAR_COMPONENT);
    ReadBack out;
    out.errors = icalcomponent_count_errors(root.get());
    for (auto* p = icalcomponent_get_first_property(root.get(), ICAL_X_PROPERTY); p != nullptr;
         p = icalcomponent_get_next_property(root.get(), ICAL_X_PROPERTY)) {
        if (std::string(icalproperty_get_x_name(p)) == "X-WR-CALNAME")
            out.name = icalproperty_get_x(p);
    }
    for (auto* c = icalcomponent_get_first_component(root.get(), ICAL_VEVENT_COMPONENT);
         c != nullptr; c = icalcomponent_get_next_component(root.get(), ICAL_VEVENT_COMPONENT)) {
        CHECK(icalcomponent_get_dtstamp(c).is_date == 0);
        out.events.push_back({icalcomponent_get_uid(c), icalcomponent_get_summary(c),
                              icaltime_as_timet(icalcomponent_get_dtstart(c)),
                              icaltime_as_timet(icalcomponent_get_dtend(c))});
    }
    return out;
}

std::time_t seconds(std::string_view text) {
    return static_cast<std::time_t>(to_unix_ms(at(text)) / 1000);
}

Person person(std::string name, std::string display) {
    Person out;
    out.name = std::move(name);
    out.display = std::move(display);
    return out;
}

std::vector<Shift> three_shifts() {
    return {{at("2026-01-05T01:00:00Z"), at("2026-01-12T01:00:00Z"), {"li.na", 0, 0, 0}},
            {at("2026-01-12T01:00:00Z"), at("2026-01-13T01:00:00Z"), {"", -1, 0, 0}},
            {at("2026-01-13T01:00:00Z"), at("2026-01-19T01:00:00Z"), {"zhao.lei", 0, 1, 0}}};
}

}  // namespace

TEST_CASE("a rotation's shifts are events with their people and times, gaps are none") {
    Oncall oncall;
    oncall.people = {person("li.na", "李娜"), person("zhao.lei", "Zhao, Lei; \\ \"on\" call")};
    Rotation rotation;
    rotation.name = "web-primary";
    const std::string text =
        icalendar(oncall, rotation, three_shifts(), "", at("2026-01-06T00:00:00Z"));
    const ReadBack calendar = read(text);
    CHECK(calendar.errors == 0);
    CHECK(calendar.name == "web-primary");
    REQUIRE(calendar.events.size() == 2);
    CHECK(calendar.events[0] == Event{"web-primary/20260105T010000Z", "李娜 – web-primary",
                                      seconds("2026-01-05T01:00:00Z"),
                                      seconds("2026-01-12T01:00:00Z")});
    CHECK(calendar.events[1].summary == "Zhao, Lei; \\ \"on\" call – web-primary");
    const ReadBack mine =
        read(icalendar(oncall, rotation, three_shifts(), "zhao.lei", at("2026-01-06T00:00:00Z")));
    REQUIRE(mine.events.size() == 1);
    CHECK(mine.events[0].start == seconds("2026-01-13T01:00:00Z"));
    CHECK(read(icalendar(oncall, rotation, {}, "", at("2026-01-06T00:00:00Z"))).events.empty());
}

TEST_CASE("a person's calendar has their shifts of all rotations, under their name") {
    Oncall oncall;
    oncall.people = {person("li.na", "李娜"), person("zhao.lei", "Zhao Lei")};
    oncall.rotations.resize(2);
    oncall.rotations[0].name = "web";
    oncall.rotations[1].name = "db";
    const ReadBack calendar = read(icalendar_of_person(
        oncall, oncall.people[0],
        {{&oncall.rotations[0], three_shifts()}, {&oncall.rotations[1], three_shifts()}},
        at("2026-01-06T00:00:00Z")));
    CHECK(calendar.errors == 0);
    CHECK(calendar.name == "李娜");
    REQUIRE(calendar.events.size() == 2);
    CHECK(calendar.events[0].summary == "李娜 – web");
    CHECK(calendar.events[1].summary == "李娜 – db");
    // An event of each rotation is its own, though both begin at the same time.
    CHECK_FALSE(calendar.events[0] == calendar.events[1]);
}

TEST_CASE("names of any length and kind come back whole from lines of at most 75 octets") {
    std::string long_name;
    for (int i = 0; i < 60; ++i) long_name += "值班";
    const std::vector<std::string> names = {
        "a",       std::string(74, 'x'),       std::string(300, 'y'),
        long_name, "comma, semi; back\\slash", "–"};
    for (const std::string& name : names) {
        Oncall oncall;
        Rotation rotation;
        rotation.name = name;
        const std::string text =
            icalendar(oncall, rotation, three_shifts(), "", at("2026-01-06T00:00:00Z"));
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            REQUIRE(line.ends_with('\r'));
            CHECK(line.size() <= 76);
        }
        const ReadBack calendar = read(text);
        CHECK(calendar.errors == 0);
        REQUIRE(calendar.events.size() == 2);
        CHECK(calendar.events[0].summary == "li.na – " + name);
    }
    CHECK(ical_text_line("X", "a\nb\rc\x01") == "X:a\\nbc\r\n");
}
