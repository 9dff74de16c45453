#include "rules/file/place.h"

#include <algorithm>

namespace tocsin::rules {
namespace {

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

int characters(std::string_view text) {
    return static_cast<int>(
        std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

// The byte at which the character in the 1-based column begins.
std::size_t byte_of_column(std::string_view line, int column) {
    int seen = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (!continues_character(line[i]) && ++seen == column) return i;
    }
    return line.size();
}

}  // namespace

SourceText::SourceText(std::string_view text) {
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        lines_.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
}

std::string_view SourceText::line(int number) const {
    const auto index = static_cast<std::size_t>(number) - 1;
    return number >= 1 && index < lines_.size() ? lines_[index] : std::string_view();
}

std::optional<Position> SourceText::locate(Position at, std::string_view scalar,
                                           std::size_t offset) const {
    offset = std::min(offset, scalar.size());
    const std::string_view raw = line(at.line);
    std::size_t begin = byte_of_column(raw, at.column);
    if (begin >= raw.size()) return std::nullopt;
    if (raw[begin] == '|') return in_block(at, scalar, offset);
    if (raw[begin] == '"' || raw[begin] == '\'') ++begin;
    // An escape or a folded line makes the two differ, and then a column would be a guess.
    if (raw.substr(begin, scalar.size()) != scalar) return std::nullopt;
    return Position{at.line, characters(raw.substr(0, begin + offset)) + 1};
}

std::optional<Position> SourceText::in_block(Position at, std::string_view scalar,
                                             std::size_t offset) const {
    const std::string_view before = scalar.substr(0, offset);
    const auto row = std::count(before.begin(), before.end(), '\n');
    const std::size_t row_begin = row == 0 ? 0 : before.rfind('\n') + 1;
    const std::string_view wanted =
        scalar.substr(row_begin, std::min(scalar.find('\n', row_begin), scalar.size()) - row_begin);
    const int number = at.line + 1 + static_cast<int>(row);
    const std::string_view raw = line(number);
    if (raw.size() < wanted.size() || !raw.ends_with(wanted)) return std::nullopt;
    const std::size_t indent = raw.size() - wanted.size();
    return Position{number, characters(raw.substr(0, indent + offset - row_begin)) + 1};
}

}  // namespace tocsin::rules
