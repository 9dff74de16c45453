// What is asked of a server: a table of queries, each with the versions it is for and what its
// columns become. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "base/model/sample.h"
#include "collector/api/target.h"
#include "collector/db/sql/rows.h"

namespace tocsin::collector {

// A column of the answer, by its place: a label, or the value of a metric. NULL is an empty label,
// and as a value NaN, as postgres_exporter has it.
struct PgColumn {
    std::string_view label;  // "": a metric
    MetricDesc desc;
};

constexpr PgColumn pg_label(std::string_view name) {
    return {name, {}};
}
constexpr PgColumn pg_gauge(std::string_view name, std::string_view help) {
    return {"", {name, help, MetricType::kGauge}};
}
constexpr PgColumn pg_counter(std::string_view name, std::string_view help) {
    return {"", {name, help, MetricType::kCounter}};
}
constexpr PgColumn pg_untyped(std::string_view name, std::string_view help) {
    return {"", {name, help, MetricType::kUntyped}};
}

enum class PgScope {
    kServer,    // once
    kDatabase,  // in each database whose tables are told
};

struct PgFamily {
    std::string_view name;  // the label `query`
    int oldest;             // major versions that it is for
    int newest;             // kAnyVersion: those to come too
    PgScope scope;
    std::string_view sql;
    std::span<const PgColumn> columns;

    bool is_for(int major) const { return major >= oldest && major <= newest; }
};

inline constexpr int kAnyVersion = 1'000'000;
// The family that answers whether the user has the rights of pg_monitor.
inline constexpr std::string_view kPrivilegesQuery = "privileges";

// postgres_exporter's own, and those that it lacks.
std::span<const PgFamily> exporter_families();
std::span<const PgFamily> own_families();

// What a server's answers become.
struct PgSeries {
    std::string server;  // a label of each
    TargetSeries series;
    KnownRows known{};
};

// kInvalid when the answer has not the family's columns; the other errors are of single cells, and
// the rest is read all the same.
Result<void> read_family(const PgFamily& family, const SqlRows& rows, PgSeries& series,
                         UniqueReadings& out);

// pg_settings: a metric for each row of this query, named after the setting and its unit.
std::string_view settings_sql();
Result<void> read_settings(const SqlRows& rows, PgSeries& series, UniqueReadings& out);

}  // namespace tocsin::collector
