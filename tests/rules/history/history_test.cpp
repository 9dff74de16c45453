#include "rules/history/history.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace tocsin;
using namespace tocsin::rules;

namespace {

Matcher matcher(MatchOp op, std::string_view name, std::string_view value) {
    return Matcher::create(op, name, value).value();
}

Matchers named(std::string_view name) {
    return {matcher(MatchOp::kEqual, kMetricName, name)};
}

Timestamp at(std::int64_t seconds) {
    return from_unix_ms(1'700'000'000'000 + seconds * 1000);
}

struct Fixture {
    SeriesTable table;
    SeriesRef series(std::string_view name, std::string_view device = "") {
        return table.get(nullptr, Labels{{kMetricName, name}, {"device", device}});
    }
};

std::vector<std::string> names(Selection& selection) {
    std::vector<std::string> out;
    for (const SeriesRef& ref : selection.series()) out.push_back(ref.labels().text());
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<double> values(Selection& selection, std::int64_t from, std::int64_t to) {
    std::vector<double> out;
    for (const Sample& s : selection.samples(0, at(from), at(to))) out.push_back(s.v);
    return out;
}

}  // namespace

TEST_CASE("samples come back for exactly the window asked for, left end excluded") {
    Fixture f;
    History history;
    const auto s = f.series("up");
    for (int i = 0; i < 500; ++i) REQUIRE(history.append(s, at(i), i));
    const auto selection = history.select(named("up"), 0ms);
    REQUIRE(selection->series().size() == 1);
    REQUIRE(values(*selection, 9, 12) == std::vector<double>{10, 11, 12});
    REQUIRE(values(*selection, -1, 0) == std::vector<double>{0});
    REQUIRE(values(*selection, 498, 900) == std::vector<double>{499});
    REQUIRE(values(*selection, 499, 900).empty());
    REQUIRE(values(*selection, 0, 499).size() == 499);
    REQUIRE(values(*selection, 118, 122) == std::vector<double>{119, 120, 121, 122});
}

TEST_CASE("the last sample of a window is found now and in the past") {
    Fixture f;
    History history;
    const auto s = f.series("up");
    for (int i = 0; i < 500; i += 10) REQUIRE(history.append(s, at(i), i));
    const auto selection = history.select(named("up"), 0ms);
    Sample out;
    REQUIRE(selection->last(0, at(0), at(1000), out));
    REQUIRE(out.v == 490);
    REQUIRE(selection->last(0, at(0), at(255), out));
    REQUIRE(out.v == 250);
    REQUIRE(out.t == at(250));
    REQUIRE(selection->last(0, at(249), at(250), out));
    REQUIRE_FALSE(selection->last(0, at(250), at(259), out));
    REQUIRE_FALSE(selection->last(0, at(490), at(1000), out));
    REQUIRE_FALSE(selection->last(0, at(-100), at(-1), out));
}

TEST_CASE("a sample that is not later than the last is refused and counted") {
    Fixture f;
    History history;
    const auto s = f.series("up");
    REQUIRE(history.append(s, at(10), 1));
    REQUIRE_FALSE(history.append(s, at(10), 2));
    REQUIRE_FALSE(history.append(s, at(9), 3));
    REQUIRE(history.append(s, at(11), 4));
    REQUIRE(history.losses().out_of_order == 2);
    const auto selection = history.select(named("up"), 0ms);
    REQUIRE(values(*selection, 0, 20) == std::vector<double>{1, 4});
}

TEST_CASE("a staleness mark is kept bit for bit and a series may go on after it") {
    Fixture f;
    History history;
    const auto s = f.series("up");
    history.append(s, at(1), 1);
    history.append(s, at(2), kStaleNaN);
    const auto selection = history.select(named("up"), 0ms);
    Sample out;
    REQUIRE(selection->last(0, at(0), at(5), out));
    REQUIRE(is_stale(out.v));
    history.append(s, at(6), std::numeric_limits<double>::quiet_NaN());
    REQUIRE(selection->last(0, at(0), at(6), out));
    REQUIRE(std::isnan(out.v));
    REQUIRE_FALSE(is_stale(out.v));
}

TEST_CASE(
    "a range asked for after each sample holds the last ones, however many series there are") {
    // 300 samples of one series are kept unpacked; those of 100 series are more than may be.
    const auto series = GENERATE(1, 100);
    Fixture f;
    History history({.keep = 1h, .limit = Bytes{8 << 20}});
    std::vector<SeriesRef> refs;
    for (int k = 0; k < series; ++k) refs.push_back(f.series("up", std::to_string(k)));
    const auto selection = history.select(named("up"), 300s);
    for (int t = 0; t < 1000; ++t) {
        const bool gone = t == 500;  // every series ends once, and goes on
        for (const SeriesRef& ref : refs) history.append(ref, at(t), gone ? kStaleNaN : t);
        if (t % 100 == 7) continue;  // the next look finds two samples more
        for (std::size_t i = 0; i < refs.size(); ++i) {
            const auto got = selection->samples(i, at(t - 300), at(t));
            const bool across = t >= 500 && t - 300 < 500;
            REQUIRE(got.size() == static_cast<std::size_t>(std::min(t + 1, 300) - across));
            REQUIRE(got.front().v == std::max(0, t - 299) + (t - 299 == 500));
            REQUIRE(got.back().v == t - gone);
        }
    }
}

TEST_CASE("every kind of matcher selects as Prometheus says") {
    Fixture f;
    History history;
    for (const auto* device : {"", "eth0", "eth1", "lo"}) {
        history.append(f.series("rx", device), at(1), 1);
        history.append(f.series("tx", device), at(1), 1);
    }
    struct Case {
        Matchers matchers;
        std::vector<std::string> expected;
    };
    const auto rx = matcher(MatchOp::kEqual, kMetricName, "rx");
    const std::vector<Case> cases = {
        {{rx, matcher(MatchOp::kEqual, "device", "lo")}, {R"(rx{device="lo"})"}},
        {{rx, matcher(MatchOp::kEqual, "device", "")}, {"rx"}},
        {{rx, matcher(MatchOp::kNotEqual, "device", "")},
         {R"(rx{device="eth0"})", R"(rx{device="eth1"})", R"(rx{device="lo"})"}},
        {{rx, matcher(MatchOp::kRegex, "device", "eth.*")},
         {R"(rx{device="eth0"})", R"(rx{device="eth1"})"}},
        {{rx, matcher(MatchOp::kNotRegex, "device", "eth.*|")}, {R"(rx{device="lo"})"}},
        {{matcher(MatchOp::kRegex, kMetricName, ".x"), matcher(MatchOp::kEqual, "device", "lo")},
         {R"(rx{device="lo"})", R"(tx{device="lo"})"}},
        {{matcher(MatchOp::kEqual, "device", "eth1")},
         {R"(rx{device="eth1"})", R"(tx{device="eth1"})"}},
        {named("none"), {}},
    };
    for (const Case& c : cases) {
        INFO(c.matchers.back().text());
        REQUIRE(names(*history.select(c.matchers, 0ms)) == c.expected);
    }
}

TEST_CASE("a selection follows series that come and go") {
    Fixture f;
    History history({.keep = 10s, .limit = Bytes{1 << 20}});
    const auto rx = history.select(named("rx"), 0ms);
    const auto all = history.select({matcher(MatchOp::kRegex, kMetricName, ".+")}, 0ms);
    REQUIRE(rx->series().empty());
    auto epoch = rx->epoch();

    history.append(f.series("rx", "a"), at(0), 1);
    history.append(f.series("rx", "b"), at(0), 1);
    history.append(f.series("tx", "a"), at(0), 1);
    REQUIRE(names(*rx) == std::vector<std::string>{R"(rx{device="a"})", R"(rx{device="b"})"});
    REQUIRE(all->series().size() == 3);
    REQUIRE(rx->epoch() != epoch);

    epoch = rx->epoch();
    history.append(f.series("rx", "b"), at(20), 1);
    history.append(f.series("tx", "b"), at(20), 1);
    REQUIRE(rx->epoch() == epoch);  // nothing new that it matches

    history.trim(at(20));
    REQUIRE(names(*rx) == std::vector<std::string>{R"(rx{device="b"})"});
    REQUIRE(names(*all) == std::vector<std::string>{R"(rx{device="b"})", R"(tx{device="b"})"});
    REQUIRE(rx->epoch() != epoch);
    REQUIRE(history.series() == 2);
    Sample out;
    REQUIRE(rx->last(0, at(0), at(20), out));
}

TEST_CASE("series are let go of after keep, and later where a selection reaches further") {
    Fixture f;
    History history({.keep = 60s, .limit = Bytes{1 << 20}});
    history.append(f.series("short"), at(0), 1);
    history.append(f.series("long"), at(0), 1);
    auto reach = history.select(named("long"), 600s);
    history.trim(at(61));
    REQUIRE(history.select(named("short"), 0ms)->series().empty());
    REQUIRE(reach->series().size() == 1);
    history.trim(at(599));
    REQUIRE(reach->series().size() == 1);

    SECTION("until the reach has passed") {
        history.trim(at(601));
        REQUIRE(reach->series().empty());
    }
    SECTION("until nobody asks any more") {
        reach.reset();
        history.trim(at(600));
        REQUIRE(history.series() == 0);
    }
    REQUIRE(f.table.size() == (history.series()));
}

TEST_CASE("the history forgets old chunks of a series that goes on") {
    Fixture f;
    History history({.keep = 100s, .limit = Bytes{1 << 20}});
    const auto s = f.series("up");
    for (int i = 0; i < 1000; ++i) {
        history.append(s, at(i), i);
        history.trim(at(i));
    }
    const auto kept = values(*history.select(named("up"), 0ms), -1, 2000);
    REQUIRE(kept.size() >= 101);
    REQUIRE(kept.size() <= 101 + 121);
    REQUIRE(kept.back() == 999);
}

TEST_CASE("over its limit the history drops the oldest chunks first and counts them") {
    Fixture f;
    const std::size_t limit = 64 * 1024;
    History history({.keep = 24h, .limit = Bytes{limit}});
    std::mt19937_64 rng(7);
    std::vector<SeriesRef> series;
    for (int i = 0; i < 20; ++i) series.push_back(f.series("noise", std::to_string(i)));
    for (int i = 0; i < 2000; ++i) {
        for (const auto& s : series) {
            REQUIRE(history.append(s, at(i), std::bit_cast<double>(rng() >> 2)));
            REQUIRE(history.bytes() <= limit + 512);
        }
    }
    REQUIRE(history.losses().chunks > 0);
    REQUIRE(history.series() == 20);
    const auto selection = history.select(named("noise"), 0ms);
    std::size_t least = 10'000;
    std::size_t most = 0;
    for (std::size_t i = 0; i < 20; ++i) {
        const auto out = selection->samples(i, at(-1), at(3000));
        REQUIRE(out.back().t == at(1999));
        least = std::min(least, out.size());
        most = std::max(most, out.size());
    }
    REQUIRE(most - least <= 240);  // all lose alike
}

TEST_CASE("more series than the limit holds are let go of, but for the one being written") {
    Fixture f;
    History history({.keep = 24h, .limit = Bytes{32 * 1024}});
    for (int i = 0; i < 5000; ++i) history.append(f.series("churn", std::to_string(i)), at(i), i);
    REQUIRE(history.bytes() <= 33 * 1024);
    REQUIRE(history.losses().chunks > 1000);
    const auto selection = history.select({matcher(MatchOp::kEqual, kMetricName, "churn"),
                                           matcher(MatchOp::kEqual, "device", "4999")},
                                          0ms);
    REQUIRE(selection->series().size() == 1);
}

TEST_CASE("a source that makes up ever new series costs the others' history nothing") {
    Fixture f;
    const std::size_t limit = 256 * 1024;
    History history({.keep = 24h, .limit = Bytes{limit}});
    const auto lives = f.series("lives");
    const std::string text(4096, 'x');
    for (int i = 0; i < 2000; ++i) {
        history.append(lives, at(i), i);
        const auto made_up = f.series("made_up", std::to_string(i) + text);
        history.append(made_up, at(i), 1);
        history.append(made_up, from_unix_ms(to_unix_ms(at(i)) + 500), kStaleNaN);
        REQUIRE(history.bytes() <= limit + 2 * text.size());
    }
    // Their labels are the most of it.
    REQUIRE(history.series() < limit / text.size());
    REQUIRE(f.table.size() == history.series());
    const auto selection = history.select(named("lives"), 0ms);
    REQUIRE(values(*selection, -1, 3000).size() == 2000);
}

TEST_CASE("living series whose labels alone are more than the limit are kept") {
    Fixture f;
    History history({.keep = 24h, .limit = Bytes{64 * 1024}});
    const auto large = f.series("large", std::string(100'000, 'x'));
    const auto small = f.series("small");
    for (int i = 0; i < 1000; ++i) {
        REQUIRE(history.append(large, at(i), i));
        REQUIRE(history.append(small, at(i), i));
    }
    REQUIRE(history.series() == 2);
    REQUIRE(history.bytes() > 100'000);
    REQUIRE(history.bytes() < 100'000 + 8 * 1024);
}

TEST_CASE("bytes return to nothing when everything has been let go") {
    Fixture f;
    History history({.keep = 10s, .limit = Bytes{1 << 20}});
    for (int i = 0; i < 300; ++i) {
        for (int k = 0; k < 5; ++k) history.append(f.series("x", std::to_string(k)), at(i), i * k);
    }
    REQUIRE(history.bytes() > 0);
    history.trim(at(1000));
    REQUIRE(history.series() == 0);
    REQUIRE(history.bytes() == 0);
    REQUIRE(f.table.size() == 0);
}

TEST_CASE("equal requests share a selection and different ones do not") {
    History history;
    const auto a = history.select(named("x"), 5min);
    REQUIRE(history.select(named("x"), 5min) == a);
    REQUIRE(history.select(named("x"), 6min) != a);
    REQUIRE(history.select(named("y"), 5min) != a);
}

TEST_CASE("a selection that outlives its history is empty") {
    Fixture f;
    std::shared_ptr<Selection> selection;
    {
        History history;
        history.append(f.series("x"), at(0), 1);
        selection = history.select(named("x"), 0ms);
        REQUIRE(selection->series().size() == 1);
    }
    REQUIRE(selection->series().empty());
}

TEST_CASE("random appends, trims and selections agree with a plain model") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937_64 rng(seed);
    Fixture f;
    History history({.keep = 500s, .limit = Bytes{8 << 20}});
    std::vector<SeriesRef> refs;
    std::vector<std::vector<Sample>> model(30);
    for (int k = 0; k < 30; ++k) {
        refs.push_back(f.series(k % 3 == 0 ? "a" : "b", std::to_string(k)));
    }
    std::vector<std::shared_ptr<Selection>> selections;
    for (int step = 0; step < 3000; ++step) {
        const auto k = rng() % 30;
        if (rng() % 8 != 0 || k % 7 == 0) {
            const double v = rng() % 50 == 0 ? kStaleNaN : static_cast<double>(rng() % 100);
            if (history.append(refs[k], at(step), v)) model[k].push_back({at(step), v});
        }
        if (rng() % 100 == 0) history.trim(at(step));
        if (rng() % 150 == 0)
            selections.push_back(history.select(named(rng() % 2 ? "a" : "b"), 0ms));
        if (rng() % 200 == 0 && !selections.empty()) selections.erase(selections.begin());
        if (selections.empty() || rng() % 20 != 0) continue;
        Selection& selection = *selections[rng() % selections.size()];
        for (std::size_t i = 0; i < selection.series().size(); ++i) {
            const auto which = std::find(refs.begin(), refs.end(), selection.series()[i]);
            REQUIRE(which != refs.end());
            const auto from = at(step - static_cast<int>(rng() % 490));
            const auto to = from + Duration(static_cast<std::int64_t>(rng() % 490'000));
            const auto got = selection.samples(i, from, to);
            std::vector<Sample> expected;
            std::optional<Sample> newest;
            for (const Sample& s : model[static_cast<std::size_t>(which - refs.begin())]) {
                if (s.t <= from || s.t > to) continue;
                newest = s;
                if (!is_stale(s.v)) expected.push_back(s);
            }
            REQUIRE(got.size() == expected.size());
            for (std::size_t j = 0; j < got.size(); ++j) {
                REQUIRE(got[j].t == expected[j].t);
                REQUIRE(std::bit_cast<std::uint64_t>(got[j].v) ==
                        std::bit_cast<std::uint64_t>(expected[j].v));
            }
            Sample last;
            REQUIRE(selection.last(i, from, to, last) == newest.has_value());
            if (newest) REQUIRE(last.t == newest->t);
        }
    }
}
