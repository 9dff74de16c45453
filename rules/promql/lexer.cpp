#include "rules/promql/lexer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/core/strings.h"

namespace tocsin::rules::promql {
namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_alpha(char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_alnum(char c) {
    return is_alpha(c) || is_digit(c);
}
constexpr bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

constexpr std::array<std::string_view, 12> kAggregators = {
    "sum",    "avg",    "count",        "min",     "max",  "group",
    "stddev", "stdvar", "count_values", "bottomk", "topk", "quantile"};
constexpr std::array<std::string_view, 10> kKeywords = {
    "by",          "without", "on",     "ignoring", "group_left",
    "group_right", "bool",    "offset", "start",    "end"};
constexpr std::array<std::string_view, 4> kWordOperators = {"and", "or", "unless", "atan2"};

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

bool Token::is(std::string_view word) const {
    switch (kind) {
        case TokenKind::kKeyword:
        case TokenKind::kAggregator:
        case TokenKind::kOperator:
            return lower(text) == word;
        default:
            return false;
    }
}

std::string Token::description() const {
    const auto shortened = [&] {
        return text.size() > 10 ? quote(text.substr(0, 10)) + "..." : quote(text);
    };
    switch (kind) {
        case TokenKind::kError:
            return "error " + text;
        case TokenKind::kEof:
            return "end of input";
        case TokenKind::kIdentifier:
            return "identifier " + quote(text);
        case TokenKind::kMetricIdentifier:
            return "metric identifier " + quote(text);
        case TokenKind::kString:
            return "string " + shortened();
        case TokenKind::kNumber:
            return "number " + shortened();
        case TokenKind::kDuration:
            return "duration " + shortened();
        case TokenKind::kKeyword:
            return "<" + text + ">";
        case TokenKind::kAggregator:
            return "<aggr:" + text + ">";
        case TokenKind::kOperator:
            return "<op:" + text + ">";
        case TokenKind::kAt:
            return "<op:@>";
        case TokenKind::kEqual:
        case TokenKind::kColon:
        case TokenKind::kComma:
        case TokenKind::kLeftParen:
        case TokenKind::kRightParen:
        case TokenKind::kLeftBrace:
        case TokenKind::kRightBrace:
        case TokenKind::kLeftBracket:
        case TokenKind::kRightBracket:
            return shortened();
    }
    return {};
}

Token Lexer::next() {
    if (at_end_) return ended_;
    skip_space_and_comments();
    start_ = position_;
    Token token = braces_ ? in_braces() : want_duration_ ? in_brackets() : statement();
    if (token.kind == TokenKind::kEof || token.kind == TokenKind::kError) {
        at_end_ = true;
        ended_ = token;
    }
    return token;
}

void Lexer::skip_space_and_comments() {
    while (position_ < input_.size()) {
        if (is_space(input_[position_])) {
            ++position_;
        } else if (input_[position_] == '#') {
            position_ = std::min(input_.find_first_of("\r\n", position_), input_.size());
        } else {
            return;
        }
    }
}

char Lexer::peek(std::size_t ahead) const {
    return position_ + ahead < input_.size() ? input_[position_ + ahead] : '\0';
}

bool Lexer::accept(std::string_view any_of) {
    if (position_ >= input_.size() || any_of.find(input_[position_]) == std::string_view::npos) {
        return false;
    }
    ++position_;
    return true;
}

void Lexer::accept_run(std::string_view any_of) {
    while (accept(any_of)) {
    }
}

Token Lexer::take(TokenKind kind) {
    return {kind, std::string(input_.substr(start_, position_ - start_)), {start_, position_}};
}

Token Lexer::fail(std::string message) {
    return {TokenKind::kError, std::move(message), {start_, input_.size()}};
}

// One character in single quotes, as Go's %q writes a rune.
std::string Lexer::quoted_rune(std::size_t at) const {
    std::size_t length = 1;
    while (at + length < input_.size() &&
           (static_cast<unsigned char>(input_[at + length]) & 0xC0U) == 0x80U) {
        ++length;
    }
    const auto rune = input_.substr(at, length);
    if (rune == "'") return "'\\''";
    if (rune == "\"") return "'\"'";
    const std::string quoted = quote(valid_utf8(rune));
    return "'" + quoted.substr(1, quoted.size() - 2) + "'";
}

Token Lexer::statement() {
    if (position_ >= input_.size()) {
        if (parens_ != 0) return fail("unclosed left parenthesis");
        if (brackets_) return fail("unclosed left bracket");
        return take(TokenKind::kEof);
    }
    const char c = input_[position_++];
    const auto two = [&](char second) { return peek() == second && ++position_ > 0; };
    switch (c) {
        case ',':
            return take(TokenKind::kComma);
        case '*':
        case '/':
        case '%':
        case '+':
        case '-':
        case '^':
            return take(TokenKind::kOperator);
        case '@':
            return take(TokenKind::kAt);
        case '=':
            if (two('=')) return take(TokenKind::kOperator);
            if (peek() == '~') return fail("unexpected character after '=': '~'");
            return take(TokenKind::kEqual);
        case '!':
            if (two('=')) return take(TokenKind::kOperator);
            if (position_ >= input_.size()) return fail("unexpected character after '!': '\uFFFD'");
            return fail("unexpected character after '!': " + quoted_rune(position_));
        case '<':
        case '>':
            two('=');
            return take(TokenKind::kOperator);
        case '"':
        case '\'':
            return string(c);
        case '`':
            return raw_string();
        case '(':
            ++parens_;
            return take(TokenKind::kLeftParen);
        case ')':
            if (--parens_ < 0) {
                start_ = position_;  // Prometheus points behind it
                return fail("unexpected right parenthesis ')'");
            }
            return take(TokenKind::kRightParen);
        case '{':
            braces_ = true;
            return take(TokenKind::kLeftBrace);
        case '[':
            if (brackets_) return fail("unexpected left bracket '['");
            brackets_ = want_duration_ = true;
            colon_ = false;
            return take(TokenKind::kLeftBracket);
        case ']':
            if (!brackets_) return fail("unexpected right bracket ']'");
            brackets_ = false;
            return take(TokenKind::kRightBracket);
        default:
            break;
    }
    if (c == ':' && brackets_) {
        if (std::exchange(colon_, true)) return fail("unexpected colon ':'");
        return take(TokenKind::kColon);
    }
    --position_;
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number_or_duration();
    if (is_alpha(c) || c == ':') return word();
    return fail("unexpected character: " + quoted_rune(position_));
}

Token Lexer::in_braces() {
    if (position_ >= input_.size()) return fail("unexpected end of input inside braces");
    const char c = input_[position_++];
    if (is_alpha(c)) {
        while (is_alnum(peek())) ++position_;
        return take(TokenKind::kIdentifier);
    }
    switch (c) {
        case ',':
            return take(TokenKind::kComma);
        case '"':
        case '\'':
            return string(c);
        case '`':
            return raw_string();
        case '=':
            if (accept("~")) return take(TokenKind::kOperator);
            return take(TokenKind::kEqual);
        case '!':
            if (accept("~=")) return take(TokenKind::kOperator);
            if (position_ >= input_.size()) {
                return fail("unexpected character after '!' inside braces: '\uFFFD'");
            }
            return fail("unexpected character after '!' inside braces: " + quoted_rune(position_));
        case '{':
            return fail("unexpected left brace '{'");
        case '}':
            braces_ = false;
            return take(TokenKind::kRightBrace);
        default:
            return fail("unexpected character inside braces: " + quoted_rune(position_ - 1));
    }
}

Token Lexer::in_brackets() {
    want_duration_ = false;
    if (scan_number() || (position_ == start_ && !is_alnum(peek()))) {
        return fail("missing unit character in duration");
    }
    if (scan_duration()) return take(TokenKind::kDuration);
    return fail("bad duration syntax: " + quote(input_.substr(start_, position_ - start_)));
}

Token Lexer::word() {
    while (is_alnum(peek()) || peek() == ':') ++position_;
    const std::string text = lower(input_.substr(start_, position_ - start_));
    if (contains(kAggregators, text)) return take(TokenKind::kAggregator);
    if (contains(kKeywords, text)) return take(TokenKind::kKeyword);
    if (contains(kWordOperators, text)) return take(TokenKind::kOperator);
    if (text == "inf" || text == "nan") return take(TokenKind::kNumber);
    return take(text.find(':') == std::string::npos ? TokenKind::kIdentifier
                                                    : TokenKind::kMetricIdentifier);
}

Token Lexer::number_or_duration() {
    if (scan_number()) return take(TokenKind::kNumber);
    if (scan_duration()) return take(TokenKind::kDuration);
    return fail("bad number or duration syntax: " +
                quote(input_.substr(start_, position_ - start_)));
}

bool Lexer::scan_number() {
    std::string_view digits = "0123456789";
    if (accept("0") && accept("xX")) digits = "0123456789abcdefABCDEF";
    accept_run(digits);
    if (accept(".")) accept_run(digits);
    if (accept("eE")) {
        accept("+-");
        accept_run("0123456789");
    }
    return !is_alnum(peek()) && position_ > start_;
}

// Goes on where scan_number() stopped: at the first unit.
bool Lexer::scan_duration() {
    if (!accept("smhdwy")) return false;
    accept("s");  // ms
    while (is_digit(peek())) {
        accept_run("0123456789");
        if (!accept("smhdw")) return false;
        accept("s");
    }
    if (!is_alnum(peek())) return true;
    ++position_;
    return false;
}

}  // namespace tocsin::rules::promql
