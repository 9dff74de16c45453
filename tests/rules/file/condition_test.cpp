#include "rules/file/condition.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace tocsin::rules;

namespace {

Line line(std::string_view text) {
    const auto parsed = parse_line(text);
    REQUIRE(parsed);
    return parsed.value();
}

Condition condition(std::string_view when, double clear) {
    const auto made = Condition::with_distance(line(when), clear);
    REQUIRE(made);
    return made.value();
}

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("each comparison holds on its own side of the line and never for NaN") {
    struct Case {
        const char* text;
        std::vector<double> in;
        std::vector<double> out;
    };
    const std::vector<Case> cases{
        {"> 80", {80.1, kInf}, {80, -1, -kInf, kNaN}},
        {">= 80", {80, 81}, {79.9, kNaN}},
        {"< 5", {4.9, -kInf}, {5, 6, kNaN}},
        {"<= 5", {5, -3}, {5.1, kNaN}},
        {"== 1", {1}, {0, 2, kNaN}},
        {"!= 1", {0, 2, kInf}, {1, kNaN}},
        {"outside 10..20", {9.9, 20.1}, {10, 15, 20, kNaN}},
        {"inside 10..20", {10, 15, 20}, {9.9, 20.1, kNaN}},
        {">-1.5e3", {-1499}, {-1500}},
        {"  inside  -2 .. -1 ", {-2, -1.5}, {0, -3}},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        for (const double v : c.in) CHECK(line(c.text).holds(v));
        for (const double v : c.out) CHECK_FALSE(line(c.text).holds(v));
        CHECK(line(line(c.text).text()) == line(c.text));
    }
}

TEST_CASE("what is no condition is refused with the grammar") {
    for (const char* text : {"", "80", "=> 80", "> ", "> x", "> NaN", "> +Inf", "between 1..2",
                             "inside 1", "inside 2..1", "outside ..", "> 80 or < 3"}) {
        INFO(text);
        CHECK_FALSE(parse_line(text));
    }
}

// semantics 1.2: `> T` leaves at v <= T - c, `< T` at v >= T + c, `outside A..B` at
// A + c <= v <= B - c; the others by the same rule, the negation moved by c.
TEST_CASE("a distance clears on the healthy side") {
    struct Case {
        const char* when;
        double clear;
        std::vector<double> cleared;
        std::vector<double> kept;
    };
    const std::vector<Case> cases{
        {"> 80", 3, {77, 0, -kInf}, {77.1, 80, 81, kNaN}},
        {"> 80", 0, {80, 79}, {80.1}},
        {">= 80", 3, {76.9}, {77, 80}},
        {"< 5", 2, {7, 8}, {6.9, 5, 4, kNaN}},
        {"<= 5", 2, {7.1}, {7, 5}},
        {"outside 10..20", 2, {12, 15, 18}, {11.9, 18.1, 10, 9, kNaN}},
        {"inside 10..20", 2, {7.9, 22.1}, {8, 22, 15, kNaN}},
        {"== 1", 0, {}, {}},
    };
    for (const Case& c : cases) {
        if (std::string(c.when) == "== 1") continue;
        INFO(c.when << " clear " << c.clear);
        const Condition made = condition(c.when, c.clear);
        for (const double v : c.cleared) CHECK(made.cleared(v));
        for (const double v : c.kept) CHECK_FALSE(made.cleared(v));
    }
    CHECK(Condition(line("== 1")).cleared(0));
    CHECK_FALSE(Condition(line("== 1")).cleared(1));
    CHECK(Condition(line("!= 1")).cleared(1));
}

TEST_CASE("a clear line of its own wins and may not overlap the entry") {
    const auto made = Condition::with_line(line("> 92"), line("<= 88"));
    REQUIRE(made);
    CHECK(made.value().cleared(88));
    CHECK_FALSE(made.value().cleared(88.5));
    CHECK_FALSE(Condition::with_line(line("> 92"), line("< 93")));
    CHECK(Condition::with_line(line("> 92"), line("<= 92")));
    CHECK_FALSE(Condition::with_line(line("outside 10..20"), line("inside 12..21")));
    CHECK(Condition::with_line(line("outside 10..20"), line("inside 12..18")));
}

TEST_CASE("subsets and crossing clear lines are judged over every value") {
    CHECK(is_subset(condition("> 92", 0), condition("> 80", 0)));
    CHECK(is_subset(condition("> 80", 0), condition(">= 80", 0)));
    CHECK_FALSE(is_subset(condition(">= 80", 0), condition("> 80", 0)));
    CHECK_FALSE(is_subset(condition("< 92", 0), condition("> 80", 0)));
    CHECK(is_subset(condition("outside 0..90", 0), condition("outside 5..70", 0)));
    CHECK_FALSE(is_subset(condition("outside 6..90", 0), condition("outside 5..70", 0)));
    CHECK(is_subset(condition("> 90", 0), condition("outside 5..70", 0)));
    CHECK_FALSE(clear_crosses(condition("> 92", 3), condition("> 80", 3)));
    CHECK_FALSE(clear_crosses(condition("> 92", 12), condition("> 80", 3)));
    CHECK(clear_crosses(condition("> 92", 12.5), condition("> 80", 3)));
    CHECK(clear_crosses(condition("< 5", 6), condition("< 10", 0)));
}
