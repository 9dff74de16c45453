// Which devices, mounts and fields a collector looks at: node_exporter's include and exclude
// expressions, which match anywhere in the text unless they say ^ and $.
#pragma once

#include <optional>
#include <string_view>

#include "base/core/result.h"
#include "base/model/matcher.h"

namespace tocsin::collector {

// Matches nothing when default-constructed or made from "".
class Pattern {
  public:
    Pattern() = default;
    static Result<Pattern> compile(std::string_view expression);
    bool found_in(std::string_view text) const { return regex_ && regex_->matches(text); }

  private:
    std::optional<Regex> regex_;
};

}  // namespace tocsin::collector
