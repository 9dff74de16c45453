// Whether a text that a person wrote is one statement that only reads. Pure.
//
// This is the first of two fences: whoever runs the statement also runs it in a read-only
// transaction, as a user who may not write. So a rare name that looks like a verb (a column
// `update`) may be refused here: in quotes it is a name. Of functions, the servers' own that act
// are refused; those that somebody wrote are not known.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/core/result.h"

namespace tocsin::collector {

// kPostgres: standard strings, E'…', $tag$…$tag$, nested comments.
// kMysql: backslashes in quotes, `names`, # comments, and /*! which is no comment.
enum class SqlDialect { kPostgres, kMysql };

enum class SqlShape {
    kQuery,  // may stand in parentheses as a table: SELECT, WITH, VALUES, TABLE
    kShow,   // may not: SHOW
};

struct SqlStatement {
    std::string text;  // without a semicolon at its end
    SqlShape shape = SqlShape::kQuery;
};

inline constexpr std::size_t kLongestStatement = std::size_t{64} * 1024;

// kInvalid says what stands in the way.
Result<SqlStatement> check_statement(std::string_view text, SqlDialect dialect);

// Longer texts than this many bytes are no labels.
inline constexpr std::size_t kLongestCell = 1024;

// The statement to send to PostgreSQL: it gives these columns alone, of each what is needed to see
// that it is too long, and `rows` rows at most; for its library keeps whole answers. One of more
// than one statement, or of one that writes, fails as a whole where the check above overlooked it.
// (MySQL takes no join in parentheses that gives two columns of one name, and has a limit of its
// own.)
std::string limited(const SqlStatement& statement, std::span<const std::string> columns,
                    std::size_t rows);

}  // namespace tocsin::collector
