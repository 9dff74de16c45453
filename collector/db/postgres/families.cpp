#include "collector/db/postgres/families.h"

#include <limits>
#include <optional>
#include <utility>

#include "base/core/strings.h"
#include "base/model/labels.h"

namespace tocsin::collector {

namespace {

// The series of the row's metrics, in the order of their columns.
const std::vector<SeriesRef>& series_of(const PgFamily& family, const SqlRows& rows,
                                        std::size_t row, PgSeries& series) {
    std::string said(family.name);
    for (std::size_t i = 0; i < family.columns.size(); ++i) {
        if (family.columns[i].label.empty()) continue;
        (said += '\0') += rows.cell(row, i).value_or("");
    }
    std::vector<SeriesRef>& found = series.known.of(said);
    if (!found.empty()) return found;
    LabelsBuilder builder;
    builder.set("server", series.server);
    for (std::size_t i = 0; i < family.columns.size(); ++i) {
        const std::string_view label = family.columns[i].label;
        if (!label.empty()) builder.set(label, valid_utf8(rows.cell(row, i).value_or("")));
    }
    const Labels labels = builder.build();
    for (const PgColumn& column : family.columns) {
        if (column.label.empty()) found.push_back(series.series.get(&column.desc, labels));
    }
    return found;
}

}  // namespace

Result<void> read_family(const PgFamily& family, const SqlRows& rows, PgSeries& series,
                         UniqueReadings& out) {
    if (rows.column_count() != family.columns.size()) {
        return Error(ErrorCode::kInvalid, "answers with " + std::to_string(rows.column_count()) +
                                              " columns, not " +
                                              std::to_string(family.columns.size()));
    }
    std::optional<Error> first;
    for (std::size_t row = 0; row < rows.row_count(); ++row) {
        auto next = series_of(family, rows, row, series).begin();
        for (std::size_t i = 0; i < family.columns.size(); ++i) {
            const PgColumn& column = family.columns[i];
            if (!column.label.empty()) continue;
            const SeriesRef& metric = *next++;
            const auto text = rows.cell(row, i);
            const auto value = text ? sql_number(*text) : std::numeric_limits<double>::quiet_NaN();
            if (value) {
                out.add(metric, *value);
            } else if (!first) {
                first = Error(ErrorCode::kInvalid, std::string(column.desc.name) + " is " +
                                                       quote(valid_utf8(text->substr(0, 40))) +
                                                       ", which is no number");
            }
        }
    }
    if (first) return std::move(*first);
    return success();
}

}  // namespace tocsin::collector
