// The answer to a query, whichever library has it; and readings made of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
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

// The series that a row told in an earlier collection, by what it says of itself: most rows say the
// same each time, and making labels of that again is most of what reading them costs.
class KnownRows {
  public:
    // Empty for a row that is new, to be filled.
    std::vector<SeriesRef>& of(std::string_view row);
    // Forgets those not asked for since the last call.
    void next_collection();

  private:
    struct Row {
        std::vector<SeriesRef> series;
        std::uint64_t asked = 0;
    };
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    std::unordered_map<std::string, Row, Hash, std::equal_to<>> rows_;
    std::uint64_t collection_ = 0;
};

}  // namespace tocsin::collector
