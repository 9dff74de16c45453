// Debian's promtool, which holds Prometheus 2.42's own engine, judges our results: what we compute
// for a corpus of expressions is written as the expectation of a `promtool test rules` file, and
// promtool passes only when every label set and every bit of every value is the same.
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "rules/promql/engine.h"
#include "tests/support/promql_load.h"

using namespace tocsin;
using namespace tocsin::rules;
using namespace tocsin::rules::promql;

namespace {

constexpr auto kInterval = 30s;

const std::vector<test::SeriesText> kSeries = {
    {R"(requests_total{job="api", instance="0", path="/a"})", "0+7.5x120"},
    {R"(requests_total{job="api", instance="1", path="/a"})", "100+10x40 0+3x79"},
    {R"(requests_total{job="api", instance="1", path="/b"})", "3+1x50 _x10 60+1x60"},
    {R"(requests_total{job="db", instance="0", path="/a"})", "0x30 5x10 5+0.1x80"},
    {R"(requests_total{job="db", instance="2", path="/c"})", "1+2x60 stale _x20 7+2x39"},
    {R"(gauge{job="api", instance="0"})", "5 3 8 -2 NaN 4 4 4 9.25 -7.5x20 1+0.3x100"},
    {R"(gauge{job="api", instance="1"})", "Inf 3 -Inf 2 2x40 10-0.25x80"},
    {R"(gauge{job="db", instance="0"})", "0.1+0.1x120"},
    {R"(gauge{job="db", instance="2"})", "1000000-12345.678x120"},
    {R"(limit{job="api"})", "20x120"},
    {R"(limit{job="db"})", "2.5x120"},
    {R"(info{instance="0", version="1.2", zone="east"})", "1x120"},
    {R"(info{instance="1", version="1.3"})", "1x120"},
    {R"(info{instance="2", version="1.2", zone="west"})", "1x60 stale 1x58"},
    {R"(nans{a="1"})", "NaNx120"},
    {R"(nans{a="2"})", "2x120"},
    {R"(nans{a="3"})", "-3x120"},
    {R"(infs{a="1"})", "Infx120"},
    {R"(infs{a="2"})", "-Infx120"},
    {R"(infs{a="3"})", "1x120"},
    {R"(latency_bucket{job="api", le="0.1"})", "0+1x120"},
    {R"(latency_bucket{job="api", le="0.5"})", "0+4x120"},
    {R"(latency_bucket{job="api", le="1"})", "0+4.5x120"},
    {R"(latency_bucket{job="api", le="+Inf"})", "0+5x120"},
    {R"(latency_bucket{job="db", le="-1"})", "0+1x120"},
    {R"(latency_bucket{job="db", le="0"})", "0+2x120"},
    {R"(latency_bucket{job="db", le="10"})", "0+2x120"},
    {R"(latency_bucket{job="db", le="+Inf"})", "0+3x120"},
    {R"(latency_bucket{job="bad", le="1"})", "0+2x120"},
    {R"(latency_bucket{job="bad", le="x"})", "0+2x120"},
    {R"(latency_bucket{job="odd", le="1"})", "0+3x120"},
    {R"(latency_bucket{job="odd", le="2"})", "0+2x120"},
    {R"(latency_bucket{job="odd", le="2.0"})", "0+2x120"},
    {R"(latency_bucket{job="odd", le="+Inf"})", "0+8x120"},
    {R"(once)", "_x10 42"},
    {R"(gaps)", "1 _x8 2 _x8 3 _x12 4 _x3 5x40"},
    {R"(stamp)", "1136239445x60 1709164800x60"},
    {R"(text{path="/var/log/app.log", host="web-01.example.org"})", "1x120"},
    {R"(text{path="", host="db-02"})", "2x120"},
    {R"(dup_a{x="1"})", "1x120"},
    {R"(dup_b{x="1"})", "2x120"},
};

std::vector<std::string> lines(const std::string& name) {
    std::ifstream in(std::string(TOCSIN_FIXTURES) + "/rules/promql/" + name);
    REQUIRE(in.good());
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line.front() != '#') out.push_back(line);
    }
    return out;
}

std::string yaml_number(double v) {
    if (std::isinf(v)) return v > 0 ? ".inf" : "-.inf";
    return format_double(v);
}

std::string yaml_text(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') out += '\'';
        out += c;
    }
    return out + "'";
}

bool has_nan(const Vector& v) {
    return std::any_of(v.begin(), v.end(), [](const VectorSample& s) { return std::isnan(s.v); });
}

// One by one: promtool reads no "NaNx5".
std::string step_text(const test::Step& step) {
    if (!step.present) return "_";
    return is_stale(step.v) ? "stale" : format_double(step.v);
}

