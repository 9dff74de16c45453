#include "rules/file/place.h"

#include <algorithm>

#include "base/core/strings.h"

namespace tocsin::rules {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// The byte at which the character in the 1-based column begins.
std::size_t byte_of_column(std::string_view line, int column) {
    int seen = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (!continues_character(line[i]) && ++seen == column) return i;
    }
    return line.size();
}

// Reads what is written of a scalar beside the value that YAML made of it (YAML 1.2, chapters 7.3
// and 8.1), and notes for every byte of the value the one in the text that it comes from.
class Walk {
  public:
    Walk(std::string_view text, std::size_t at, std::string_view value)
        : text_(text), at_(at), value_(value) {}

    // Whether the two go together; then from() is as long as the value.
    bool run() {
        skip_properties();
        switch (peek()) {
            case '"':
            case '\'': {
                const char quote = text_[at_++];
                return flow(quote) && peek() == quote;
            }
            case '|':
            case '>':
                return block();
            default:
                return flow('\0');
        }
    }
    const std::vector<std::size_t>& from() const { return from_; }

  private:
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    bool done() const { return from_.size() == value_.size(); }
    bool put(char c, std::size_t byte) {
        if (done() || value_[from_.size()] != c) return false;
        from_.push_back(byte);
        return true;
    }
    bool put(std::size_t times, char c, std::size_t byte) {
        while (times > 0 && put(c, byte)) --times;
        return times == 0;
    }
    void skip(std::string_view characters) {
        at_ = std::min(text_.find_first_not_of(characters, at_), text_.size());
    }
    void skip_line() {
        at_ = std::min(text_.find('\n', at_), text_.size());
        at_ = std::min(at_ + 1, text_.size());
    }

    // An anchor or a tag, and what separates it from the value.
    void skip_properties() {
        while (peek() == '&' || peek() == '!') {
            at_ = std::min(text_.find_first_of(kSpace, at_), text_.size());
            skip(kSpace);
            while (peek() == '#') {
                skip_line();
                skip(kSpace);
            }
        }
    }

    // Quoted or plain; where the value ends, a plain one does.
    bool flow(char quote) {
        while (!done()) {
            const char c = peek();
            bool good = false;
            if (kSpace.find(c) != std::string_view::npos) {
                good = spaces();
            } else if (c == '\\' && quote == '"') {
                good = escape();
            } else if (c == quote) {
                // Two single quotes are one; anything else ends the text too early.
                good = quote == '\'' && peek(1) == quote && put(c, at_);
                at_ += 2;
            } else {
                good = put(c, at_++);
            }
            if (!good) return false;
        }
        return true;
    }

    // Blanks as they are, or folded when there is a line break among them.
    bool spaces() {
        const std::size_t begin = at_;
        skip(kSpace);
        const std::string_view run = text_.substr(begin, at_ - begin);
        const auto breaks = static_cast<std::size_t>(std::count(run.begin(), run.end(), '\n'));
        if (breaks == 1) return put(' ', begin);
        if (breaks > 1) return put(breaks - 1, '\n', begin);
        for (std::size_t i = 0; i < run.size(); ++i) {
            if (!put(run[i], begin + i)) return false;
        }
        return true;
    }

    // Whatever it stands for is one character of the value, or an escaped line break: none.
    bool escape() {
        const std::size_t begin = at_;
        const char c = peek(1);
        at_ += 2;
        if (c == '\n' || c == '\r') {
            skip(kSpace);
            return true;
        }
        at_ += c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
        do {
            from_.push_back(begin);
        } while (!done() && continues_character(value_[from_.size()]));
        return true;
    }

    // The line at the cursor, without its end.
    std::string_view line() const {
        std::string_view out = text_.substr(at_, text_.find('\n', at_) - at_);
        if (out.ends_with('\r')) out.remove_suffix(1);
        return out;
    }
    static std::size_t indent_of(std::string_view line) {
        return std::min(line.find_first_not_of(' '), line.size());
    }

    // How far the block is indented: what its first line has more than the value's.
    std::optional<std::size_t> indent() const {
        const std::size_t word = text_.find_first_not_of(kSpace, at_);
        const std::size_t first = std::min(value_.find_first_not_of('\n'), value_.size());
        if (word == std::string_view::npos) return std::nullopt;
        const std::size_t written = word - std::min(text_.rfind('\n', word) + 1, word);
        const std::size_t own = indent_of(value_.substr(first));
        return written >= own ? std::optional(written - own) : std::nullopt;
    }

    // Literal or folded.
    bool block() {
        const bool folded = peek() == '>';
        skip_line();
        const auto depth = indent();
        if (!depth) return false;
        std::size_t empty = 0;    // lines since the last that isn't
        std::size_t before = 0;   // the end of that one; 0: none
        bool was_deeper = false;  // it is indented further, so that it isn't folded
        for (; at_ < text_.size() && !done(); skip_line()) {
            std::string_view row = line();
            const std::size_t own = std::min(indent_of(row), *depth);
            row.remove_prefix(own);
            if (row.empty()) {
                ++empty;
                continue;
            }
            if (own < *depth) break;  // the block is over
            const bool deeper = row[0] == ' ' || row[0] == '\t';
            const bool fold = folded && before > 0 && !deeper && !was_deeper;
            const std::size_t breaks = empty + (before > 0 && !fold ? 1 : 0);
            if (!(fold && empty == 0 ? put(' ', before) : put(breaks, '\n', before))) return false;
            for (std::size_t i = 0; i < row.size(); ++i) {
                if (!put(row[i], at_ + own + i)) return false;
            }
            before = at_ + own + row.size();
            was_deeper = deeper;
            empty = 0;
        }
        return put(value_.size() - from_.size(), '\n', before);
    }

    std::string_view text_;
    std::size_t at_;
    std::string_view value_;
    std::vector<std::size_t> from_;
};

}  // namespace

SourceText::SourceText(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
    starts_.push_back(0);
    for (std::size_t i = 0; i < text_.size(); ++i) {
        if (text_[i] == '\n') starts_.push_back(i + 1);
    }
}

Position SourceText::position_of(std::size_t byte) const {
    const auto line = std::upper_bound(starts_.begin(), starts_.end(), byte) - starts_.begin();
    const std::size_t begin = starts_[static_cast<std::size_t>(line) - 1];
    return {static_cast<int>(line),
            static_cast<int>(utf8_length(text_.substr(begin, byte - begin))) + 1};
}

std::optional<Position> SourceText::locate(Position at, std::string_view scalar,
                                           std::size_t offset) const {
    const auto line = static_cast<std::size_t>(at.line) - 1;
    if (at.line < 1 || line >= starts_.size()) return std::nullopt;
    const std::string_view raw = text_.substr(starts_[line]);
    const std::size_t begin = byte_of_column(raw.substr(0, raw.find('\n')), at.column);
    Walk walk(text_, starts_[line] + begin, scalar);
    const std::size_t end = scalar.find_last_not_of(kSpace);
    if (end == std::string_view::npos || !walk.run()) return std::nullopt;
    const std::size_t byte = offset <= end ? walk.from()[offset] : walk.from()[end] + 1;
    return position_of(byte);
}

}  // namespace tocsin::rules
