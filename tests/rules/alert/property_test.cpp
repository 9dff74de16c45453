// Random value sequences against a definition of hysteresis that keeps no state.
#include <catch2/catch.hpp>
#include <cmath>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/support/alert_lab.h"

using namespace tocsin;
using namespace tocsin::rules;
using namespace tocsin::rules::testing;

namespace {

using Values = std::vector<std::optional<double>>;

struct Case {
    std::vector<LevelText> levels;
    int keep = 0;  // minutes
};

bool raw(const LevelText& level, const std::optional<double>& v) {
    return v && make_condition(level.when, level.clear).holds(*v);
}
bool clear(const LevelText& level, const std::optional<double>& v) {
    return !v || make_condition(level.when, level.clear).cleared(*v);
}

// A level is held at t when there was a minute e up to t at whose end the raw condition had held
// for the whole `for`, and no minute since at whose end it had been clear for keep_firing_for.
bool held_at(const LevelText& level, int keep, const Values& values, int t) {
    const int hold = static_cast<int>(level.hold / Duration(1min));
    for (int e = t; e >= hold; --e) {
        bool entered = true;
        for (int s = e - hold; s <= e; ++s) {
            entered = entered && raw(level, values[static_cast<std::size_t>(s)]);
        }
        if (!entered) continue;
        bool left = false;
        for (int u = e + 1 + keep; u <= t && !left; ++u) {
            left = true;
            for (int s = u - keep; s <= u; ++s) {
                left = left && clear(level, values[static_cast<std::size_t>(s)]);
            }
        }
        if (!left) return true;
    }
    return false;
}

std::string expected_level(const Case& c, const Values& values, int t) {
    for (std::size_t i = c.levels.size(); i-- > 0;) {
        if (held_at(c.levels[i], c.keep, values, t)) return c.levels[i].name;
    }
    return "";
}

// Values that like to stay near the lines, as trouble does.
Values random_values(std::mt19937& random, int count) {
    Values out;
    std::uniform_int_distribution<int> step(-6, 6);
    std::uniform_int_distribution<int> odd(0, 29);
    int v = 80;
    for (int i = 0; i < count; ++i) {
        v = std::clamp(v + step(random), 60, 105);
        const int o = odd(random);
        if (o == 0) {
            out.push_back(std::nullopt);
        } else if (o == 1) {
            v = 60 + odd(random);
            out.emplace_back(v);
        } else {
            out.emplace_back(v);
        }
    }
    return out;
}

AlertRule rule_of(const Case& c) {
    AlertRule rule = make_threshold(c.levels);
    rule.keep_firing_for = Duration(1min) * c.keep;
    return rule;
}

Case random_case(std::mt19937& random) {
    std::uniform_int_distribution<int> hold(0, 4);
    std::uniform_int_distribution<int> distance(0, 5);
    std::uniform_int_distribution<int> keep(0, 2);
    const auto minutes = [&] { return Duration(1min) * hold(random); };
    Case c;
    c.levels = {{"info", ">= 75", static_cast<double>(distance(random)), minutes()},
                {"warning", "> 80", static_cast<double>(distance(random)), minutes()},
                {"critical", "> 92", static_cast<double>(distance(random)), minutes()}};
    c.keep = keep(random);
    return c;
}

}  // namespace

TEST_CASE("levels follow the definition of hysteresis on random values") {
    const unsigned seed = std::random_device{}();
    std::mt19937 random(seed);
    for (int round = 0; round < 300; ++round) {
        INFO("seed " << seed << " round " << round);
        const Case c = random_case(random);
        const Values values = random_values(random, 60);
        AlertLab lab(rule_of(c));
        std::string told;
        for (int t = 0; t < 60; ++t) {
            INFO("minute " << t);
            for (const Transition& change : lab.minute(t, values[static_cast<std::size_t>(t)])) {
                // Transitions chain: each begins where the last one ended.
                REQUIRE(change.from == told);
                told = change.to;
            }
            REQUIRE(told == expected_level(c, values, t));
            REQUIRE(lab.level() == told);
        }
    }
}

// Values come at every minute here, as from instant selectors: what a restart then must not change
// is anything at all.
TEST_CASE("a restart at any minute neither forgets nor refires") {
    const unsigned seed = std::random_device{}();
    std::mt19937 random(seed);
    for (int round = 0; round < 60; ++round) {
        INFO("seed " << seed << " round " << round);
        const Case c = random_case(random);
        Values values = random_values(random, 40);
        for (auto& v : values) v = v.value_or(70);
        for (int restart = 1; restart < 40; restart += 3) {
            INFO("restart before minute " << restart);
            AlertLab lab(rule_of(c));
            std::string told;
            for (int t = 0; t < 40; ++t) {
                if (t == restart) lab.restart(t);
                for (const Transition& change :
                     lab.minute(t, values[static_cast<std::size_t>(t)])) {
                    REQUIRE(change.from == told);
                    told = change.to;
                }
                REQUIRE(told == expected_level(c, values, t));
                lab.save(t);
            }
        }
    }
}
