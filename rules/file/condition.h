// What a level's `when` and `clear` say about a value. Pure values; no allocation.
//
// The grammar (semantics 1.2): `> T`, `>= T`, `< T`, `<= T`, `== T`, `!= T`, `outside A..B`,
// `inside A..B`. A `clear` is a distance on the healthy side or a condition of its own.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"

namespace tocsin::rules {

enum class Comparison {
    kAbove,     // > a
    kAtLeast,   // >= a
    kBelow,     // < a
    kAtMost,    // <= a
    kEqual,     // == a
    kNotEqual,  // != a
    kOutside,   // v < a or v > b
    kInside,    // a <= v <= b
};

// One line drawn through the numbers. NaN is on neither side: it never holds.
struct Line {
    Comparison op = Comparison::kAbove;
    double a = 0;
    double b = 0;  // of kOutside and kInside

    [[nodiscard]] bool holds(double v) const;
    [[nodiscard]] std::string text() const;  // "> 80", "outside 10..20"; parses back
    bool operator==(const Line&) const = default;
};

// kInvalid says what is wrong and shows the grammar.
Result<Line> parse_line(std::string_view text);

// A level's condition with its way back. `holds` is the raw condition that enters; `cleared` is
// what a held level must see to be left. Between the two a held level stays and an open one does
// not enter.
class Condition {
  public:
    // Leaves where `when` no longer holds.
    explicit Condition(Line when) : when_(when), distance_(0) {}

    // `distance` points back on the healthy side: the negation of `when`, moved by so much.
    // kInvalid for == and !=, for a negative distance, and where nothing healthy would be left.
    static Result<Condition> with_distance(Line when, double distance);
    // kInvalid when some value would both enter and clear, so that the level would flap on it.
    static Result<Condition> with_line(Line when, Line clear);

    // The same way back from another line.
    Result<Condition> moved_to(Line when) const;

    [[nodiscard]] bool holds(double v) const { return when_.holds(v); }
    [[nodiscard]] bool cleared(double v) const;

    const Line& when() const { return when_; }
    std::string clear_text() const;  // "<= 77", "between 12 and 18"
    // Every number at which either answer may change, for checks over all values.
    void boundaries(std::vector<double>& out) const;

  private:
    Line when_;
    double distance_;  // unless own_line_
    Line clear_{};     // of its own
    bool own_line_ = false;
};

// Whether every value that holds in `worse` holds in `milder` too.
bool is_subset(const Condition& worse, const Condition& milder);
// Whether `worse` may still be held at a value where `milder` would not even be entered: its clear
// line lies beyond the next level's.
bool clear_crosses(const Condition& worse, const Condition& milder);

}  // namespace tocsin::rules
