#include "rules/file/condition.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "base/core/strings.h"

namespace tocsin::rules {
namespace {

constexpr std::string_view kGrammar =
    "write > >= < <= == or != and a number, or outside A..B, or inside A..B";

// Longest first, so that ">=" is not read as ">" and a stray "=".
constexpr std::array<std::pair<std::string_view, Comparison>, 6> kOperators{{
    {">=", Comparison::kAtLeast},
    {"<=", Comparison::kAtMost},
    {"==", Comparison::kEqual},
    {"!=", Comparison::kNotEqual},
    {">", Comparison::kAbove},
    {"<", Comparison::kBelow},
}};

Error grammar_error(std::string_view text) {
    return Error(ErrorCode::kInvalid,
                 "\"" + std::string(text) + "\" is no condition; " + std::string(kGrammar));
}

Result<double> number(std::string_view text) {
    const auto v = parse_double(trim(text));
    if (!v || !std::isfinite(*v)) {
        return Error(ErrorCode::kInvalid, "\"" + std::string(trim(text)) +
                                              "\" is no finite number; " + std::string(kGrammar));
    }
    return *v;
}

Result<Line> parse_span(Comparison op, std::string_view text) {
    const auto dots = text.find("..");
    if (dots == std::string_view::npos) return grammar_error(text);
    TOCSIN_TRY(const double low, number(text.substr(0, dots)));
    TOCSIN_TRY(const double high, number(text.substr(dots + 2)));
    if (!(low <= high)) {
        return Error(ErrorCode::kInvalid, "the first number of " + format_double(low) + ".." +
                                              format_double(high) + " must be the smaller one");
    }
    return Line{op, low, high};
}

// Values that stand for every stretch between the boundaries, the boundaries themselves and what
// lies beyond them: a set made of intervals is decided by these.
std::vector<double> probes(std::span<const Condition* const> conditions) {
    std::vector<double> edges;
    for (const Condition* c : conditions) c->boundaries(edges);
    std::sort(edges.begin(), edges.end());
    std::vector<double> out{-std::numeric_limits<double>::infinity(),
                            std::numeric_limits<double>::infinity()};
    for (std::size_t i = 0; i < edges.size(); ++i) {
        out.push_back(edges[i]);
        if (i + 1 < edges.size()) out.push_back(edges[i] + (edges[i + 1] - edges[i]) / 2);
    }
    return out;
}

}  // namespace

bool Line::holds(double v) const {
    if (std::isnan(v)) return false;
    switch (op) {
        case Comparison::kAbove:
            return v > a;
        case Comparison::kAtLeast:
            return v >= a;
        case Comparison::kBelow:
            return v < a;
        case Comparison::kAtMost:
            return v <= a;
        case Comparison::kEqual:
            return v == a;
        case Comparison::kNotEqual:
            return v != a;
        case Comparison::kOutside:
            return v < a || v > b;
        case Comparison::kInside:
            return v >= a && v <= b;
    }
    return false;
}

std::string Line::text() const {
    if (op == Comparison::kOutside || op == Comparison::kInside) {
        return std::string(op == Comparison::kOutside ? "outside " : "inside ") + format_double(a) +
               ".." + format_double(b);
    }
    for (const auto& [sign, comparison] : kOperators) {
        if (comparison == op) return std::string(sign) + " " + format_double(a);
    }
    return {};
}

Result<Line> parse_line(std::string_view text) {
    const std::string_view t = trim(text);
    if (t.starts_with("outside ")) return parse_span(Comparison::kOutside, t.substr(8));
    if (t.starts_with("inside ")) return parse_span(Comparison::kInside, t.substr(7));
    for (const auto& [sign, comparison] : kOperators) {
        if (!t.starts_with(sign)) continue;
        TOCSIN_TRY(const double v, number(t.substr(sign.size())));
        return Line{comparison, v, 0};
    }
    return grammar_error(t);
}

Result<Condition> Condition::with_distance(Line when, double distance) {
    if (!std::isfinite(distance) || distance < 0) {
        return Error(ErrorCode::kInvalid,
                     "clear is a distance back from the level's line and "
                     "can't be " +
                         format_double(distance));
    }
    if (when.op == Comparison::kEqual || when.op == Comparison::kNotEqual) {
        return Error(ErrorCode::kInvalid,
                     "a distance in clear has no meaning for \"" + when.text() +
                         "\"; leave clear out, or give a condition of its own");
    }
    if (when.op == Comparison::kOutside && when.a + distance > when.b - distance) {
        return Error(ErrorCode::kInvalid, "clear " + format_double(distance) +
                                              " leaves no value inside " + format_double(when.a) +
                                              ".." + format_double(when.b) + " that would clear");
    }
    Condition c(when);
    c.distance_ = distance;
    return c;
}

Result<Condition> Condition::with_line(Line when, Line clear) {
    if (when.op == Comparison::kEqual || when.op == Comparison::kNotEqual) {
        return Error(ErrorCode::kInvalid,
                     "clear has no meaning for \"" + when.text() + "\"; leave it out");
    }
    Condition c(when);
    c.clear_ = clear;
    c.own_line_ = true;
    const Condition* const self = &c;
    for (const double v : probes({&self, 1})) {
        if (when.holds(v) && clear.holds(v)) {
            return Error(ErrorCode::kInvalid, "clear \"" + clear.text() + "\" and when \"" +
                                                  when.text() +
                                                  "\" overlap, so the level would flap between");
        }
    }
    return c;
}

Result<Condition> Condition::moved_to(Line when) const {
    if (own_line_) return with_line(when, clear_);
    if (distance_ != 0) return with_distance(when, distance_);
    return Condition(when);
}

bool Condition::cleared(double v) const {
    if (own_line_) return clear_.holds(v);
    if (std::isnan(v)) return false;
    const double c = distance_;
    switch (when_.op) {
        case Comparison::kAbove:
            return v <= when_.a - c;
        case Comparison::kAtLeast:
            return v < when_.a - c;
        case Comparison::kBelow:
            return v >= when_.a + c;
        case Comparison::kAtMost:
            return v > when_.a + c;
        case Comparison::kEqual:
            return v != when_.a;
        case Comparison::kNotEqual:
            return v == when_.a;
        case Comparison::kOutside:
            return v >= when_.a + c && v <= when_.b - c;
        case Comparison::kInside:
            return v < when_.a - c || v > when_.b + c;
    }
    return false;
}

std::string Condition::clear_text() const {
    if (own_line_) return clear_.text();
    const double c = distance_;
    switch (when_.op) {
        case Comparison::kAbove:
            return Line{Comparison::kAtMost, when_.a - c, 0}.text();
        case Comparison::kAtLeast:
            return Line{Comparison::kBelow, when_.a - c, 0}.text();
        case Comparison::kBelow:
            return Line{Comparison::kAtLeast, when_.a + c, 0}.text();
        case Comparison::kAtMost:
            return Line{Comparison::kAbove, when_.a + c, 0}.text();
        case Comparison::kEqual:
            return Line{Comparison::kNotEqual, when_.a, 0}.text();
        case Comparison::kNotEqual:
            return Line{Comparison::kEqual, when_.a, 0}.text();
        case Comparison::kOutside:
            return Line{Comparison::kInside, when_.a + c, when_.b - c}.text();
        case Comparison::kInside:
            return Line{Comparison::kOutside, when_.a - c, when_.b + c}.text();
    }
    return {};
}

void Condition::boundaries(std::vector<double>& out) const {
    const auto add = [&out](const Line& line, double moved) {
        out.push_back(line.a - moved);
        out.push_back(line.a + moved);
        if (line.op == Comparison::kOutside || line.op == Comparison::kInside) {
            out.push_back(line.b - moved);
            out.push_back(line.b + moved);
        }
    };
    add(when_, 0);
    if (own_line_) {
        add(clear_, 0);
    } else {
        add(when_, distance_);
    }
}

bool is_subset(const Condition& worse, const Condition& milder) {
    const std::array<const Condition*, 2> both{&worse, &milder};
    const std::vector<double> values = probes(both);
    return std::all_of(values.begin(), values.end(),
                       [&](double v) { return !worse.holds(v) || milder.holds(v); });
}

bool clear_crosses(const Condition& worse, const Condition& milder) {
    const std::array<const Condition*, 2> both{&worse, &milder};
    const std::vector<double> values = probes(both);
    return std::any_of(values.begin(), values.end(),
                       [&](double v) { return !worse.cleared(v) && !milder.holds(v); });
}

}  // namespace tocsin::rules
