// What differs between SQLite and PostgreSQL, and nothing else: types and options of tables, how a
// parameter that holds JSON becomes rows, how text is searched, how rows are claimed. All other SQL
// of the store is one text for both.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::bridge {

enum class ColumnType { kInteger, kText };

struct Column {
    std::string_view name;
    ColumnType type;
};

class Dialect {
  public:
    virtual ~Dialect() = default;

    // Statements for every new connection (pragmas, time-outs).
    virtual std::vector<std::string> session_setup() const = 0;

    // Begins a transaction that will write.
    virtual std::string begin_write() const = 0;

    // A migration's text with its placeholders filled in: {id} an identity primary key, {int} a
    // 64-bit integer, {table} what follows a table's closing bracket.
    virtual std::string schema(std::string_view text) const = 0;

    // A SELECT that yields one row for each array in the JSON array of arrays bound to
    // `:parameter`, its elements typed as `columns` say. Many rows travel as one parameter.
    virtual std::string rows(std::string_view parameter,
                             const std::vector<Column>& columns) const = 0;
    // A subselect of the JSON array bound to `:parameter`, for `x IN (…)`.
    virtual std::string list(std::string_view parameter, ColumnType type) const = 0;
    // A condition: the text in `column` contains the text bound to `:parameter`, byte for byte.
    virtual std::string contains(std::string_view column, std::string_view parameter) const = 0;
    // The same without regard to ASCII case.
    virtual std::string contains_folded(std::string_view column,
                                        std::string_view parameter) const = 0;
    // What a SELECT of work ends with, so that two bridges never claim the same row.
    virtual std::string skip_locked() const = 0;
};

std::unique_ptr<Dialect> sqlite_dialect();

}  // namespace tocsin::bridge
