// Results worked out by hand from Prometheus's documentation. What promtool can judge is in
// promtool/; here is what it cannot: series that come and go, steps, places and shapes.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "base/core/strings.h"
#include "rules/promql/engine.h"
#include "tests/support/promql_load.h"

using namespace tocsin;
using namespace tocsin::rules;
using namespace tocsin::rules::promql;

namespace {

struct Fixture {
    SeriesTable table;
    History history{{.keep = 24h, .limit = Bytes{64 << 20}}};

    void load(const std::vector<test::SeriesText>& series, Duration interval = 1min) {
        test::load(history, table, interval, series);
    }
    void append(std::string_view series, Duration t, double v) {
        REQUIRE(
            history.append(table.get(nullptr, test::parse_series(series)), from_unix_ms(0) + t, v));
    }
};

std::string text(const Vector& v) {
    std::vector<std::string> rows;
    for (const VectorSample& s : v) rows.push_back(s.labels.text() + " " + format_double(s.v));
    std::sort(rows.begin(), rows.end());
    std::string out;
    for (const std::string& row : rows) out += (out.empty() ? "" : "; ") + row;
    return out;
}

std::string text(const Result<Value>& value) {
    if (!value) return "error: " + value.error().message;
    if (const auto* s = std::get_if<Scalar>(&value.value())) return format_double(s->v);
    if (const auto* s = std::get_if<String>(&value.value())) return quote(s->v);
    if (const auto* v = std::get_if<Vector>(&value.value())) return text(*v);
    std::string out;
    for (const MatrixSeries& m : std::get<Matrix>(value.value())) {
        out += m.labels.text() + " [";
        for (const Sample& s : m.samples) {
            out += " " + format_double(s.v) + "@" + format_double(to_unix_seconds(s.t));
        }
        out += " ]";
    }
    return out;
}

Query prepared(std::string_view expr, History& history) {
    auto query = Query::prepare(expr, history);
    INFO(expr << ": " << (query ? "" : query.error().message));
    REQUIRE(query.has_value());
    return std::move(query).value();
}

std::string eval(Fixture& f, std::string_view expr, Duration t) {
    return text(prepared(expr, f.history).at(from_unix_ms(0) + t));
}

struct Case {
    std::string_view expr;
    std::string_view expected;
};

void check(Fixture& f, Duration t, const std::vector<Case>& cases) {
    for (const Case& c : cases) {
        INFO(c.expr);
        CHECK(eval(f, c.expr, t) == c.expected);
    }
}

}  // namespace

TEST_CASE("rates extrapolate to the window's ends and see through resets") {
    Fixture f;
    // A sample a minute, 60 more each: one a second.
    f.load({{"up", "0+60x10"}, {"reset", "0 60 120 0 60 120 180"}, {"late", "_x5 600 660 720"}});
    check(f, 10min,
          {{"rate(up[5m])", "{} 1"},
           {"increase(up[5m])", "{} 300"},
           {"irate(up[5m])", "{} 1"},
           {"delta(up[5m])", "{} 300"},
           {"idelta(up[5m])", "{} 60"},
           {"rate(up[30s])", ""},
           // Nine minutes and a half from the first sample to the end of the window: half an
           // interval at each side where the samples end.
           {"increase(up[5m] offset 30s)", "{} 300"}});
    // 0 60 120 | 0 60 120 180: 120 + 0 + 180 over six minutes, reaching both ends.
    check(f, 6min, {{"increase(reset[6m])", "{} 300"}, {"resets(reset[6m])", "{} 1"}});
    // 120 in two minutes; before the first there is more than 1.1 intervals, so half of one.
    check(f, 7min, {{"increase(late[6m])", "{} 150"}});
}

TEST_CASE("a counter is not extrapolated below zero") {
    Fixture f;
    f.append("c", 30s, 10);
    f.append("c", 40s, 20);
    f.append("c", 50s, 30);
    // 1/s, so zero was ten seconds before: 20 over 20 s becomes 30 over 30. A gauge gets half an
    // interval.
    check(f, 50s, {{"increase(c[50s])", "{} 30"}, {"delta(c[50s])", "{} 25"}});
    Fixture g;
    g.append("c", 30s, 1);
    g.append("c", 40s, 21);
    g.append("c", 50s, 41);
    // 2/s, so zero was half a second before: 40 over 20 s becomes 41 over 20.5.
    check(g, 50s, {{"increase(c[35s])", "{} 41"}, {"delta(c[35s])", "{} 50"}});
}

