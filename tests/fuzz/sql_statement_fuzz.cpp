// Whatever a person calls a query: one statement that stays the same when it is checked again, or
// an error that says why. What is taken cannot leave the parentheses that it is sent in.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "collector/db/sql/lexer.h"
#include "collector/db/sql/statement.h"

using namespace tocsin::collector;

namespace {

void check(std::string_view text, SqlDialect dialect) {
    const auto statement = check_statement(text, dialect);
    if (!statement) {
        if (statement.error().message.empty()) std::abort();
        return;
    }
    const auto again = check_statement(statement.value().text, dialect);
    if (!again || again.value().text != statement.value().text) std::abort();
    if (dialect == SqlDialect::kMysql || statement.value().shape == SqlShape::kShow) return;
    // As it is sent to PostgreSQL it is one statement too: nothing of it stands outside of our
    // parentheses.
    const std::vector<std::string> columns{"a"};
    const std::string sent = limited(statement.value(), columns, 10);
    if (sent.size() > kLongestStatement) return;
    if (!check_statement(sent, dialect)) std::abort();
    SqlLexer lexer(sent, dialect);
    int depth = 0;
    std::size_t outside = 0;
    for (auto token = lexer.next();; token = lexer.next()) {
        if (!token) std::abort();
        if (token.value().kind == SqlTokenKind::kEnd) break;
        if (token.value().text == ")") --depth;
        if (depth == 0) ++outside;
        if (token.value().text == "(") ++depth;
    }
    // SELECT NULLIF ( ) AS "a" FROM ( ) AS tocsin_check LIMIT 10
    if (depth != 0 || outside != 13) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check(text, SqlDialect::kPostgres);
    check(text, SqlDialect::kMysql);
    return 0;
}
