// Dates worked out by hand from the calendar and the zones' rules; then everything against an
// oracle that walks minute by minute.
#include "bridge/oncall/rotation.h"

#include <catch2/catch.hpp>
#include <random>

#include "tests/support/times.h"

using namespace tocsin;
using namespace tocsin::bridge;
using tocsin::test::at;

namespace {

// "weekly mon 09:00", "daily 02:30", "every 12h".
RotationLayer layer(const std::string& zone, const std::string& how, const std::string& starts,
                    std::vector<std::string> people, const std::vector<std::string>& only = {}) {
    RotationLayer out;
    const auto named = Zone::named(zone);
    REQUIRE(named);
    out.zone = *named;
    out.people = std::move(people);
    const auto start = parse_start(starts);
    REQUIRE(start);
    const std::size_t space = how.find(' ');
    const std::string word = how.substr(0, space);
    const std::string value = how.substr(space + 1);
    std::optional<Handover> handover;
    if (word == "every") {
        const auto period = parse_duration(value);
        REQUIRE(period);
        out.period = period.value();
    } else {
        const auto parsed = word == "weekly" ? parse_weekly(value) : parse_daily(value);
        REQUIRE(parsed);
        handover = parsed.value();
        out.period = word == "weekly" ? Duration{24h * 7} : Duration{24h};
    }
    place(out, start.value(), handover);
    for (const std::string& hours : only) {
        out.only.always = false;
        out.only.zone = out.zone;
        REQUIRE(add_hours(out.only.week, hours));
    }
    return out;
}

Rotation rotation(std::vector<RotationLayer> layers) {
    Rotation out;
    out.name = "web";
    out.layers = std::move(layers);
    return out;
}

Override cover(std::int64_t id, std::string person, std::string instead_of, std::string_view from,
               std::string_view to, Override::Kind kind = Override::Kind::kCover) {
    return {id, kind, "web", std::move(person), std::move(instead_of), at(from), at(to)};
}

}  // namespace

