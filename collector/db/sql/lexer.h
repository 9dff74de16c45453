// Takes SQL apart as far as it matters here: words, what is quoted, marks. Comments and blanks go.
#pragma once

#include <string>
#include <string_view>

#include "base/core/result.h"
#include "collector/db/sql/statement.h"

namespace tocsin::collector {

enum class SqlTokenKind { kWord, kQuoted, kMark, kEnd };

struct SqlToken {
    SqlTokenKind kind = SqlTokenKind::kEnd;
    std::string_view text;  // views the statement; a mark is one byte, or digits
    std::size_t offset = 0;
};

class SqlLexer {
  public:
    SqlLexer(std::string_view text, SqlDialect dialect) : text_(text), dialect_(dialect) {}
    // kInvalid for a quote or a comment that does not end, and for what is not a comment at all.
    Result<SqlToken> next();

  private:
    Result<void> skip_blanks();
    Result<void> skip_block_comment();
    bool at_line_comment() const;
    Result<SqlToken> quoted(std::size_t begin, char quote, bool backslashes);
    Result<SqlToken> dollar_quoted(std::size_t tag_length);
    std::size_t dollar_tag_length() const;  // 0: no tag begins here
    SqlToken word();
    char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
    SqlToken token(SqlTokenKind kind, std::size_t begin) const {
        return {kind, text_.substr(begin, at_ - begin), begin};
    }

    std::string_view text_;
    SqlDialect dialect_;
    std::size_t at_ = 0;
    // PostgreSQL: a string that follows another goes on as that one began ("E'a' <newline> 'b'").
    bool escape_string_before_ = false;
};

}  // namespace tocsin::collector
