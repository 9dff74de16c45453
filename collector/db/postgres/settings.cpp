#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "base/core/strings.h"
#include "base/model/labels.h"
#include "collector/api/desc.h"
#include "collector/db/postgres/families.h"

namespace tocsin::collector {
namespace {

enum Column : std::size_t { kName, kSetting, kUnit, kDescription, kType, kColumns };

struct Unit {
    std::string_view name;  // as pg_settings writes it
    std::string_view base;
    double factor;
};

constexpr double kKiB = 1024;
constexpr std::array<Unit, 16> kUnits{{
    {"ms", "seconds", 0.001},
    {"s", "seconds", 1},
    {"min", "seconds", 60},
    {"h", "seconds", 3600},
    {"d", "seconds", 86400},
    {"B", "bytes", 1},
    {"kB", "bytes", kKiB},
    {"8kB", "bytes", 8 * kKiB},
    {"16kB", "bytes", 16 * kKiB},
    {"32kB", "bytes", 32 * kKiB},
    {"MB", "bytes", kKiB* kKiB},
    {"16MB", "bytes", 16 * kKiB* kKiB},
    {"32MB", "bytes", 32 * kKiB* kKiB},
    {"64MB", "bytes", 64 * kKiB* kKiB},
    {"GB", "bytes", kKiB* kKiB* kKiB},
    {"TB", "bytes", kKiB* kKiB* kKiB* kKiB},
}};

const Unit* find_unit(std::string_view name) {
    for (const Unit& unit : kUnits) {
        if (unit.name == name) return &unit;
    }
    return nullptr;
}

// "ms" is divided, so that the number is the nearest to what it means.
double in_base_unit(double value, const Unit& unit) {
    if (value == -1) return value;  // "not set", whatever the unit
    return unit.factor < 1 ? value / std::round(1 / unit.factor) : value * unit.factor;
}

std::string setting_name(std::string_view name, const Unit* unit) {
    std::string out("pg_settings_");
    out += name;
    if (unit != nullptr) (out += '_') += unit->base;
    return out;
}

std::string setting_help(std::string_view description, const Unit* unit) {
    std::string out = valid_utf8(description);
    if (unit != nullptr) ((out += " [Units converted to ") += unit->base) += ".]";
    return out;
}

}  // namespace

std::string_view settings_sql() {
    // What this session has set itself (its timeouts, its being read-only) is not the server's:
    // reset_val is what another session begins with. Of transaction_read_only it says nothing.
    return "SELECT name, CASE WHEN source = 'session' THEN reset_val "
           "WHEN name = 'transaction_read_only' THEN "
           "(SELECT CASE WHEN pg_is_in_recovery() THEN 'on' ELSE d.reset_val END "
           "FROM pg_settings AS d WHERE d.name = 'default_transaction_read_only') "
           "ELSE setting END, "
           "coalesce(unit, ''), short_desc, vartype "
           "FROM pg_settings WHERE vartype IN ('bool', 'integer', 'real')";
}

Result<void> read_settings(const SqlRows& rows, PgSeries& series, UniqueReadings& out) {
    if (rows.column_count() != kColumns) {
        return Error(ErrorCode::kInvalid, "pg_settings does not have the columns it should");
    }
    std::optional<Error> first;
    for (std::size_t row = 0; row < rows.row_count(); ++row) {
        const auto cell = [&](Column column) { return rows.cell(row, column).value_or(""); };
        const std::string_view text = cell(kSetting);
        const auto value =
            cell(kType) == "bool" ? std::optional(text == "on" ? 1.0 : 0.0) : parse_double(text);
        const std::string_view unit_name = cell(kUnit);
        const Unit* unit = find_unit(unit_name);
        if (!value || (unit == nullptr && !unit_name.empty())) {
            if (!first) {
                first = Error(ErrorCode::kInvalid, "the setting " + quote(valid_utf8(cell(kName))) +
                                                       " is " + quote(valid_utf8(text)) + " in " +
                                                       quote(valid_utf8(unit_name)) +
                                                       ", which says nothing here");
            }
            continue;
        }
        const std::string name = setting_name(cell(kName), unit);
        std::vector<SeriesRef>& known = series.known.of(name);
        if (known.empty()) {
            const std::string help = setting_help(cell(kDescription), unit);
            known.push_back(series.series.get(dynamic_desc(name, help, MetricType::kGauge),
                                              {{"server", series.server}}));
        }
        out.add(known.front(), unit != nullptr ? in_base_unit(*value, *unit) : *value);
    }
    if (first) return std::move(*first);
    return success();
}

}  // namespace tocsin::collector
