// Series in the notation of Prometheus's own tests ("1+2x10 _ stale NaN"), loaded into a History.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/core/strings.h"
#include "base/model/series.h"
#include "rules/history/history.h"
#include "rules/promql/ast.h"

namespace tocsin::test {

struct SeriesText {
    std::string_view series;  // metric{label="value"}
    std::string_view values;
};

// A value, or nothing where the sample is left out.
struct Step {
    bool present;
    double v;
};

inline double number(std::string_view text) {
    const auto v = parse_double(text);
    INFO("number '" << text << "'");
    REQUIRE(v.has_value());
    return *v;
}

// "a", "axn" (n+1 times), "a+bxn", "a-bxn", "_", "_xn", "stale".
inline void expand(std::string_view word, std::vector<Step>& out) {
    if (word == "stale") {
        out.push_back({true, kStaleNaN});
        return;
    }
    const auto times = word.rfind('x');
    if (word.front() == '_') {
        const int n =
            times == std::string_view::npos ? 1 : static_cast<int>(number(word.substr(times + 1)));
        for (int i = 0; i < n; ++i) out.push_back({false, 0});
        return;
    }
    if (times == std::string_view::npos) {
        out.push_back({true, number(word)});
        return;
    }
    const std::string_view shape = word.substr(0, times);
    const auto sign = shape.find_first_of("+-", 1);
    double v = number(shape.substr(0, sign));
    const double step = sign == std::string_view::npos ? 0 : number(shape.substr(sign));
    const int n = static_cast<int>(number(word.substr(times + 1)));
    for (int i = 0; i <= n; ++i) {
        out.push_back({true, v});
        v += step;
    }
}

inline std::vector<Step> steps(std::string_view text) {
    std::vector<Step> out;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (end > 0) expand(text.substr(0, end), out);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

inline Labels parse_series(std::string_view text) {
    const auto parsed = rules::promql::parse(text);
    INFO("series " << text);
    REQUIRE(parsed.index() == 0);
    const auto& selector = std::get<rules::promql::Selector>(std::get<0>(parsed)->node);
    LabelsBuilder builder;
    for (const Matcher& m : selector.matchers) builder.set(m.name().view(), m.value());
    return builder.build();
}

// Loads in the order of time, one sample an interval from time zero on.
inline void load(rules::History& history, SeriesTable& table, Duration interval,
                 const std::vector<SeriesText>& series) {
    struct Loaded {
        SeriesRef ref;
        std::vector<Step> steps;
    };
    std::vector<Loaded> all;
    std::size_t longest = 0;
    for (const SeriesText& s : series) {
        Loaded l{table.get(nullptr, parse_series(s.series)), steps(s.values)};
        longest = std::max(longest, l.steps.size());
        all.push_back(std::move(l));
    }
    for (std::size_t i = 0; i < longest; ++i) {
        const Timestamp t = from_unix_ms(0) + interval * static_cast<std::int64_t>(i);
        for (const Loaded& l : all) {
            if (i < l.steps.size() && l.steps[i].present) history.append(l.ref, t, l.steps[i].v);
        }
    }
}

}  // namespace tocsin::test
