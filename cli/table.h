// Tables for people: columns aligned by what a terminal shows (a Chinese character is two cells
// wide), colour only where asked for. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/time.h"
#include "cli/session.h"

namespace tocsin::cli {

enum class Tint { kNone, kRed, kYellow, kGreen, kBlue, kDim };

struct Cell {
    std::string text;  // control characters are shown as spaces
    Tint tint = Tint::kNone;
};

class Table {
  public:
    explicit Table(std::vector<std::string> head) : head_(std::move(head)) {}
    void row(std::vector<Cell> cells);
    bool empty() const { return rows_.empty(); }
    // Two spaces between columns, the last one not padded, a line each.
    std::string text(Colour colour) const;

  private:
    std::vector<std::string> head_;
    std::vector<std::vector<Cell>> rows_;
};

// Terminal cells of UTF-8 text: 2 for East Asian wide and full-width characters and emoji, 0 for
// combining marks.
std::size_t display_width(std::string_view utf8);

// "12s", "5m", "3h 20m", "2d 4h": the two largest units.
std::string since(Duration age);

}  // namespace tocsin::cli
