#include "base/core/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace tocsin {

std::string Diagnostic::text() const {
    std::string out = file;
    if (position.line > 0) {
        out += out.empty() ? "" : ":";
        out += position.column > 0 ? fmt::format("{}:{}", position.line, position.column)
                                   : fmt::format("{}", position.line);
    }
    if (!out.empty()) out += ": ";
    out += level == DiagnosticLevel::kError ? "error: " : "warning: ";
    return out + message;
}

void Diagnostics::error(Position at, std::string message) {
    all_.push_back({DiagnosticLevel::kError, file_, at, std::move(message)});
}

void Diagnostics::warning(Position at, std::string message) {
    all_.push_back({DiagnosticLevel::kWarning, file_, at, std::move(message)});
}

void Diagnostics::add(Diagnostic d) {
    all_.push_back(std::move(d));
}

void Diagnostics::append(const Diagnostics& other) {
    all_.insert(all_.end(), other.all_.begin(), other.all_.end());
}

bool Diagnostics::has_errors() const {
    return std::any_of(all_.begin(), all_.end(),
                       [](const Diagnostic& d) { return d.level == DiagnosticLevel::kError; });
}

std::string Diagnostics::text() const {
    std::string out;
    for (const Diagnostic& d : all_) out += d.text() + "\n";
    return out;
}

namespace {

// What people confuse most costs nothing: case, and '-' for '_'.
char folded(char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
    return c == '-' ? '_' : c;
}

// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = folded(a[i - 1]) == folded(b[j - 1]);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
            if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) &&
                folded(a[i - 2]) == folded(b[j - 1])) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
    // Longer words would make the search quadratic in what a stranger sent.
    constexpr std::size_t kLongest = 64;
    if (word.empty() || word.size() > kLongest) return {};
    std::string_view best;
    std::size_t best_distance = 0;
    for (const std::string_view candidate : candidates) {
        if (candidate.empty() || candidate.size() > kLongest) continue;
        const std::size_t d = distance(word, candidate);
        // One slip in three letters is a slip; more is another word.
        const std::size_t allowed =
            std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
        if (d > allowed || d >= std::min(word.size(), candidate.size())) continue;
        if (best.empty() || d < best_distance) {
            best = candidate;
            best_distance = d;
        }
    }
    return best;
}

}  // namespace tocsin
