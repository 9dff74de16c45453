// An expression that is searched for in what a peer said: RE2, whose time grows with the text only.
// The bytes need not be UTF-8.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"

namespace re2 {
class RE2;
}

namespace tocsin::collector {

class Search {
  public:
    static Result<Search> compile(const std::string& expression);
    static Result<std::vector<Search>> compile(const std::vector<std::string>& expressions);

    bool found_in(std::string_view text) const;
    // The first match and its groups, by number; nothing when there is none.
    std::optional<std::vector<std::string>> groups(std::string_view text) const;
    // `pattern` with $1, ${1}, $name and ${name} replaced by groups, $$ by $, as Go's
    // regexp.Expand does; what names no group is empty.
    std::string expand(std::string_view pattern, const std::vector<std::string>& groups) const;
    const std::string& expression() const;

  private:
    std::shared_ptr<const re2::RE2> program_;
};

}  // namespace tocsin::collector
