// Why something is refused: an English sentence that can be said in other languages, by the
// catalogue of bridge/notify. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin::bridge {

// What stands in a place of the sentence. `group` is that of words which other languages have words
// of their own for ("state", "move"); several of them are separated by ", ".
struct ReasonPart {
    std::string text;
    std::string_view group;

    ReasonPart(std::string_view said, std::string_view words = {}) : text(said), group(words) {}
    bool operator==(const ReasonPart&) const = default;
};

// A sentence without a full stop. The pattern is a literal with {} for each part, and what the
// catalogue knows the sentence by.
class Reason {
  public:
    Reason() = default;
    template <std::size_t N>
    Reason(const char (&pattern)[N]) : pattern_(pattern, N - 1) {}  // NOLINT: a sentence as it is
    Reason(std::string_view pattern, std::vector<ReasonPart> parts)
        : pattern_(pattern), parts_(std::move(parts)) {}

    std::string_view pattern() const { return pattern_; }
    const std::vector<ReasonPart>& parts() const { return parts_; }
    std::string english() const;
    bool operator==(const Reason&) const = default;

  private:
    std::string_view pattern_;
    std::vector<ReasonPart> parts_;
};

// because("{} has it already", {{name}}).
inline Reason because(std::string_view pattern, std::vector<ReasonPart> parts) {
    return {pattern, std::move(parts)};
}

// `pattern` with a text in each of its places.
std::string filled(std::string_view pattern, const std::vector<std::string>& texts);

}  // namespace tocsin::bridge