TEST_CASE("who is on call: dates worked out by hand") {
    struct Case {
        const char* what;
        RotationLayer layer;
        std::vector<std::pair<const char*, const char*>> expected;  // moment, person
    };
    const std::vector<std::string> abc = {"a", "b", "c"};
    const std::vector<Case> cases = {
        {"weekly in a zone without daylight saving: Monday 09:00 is 01:00 UTC",
         layer("Asia/Shanghai", "weekly mon 09:00", "2026-01-05", {"a", "b"}),
         {{"2026-01-05T00:59:59.999Z", ""},
          {"2026-01-05T01:00:00Z", "a"},
          {"2026-01-12T00:59:59.999Z", "a"},
          {"2026-01-12T01:00:00Z", "b"},
          {"2026-01-19T01:00:00Z", "a"}}},
        {"Berlin, spring: the hand-over at 02:30 does not exist on March 29 and is at 03:00",
         layer("Europe/Berlin", "daily 02:30", "2026-03-27", abc),
         {{"2026-03-27T01:29:59Z", ""},
          {"2026-03-27T01:30:00Z", "a"},
          {"2026-03-28T01:30:00Z", "b"},
          {"2026-03-29T00:59:59.999Z", "b"},
          {"2026-03-29T01:00:00Z", "c"},
          {"2026-03-30T00:29:59Z", "c"},
          {"2026-03-30T00:30:00Z", "a"}}},
        {"Berlin, autumn: 02:30 comes twice on October 25, the first counts",
         layer("Europe/Berlin", "daily 02:30", "2026-10-24", abc),
         {{"2026-10-24T00:30:00Z", "a"},
          {"2026-10-25T00:29:59Z", "a"},
          {"2026-10-25T00:30:00Z", "b"},
          {"2026-10-25T01:30:00Z", "b"},
          {"2026-10-26T01:29:59Z", "b"},
          {"2026-10-26T01:30:00Z", "c"}}},
        {"New York, spring: weekly at a time that does not exist on March 8",
         layer("America/New_York", "weekly sun 02:15", "2026-03-01", {"a", "b"}),
         {{"2026-03-01T07:15:00Z", "a"},
          {"2026-03-08T06:59:59Z", "a"},
          {"2026-03-08T07:00:00Z", "b"},
          {"2026-03-15T06:14:59Z", "b"},
          {"2026-03-15T06:15:00Z", "a"}}},
        {"twelve hours on the clock: 09:00 and 21:00 stay 09:00 and 21:00 in summer",
         layer("Europe/Berlin", "every 12h", "2026-03-28 09:00", {"a", "b"}),
         {{"2026-03-28T08:00:00Z", "a"},
          {"2026-03-28T20:00:00Z", "b"},
          {"2026-03-29T06:59:59Z", "b"},
          {"2026-03-29T07:00:00Z", "a"},
          {"2026-03-29T19:00:00Z", "b"}}},
        {"a start inside a turn: the first person has the rest of it",
         layer("UTC", "weekly mon 09:00", "2026-01-07 00:00", {"a", "b"}),
         {{"2026-01-06T23:59:59Z", ""},
          {"2026-01-07T00:00:00Z", "a"},
          {"2026-01-12T08:59:59Z", "a"},
          {"2026-01-12T09:00:00Z", "b"}}},
        {"hours: nobody outside of them",
         layer("Asia/Shanghai", "weekly mon 09:00", "2026-01-05", {"a", "b"},
               {"mon-fri 09:00-18:00"}),
         {{"2026-01-05T01:00:00Z", "a"},
          {"2026-01-05T09:59:59Z", "a"},
          {"2026-01-05T10:00:00Z", ""},
          {"2026-01-10T02:00:00Z", ""},
          {"2026-01-12T01:00:00Z", "b"}}},
        {"nobody in it",
         layer("UTC", "daily 09:00", "2026-01-05", {}),
         {{"2026-02-01T00:00:00Z", ""}}},
    };
    for (const Case& c : cases) {
        for (const auto& [moment, person] : c.expected) {
            INFO(c.what << " at " << moment);
            CHECK(duty_at(rotation({c.layer}), {}, at(moment)).person == person);
        }
    }
}

TEST_CASE("turns that fall into a jump of the clock are none, and no one has two at once") {
    // Every 30 minutes from midnight: 02:00, 02:30 and 03:00 of March 29 are one moment.
    const Rotation r =
        rotation({layer("Europe/Berlin", "every 30m", "2026-03-29", {"a", "b", "c", "d", "e"})});
    const auto got = shifts(r, {}, at("2026-03-29T00:00:00Z"), at("2026-03-29T02:00:00Z"), 100);
    // Local 01:00 is the third turn (c), 01:30 d, 03:00 the seventh (b), 03:30 c.
    REQUIRE(got.size() == 4);
    CHECK(got[0].duty.person == "c");
    CHECK(got[1].duty.person == "d");
    CHECK(got[2].duty.person == "b");
    CHECK(got[2].start == at("2026-03-29T01:00:00Z"));
    CHECK(got[3].duty.person == "c");
}

TEST_CASE("the later layer has what it covers") {
    const Rotation r = rotation(
        {layer("UTC", "weekly mon 09:00", "2026-01-05", {"a", "b"}),
         layer("UTC", "weekly sat 00:00", "2026-01-10", {"w", "x"}, {"sat-sun 00:00-24:00"})});
    CHECK(duty_at(r, {}, at("2026-01-09T23:59:59Z")) == Duty{"a", 0, 0, 0});
    CHECK(duty_at(r, {}, at("2026-01-10T00:00:00Z")) == Duty{"w", 1, 0, 0});
    CHECK(duty_at(r, {}, at("2026-01-12T00:00:00Z")) == Duty{"a", 0, 0, 0});
    CHECK(duty_at(r, {}, at("2026-01-12T09:00:00Z")) == Duty{"b", 0, 1, 0});
    CHECK(duty_at(r, {}, at("2026-01-17T12:00:00Z")) == Duty{"x", 1, 1, 0});
    const auto got = shifts(r, {}, at("2026-01-09T00:00:00Z"), at("2026-01-13T00:00:00Z"), 100);
    REQUIRE(got.size() == 4);
    CHECK(got[1] == Shift{at("2026-01-10T00:00:00Z"), at("2026-01-12T00:00:00Z"), {"w", 1, 0, 0}});
    CHECK(got[3].start == at("2026-01-12T09:00:00Z"));
}

