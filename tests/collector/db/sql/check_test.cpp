#include "collector/db/sql/check.h"

#include <cmath>

#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Values;

namespace {

struct Read {
    std::vector<SqlCheck> checks;
    std::vector<std::string> said;
};

Read read(const std::string& text) {
    Diagnostics diagnostics("a.yml");
    Read out;
    text::MapReader reader(text::parse_yaml(text, diagnostics), "the test", diagnostics);
    out.checks = read_sql_checks(reader, "checks", SqlDialect::kPostgres, diagnostics);
    reader.finish();
    for (const Diagnostic& d : diagnostics.all()) out.said.push_back(d.text());
    return out;
}

struct Bench {
    SeriesTable table;
    TargetConfig config;
    std::string error;

    Values rows(const SqlCheck& check, const SqlTable& answer) {
        config.job = "postgres";
        config.instance = "db";
        UniqueReadings readings;
        const auto result = read_check(check, answer, TargetSeries(table, config), readings);
        error = result ? "" : result.error().message;
        return test::values_of(readings.take());
    }
};

SqlTable table_of(std::vector<std::string> names,
                  std::vector<std::vector<std::optional<std::string>>> cells) {
    SqlTable table;
    table.names = std::move(names);
    table.cells = std::move(cells);
    return table;
}

SqlCheck orders() {
    return read(
               "checks: [{name: orders, query: SELECT 1, labels: [shop], values: [waiting, "
               "{column: oldest, metric: shop_oldest_seconds, help: Since when., type: counter}]}]")
        .checks.at(0);
}

}  // namespace

TEST_CASE("a check is read with its defaults") {
    const Read r = read(R"(
checks:
  - name: orders
    query: "SELECT shop, count(*) AS waiting FROM orders GROUP BY shop;"
    labels: [shop]
    values:
      - waiting
      - {column: oldest, metric: shop_oldest_seconds, help: Since when., type: counter}
    every: 1m
    database: shop
  - {name: limits, query: SHOW max_connections, values: [max_connections]}
)");
    REQUIRE(r.said.empty());
    REQUIRE(r.checks.size() == 2);
    const SqlCheck& check = r.checks[0];
    CHECK(check.statement.text == "SELECT shop, count(*) AS waiting FROM orders GROUP BY shop");
    CHECK(check.every == Duration(1min));
    CHECK(check.database == "shop");
    CHECK(check.labels == std::vector<std::string>{"shop"});
    REQUIRE(check.values.size() == 2);
    CHECK(check.values[0].desc->name == "orders_waiting");
    CHECK(check.values[0].desc->type == MetricType::kGauge);
    CHECK(check.values[0].desc->help == "Column waiting of the check orders.");
    CHECK(check.values[1].desc->name == "shop_oldest_seconds");
    CHECK(check.values[1].desc->help == "Since when.");
    CHECK(check.values[1].desc->type == MetricType::kCounter);
    CHECK(r.checks[1].every == Duration{0});
    CHECK(r.checks[1].statement.shape == SqlShape::kShow);
    CHECK(read("{}").checks.empty());
}

TEST_CASE("what is wrong with a check is named with its place") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"checks: {}", "a.yml:1:9: error: \"checks\": is a list of"},
        {"checks: [{name: a, values: [b]}]", "a.yml:1:10: error: a check needs the key \"query\""},
        {"checks: [{name: a, query: SELECT 1}]",
         "a.yml:1:10: error: a check needs the key \"values\""},
        {"checks: [{query: SELECT 1, values: [b]}]",
         "a.yml:1:10: error: a check needs the key \"name\""},
        {"checks: [{name: a, query: DROP TABLE t, values: [b]}]",
         "a.yml:1:27: error: \"query\": must be one statement that begins with"},
        {"checks: [{name: a, query: SELECT 1, values: b}]",
         "a.yml:1:45: error: \"values\": is a list of columns"},
        {"checks: [{name: a-b, query: SELECT 1, values: [c]}]",
         "a.yml:1:48: error: \"a-b_c\" is no name for a metric"},
        {"checks: [{name: a, query: SELECT 1, values: [{column: b, metric: up}]}]",
         "a.yml:1:46: error: \"up\" is no name for a metric"},
        {"checks: [{name: a, query: SELECT 1, values: [{metric: m}]}]",
         "a.yml:1:46: error: a value needs the key \"column\""},
        {"checks: [{name: a, query: SELECT 1, values: [{column: b, type: rate}]}]",
         "a.yml:1:64: error: \"type\""},
        {"checks: [{name: a, query: SELECT 1, values: [b], labels: [instance]}]",
         "a.yml:1:58: error: \"labels\": \"instance\" is no name"},
        {"checks: [{name: a, query: SELECT 1, values: [b], every: 0s}]",
         "a.yml:1:57: error: \"every\": must be more than nothing"},
        {"checks: [{name: a, query: SELECT 1, values: [b], evry: 1s}]",
         "a.yml:1:50: error: unknown key \"evry\""},
        {"checks: [{name: a, query: SELECT 1, values: [b]}, {name: a, query: SELECT 2, values: "
         "[b]}]",
         "a.yml:1:51: error: there are two checks \"a\""},
    };
    for (const auto& [text, message] : cases) {
        const Read r = read(text);
        INFO(text);
        REQUIRE(r.said.size() == 1);
        CHECK_THAT(r.said[0], Catch::StartsWith(message));
    }
}

