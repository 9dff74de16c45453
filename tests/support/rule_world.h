// A history, a series table and rule files over them, moved minute by minute.
#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "rules/alert/rule_set.h"
#include "rules/history/history.h"

namespace tocsin::rules::testing {

inline constexpr Timestamp kWorldStart = from_unix_ms(1'800'000'000'000);

inline Instant world_instant(int minute) {
    return {kWorldStart + Duration(1min) * minute, Duration(1h) + Duration(1min) * minute};
}

inline std::string read_text(const std::string& path) {
    std::ifstream in(path);
    REQUIRE(in);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

inline RuleFile file_of(const std::string& text, const std::string& path = "test.yml") {
    Diagnostics diagnostics(path);
    RuleFile file = parse_rule_file(text, RuleFileOptions{}, diagnostics);
    INFO(diagnostics.text());
    REQUIRE_FALSE(diagnostics.has_errors());
    return file;
}

struct World {
    SeriesTable series;
    History history{HistoryOptions{Duration(1h), Bytes{8ULL * 1024 * 1024}}};
    std::string failing;  // the metric whose collector fails

    RuleSet make(std::vector<RuleFile> files) {
        RuleSetOptions options;
        options.external = Labels{{"host", "web-1"}};
        options.external_url = "http://127.0.0.1:9841";
        auto made = RuleSet::create(std::move(files), options, history, series);
        INFO((made ? "" : made.error().message));
        REQUIRE(made);
        return std::move(made.value());
    }
    void put(const Labels& labels, int minute, double v) {
        history.append(series.get(nullptr, labels), world_instant(minute).wall, v);
    }
    std::vector<Transition> evaluate(RuleSet& rules, int minute) {
        std::vector<Transition> out;
        const SourceFailing fails = [this](std::string_view metric) { return metric == failing; };
        for (std::size_t g = 0; g < rules.groups(); ++g) {
            const auto result = rules.evaluate(g, world_instant(minute), fails, out);
            failures += result.failures;
        }
        return out;
    }
    std::size_t failures = 0;
};

}  // namespace tocsin::rules::testing