TEST_CASE("overrides and swaps, in the order in which they were made") {
    const Rotation r =
        rotation({layer("UTC", "daily 09:00", "2026-01-05", {"a", "b"}, {"mon-fri 00:00-24:00"})});
    struct Case {
        const char* what;
        std::vector<Override> overrides;
        std::vector<std::pair<const char*, const char*>> expected;
    };
    const char* const from = "2026-01-05T12:00:00Z";
    const char* const to = "2026-01-06T12:00:00Z";
    const std::vector<Case> cases = {
        {"whoever it is",
         {cover(1, "c", "", from, to)},
         {{"2026-01-05T11:59:59Z", "a"},
          {"2026-01-05T12:00:00Z", "c"},
          {"2026-01-06T11:59:59Z", "c"},
          {"2026-01-06T12:00:00Z", "b"}}},
        {"one person only",
         {cover(1, "c", "b", from, to)},
         {{"2026-01-05T12:00:00Z", "a"}, {"2026-01-06T09:00:00Z", "c"}}},
        {"a swap goes both ways",
         {cover(1, "b", "a", from, to, Override::Kind::kSwap)},
         {{"2026-01-05T12:00:00Z", "b"}, {"2026-01-06T10:00:00Z", "a"}}},
        {"the stand-in falls ill too",
         {cover(1, "c", "", from, to), cover(2, "d", "c", from, to)},
         {{"2026-01-05T12:00:00Z", "d"}, {"2026-01-06T11:00:00Z", "d"}}},
        {"the later one wins, whatever their order here",
         {cover(2, "d", "", from, to), cover(1, "c", "", from, to)},
         {{"2026-01-05T12:00:00Z", "d"}}},
        {"a cover fills a gap, a swap does not",
         {cover(1, "c", "", "2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z"),
          cover(2, "a", "b", "2026-01-11T00:00:00Z", "2026-01-12T00:00:00Z",
                Override::Kind::kSwap)},
         {{"2026-01-10T12:00:00Z", "c"}, {"2026-01-11T12:00:00Z", ""}}},
        {"of another rotation",
         {Override{1, Override::Kind::kCover, "dba", "c", "", at(from), at(to)}},
         {{"2026-01-05T12:00:00Z", "a"}}},
    };
    for (const Case& c : cases) {
        for (const auto& [moment, person] : c.expected) {
            INFO(c.what << " at " << moment);
            CHECK(duty_at(r, c.overrides, at(moment)).person == person);
        }
    }
}

TEST_CASE("the shift around a moment") {
    const Rotation r = rotation({layer("UTC", "weekly mon 09:00", "2026-01-05", {"a", "b"})});
    const std::vector<Override> overrides = {
        cover(7, "c", "", "2026-01-07T00:00:00Z", "2026-01-08T00:00:00Z")};
    struct Case {
        const char* moment;
        const char* person;
        const char* start;
        const char* end;
    };
    const std::vector<Case> cases = {
        {"2026-01-06T00:00:00Z", "a", "2026-01-05T09:00:00Z", "2026-01-07T00:00:00Z"},
        {"2026-01-07T12:00:00Z", "c", "2026-01-07T00:00:00Z", "2026-01-08T00:00:00Z"},
        {"2026-01-08T00:00:00Z", "a", "2026-01-08T00:00:00Z", "2026-01-12T09:00:00Z"},
        {"2026-01-10T00:00:00Z", "a", "2026-01-08T00:00:00Z", "2026-01-12T09:00:00Z"},
        {"2026-01-12T09:00:00Z", "b", "2026-01-12T09:00:00Z", "2026-01-19T09:00:00Z"},
        {"2026-01-01T00:00:00Z", "", "2026-01-01T00:00:00Z", "2026-01-05T09:00:00Z"},
    };
    for (const Case& c : cases) {
        INFO(c.moment);
        const Shift s = shift_at(r, overrides, at(c.moment));
        CHECK(s.duty.person == c.person);
        CHECK(s.start == at(c.start));
        CHECK(s.end == at(c.end));
    }
    CHECK(shift_at(rotation({}), {}, at("2026-01-01T00:00:00Z")).end == at("2027-01-02T00:00:00Z"));
}

