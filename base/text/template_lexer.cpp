#include <fmt/format.h>

#include <algorithm>

#include "base/core/strings.h"
#include "base/text/template_syntax.h"
#include "base/text/unicode.h"

namespace tocsin::text {

Error template_error(Position at, std::string_view message) {
    return Error(ErrorCode::kInvalid, fmt::format("at {}:{}: {}", at.line, at.column, message));
}

namespace {

constexpr std::string_view kBlank = " \t\r\n";

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_blank(char c) {
    return kBlank.find(c) != std::string_view::npos;
}

class Lexer {
  public:
    explicit Lexer(std::string_view text) : text_(text) {}

    Result<std::vector<Token>> run() {
        while (at_ < text_.size()) {
            plain_text();
            if (at_ < text_.size()) {
                TOCSIN_TRY(action());
            }
        }
        return std::move(tokens_);
    }

  private:
    // Positions are asked for in rising order, so counting goes on from the last one.
    Position place(std::size_t offset) {
        for (; counted_ < offset; ++counted_) {
            const auto byte = static_cast<unsigned char>(text_[counted_]);
            if (byte == '\n') {
                ++position_.line;
                position_.column = 1;
            } else if ((byte & 0xC0U) != 0x80U) {
                ++position_.column;
            }
        }
        return position_;
    }

    std::string_view rest() const { return text_.substr(at_); }
    Error error(std::size_t offset, std::string_view message) {
        if (offset < counted_) {
            counted_ = 0;
            position_ = {1, 1};
        }
        return template_error(place(offset), message);
    }
    void push(TokenKind kind, std::string text, std::size_t begin) {
        tokens_.push_back({kind, std::move(text), place(begin), spaced_});
        spaced_ = false;
    }

    void plain_text() {
        const std::size_t open = std::min(text_.find("{{", at_), text_.size());
        std::string_view text = text_.substr(at_, open - at_);
        if (trim_next_) {
            text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
        }
        const std::string_view after = text_.substr(open);
        if (after.size() > 3 && after[2] == '-' && is_blank(after[3])) {
            text = text.substr(0, text.find_last_not_of(kBlank) + 1);
        }
        trim_next_ = false;
        if (!text.empty()) push(TokenKind::kText, std::string(text), at_);
        at_ = open;
    }

    // Everything from "{{" to "}}".
    Result<void> action() {
        const std::size_t begin = at_;
        at_ += 2;
        if (rest().size() > 1 && rest()[0] == '-' && is_blank(rest()[1])) at_ += 2;
        const std::size_t word = std::min(text_.find_first_not_of(kBlank, at_), text_.size());
        if (text_.substr(word).starts_with("/*")) return comment(begin, word);
        spaced_ = false;
        push(TokenKind::kOpen, "{{", begin);
        while (true) {
            const std::size_t before = at_;
            at_ = std::min(text_.find_first_not_of(kBlank, at_), text_.size());
            spaced_ = at_ > before;
            if (at_ >= text_.size()) return error(begin, "\"{{\" without \"}}\"");
            if (close()) return success();
            TOCSIN_TRY(token());
        }
    }

    bool close() {
        if (spaced_ && rest().starts_with("-}}")) {
            trim_next_ = true;
            push(TokenKind::kClose, "}}", at_);
            at_ += 3;
            return true;
        }
        if (!rest().starts_with("}}")) return false;
        push(TokenKind::kClose, "}}", at_);
        at_ += 2;
        return true;
    }

    Result<void> comment(std::size_t begin, std::size_t word) {
        const std::size_t end = text_.find("*/", word + 2);
        if (end == std::string_view::npos) return error(begin, "unclosed comment");
        at_ = end + 2;
        std::string_view tail = rest();
        if (tail.size() > 3 && is_blank(tail[0]) && tail.substr(1).starts_with("-}}")) {
            trim_next_ = true;
            at_ += 4;
            return success();
        }
        if (!tail.starts_with("}}")) return error(at_, "a comment ends with \"*/}}\"");
        at_ += 2;
        return success();
    }

    Result<void> token() {
        const std::size_t begin = at_;
        const char c = text_[at_];
        if (c == '"') return quoted();
        if (c == '`') return raw();
        if (c == '\'') return character();
        const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
        if (is_digit(c) || ((c == '+' || c == '-' || c == '.') && is_digit(next)) ||
            ((c == '+' || c == '-') && next == '.')) {
            number();
        } else if (c == '.' && is_word(next)) {
            ++at_;
            push(TokenKind::kField, word(), begin);
        } else if (c == '.') {
            ++at_;
            push(TokenKind::kDot, ".", begin);
        } else if (c == '$') {
            ++at_;
            push(TokenKind::kVariable, word(), begin);
        } else if (is_word(c)) {
            push(TokenKind::kWord, word(), begin);
        } else if (c == ':' && next == '=') {
            at_ += 2;
            push(TokenKind::kPunctuation, ":=", begin);
        } else if (std::string_view("|(),=").find(c) != std::string_view::npos) {
            ++at_;
            push(TokenKind::kPunctuation, std::string(1, c), begin);
        } else {
            return error(begin, fmt::format("unexpected {}", quote(std::string_view(&c, 1))));
        }
        return success();
    }

