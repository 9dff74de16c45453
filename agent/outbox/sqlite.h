// SQLite's C handles as types. Private to this folder. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tocsin::agent {

// kInternal for a damaged file, kConflict for one that another process holds, kIo otherwise.
Error sqlite_error(sqlite3* handle, std::string_view what);
bool is_damage(const Error& error);

// One prepared statement. Bound text must live until the next reset().
class Statement {
  public:
    Statement() = default;
    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, std::string_view text);

    Result<bool> step();  // true: a row is there
    Result<void> run();   // to the end, and ready for the next use
    void reset();

    std::int64_t integer(int column) const;
    std::string text(int column) const;

  private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt* s) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

class Database {
  public:
    static Result<Database> open(const std::string& path);
    Result<void> exec(const std::string& sql);
    Result<Statement> prepare(std::string_view sql);
    // The first column of the first row.
    Result<std::int64_t> integer(std::string_view sql);
    // kInternal with the first thing that is wrong in the file.
    Result<void> check();

  private:
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

// Rolls back unless commit() succeeded.
class Transaction {
  public:
    static Result<Transaction> begin(Database& database);
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    Result<void> commit();

  private:
    explicit Transaction(Database& database) : database_(&database) {}
    Database* database_;
};

}  // namespace tocsin::agent
