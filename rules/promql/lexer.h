// Inside rules/promql: text to tokens, one at a time, with Prometheus's words for what is wrong.
#pragma once

#include <string>
#include <string_view>

#include "rules/promql/engine.h"

namespace tocsin::rules::promql {

enum class TokenKind {
    kError,  // Token::text is the message
    kEof,
    kIdentifier,
    kMetricIdentifier,  // with a colon
    kString,            // with its quotes
    kNumber,
    kDuration,
    kKeyword,     // by without on ignoring group_left group_right bool offset start end
    kAggregator,  // sum … quantile
    kOperator,    // + - * / % ^ == != > < >= <= =~ !~ and or unless atan2
    kEqual,       // = in a matcher
    kAt,
    kColon,
    kComma,
    kLeftParen,
    kRightParen,
    kLeftBrace,
    kRightBrace,
    kLeftBracket,
    kRightBracket,
};

struct Token {
    TokenKind kind = TokenKind::kEof;
    std::string text;
    Span at;
    // A keyword, aggregator or operator whatever its case: `word` is lower case.
    bool is(std::string_view word) const;
    // As Prometheus's errors call it: `identifier "x"`, `<op:+>`, `end of input`.
    std::string description() const;
};

class Lexer {
  public:
    explicit Lexer(std::string_view input) : input_(input) {}
    // Comments and space are skipped. After kEof or kError the same again.
    Token next();

  private:
    Token statement();
    Token in_braces();
    Token in_brackets();
    Token word();
    Token number_or_duration();
    Token string(char quote);
    Token raw_string();
    std::string bad_escape(char quote);
    bool scan_number();
    bool scan_duration();
    void skip_space_and_comments();

    char peek(std::size_t ahead = 0) const;
    bool accept(std::string_view any_of);
    void accept_run(std::string_view any_of);
    Token take(TokenKind kind);
    Token fail(std::string message);
    std::string quoted_rune(std::size_t at) const;

    std::string_view input_;
    std::size_t start_ = 0;
    std::size_t position_ = 0;
    int parens_ = 0;
    bool braces_ = false;
    bool brackets_ = false;
    bool want_duration_ = false;  // right after '['
    bool colon_ = false;
    Token ended_{};
    bool at_end_ = false;
};

// What a string token says, its escapes resolved; valid tokens only.
std::string unquote(std::string_view token);

}  // namespace tocsin::rules::promql
