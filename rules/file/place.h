// Where a byte inside a YAML scalar stands in the file that holds it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"

namespace tocsin::rules {

// The lines of a text, for looking positions up. The text must outlive it.
class SourceText {
  public:
    explicit SourceText(std::string_view text);

    // The place of byte `offset` of `scalar`, a value that YAML read at `at`: exact for plain and
    // quoted one-liners without escapes and for literal blocks (`|`), nothing otherwise.
    std::optional<Position> locate(Position at, std::string_view scalar, std::size_t offset) const;

  private:
    std::string_view line(int number) const;  // 1-based; "" beyond the end
    std::optional<Position> in_block(Position at, std::string_view scalar,
                                     std::size_t offset) const;
    std::vector<std::string_view> lines_;
};

}  // namespace tocsin::rules
