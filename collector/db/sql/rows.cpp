#include "collector/db/sql/rows.h"

#include <utility>

#include "base/core/strings.h"

namespace tocsin::collector {

std::optional<double> sql_number(std::string_view text) {
    if (text == "t" || text == "true") return 1.0;
    if (text == "f" || text == "false") return 0.0;
    // PostgreSQL writes "Infinity" and "-Infinity".
    if (text == "Infinity") return parse_double("+Inf");
    if (text == "-Infinity") return parse_double("-Inf");
    return parse_double(text);
}

bool UniqueReadings::add(SeriesRef series, double value) {
    if (!seen_.insert(series.id()).second) return false;
    readings_.push_back({std::move(series), value});
    return true;
}

Readings UniqueReadings::take() {
    seen_.clear();
    return std::exchange(readings_, {});
}

}  // namespace tocsin::collector
