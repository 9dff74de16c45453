// What stays where more is written than the history may hold.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "rules/history/history.h"

using namespace tocsin;
using namespace tocsin::rules;

namespace {

Timestamp at(std::int64_t seconds) {
    return from_unix_ms(1'700'000'000'000 + seconds * 1000);
}

Matchers named(std::string_view name) {
    return {Matcher::create(MatchOp::kEqual, kMetricName, name).value()};
}

struct Fixture {
    SeriesTable table;
    SeriesRef series(std::string_view name, std::string_view device = "") {
        return table.get(nullptr, Labels{{kMetricName, name}, {"device", device}});
    }
    std::vector<SeriesRef> many(std::string_view name, int count) {
        const std::string text(1000, 'x');
        std::vector<SeriesRef> all;
        for (int i = 0; i < count; ++i) all.push_back(series(name, std::to_string(i) + text));
        return all;
    }
};

}  // namespace

TEST_CASE("of targets that are collected in turn those that came last do without") {
    Fixture f;
    History history({.keep = 24h, .limit = Bytes{128 * 1024}});
    // Each takes 40 KB and a bit, the limit holds three of them.
    std::vector<std::vector<SeriesRef>> targets;
    for (const char* name : {"first", "second", "third"}) targets.push_back(f.many(name, 30));
    constexpr int kRounds = 20;
    for (int round = 0; round < kRounds; ++round) {
        if (round == 5) targets.push_back(f.many("last", 30));
        for (std::size_t target = 0; target < targets.size(); ++target) {
            const std::int64_t time = 15 * round + 3 * static_cast<std::int64_t>(target);
            for (const SeriesRef& s : targets[target]) history.append(s, at(time), round);
        }
        REQUIRE(history.bytes() <= 128 * 1024);
    }
    const auto selection = history.select(named("first"), 0ms);
    REQUIRE(selection->series().size() == 30);
    for (std::size_t i = 0; i < 30; ++i) {
        CHECK(selection->samples(i, at(-1), at(15 * kRounds)).size() == kRounds);
    }
}

TEST_CASE("what rules no longer see goes before what they see") {
    Fixture f;
    History history({.keep = 24h, .limit = Bytes{64 * 1024}});
    // They are not marked as ended, as samples are not whose source says when they were.
    for (const SeriesRef& s : f.many("silent", 30)) history.append(s, at(0), 1);
    const std::vector<SeriesRef> some = f.many("some", 20);
    const std::vector<SeriesRef> others = f.many("others", 20);
    for (const SeriesRef& s : some) history.append(s, at(301), 1);
    for (const SeriesRef& s : others) history.append(s, at(302), 1);
    CHECK(history.select(named("some"), 0ms)->series().size() == 20);
    CHECK(history.select(named("others"), 0ms)->series().size() == 20);
    CHECK(history.select(named("silent"), 0ms)->series().size() < 30);
}

TEST_CASE("what living series took beyond the limit is free again once they have ended") {
    Fixture f;
    const std::size_t limit = 64 * 1024;
    History history({.keep = 1h, .limit = Bytes{limit}});
    const auto lives = f.series("lives");
    std::vector<SeriesRef> large;
    for (int i = 0; i < 100; ++i) {
        large.push_back(f.series("large", std::to_string(i) + std::string(10'000, 'x')));
    }
    history.append(lives, at(0), 0);
    for (const SeriesRef& s : large) history.append(s, at(0), 1);
    history.trim(at(0));
    REQUIRE(history.series() == 101);
    for (const SeriesRef& s : large) history.append(s, at(15), kStaleNaN);
    for (int i = 1; i < 5; ++i) {
        history.append(lives, at(30 * i), i);
        history.trim(at(30 * i));
    }
    REQUIRE(history.bytes() <= limit);
    REQUIRE(history.select(named("lives"), 0ms)->samples(0, at(-1), at(200)).size() == 5);
}
