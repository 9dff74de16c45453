// What is wrong with a text that a person wrote, each with its place; all of it at once.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

// 1-based; column counts characters (UTF-8 code points). 0: unknown.
struct Position {
    int line = 0;
    int column = 0;
    auto operator<=>(const Position&) const = default;
};

enum class DiagnosticLevel { kError, kWarning };

struct Diagnostic {
    DiagnosticLevel level;
    std::string file;
    Position position;
    std::string message;  // what is wrong and, where it is known, what to do

    // "rules.yml:12:5: error: unknown key "exp"; did you mean "expr"?"
    [[nodiscard]] std::string text() const;
};

// Collects; hand it down by reference. Never throws, never stops at the first.
class Diagnostics {
  public:
    explicit Diagnostics(std::string file) : file_(std::move(file)) {}
    void error(Position at, std::string message);
    void warning(Position at, std::string message);
    void add(Diagnostic d);
    void append(const Diagnostics& other);

    const std::string& file() const { return file_; }
    const std::vector<Diagnostic>& all() const { return all_; }
    bool has_errors() const;
    // All of them, one a line.
    std::string text() const;

  private:
    std::string file_;
    std::vector<Diagnostic> all_;
};

// The candidate nearest to `word` by edit distance, or "" when none is near enough to suggest.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace tocsin