TEST_CASE("rows become readings by the names of their columns") {
    Bench bench;
    const Values values = bench.rows(
        orders(), table_of({"more", "waiting", "oldest", "shop"}, {{"x", "3", "1.5e3", "a"},
                                                                   {"x", "t", std::nullopt, "b"},
                                                                   {"x", "0", "Infinity", "\xff"},
                                                                   {"x", "7", "1", std::nullopt}}));
    CHECK(bench.error == "");
    const std::string own = R"(instance="db", job="postgres")";
    CHECK(values == Values{
                        {"orders_waiting{" + own + R"(, shop="a"})", 3},
                        {"shop_oldest_seconds{" + own + R"(, shop="a"})", 1500},
                        {"orders_waiting{" + own + R"(, shop="b"})", 1},
                        {"orders_waiting{" + own + ", shop=\"\xef\xbf\xbd\"}", 0},
                        {"shop_oldest_seconds{" + own + ", shop=\"\xef\xbf\xbd\"}", HUGE_VAL},
                        {"orders_waiting{" + own + "}", 7},
                        {"shop_oldest_seconds{" + own + "}", 1},
                    });
    CHECK(bench.rows(orders(), table_of({"waiting", "oldest", "shop"}, {})).empty());
    CHECK(bench.error == "");
}

TEST_CASE("what an answer cannot say is named, and the rest of it read") {
    Bench bench;
    CHECK(bench.rows(orders(), table_of({"waiting", "oldest"}, {{"1", "2"}})).empty());
    CHECK_THAT(bench.error, Catch::StartsWith("the answer has no column \"shop\""));
    CHECK(bench.rows(orders(), table_of({"shop", "oldest"}, {{"1", "2"}})).empty());
    CHECK_THAT(bench.error, Catch::StartsWith("the answer has no column \"waiting\""));

    const std::vector<std::string> names{"shop", "waiting", "oldest"};
    CHECK(bench.rows(orders(), table_of(names, {{"a", "many", "2"}, {"b", "3", "4"}})).size() == 3);
    CHECK(bench.error == "column \"waiting\" holds \"many\", which is no number");

    const Values twice = bench.rows(orders(), table_of(names, {{"a", "1", "2"}, {"a", "3", "4"}}));
    CHECK(twice.size() == 2);
    CHECK(twice.begin()->second == 1);
    CHECK(bench.error == "two rows have the same labels {shop=\"a\"}; name a column more");

    const std::string longest(kLongestCell, 'a');
    const Values fitting =
        bench.rows(orders(), table_of(names, {{longest + 'a', "1", "2"}, {longest, "3", "4"}}));
    CHECK(fitting.size() == 2);
    CHECK(fitting.begin()->second == 3);
    CHECK(bench.error == "a label is longer than 1024 bytes; shorten it, as with left(…)");

    SqlTable many = table_of(names, {});
    for (std::size_t i = 0; i <= kMostCheckRows; ++i) {
        many.cells.push_back({std::to_string(i), "1", std::nullopt});
    }
    CHECK(bench.rows(orders(), many).size() == kMostCheckRows);
    CHECK(bench.error == "gives more than 1000 rows; the rest is left out");
}
