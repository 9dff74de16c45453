#include "collector/db/postgres/families.h"

#include <limits>
#include <optional>
#include <utility>

#include "base/core/strings.h"
#include "base/model/labels.h"

namespace tocsin::collector {

Result<void> read_family(const PgFamily& family, const SqlRows& rows, std::string_view server,
                         const TargetSeries& series, UniqueReadings& out) {
    if (rows.column_count() != family.columns.size()) {
        return Error(ErrorCode::kInvalid, "answers with " + std::to_string(rows.column_count()) +
                                              " columns, not " +
                                              std::to_string(family.columns.size()));
    }
    std::optional<Error> first;
    for (std::size_t row = 0; row < rows.row_count(); ++row) {
        LabelsBuilder builder;
        builder.set("server", server);
        for (std::size_t i = 0; i < family.columns.size(); ++i) {
            const std::string_view label = family.columns[i].label;
            if (label.empty()) continue;
            builder.set(label, valid_utf8(rows.cell(row, i).value_or("")));
        }
        const Labels labels = builder.build();
        for (std::size_t i = 0; i < family.columns.size(); ++i) {
            const PgColumn& column = family.columns[i];
            if (!column.label.empty()) continue;
            const auto text = rows.cell(row, i);
            const auto value = text ? sql_number(*text) : std::numeric_limits<double>::quiet_NaN();
            if (value) {
                out.add(series.get(&column.desc, labels), *value);
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
