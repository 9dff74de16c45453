#include "collector/db/sql/lexer.h"

#include <utility>

namespace tocsin::collector {
namespace {

constexpr bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// Bytes of UTF-8 beyond ASCII are letters to both servers.
constexpr bool begins_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

constexpr bool in_word(char c) {
    return begins_word(c) || is_digit(c) || c == '$';
}

Error unfinished(std::string_view what) {
    return {ErrorCode::kInvalid, std::string(what) + " does not end"};
}

}  // namespace

bool SqlLexer::at_line_comment() const {
    if (dialect_ == SqlDialect::kMysql && at(at_) == '#') return true;
    if (at(at_) != '-' || at(at_ + 1) != '-') return false;
    // MySQL: "5--3" is a difference.
    return dialect_ == SqlDialect::kPostgres || at_ + 2 >= text_.size() || is_space(at(at_ + 2));
}

Result<void> SqlLexer::skip_block_comment() {
    if (dialect_ == SqlDialect::kMysql && (at(at_ + 2) == '!' || at(at_ + 2) == 'M')) {
        return Error(ErrorCode::kInvalid, "what stands in /*! … */ or /*M… */ would be run");
    }
    std::size_t depth = 0;
    while (at_ < text_.size()) {
        const std::string_view two = text_.substr(at_, 2);
        if (two == "/*" && (depth == 0 || dialect_ == SqlDialect::kPostgres)) {
            ++depth;
            at_ += 2;
        } else if (two == "*/") {
            at_ += 2;
            if (--depth == 0) return success();
        } else {
            ++at_;
        }
    }
    return unfinished("a comment");
}

Result<void> SqlLexer::skip_blanks() {
    while (at_ < text_.size()) {
        if (is_space(text_[at_])) {
            ++at_;
        } else if (at_line_comment()) {
            // PostgreSQL ends such a comment at a carriage return too; what comes after it counts.
            const std::size_t end = text_.find_first_of(
                dialect_ == SqlDialect::kPostgres ? std::string_view("\r\n") : "\n", at_);
            at_ = end == std::string_view::npos ? text_.size() : end;
        } else if (text_.substr(at_, 2) == "/*") {
            TOCSIN_TRY(skip_block_comment());
        } else {
            break;
        }
    }
    return success();
}

Result<SqlToken> SqlLexer::quoted(std::size_t begin, char quote, bool backslashes) {
    for (++at_; at_ < text_.size(); ++at_) {
        if (backslashes && text_[at_] == '\\') {
            ++at_;
        } else if (text_[at_] == quote) {
            ++at_;
            if (at(at_) != quote) return token(SqlTokenKind::kQuoted, begin);
        }
    }
    at_ = text_.size();
    return unfinished(quote == '\'' ? "a string" : "a quoted name");
}

std::size_t SqlLexer::dollar_tag_length() const {
    if (dialect_ != SqlDialect::kPostgres || at(at_) != '$') return 0;
    std::size_t end = at_ + 1;
    if (begins_word(at(end))) {
        while (in_word(at(end)) && at(end) != '$') ++end;
    }
    return at(end) == '$' ? end + 1 - at_ : 0;
}

Result<SqlToken> SqlLexer::dollar_quoted(std::size_t tag_length) {
    const std::size_t begin = at_;
    const std::size_t end = text_.find(text_.substr(at_, tag_length), at_ + tag_length);
    if (end == std::string_view::npos) return unfinished("a string in dollars");
    at_ = end + tag_length;
    return token(SqlTokenKind::kQuoted, begin);
}

SqlToken SqlLexer::word() {
    const std::size_t begin = at_;
    while (in_word(at(at_))) ++at_;
    return token(SqlTokenKind::kWord, begin);
}

Result<SqlToken> SqlLexer::next() {
    TOCSIN_TRY(skip_blanks());
    const bool escapes_go_on = std::exchange(escape_string_before_, false);
    if (at_ >= text_.size()) return SqlToken{SqlTokenKind::kEnd, {}, text_.size()};
    const std::size_t begin = at_;
    const char c = text_[at_];
    const bool mysql = dialect_ == SqlDialect::kMysql;
    if (!mysql && (c == 'e' || c == 'E') && at(at_ + 1) == '\'') {
        ++at_;
        escape_string_before_ = true;
        return quoted(begin, '\'', true);
    }
    if (c == '\'') {
        escape_string_before_ = escapes_go_on;
        return quoted(begin, c, mysql || escapes_go_on);
    }
    if (c == '"') return quoted(begin, c, mysql);
    if (!mysql && (c == 'u' || c == 'U') && text_.substr(at_ + 1, 2) == "&\"") {
        return Error(ErrorCode::kInvalid, "a name in U&\"…\" is not read; write it out");
    }
    if (mysql && c == '`') return quoted(begin, c, false);
    if (const std::size_t tag = dollar_tag_length(); tag != 0) return dollar_quoted(tag);
    if (begins_word(c)) return word();
    ++at_;
    // Digits alone: to PostgreSQL up to 14 "1INTO t" is a number and a word.
    if (is_digit(c)) {
        while (is_digit(at(at_))) ++at_;
    }
    return token(SqlTokenKind::kMark, begin);
}

}  // namespace tocsin::collector
