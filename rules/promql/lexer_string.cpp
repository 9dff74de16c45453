// String tokens and their escapes, which are Go's.
#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "base/core/strings.h"
#include "rules/promql/lexer.h"

namespace tocsin::rules::promql {
namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

void append_utf8(std::string& out, std::uint32_t rune) {
    const auto byte = [&](std::uint32_t b) { out += static_cast<char>(b); };
    if (rune < 0x80) {
        byte(rune);
    } else if (rune < 0x800) {
        byte(0xC0 | (rune >> 6U));
        byte(0x80 | (rune & 0x3FU));
    } else if (rune < 0x10000) {
        byte(0xE0 | (rune >> 12U));
        byte(0x80 | ((rune >> 6U) & 0x3FU));
        byte(0x80 | (rune & 0x3FU));
    } else {
        byte(0xF0 | (rune >> 18U));
        byte(0x80 | ((rune >> 12U) & 0x3FU));
        byte(0x80 | ((rune >> 6U) & 0x3FU));
        byte(0x80 | (rune & 0x3FU));
    }
}

// An escape's length in digits and their base; 0 when the letter starts none.
struct NumericEscape {
    int digits;
    std::uint32_t base;
};
constexpr NumericEscape numeric_escape(char c) {
    if (c >= '0' && c <= '7') return {3, 8};
    if (c == 'x') return {2, 16};
    if (c == 'u') return {4, 16};
    if (c == 'U') return {8, 16};
    return {0, 0};
}

std::optional<std::uint32_t> digit_value(char c, std::uint32_t base) {
    std::uint32_t v = 99;
    if (is_digit(c)) v = static_cast<std::uint32_t>(c - '0');
    if (c >= 'a' && c <= 'f') v = static_cast<std::uint32_t>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') v = static_cast<std::uint32_t>(c - 'A') + 10;
    return v < base ? std::optional(v) : std::nullopt;
}

char simple_escape(char c) {
    constexpr std::string_view kLetters = "abfnrtv\\'\"";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\'\"";
    const auto i = kLetters.find(c);
    return i == std::string_view::npos ? '\0' : kMeanings[i];
}

}  // namespace

Token Lexer::string(char quote_mark) {
    while (true) {
        if (position_ >= input_.size() || peek() == '\n') return fail("unterminated quoted string");
        const char c = input_[position_++];
        if (c == quote_mark) break;
        if (c != '\\') continue;
        if (std::string problem = bad_escape(quote_mark); !problem.empty()) return fail(problem);
    }
    Token token = take(TokenKind::kString);
    if (!is_valid_utf8(token.text)) return fail("invalid UTF-8 rune");
    return token;
}

// Steps over the escape after a backslash; "" when it is a good one.
std::string Lexer::bad_escape(char quote_mark) {
    if (position_ >= input_.size()) return "escape sequence not terminated";
    const char c = input_[position_];
    if ((c != '\'' && c != '"' && simple_escape(c) != '\0') || c == quote_mark) {
        ++position_;
        return {};
    }
    const NumericEscape escape = numeric_escape(c);
    if (escape.digits == 0) {
        return fmt::format("unknown escape sequence U+{:04X} {}", static_cast<unsigned char>(c),
                           quoted_rune(position_));
    }
    if (escape.base == 16) ++position_;
    std::uint64_t value = 0;
    for (int i = 0; i < escape.digits; ++i) {
        if (position_ >= input_.size()) return "escape sequence not terminated";
        const auto digit = digit_value(input_[position_], escape.base);
        if (!digit) {
            return fmt::format("illegal character U+{:04X} {} in escape sequence",
                               static_cast<unsigned char>(input_[position_]),
                               quoted_rune(position_));
        }
        value = value * escape.base + *digit;
        ++position_;
    }
    const bool is_byte = escape.digits == 2 || escape.digits == 3;
    if (value > (is_byte ? 0xFFU : 0x10FFFFU) || (value >= 0xD800 && value < 0xE000)) {
        return "escape sequence is an invalid Unicode code point";
    }
    return {};
}

Token Lexer::raw_string() {
    const auto end = input_.find('`', position_);
    if (end == std::string_view::npos) return fail("unterminated raw string");
    position_ = end + 1;
    return take(TokenKind::kString);
}

std::string unquote(std::string_view token) {
    const std::string_view body = token.substr(1, token.size() - 2);
    if (token.front() == '`') return std::string(body);
    std::string out;
    for (std::size_t i = 0; i < body.size(); ++i) {
        if (body[i] != '\\') {
            out += body[i];
            continue;
        }
        const char c = body[++i];
        if (const char simple = simple_escape(c); simple != '\0') {
            out += simple;
            continue;
        }
        const NumericEscape escape = numeric_escape(c);
        if (escape.base == 16) ++i;
        std::uint32_t value = 0;
        for (int k = 0; k < escape.digits; ++k) {
            value = value * escape.base +
                    digit_value(body[i + static_cast<std::size_t>(k)], escape.base).value_or(0);
        }
        i += static_cast<std::size_t>(escape.digits) - 1;
        if (escape.digits <= 3) {
            out += static_cast<char>(value);
        } else {
            append_utf8(out, value);
        }
    }
    return out;
}

}  // namespace tocsin::rules::promql
