// A value that must not be printed: no operator<<, no formatter, compared in constant time.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/core/result.h"

namespace tocsin {

class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    // The only way to see it; greppable.
    const std::string& reveal() const { return value_; }
    bool empty() const { return value_.empty(); }
    bool equals(std::string_view other) const;

  private:
    std::string value_;
};

// The bytes of a secret file without the trailing newline, given what was read and its mode:
// refused (kInvalid) when empty, or when its group or others may read it.
Result<Secret> secret_from_file(std::string_view path, std::string_view content, unsigned mode);

}  // namespace tocsin
