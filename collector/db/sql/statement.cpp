#include "collector/db/sql/statement.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/core/strings.h"
#include "collector/db/sql/acting.h"
#include "collector/db/sql/lexer.h"

namespace tocsin::collector {
namespace {

constexpr std::array<std::string_view, 5> kBeginnings{"SELECT", "WITH", "VALUES", "TABLE", "SHOW"};

enum class Call { kNever, kFunction };
struct Verb {
    std::string_view word;
    Call call;  // whether it is a function (MySQL's) where a parenthesis follows
};

// Wherever they stand as a word of their own they write, lock, or make a table: in a WITH, after
// SELECT, after FOR. After a point, or in quotes, they are names.
constexpr std::array<Verb, 6> kVerbs{{{"INSERT", Call::kFunction},
                                      {"REPLACE", Call::kFunction},
                                      {"UPDATE", Call::kNever},
                                      {"DELETE", Call::kNever},
                                      {"MERGE", Call::kNever},
                                      {"INTO", Call::kNever}}};

// A lock on rows: FOR SHARE, FOR KEY SHARE; LOCK IN SHARE MODE. (FOR UPDATE has a verb in it.)
constexpr std::array<std::array<std::string_view, 2>, 3> kLocks{
    {{"FOR", "SHARE"}, {"FOR", "KEY"}, {"LOCK", "IN"}}};

bool is_word(const SqlToken& token, std::string_view word) {
    return token.kind == SqlTokenKind::kWord && iequals(token.text, word);
}

bool is_mark(const SqlToken& token, std::string_view mark) {
    return token.kind == SqlTokenKind::kMark && token.text == mark;
}

Error refused(std::string what) {
    return {ErrorCode::kInvalid, std::move(what)};
}

Result<SqlShape> shape_of(const SqlToken& first) {
    if (first.kind == SqlTokenKind::kEnd || is_mark(first, ";")) {
        return refused("there is no statement");
    }
    const bool known = std::any_of(kBeginnings.begin(), kBeginnings.end(),
                                   [&](std::string_view word) { return is_word(first, word); });
    if (!known) {
        return refused(
            "must be one statement that begins with SELECT, WITH, VALUES, TABLE or SHOW, "
            "not with " +
            quote(valid_utf8(first.text)));
    }
    return is_word(first, "SHOW") ? SqlShape::kShow : SqlShape::kQuery;
}

// The name that a token is: without its quotes, and each of them in it once.
std::string name_of(const SqlToken& token) {
    if (token.kind != SqlTokenKind::kQuoted) return std::string(token.text);
    const char quote = token.text.front();
    std::string name;
    for (std::size_t i = 1; i + 1 < token.text.size(); ++i) {
        if (token.text[i] == quote) ++i;
        name += token.text[i];
    }
    return name;
}

// In quotes or not, and whatever schema it is said to be of.
Result<void> check_call(const SqlToken& token, const SqlToken& after, SqlDialect dialect) {
    // FOR a sequence of MariaDB's.
    if (dialect == SqlDialect::kMysql && is_word(token, "NEXT") && is_word(after, "VALUE")) {
        return refused("only reads are allowed, and NEXT VALUE is none");
    }
    const bool named = token.kind == SqlTokenKind::kWord || token.kind == SqlTokenKind::kQuoted;
    if (!named || !is_mark(after, "(")) return success();
    const std::string name = name_of(token);
    if (!is_acting_function(name, dialect)) return success();
    return refused("only reads are allowed, and the function " + name + " does more");
}

// What three tokens in a row say of the one in their middle.
Result<void> check_word(const SqlToken& before, const SqlToken& token, const SqlToken& after) {
    if (token.kind != SqlTokenKind::kWord || is_mark(before, ".")) return success();
    for (const Verb& verb : kVerbs) {
        if (!is_word(token, verb.word)) continue;
        if (verb.call == Call::kFunction && is_mark(after, "(")) continue;
        return refused("only reads are allowed, and " + std::string(verb.word) +
                       " is none; a name that looks so stands in quotes");
    }
    for (const auto& lock : kLocks) {
        if (is_word(token, lock[0]) && is_word(after, lock[1])) {
            return refused("only reads are allowed, and " + std::string(lock[0]) + " " +
                           std::string(lock[1]) + " takes locks");
        }
    }
    return success();
}

// A column as the server writes it, up to one character more than a label has bytes; what is empty
// is NULL. Named but once: the server puts a subquery's expressions where they are named, and would
// work out a count of rows as often.
std::string cut_column(std::string_view name) {
    std::string quoted = "\"";
    for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
    quoted += '"';
    return "NULLIF(pg_catalog.left(pg_catalog.format('%s', " + quoted + "), " +
           std::to_string(kLongestCell + 1) + "), '') AS " + quoted;
}

bool is_odd_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < '\t' || (byte > '\r' && byte < ' ') || byte == 0x7f;
}

}  // namespace

Result<SqlStatement> check_statement(std::string_view text, SqlDialect dialect) {
    if (text.size() > kLongestStatement) {
        return refused("is longer than " + std::to_string(kLongestStatement / 1024) + " KiB");
    }
    if (text.find('\0') != std::string_view::npos) return refused("has a NUL byte");
    // To MySQL any of them makes a comment of the -- before it.
    if (std::any_of(text.begin(), text.end(), is_odd_control)) {
        return refused("has a control character");
    }
    SqlLexer lexer(text, dialect);
    SqlToken before;
    TOCSIN_TRY(SqlToken token, lexer.next());
    const bool in_parentheses = is_mark(token, "(");
    SqlToken first = token;
    SqlLexer ahead(text, dialect);
    while (true) {
        TOCSIN_TRY(first, ahead.next());
        if (!is_mark(first, "(")) break;
    }
    TOCSIN_TRY(const SqlShape shape, shape_of(first));
    if (shape == SqlShape::kShow && in_parentheses) return refused("SHOW stands in no parentheses");
    int depth = 0;
    while (token.kind != SqlTokenKind::kEnd) {
        TOCSIN_TRY(const SqlToken after, lexer.next());
        if (is_mark(token, "(")) ++depth;
        if (is_mark(token, ")") && --depth < 0) break;
        if (is_mark(token, ";")) {
            if (after.kind == SqlTokenKind::kEnd) break;
            return refused("must be one statement, and another follows the semicolon");
        }
        TOCSIN_TRY(check_call(token, after, dialect));
        TOCSIN_TRY(check_word(before, token, after));
        before = token;
        token = after;
    }
    if (depth != 0) return refused("its parentheses do not match");
    return SqlStatement{std::string(trim(text.substr(0, token.offset))), shape};
}

std::string limited(const SqlStatement& statement, std::span<const std::string> columns,
                    std::size_t rows) {
    if (statement.shape == SqlShape::kShow) return statement.text;
    std::string cut;
    for (const std::string& column : columns) {
        if (!cut.empty()) cut += ", ";
        cut += cut_column(column);
    }
    // The line feed ends a comment at the statement's end.
    return "SELECT " + cut + " FROM (\n" + statement.text + "\n) AS tocsin_check LIMIT " +
           std::to_string(rows);
}

}  // namespace tocsin::collector