TEST_CASE("shifts at the edges of a stretch may be had whole") {
    const Rotation r = rotation({layer("UTC", "weekly mon 09:00", "2026-01-05", {"a", "b"})});
    const auto cut = shifts(r, {}, at("2026-01-07T00:00:00Z"), at("2026-01-14T00:00:00Z"), 10);
    const auto whole =
        whole_shifts(r, {}, at("2026-01-07T00:00:00Z"), at("2026-01-14T00:00:00Z"), 10);
    REQUIRE(cut.size() == 2);
    REQUIRE(whole.size() == 2);
    CHECK(cut[0].start == at("2026-01-07T00:00:00Z"));
    CHECK(whole[0].start == at("2026-01-05T09:00:00Z"));
    CHECK(whole[0].end == cut[0].end);
    CHECK(whole[1].end == at("2026-01-19T09:00:00Z"));
}

TEST_CASE("gaps are what no layer covers") {
    const Timestamp from = at("2026-01-05T00:00:00Z");
    const Timestamp to = at("2026-01-12T00:00:00Z");
    const RotationLayer work =
        layer("UTC", "weekly mon 09:00", "2026-01-01", {"a"}, {"mon-fri 09:00-18:00"});
    const RotationLayer night = layer("UTC", "weekly mon 09:00", "2026-01-01", {"b"},
                                      {"mon-fri 18:00-24:00", "mon-fri 00:00-09:00"});
    CHECK(gaps(rotation({layer("UTC", "daily 09:00", "2026-01-01", {"a"})}), from, to).empty());
    CHECK(gaps(rotation({work}), from, to).size() == 6);
    const auto weekend = gaps(rotation({work, night}), from, to);
    REQUIRE(weekend.size() == 1);
    CHECK(weekend[0].first == at("2026-01-10T00:00:00Z"));
    CHECK(weekend[0].second == to);
    const auto late = gaps(rotation({layer("UTC", "daily 09:00", "2026-01-07", {"a"})}), from, to);
    REQUIRE(late.size() == 1);
    CHECK(late[0] == std::pair{from, at("2026-01-07T09:00:00Z")});
}

TEST_CASE("hand-overs and starts that are none are refused with what they should be") {
    for (const char* text : {"", "mon", "09:00", "mon 9:00", "mon 24:00", "moon 09:00"}) {
        INFO(text);
        CHECK_FALSE(parse_weekly(text));
    }
    for (const char* text : {"", "9:00", "24:00", "09:60", "mon 09:00"}) {
        INFO(text);
        CHECK_FALSE(parse_daily(text));
    }
    for (const char* text :
         {"", "2026-02-30", "2026-01-05..2026-01-06", "2026-01-05 9", "monday"}) {
        INFO(text);
        CHECK_FALSE(parse_start(text));
    }
    CHECK(parse_weekly("Mon 09:00").value().day == std::chrono::Monday);
    CHECK(parse_start("2026-01-05 09:30").value().clock == 9h + 30min);
    CHECK(parse_weekly("x 09:00").error().message ==
          "\"x 09:00\" is no day and time like \"mon 09:00\"");
}

namespace {

// The turn by definition: how many hand-overs the wall clock has passed for the first time.
struct Walker {
    const RotationLayer& layer;
    WallTime furthest;
    std::int64_t turn = 0;

