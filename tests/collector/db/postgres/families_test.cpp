#include "collector/db/postgres/families.h"

#include <cmath>
#include <set>

#include "base/model/labels.h"
#include "tests/support/collecting.h"

using namespace tocsin;
using namespace tocsin::collector;
using test::Values;

namespace {

struct Bench {
    SeriesTable table;
    TargetConfig config;
    UniqueReadings readings;
    std::string error;
    PgSeries series = new_series();

    PgSeries new_series() {
        config.job = "j";
        config.instance = "i";
        return {"db:5432", {table, config}};
    }
    Values family(const PgFamily& family, const SqlTable& answer) {
        return told(read_family(family, answer, series, readings));
    }
    Values settings(const SqlTable& answer) {
        return told(read_settings(answer, series, readings));
    }
    Values told(const Result<void>& result) {
        error = result ? "" : result.error().message;
        return test::values_of(readings.take());
    }
};

SqlTable table_of(std::size_t columns, std::vector<std::vector<std::optional<std::string>>> cells) {
    SqlTable table;
    table.names.resize(columns);
    table.cells = std::move(cells);
    return table;
}

const PgFamily& find(std::string_view name) {
    for (const auto& families : {exporter_families(), own_families()}) {
        for (const PgFamily& family : families) {
            if (family.name == name) return family;
        }
    }
    FAIL("no family " << name);
    return exporter_families()[0];
}

// How many expressions stand between the first SELECT and its FROM.
std::size_t selected(std::string_view sql) {
    std::size_t count = 1;
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < sql.size(); ++i) {
        if (sql[i] == '\'') quoted = !quoted;
        if (quoted) continue;
        if (sql[i] == '(') ++depth;
        if (sql[i] == ')') --depth;
        if (depth == 0 && sql.substr(i).starts_with(" FROM ")) break;
        if (depth == 0 && sql[i] == ',') ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("every family asks for as many columns as it reads, once a version") {
    std::set<std::string_view> names;
    std::set<std::string_view> metrics;
    for (const auto& families : {exporter_families(), own_families()}) {
        for (const PgFamily& family : families) {
            INFO(family.name);
            CHECK(names.insert(family.name).second);
            CHECK(selected(family.sql) == family.columns.size());
            CHECK(family.oldest >= 12);
            CHECK(family.newest >= family.oldest);
            std::size_t values = 0;
            for (const PgColumn& column : family.columns) {
                if (!column.label.empty()) {
                    CHECK(is_label_name(column.label));
                    continue;
                }
                ++values;
                CHECK(is_metric_name(column.desc.name));
                CHECK(metrics.insert(column.desc.name).second);
                CHECK_FALSE(column.desc.help.empty());
            }
            CHECK(values > 0);
        }
    }
}

TEST_CASE("a family is asked of the versions that have it") {
    CHECK_FALSE(find("stat_database_sessions").is_for(13));
    CHECK(find("stat_database_sessions").is_for(14));
    CHECK_FALSE(find("stat_wal").is_for(13));
    CHECK_FALSE(find("stat_database_slot_conflicts").is_for(15));
    CHECK(find("stat_database_slot_conflicts").is_for(16));
    CHECK(find("stat_bgwriter").is_for(12));
    CHECK(find("stat_bgwriter").is_for(16));
    CHECK_FALSE(find("stat_bgwriter").is_for(17));
    CHECK(find("stat_database").is_for(18));
}

TEST_CASE("labels and values come from their columns") {
    Bench bench;
    const Values values = bench.family(
        find("replication_slots"),
        table_of(4, {{"a", "shop", "t", "1024"}, {"b", std::nullopt, "f", std::nullopt}}));
    CHECK(bench.error == "");
    const std::string own = R"(instance="i", job="j", server="db:5432", slot_name=)";
    REQUIRE(values.size() == 4);
    CHECK(values.at("pg_replication_slots_active{database=\"shop\", " + own + "\"a\"}") == 1);
    CHECK(values.at("pg_replication_slots_active{" + own + "\"b\"}") == 0);
    CHECK(values.at("pg_replication_slots_pg_wal_lsn_diff{database=\"shop\", " + own + "\"a\"}") ==
          1024);
    CHECK(std::isnan(values.at("pg_replication_slots_pg_wal_lsn_diff{" + own + "\"b\"}")));
}

TEST_CASE("an answer that is not the family's is an error, and one cell costs itself alone") {
    Bench bench;
    CHECK(bench.family(find("wal"), table_of(3, {{"1", "2", "3"}})).empty());
    CHECK(bench.error == "answers with 3 columns, not 2");
    const Values values = bench.family(find("wal"), table_of(2, {{"many", "16777216"}}));
    CHECK(bench.error == "pg_wal_segments is \"many\", which is no number");
    CHECK(values ==
          Values{{R"(pg_wal_size_bytes{instance="i", job="j", server="db:5432"})", 16777216}});
    // Rows that only differ in what no label says: the first counts.
    CHECK(bench.family(find("wal"), table_of(2, {{"1", "2"}, {"3", "4"}})).size() == 2);
}

TEST_CASE("settings are named after their units and told in base units") {
    struct Case {
        std::vector<std::optional<std::string>> row;
        std::string name;
        double value;
    };
    const std::vector<Case> cases{
        {{"fsync", "on", "", "Forces synchronization.", "bool"}, "fsync", 1},
        {{"autovacuum", "off", "", "Starts.", "bool"}, "autovacuum", 0},
        {{"max_connections", "100", "", "Sets.", "integer"}, "max_connections", 100},
        {{"seq_page_cost", "1.5", "", "Sets.", "real"}, "seq_page_cost", 1.5},
        {{"log_file_mode", "0600", "", "Sets.", "integer"}, "log_file_mode", 600},
        {{"shared_buffers", "16384", "8kB", "Sets.", "integer"}, "shared_buffers_bytes", 134217728},
        {{"wal_segment_size", "16777216", "B", "Shows.", "integer"},
         "wal_segment_size_bytes",
         16777216},
        {{"max_wal_size", "1024", "MB", "Sets.", "integer"}, "max_wal_size_bytes", 1073741824},
        {{"deadlock_timeout", "1000", "ms", "Sets.", "integer"}, "deadlock_timeout_seconds", 1},
        {{"autovacuum_vacuum_cost_delay", "2", "ms", "Sets.", "real"},
         "autovacuum_vacuum_cost_delay_seconds",
         0.002},
        {{"log_rotation_age", "1440", "min", "Sets.", "integer"},
         "log_rotation_age_seconds",
         86400},
        {{"autovacuum_work_mem", "-1", "kB", "Sets.", "integer"}, "autovacuum_work_mem_bytes", -1},
        {{"pg_stat_statements.max", "5000", "", "Sets.", "integer"},
         "pg_stat_statements_max",
         5000},
    };
    Bench bench;
    for (const Case& c : cases) {
        const Values values = bench.settings(table_of(5, {c.row}));
        INFO(c.name);
        CHECK(bench.error == "");
        CHECK(values ==
              Values{{"pg_settings_" + c.name + R"({instance="i", job="j", server="db:5432"})",
                      c.value}});
    }
    UniqueReadings readings;
    REQUIRE(read_settings(table_of(5, {cases[5].row}), bench.series, readings));
    CHECK(readings.all().at(0).series.desc().help == "Sets. [Units converted to bytes.]");
}

TEST_CASE("what rows become in one collection is what a new reader makes of them") {
    using Cells = std::vector<std::vector<std::optional<std::string>>>;
    const PgFamily& family = find("locks");
    const auto row = [&](const char* label, const char* value) {
        std::vector<std::optional<std::string>> cells;
        for (const PgColumn& column : family.columns) {
            cells.emplace_back(column.label.empty() ? value : label);
        }
        return cells;
    };
    const Cells collections[] = {{row("a", "1"), row("b", "2")},
                                 {row("a", "3"), row("b", "4")},
                                 {row("b", "5")},
                                 {row("c", "6"), row("\xff", "7"), row("a", "8")}};
    Bench known;
    for (const Cells& cells : collections) {
        Bench fresh;
        const SqlTable answer = table_of(family.columns.size(), cells);
        CHECK(known.family(family, answer) == fresh.family(family, answer));
        known.series.known.next_collection();
    }
}

TEST_CASE("a setting that says nothing is named, and the rest is told") {
    Bench bench;
    const Values values = bench.settings(table_of(5, {{"a", "1", "furlong", "Sets.", "integer"},
                                                      {"b", "x", "", "Sets.", "integer"},
                                                      {"c", std::nullopt, "", "Sets.", "real"},
                                                      {"d", "4", "s", "Sets.", "integer"}}));
    CHECK(bench.error == "the setting \"a\" is \"1\" in \"furlong\", which says nothing here");
    CHECK(values.size() == 1);
    CHECK(bench.settings(table_of(4, {})).empty());
    CHECK_FALSE(bench.error.empty());
}
