// Checks in SQL that a person wrote: what agent.yml says of them, and readings of their answers.
// Pure; of every SQL engine.
//
//     checks:
//       - name: orders
//         query: SELECT shop, count(*) AS waiting FROM orders WHERE state = 'new' GROUP BY shop
//         labels: [shop]
//         values: [{column: waiting, metric: shop_orders_waiting, help: "Orders not sent yet."}]
//         every: 1m
#pragma once

#include <string>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "base/text/yaml.h"
#include "collector/api/target.h"
#include "collector/db/sql/rows.h"
#include "collector/db/sql/statement.h"

namespace tocsin::collector {

// A column that becomes a metric. One named alone is the gauge <check>_<column>.
struct SqlValue {
    std::string column;
    const MetricDesc* desc;
};

struct SqlCheck {
    std::string name;
    SqlStatement statement;
    std::string database;             // "": the one of the connection
    Duration every{0};                // 0: with each collection
    std::vector<std::string> labels;  // columns; each is a label of its name
    std::vector<SqlValue> values;

    std::vector<std::string> columns() const;  // of its labels, then of its values
};

// Of each check, with the label `check`.
inline constexpr MetricDesc kSqlCheckSuccess{
    "tocsin_sql_check_success", "Whether the check's last run gave all that it should.",
    MetricType::kGauge};

// More rows are an error, after the first thousand were read.
inline constexpr std::size_t kMostCheckRows = 1000;

// The list at `key`; none when it is absent. What is wrong goes to the diagnostics, and a check
// that is wrong is left out.
std::vector<SqlCheck> read_sql_checks(text::MapReader& reader, std::string_view key,
                                      SqlDialect dialect, Diagnostics& diagnostics);

// The first mistake is the error; whatever else there is is read all the same. A value that is NULL
// gives no reading. kInvalid for a missing column, a value that is no number, or
// two rows of the same labels; kTooLarge for too many rows and too long labels, whose rows are left
// out.
Result<void> read_check(const SqlCheck& check, const SqlRows& rows, const TargetSeries& series,
                        UniqueReadings& out);

}  // namespace tocsin::collector