    explicit Walker(const RotationLayer& l) : layer(l), furthest(l.first) {}
    std::string step(Timestamp t) {
        furthest = std::max(furthest, local_of(layer.zone, t));
        while (layer.first + (turn + 1) * layer.period <= furthest) ++turn;
        if (layer.people.empty() || t < layer.starts || !is_working(layer.only, t)) return "";
        return layer.people[static_cast<std::size_t>(turn) % layer.people.size()];
    }
};

Rotation random_rotation(std::mt19937& random) {
    const auto pick = [&](auto... all) {
        const std::vector<std::string> v{all...};
        return v[random() % v.size()];
    };
    const std::string zone =
        pick("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe");
    std::vector<RotationLayer> layers;
    for (std::size_t n = 1 + random() % 3; n > 0; --n) {
        const std::string how =
            pick("weekly sun 02:30", "weekly mon 09:00", "daily 02:00", "daily 00:30", "every 12h",
                 "every 45m", "every 3d", "every 7h");
        std::vector<std::string> people = {"a", "b", "c", "d"};
        people.resize(1 + random() % 4);
        std::vector<std::string> only;
        if (random() % 2 == 0)
            only = {pick("mon-fri 09:00-18:00", "sat-sun 00:00-24:00", "mon-sun 00:00-02:30",
                         "wed 10:00-11:00,12:00-13:00")};
        layers.push_back(
            layer(zone, how, pick("2026-03-01", "2026-03-06 12:00", "2026-10-18"), people, only));
    }
    return rotation(std::move(layers));
}

}  // namespace

TEST_CASE(
    "every minute has the person that walking the wall clock gives, and shifts tile the time") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 12; ++round) {
        const Rotation r = random_rotation(random);
        std::vector<Override> overrides;
        const Timestamp from = at(round % 2 == 0 ? "2026-02-28T00:00:00Z" : "2026-10-17T00:00:00Z");
        const Timestamp to = from + 24h * 37;  // over both changes of the clock, north and south
        for (std::int64_t id = 1; id <= static_cast<std::int64_t>(random() % 4); ++id) {
            const Timestamp start = from + std::chrono::minutes(random() % (36 * 1440));
            overrides.push_back(
                {id, random() % 2 == 0 ? Override::Kind::kCover : Override::Kind::kSwap, "web", "e",
                 "a", start, start + std::chrono::hours(1 + random() % 90)});
        }
        std::vector<Walker> walkers(r.layers.begin(), r.layers.end());
        const std::vector<Shift> all = shifts(r, overrides, from, to, SIZE_MAX);
        REQUIRE_FALSE(all.empty());
        CHECK(all.front().start == from);
        CHECK(all.back().end == to);
        for (std::size_t i = 1; i < all.size(); ++i) {
            REQUIRE(all[i].start == all[i - 1].end);
            REQUIRE(all[i].start < all[i].end);
            REQUIRE(all[i].duty != all[i - 1].duty);
        }
        std::size_t shift = 0;
        const Timestamp first = std::min(from, at("2026-03-01T00:00:00Z") - 24h * 8);
        for (Timestamp t = first; t < to; t += 1min) {
            std::string expected;
            for (Walker& walker : walkers) {
                const std::string person = walker.step(t);
                if (!person.empty()) expected = person;
            }
            if (t < from) continue;
            for (const Override& o : overrides) {
                if (t < o.from || o.to <= t) continue;
                if (expected == "a") {
                    expected = "e";
                } else if (o.kind == Override::Kind::kSwap && expected == "e") {
                    expected = "a";
                }
            }
            while (all[shift].end <= t) ++shift;
            if (all[shift].duty.person != expected || duty_at(r, overrides, t).person != expected) {
                INFO(format_rfc3339(t));
                REQUIRE(all[shift].duty.person == expected);
                REQUIRE(duty_at(r, overrides, t).person == expected);
            }
        }
    }
}