    std::string word() {
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_word(text_[at_])) ++at_;
        return std::string(text_.substr(begin, at_ - begin));
    }

    void number() {
        const std::size_t begin = at_;
        ++at_;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            const char last = text_[at_ - 1];
            const bool sign = (c == '+' || c == '-') && (last == 'e' || last == 'E');
            if (!is_word(c) && c != '.' && !sign) break;
            ++at_;
        }
        push(TokenKind::kNumber, std::string(text_.substr(begin, at_ - begin)), begin);
    }

    Result<void> raw() {
        const std::size_t begin = at_;
        const std::size_t end = text_.find('`', at_ + 1);
        if (end == std::string_view::npos) return error(begin, "unclosed raw text");
        at_ = end + 1;
        push(TokenKind::kString, std::string(text_.substr(begin + 1, end - begin - 1)), begin);
        return success();
    }

    Result<void> quoted() {
        const std::size_t begin = at_;
        ++at_;
        std::string value;
        while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n') {
            if (text_[at_] == '\\') {
                TOCSIN_TRY(escape(value));
            } else {
                value += text_[at_++];
            }
        }
        if (at_ >= text_.size() || text_[at_] != '"') return error(begin, "unclosed quoted text");
        ++at_;
        push(TokenKind::kString, valid_utf8(value), begin);
        return success();
    }

    Result<void> character() {
        const std::size_t begin = at_;
        ++at_;
        std::string value;
        while (at_ < text_.size() && text_[at_] != '\'' && text_[at_] != '\n') {
            if (text_[at_] == '\\') {
                TOCSIN_TRY(escape(value));
            } else {
                value += text_[at_++];
            }
        }
        if (at_ >= text_.size() || text_[at_] != '\'' || utf8_length(value) != 1 ||
            !is_valid_utf8(value)) {
            return error(begin, "a character constant holds one character");
        }
        ++at_;
        const auto lead = static_cast<unsigned char>(value[0]);
        std::uint32_t code = lead;
        if (value.size() > 1) code = lead & (0x7FU >> value.size());
        for (std::size_t i = 1; i < value.size(); ++i) {
            code = (code << 6U) | (static_cast<unsigned char>(value[i]) & 0x3FU);
        }
        push(TokenKind::kCharacter, std::to_string(code), begin);
        return success();
    }

    // Go's escapes; at_ stands on the backslash.
    Result<void> escape(std::string& out) {
        const std::size_t begin = at_;
        ++at_;
        if (at_ >= text_.size()) return error(begin, "unclosed quoted text");
        constexpr std::string_view kNames = "abfnrtv\\'\"";
        constexpr std::string_view kValues = "\a\b\f\n\r\t\v\\'\"";
        const char c = text_[at_++];
        if (const std::size_t i = kNames.find(c); i != std::string_view::npos) {
            out += kValues[i];
            return success();
        }
        const bool octal = c >= '0' && c <= '7';
        const std::size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : octal ? 3 : 0;
        if (octal) --at_;
        std::uint32_t code = 0;
        for (std::size_t i = 0; i < digits; ++i, ++at_) {
            constexpr std::string_view kDigits = "0123456789abcdef";
            const char d = at_ < text_.size() ? text_[at_] : '\0';
            const char lower = d >= 'A' && d <= 'F' ? static_cast<char>(d + 32) : d;
            const std::size_t v = kDigits.find(lower);
            if (v >= (octal ? 8U : 16U)) return error(begin, "bad escape in quoted text");
            code = code * (octal ? 8U : 16U) + static_cast<std::uint32_t>(v);
        }
        if (digits == 0 || code > 0x10FFFF || (octal && code > 255)) {
            return error(begin, "unknown escape in quoted text");
        }
        if (c == 'u' || c == 'U') {
            append_utf8(out, code);
        } else {
            out += static_cast<char>(code);
        }
        return success();
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t counted_ = 0;
    Position position_{1, 1};
    bool trim_next_ = false;
    bool spaced_ = false;
    std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> template_tokens(std::string_view text) {
    return Lexer(text).run();
}

}  // namespace tocsin::text