std::string header() {
    std::string out =
        "rule_files: []\nevaluation_interval: 1m\ntests:\n- interval: 30s\n  input_series:\n";
    for (const auto& s : kSeries) {
        out += "  - series: " + yaml_text(std::string(s.series)) + "\n    values: '";
        for (const test::Step& step : test::steps(s.values)) out += step_text(step) + " ";
        out += "'\n";
    }
    return out + "  promql_expr_test:\n";
}

std::string run(const std::string& file, int& status) {
    std::string out;
    FILE* pipe = ::popen(("promtool test rules " + file + " 2>&1").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::array<char, 4096> buffer{};
    for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
        out.append(buffer.data(), n);
    }
    status = WEXITSTATUS(::pclose(pipe));
    return out;
}

// Which two series of which group a duplicate is reported for depends on a hash's order there.
std::string without_series(const std::string& text) {
    static const std::regex group(R"(match group \{[^}]*\})");
    static const std::regex pair(R"(\[\{[^\]]*\])");
    return std::regex_replace(std::regex_replace(text, group, "match group {}"), pair, "[]");
}

bool promtool_missing() {
    if (std::filesystem::exists("/usr/bin/promtool")) return false;
    WARN("SKIP: promtool is not installed (Debian's package prometheus)");
    return true;
}

std::string temporary(const std::string& name) {
    return (std::filesystem::path(TOCSIN_BINARY_DIR) / name).string();
}

}  // namespace

TEST_CASE("promtool finds every result of the corpus equal to Prometheus's own") {
    if (promtool_missing()) return;
    SeriesTable table;
    History history({.keep = 24h, .limit = Bytes{64 << 20}});
    test::load(history, table, kInterval, kSeries);
    const auto corpus = lines("corpus.promql");
    REQUIRE(corpus.size() >= 150);
    std::string yaml = header();
    for (const std::string& expr : corpus) {
        for (const auto t : {0min, 7min, 21min, 33min, 59min}) {
            INFO(expr << " at " << t.count() << "m");
            const auto evaluate = [&](const std::string& text) {
                auto query = Query::prepare(text, history);
                INFO((query ? "" : query.error().message));
                REQUIRE(query.has_value());
                auto value = query.value().at(from_unix_ms(0) + t);
                INFO((value ? "" : value.error().message));
                REQUIRE(value.has_value());
                // promtool takes a scalar as a vector of one without labels.
                if (const auto* s = std::get_if<Scalar>(&value.value())) {
                    return Vector{{{}, s->t, s->v}};
                }
                return std::get<Vector>(value.value());
            };
            std::string text = expr;
            Vector result = evaluate(text);
            if (has_nan(result)) {
                // NaN equals nothing, so promtool cannot expect it: ask where it is instead.
                text = "(" + expr + ") != bool (" + expr + ")";
                result = evaluate(text);
            }
            yaml += "  - expr: " + yaml_text(text) +
                    "\n    eval_time: " + std::to_string(t.count()) + "m\n    exp_samples:\n";
            for (const VectorSample& s : result) {
                yaml += "    - labels: " + yaml_text(s.labels.text()) +
                        "\n      value: " + yaml_number(s.v) + "\n";
            }
        }
    }
    // It loads samples only up to the last evaluation; negative offsets want them all.
    yaml +=
        "  - expr: vector(1)\n    eval_time: 65m\n    exp_samples: [{labels: '{}', value: 1}]\n";
    const std::string file = temporary("promtool_corpus.yml");
    std::ofstream(file) << yaml;
    int status = 0;
    const std::string output = run(file, status);
    INFO(output.substr(0, 20'000));
    REQUIRE(status == 0);
    REQUIRE(output.find("SUCCESS") != std::string::npos);
}

TEST_CASE("promtool fails on the same expressions in the same words") {
    if (promtool_missing()) return;
    SeriesTable table;
    History history({.keep = 24h, .limit = Bytes{64 << 20}});
    test::load(history, table, kInterval, kSeries);
    for (const std::string& expr : lines("errors.promql")) {
        INFO(expr);
        auto query = Query::prepare(expr, history);
        std::string ours;
        if (!query) {
            ours = query.error().message;
        } else {
            const auto value = query.value().at(from_unix_ms(0) + 20min);
            REQUIRE_FALSE(value.has_value());
            ours = value.error().message;
        }
        const std::string file = temporary("promtool_error.yml");
        std::ofstream(file) << header() << "  - expr: " << yaml_text(expr)
                            << "\n    eval_time: 20m\n    exp_samples: []\n";
        int status = 0;
        const std::string output = run(file, status);
        INFO("ours:     " << ours);
        INFO("promtool: " << output);
        CHECK(status != 0);
        CHECK(without_series(output).find(without_series(ours)) != std::string::npos);
    }
}
