// The answer to a query, whichever library has it; and readings made of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "collector/api/collector.h"

namespace tocsin::collector {

class SqlRows {
  public:
    virtual ~SqlRows() = default;
    virtual std::size_t row_count() const = 0;
    virtual std::size_t column_count() const = 0;
    virtual std::string_view column(std::size_t index) const = 0;  // its name
    // As text; absent when it is NULL. Views into the answer.
    virtual std::optional<std::string_view> cell(std::size_t row, std::size_t column) const = 0;
};

// Rows of one's own.
struct SqlTable final : SqlRows {
    std::vector<std::string> names;
    std::vector<std::vector<std::optional<std::string>>> cells;

    std::size_t row_count() const override { return cells.size(); }
    std::size_t column_count() const override { return names.size(); }
    std::string_view column(std::size_t index) const override { return names[index]; }
    std::optional<std::string_view> cell(std::size_t row, std::size_t column) const override {
        const auto& value = cells[row][column];
        return value ? std::optional<std::string_view>(*value) : std::nullopt;
    }
};

// A number, or a truth ("t", "true", "f", "false") as 1 or 0.
std::optional<double> sql_number(std::string_view text);

// The readings of one collection, each series once: the first stays.
class UniqueReadings {
  public:
    // False when the series stands there already.
    bool add(SeriesRef series, double value);
    const Readings& all() const { return readings_; }
    Readings take();  // and empties it

  private:
    Readings readings_;
    std::unordered_set<SeriesId> seen_;
};

}  // namespace tocsin::collector
