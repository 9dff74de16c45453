#include "collector/db/sql/check.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "base/core/strings.h"
#include "base/model/labels.h"
#include "collector/api/desc.h"

namespace tocsin::collector {
namespace {

constexpr std::array<std::string_view, 3> kTypes{"gauge", "counter", "untyped"};

MetricType type_of(std::string_view name) {
    if (name == "counter") return MetricType::kCounter;
    return name == "untyped" ? MetricType::kUntyped : MetricType::kGauge;
}

// Names that the runner gives every target.
bool is_taken(std::string_view metric) {
    return metric == "up" || metric == "scrape_duration_seconds";
}

std::optional<SqlValue> read_value(const text::YamlNode& node, const SqlCheck& check,
                                   Diagnostics& diagnostics) {
    std::string column;
    std::optional<std::string> metric;
    std::optional<std::string> help;
    std::string type = "gauge";
    if (node.kind() == text::YamlKind::kScalar) {
        column = node.scalar();
    } else {
        text::MapReader reader(node, "a value", diagnostics);
        reader.require("column");
        column = reader.string("column").value_or("");
        metric = reader.string("metric");
        help = reader.string("help");
        type = reader.choice("type", kTypes).value_or(type);
        reader.finish();
    }
    if (column.empty()) return std::nullopt;
    const std::string name = metric.value_or(check.name + "_" + column);
    if (!is_metric_name(name) || is_taken(name)) {
        diagnostics.error(
            node.position(),
            quote(name) + " is no name for a metric; say one: {column: " + column + ", metric: …}");
        return std::nullopt;
    }
    const std::string text =
        help.value_or("Column " + column + " of the check " + check.name + ".");
    return SqlValue{std::move(column), dynamic_desc(name, text, type_of(type))};
}

void read_labels(text::MapReader& reader, SqlCheck& check) {
    for (std::string& label : reader.strings("labels")) {
        if (!is_label_name(label) || label == "job" || label == "instance") {
            reader.error("labels", quote(label) +
                                       " is no name for a label here; give the column "
                                       "another one: AS …");
            continue;
        }
        check.labels.push_back(std::move(label));
    }
}

std::optional<SqlCheck> read_one(const text::YamlNode& node, SqlDialect dialect,
                                 Diagnostics& diagnostics) {
    text::MapReader reader(node, "a check", diagnostics);
    SqlCheck check;
    for (const char* key : {"name", "query", "values"}) reader.require(key);
    check.name = reader.string("name").value_or("");
    check.database = reader.string("database").value_or("");
    if (const auto every = reader.duration("every")) {
        check.every = *every;
        if (*every <= Duration{0}) reader.error("every", "must be more than nothing");
    }
    bool usable = !check.name.empty();
    if (const auto query = reader.string("query")) {
        auto statement = check_statement(*query, dialect);
        if (statement) {
            check.statement = std::move(statement).value();
        } else {
            reader.error("query", statement.error().message);
            usable = false;
        }
    }
    read_labels(reader, check);
    const text::YamlNode values = reader.node("values");
    if (values && values.kind() != text::YamlKind::kSequence) {
        reader.error("values", "is a list of columns, or of {column, metric, help, type}");
    }
    for (const text::YamlNode& item : values.items()) {
        if (auto value = read_value(item, check, diagnostics)) {
            check.values.push_back(std::move(*value));
        }
    }
    reader.finish();
    if (!usable || check.values.empty() || check.statement.text.empty()) return std::nullopt;
    return check;
}

// Where a column stands in an answer.
std::optional<std::size_t> find_column(const SqlRows& rows, std::string_view name) {
    for (std::size_t i = 0; i < rows.column_count(); ++i) {
        if (rows.column(i) == name) return i;
    }
    return std::nullopt;
}

Result<std::vector<std::size_t>> find_columns(const SqlRows& rows,
                                              const std::vector<std::string>& names) {
    std::vector<std::size_t> found;
    for (const std::string& name : names) {
        const auto at = find_column(rows, name);
        if (!at) {
            return Error(ErrorCode::kInvalid, "the answer has no column " + quote(name) +
                                                  "; names are as the server gives them, which "
                                                  "may mean in small letters");
        }
        found.push_back(*at);
    }
    return found;
}

}  // namespace

std::vector<std::string> SqlCheck::columns() const {
    std::vector<std::string> names = labels;
    for (const SqlValue& value : values) names.push_back(value.column);
    return names;
}

std::vector<SqlCheck> read_sql_checks(text::MapReader& reader, std::string_view key,
                                      SqlDialect dialect, Diagnostics& diagnostics) {
    std::vector<SqlCheck> out;
    const text::YamlNode list = reader.node(key);
    if (!list) return out;
    if (list.kind() != text::YamlKind::kSequence) {
        reader.error(key, "is a list of {name, query, values}");
        return out;
    }
    std::set<std::string> names;
    for (const text::YamlNode& node : list.items()) {
        auto check = read_one(node, dialect, diagnostics);
        if (!check) continue;
        if (!names.insert(check->name).second) {
            diagnostics.error(node.position(), "there are two checks " + quote(check->name));
            continue;
        }
        out.push_back(std::move(*check));
    }
    return out;
}

Result<void> read_check(const SqlCheck& check, const SqlRows& rows, const TargetSeries& series,
                        UniqueReadings& out) {
    TOCSIN_TRY(const auto labels, find_columns(rows, check.labels));
    std::vector<std::string> names;
    for (const SqlValue& value : check.values) names.push_back(value.column);
    TOCSIN_TRY(const auto values, find_columns(rows, names));

    std::optional<Error> first;
    const auto note = [&first](ErrorCode code, std::string what) {
        if (!first) first = Error(code, std::move(what));
    };
    const std::size_t count = std::min(rows.row_count(), kMostCheckRows);
    for (std::size_t row = 0; row < count; ++row) {
        LabelsBuilder builder;
        bool fits = true;
        for (std::size_t i = 0; i < labels.size(); ++i) {
            const std::string_view text = rows.cell(row, labels[i]).value_or("");
            fits = fits && text.size() <= kLongestCell;
            if (fits) builder.set(check.labels[i], valid_utf8(text));
        }
        if (!fits) {
            note(ErrorCode::kTooLarge, "a label is longer than " + std::to_string(kLongestCell) +
                                           " bytes; shorten it, as with left(…)");
            continue;
        }
        const Labels set = builder.build();
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto text = rows.cell(row, values[i]);
            if (!text) continue;
            const auto number = sql_number(*text);
            if (!number) {
                note(ErrorCode::kInvalid, "column " + quote(names[i]) + " holds " +
                                              quote(valid_utf8(text->substr(0, 40))) +
                                              ", which is no number");
            } else if (!out.add(series.get(check.values[i].desc, set), *number)) {
                note(ErrorCode::kInvalid,
                     "two rows have the same labels " + set.text() + "; name a column more");
            }
        }
    }
    if (rows.row_count() > count) {
        note(ErrorCode::kTooLarge,
             "gives more than " + std::to_string(kMostCheckRows) + " rows; the rest is left out");
    }
    if (first) return std::move(*first);
    return success();
}

}  // namespace tocsin::collector
