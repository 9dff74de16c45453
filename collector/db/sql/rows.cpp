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

std::vector<SeriesRef>& KnownRows::of(std::string_view row) {
    auto found = rows_.find(row);
    if (found == rows_.end()) found = rows_.emplace(std::string(row), Row{}).first;
    found->second.asked = collection_;
    return found->second.series;
}

void KnownRows::next_collection() {
    std::erase_if(rows_, [this](const auto& row) { return row.second.asked != collection_; });
    ++collection_;
}

}  // namespace tocsin::collector