TEST_CASE("a sample counts for the lookback, both ends of a range, and until it is marked stale") {
    Fixture f;
    f.append("x", 0s, 1);
    f.append("y", 0s, 1);
    f.append("y", 60s, kStaleNaN);
    check(f, 300s, {{"x", "x 1"}, {"y", ""}, {"count_over_time(x[5m])", "{} 1"}});
    check(f, 300'001ms, {{"x", ""}, {"count_over_time(x[5m])", ""}});
    check(f, 59'999ms, {{"y", "y 1"}});
    check(f, 60s, {{"y", ""}, {"count_over_time(y[5m])", "{} 1"}, {"absent(y)", "{} 1"}});

    auto query = Query::prepare("x", f.history, {.lookback = 10s});
    REQUIRE(text(query.value().at(from_unix_ms(10'000))) == "x 1");
    REQUIRE(text(query.value().at(from_unix_ms(10'001))).empty());
}

TEST_CASE("names are dropped where Prometheus drops them") {
    Fixture f;
    f.load({{R"(a{x="1"})", "2x10"}, {R"(b{x="1"})", "3x10"}});
    check(f, 5min,
          {{"a + b", R"({x="1"} 5)"},
           {"a < b", R"(a{x="1"} 2)"},
           {"a < bool b", R"({x="1"} 1)"},
           {"a < on (x) b", R"({x="1"} 2)"},
           {"a and b", R"(a{x="1"} 2)"},
           {"a and ignoring (__name__) b", R"(a{x="1"} 2)"},
           {"a and on (x) b", R"(a{x="1"} 2)"},
           {"-a", R"({x="1"} -2)"},
           {"+a", R"(a{x="1"} 2)"},
           {"last_over_time(a[2m])", R"(a{x="1"} 2)"},
           {"max_over_time(a[2m])", R"({x="1"} 2)"},
           {"topk(1, {x=\"1\"})", R"(b{x="1"} 3)"},
           {"sum by (__name__) (a)", "a 2"},
           {"1 < a", R"(a{x="1"} 2)"}});
}

TEST_CASE("strings, scalars and matrices are values too") {
    Fixture f;
    f.load({{"x", "1 2 3"}});
    check(f, 2min,
          {{R"("a\tb")", R"("a\tb")"},
           {"(1 + 2) * 3", "9"},
           {"time()", "120"},
           {"x[1m]", "x [ 2@60 3@120 ]"},
           {"x[1m] offset 1m", "x [ 1@0 2@60 ]"},
           {"x[2m:1m]", "x [ 1@0 2@60 3@120 ]"},
           {"x[2m:1m] @ 60", "x [ 1@0 2@60 ]"}});
    REQUIRE(prepared("1", f.history).type() == ValueType::kScalar);
    REQUIRE(prepared("x[1m]", f.history).type() == ValueType::kMatrix);
    REQUIRE(prepared("x", f.history).type() == ValueType::kVector);
    REQUIRE(prepared("'x'", f.history).type() == ValueType::kString);
}

TEST_CASE("a prepared query follows series as they come, go and come back") {
    Fixture f;
    History& h = f.history;
    const std::vector<std::pair<std::string_view, std::vector<std::string_view>>> cases = {
        {"v", {R"(v{x="1"} 1)", R"(v{x="1"} 1; v{x="2"} 2)", R"(v{x="2"} 2)"}},
        {"sum by (x) (v) * 10", {R"({x="1"} 10)", R"({x="1"} 10; {x="2"} 20)", R"({x="2"} 20)"}},
        {"v + on (x) v", {R"({x="1"} 2)", R"({x="1"} 2; {x="2"} 4)", R"({x="2"} 4)"}},
        {"v * on () group_left (y) w",
         {R"({x="1", y="a"} 5)", R"({x="1", y="b"} 6; {x="2", y="b"} 12)", R"({x="2", y="b"} 12)"}},
        {"v or w",
         {R"(v{x="1"} 1; w{y="a"} 5)", R"(v{x="1"} 1; v{x="2"} 2; w{y="b"} 6)",
          R"(v{x="2"} 2; w{y="b"} 6)"}},
        {"count_values(\"n\", v)", {R"({n="1"} 1)", R"({n="1"} 1; {n="2"} 1)", R"({n="2"} 1)"}},
        {"label_replace(v, \"z\", \"$1\", \"x\", \"(.*)\")",
         {R"(v{x="1", z="1"} 1)", R"(v{x="1", z="1"} 1; v{x="2", z="2"} 2)",
          R"(v{x="2", z="2"} 2)"}},
        {"count_over_time(v[1m:30s])", {R"({x="1"} 1)", R"({x="1"} 3; {x="2"} 1)", R"({x="2"} 3)"}},
        {"topk(1, v)", {R"(v{x="1"} 1)", R"(v{x="2"} 2)", R"(v{x="2"} 2)"}},
        {"absent(v{x=\"1\"})", {"", "", R"({x="1"} 1)"}},
    };
    std::vector<Query> queries;
    for (const auto& c : cases) queries.push_back(prepared(c.first, h));
    const auto look = [&](std::size_t phase, Duration t) {
        for (std::size_t i = 0; i < cases.size(); ++i) {
            INFO(cases[i].first << ", phase " << phase);
            CHECK(text(queries[i].at(from_unix_ms(0) + t)) == cases[i].second[phase]);
        }
    };
    f.append(R"(v{x="1"})", 60s, 1);
    f.append(R"(w{y="a"})", 60s, 5);
    look(0, 60s);
    f.append(R"(v{x="2"})", 120s, 2);
    f.append(R"(w{y="a"})", 120s, kStaleNaN);
    f.append(R"(w{y="b"})", 120s, 6);
    look(1, 120s);
    f.append(R"(v{x="1"})", 150s, kStaleNaN);
    look(2, 210s);
    // All of it is let go of and appears again.
    h.trim(from_unix_ms(0) + 48h);
    REQUIRE(h.series() == 0);
    for (std::size_t i = 0; i < cases.size(); ++i) {
        if (cases[i].first.starts_with("absent")) continue;
        INFO(cases[i].first);
        CHECK(text(queries[i].at(from_unix_ms(0) + 48h)).empty());
    }
    f.append(R"(w{y="a"})", 48h, 5);
    f.append(R"(v{x="1"})", 48h, 1);
    look(0, 48h);
}

TEST_CASE("a range query is an instant query a step") {
    Fixture f;
    f.load({{R"(v{x="1"})", "1+1x10"}, {R"(v{x="2"})", "_ _ 10+1x3"}});
    for (const std::string_view expr :
         {"v", "sum(v)", "rate(v[3m])", "v > 5", "count_values(\"n\", v)", "time()", "topk(1, v)",
          "v or vector(1)", "max_over_time(v[3m:1m])", "absent(v{x=\"2\"})"}) {
        INFO(expr);
        auto query = prepared(expr, f.history);
        auto instant = prepared(expr, f.history);
        const auto matrix = query.range(from_unix_ms(0), from_unix_ms(0) + 12min, 90s);
        REQUIRE(matrix.has_value());
        REQUIRE(std::is_sorted(
            matrix.value().begin(), matrix.value().end(),
            [](const MatrixSeries& a, const MatrixSeries& b) { return a.labels < b.labels; }));
        for (Duration t{0}; t <= 12min; t += 90s) {
            Vector column;
            for (const MatrixSeries& m : matrix.value()) {
                for (const Sample& s : m.samples) {
                    if (s.t == from_unix_ms(0) + t) column.push_back({m.labels, s.t, s.v});
                }
            }
            const auto value = instant.at(from_unix_ms(0) + t);
            if (const auto* s = std::get_if<Scalar>(&value.value())) {
                CHECK(text(column) == "{} " + format_double(s->v));
            } else {
                CHECK(text(column) == text(value));
            }
        }
    }
}

TEST_CASE("@ start() and end() are the range query's ends") {
    Fixture f;
    f.load({{"v", "0+1x20"}});
    auto query = prepared("v @ start() + 100 * v @ end()", f.history);
    const auto matrix = query.range(from_unix_ms(0) + 3min, from_unix_ms(0) + 9min, 3min);
    REQUIRE(matrix.value().size() == 1);
    for (const Sample& s : matrix.value()[0].samples) CHECK(s.v == 903);
}

TEST_CASE("a range query wants a step and a value that has one an instant") {
    Fixture f;
    f.load({{"v", "1"}});
    REQUIRE_FALSE(prepared("v", f.history).range(from_unix_ms(0), from_unix_ms(1), 0ms));
    const auto matrix = prepared("v[5m]", f.history).range(from_unix_ms(0), from_unix_ms(1), 1ms);
    REQUIRE(
        matrix.error().message ==
        R"(invalid expression type "range vector" for range query, must be Scalar or instant Vector)");
}

TEST_CASE("a query says how far back it looks, and its series are kept that long") {
    History history({.keep = 1min, .limit = Bytes{1 << 20}});
    SeriesTable table;
    struct Reach {
        std::string_view expr;
        Duration reach;
    };
    for (const Reach& c : std::vector<Reach>{{"1", 0s},
                                             {"v", 5min},
                                             {"v offset 1h", 65min},
                                             {"v offset -1h", 5min},
                                             {"rate(v[10m])", 10min},
                                             {"rate(v[10m] offset 1d)", 24h + 10min},
                                             {"max_over_time(rate(v[10m])[1h:] offset 1h)", 130min},
                                             {"v + rate(w[30m])", 30min}}) {
        INFO(c.expr);
        CHECK(prepared(c.expr, history).reach() == c.reach);
    }
    const auto query = prepared("v offset 1h", history);
    history.append(table.get(nullptr, Labels{{"__name__", "v"}}), from_unix_ms(0), 1);
    history.append(table.get(nullptr, Labels{{"__name__", "w"}}), from_unix_ms(0), 1);
    history.trim(from_unix_ms(0) + 64min);
    CHECK(history.series() == 1);
    history.trim(from_unix_ms(0) + 66min);
    CHECK(history.series() == 0);
}

TEST_CASE("an evaluation that would touch too many samples fails instead") {
    Fixture f;
    f.load({{"v", "1x100"}});
    const std::string words =
        "query processing would load too many samples into memory in query execution";
    for (const std::string_view expr :
         {"count_over_time(v[1y:1ms])", "max_over_time(sum_over_time(v[1h:1s])[1h:1s])"}) {
        INFO(expr);
        CHECK(eval(f, expr, 90min) == "error: " + words);
    }
    auto query = Query::prepare("count_over_time(v[1h])", f.history, {.max_samples = 300});
    CHECK(text(query.value().at(from_unix_ms(0) + 1h)) == "{} 61");
    CHECK_FALSE(query.value().range(from_unix_ms(0), from_unix_ms(0) + 1h, 1min));
    CHECK(text(query.value().at(from_unix_ms(0) + 1h)) == "{} 61");
}

TEST_CASE("selectors spend by the series they look at, whether those have samples or not") {
    Fixture f;
    for (int i = 0; i < 100; ++i) f.append("v{i=\"" + std::to_string(i) + "\"}", 1s, 1);
    for (const std::string_view expr :
         {"v", "timestamp(v)", "sum(v)", "rate(v[5s])", "absent_over_time(v[5s])"}) {
        INFO(expr);
        // Long after the samples, so that nothing is read of them.
        CHECK(
            Query::prepare(expr, f.history, {.max_samples = 100}).value().at(from_unix_ms(0) + 1h));
        CHECK_FALSE(
            Query::prepare(expr, f.history, {.max_samples = 99}).value().at(from_unix_ms(0) + 1h));
    }
}

TEST_CASE("looking into the past spends for what it unpacks") {
    Fixture f;
    f.load({{"v", "1x240"}}, 15s);
    for (const std::string_view expr :
         {"count_over_time(v[20m:1s])", "count_over_time(last_over_time(v[1s])[20m:1s])"}) {
        INFO(expr);
        const auto at = [&](Duration t) {
            auto query = Query::prepare(expr, f.history, {.max_samples = 4'000});
            return query.value().at(from_unix_ms(0) + t).has_value();
        };
        CHECK_FALSE(at(40min));
        CHECK(at(3h));  // nothing there, so nothing is unpacked
    }
}

TEST_CASE("a wrong expression says where when it is prepared") {
    Fixture f;
    const auto query = Query::prepare("sum(rate(v))", f.history);
    REQUIRE(query.error().code == ErrorCode::kInvalid);
    REQUIRE(
        query.error().message ==
        R"(1:10: parse error: expected type range vector in call to function "rate", got instant vector)");
}
