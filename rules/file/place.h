// Where a byte inside a YAML scalar stands in the file that holds it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"

namespace tocsin::rules {

// A text, for looking positions up in it. The text must outlive it.
class SourceText {
  public:
    explicit SourceText(std::string_view text);

    // The place of byte `offset` of `scalar`, a value that YAML read at `at`, in whatever style it
    // is written: what is written there is read once more beside the value. Behind the last word it
    // is the end of that. Nothing when the two don't go together.
    std::optional<Position> locate(Position at, std::string_view scalar, std::size_t offset) const;

  private:
    Position position_of(std::size_t byte) const;
    std::string_view text_;
    std::vector<std::size_t> starts_;  // of the lines
};

}  // namespace tocsin::rules
