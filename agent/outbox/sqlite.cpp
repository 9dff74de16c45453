#include "agent/outbox/sqlite.h"

#include <sqlite3.h>

#include <utility>

namespace tocsin::agent {

namespace {

ErrorCode code_of(int result) {
    switch (result & 0xFF) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return ErrorCode::kInternal;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return ErrorCode::kConflict;
        default:
            return ErrorCode::kIo;
    }
}

}  // namespace

Error sqlite_error(sqlite3* handle, std::string_view what) {
    std::string message(what);
    message += ": ";
    message += sqlite3_errmsg(handle);
    const int result = sqlite3_extended_errcode(handle);
    const int system = sqlite3_system_errno(handle);
    if (code_of(result) == ErrorCode::kIo && system != 0)
        message += " (" + errno_text(system) + ")";
    return Error(code_of(result), std::move(message));
}

bool is_damage(const Error& error) {
    return error.code == ErrorCode::kInternal;
}

void Statement::Finalize::operator()(sqlite3_stmt* s) const {
    sqlite3_finalize(s);
}

// Binding fails only for an index that the statement does not have: a bug that the tests find.
Statement& Statement::bind(int index, std::int64_t value) {
    sqlite3_bind_int64(handle_.get(), index, value);
    return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
    sqlite3_bind_text64(handle_.get(), index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
}

Result<bool> Statement::step() {
    const int result = sqlite3_step(handle_.get());
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) return false;
    const Error error = sqlite_error(sqlite3_db_handle(handle_.get()), "outbox");
    reset();
    return error;
}

Result<void> Statement::run() {
    bool more = true;
    while (more) {
        TOCSIN_TRY(more, step());
    }
    reset();
    return success();
}

void Statement::reset() {
    sqlite3_reset(handle_.get());
    sqlite3_clear_bindings(handle_.get());
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(handle_.get(), column);
}

std::string Statement::text(int column) const {
    const unsigned char* text = sqlite3_column_text(handle_.get(), column);
    const int bytes = sqlite3_column_bytes(handle_.get(), column);
    return text == nullptr
               ? std::string()
               : std::string(reinterpret_cast<const char*>(text), static_cast<std::size_t>(bytes));
}

void Database::Close::operator()(sqlite3* handle) const {
    sqlite3_close_v2(handle);
}

Result<Database> Database::open(const std::string& path) {
    sqlite3* handle = nullptr;
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int result = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    Database out;
    out.handle_.reset(handle);
    if (result != SQLITE_OK) return sqlite_error(handle, "opening " + path);
    return out;
}

Result<void> Database::exec(const std::string& sql) {
    if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return sqlite_error(handle_.get(), "outbox");
    }
    return success();
}

Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* handle = nullptr;
    const int result = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    Statement out;
    out.handle_.reset(handle);
    if (result != SQLITE_OK) return sqlite_error(handle_.get(), "outbox");
    return out;
}

Result<std::int64_t> Database::integer(std::string_view sql) {
    TOCSIN_TRY(Statement statement, prepare(sql));
    TOCSIN_TRY(const bool row, statement.step());
    return row ? statement.integer(0) : 0;
}

Result<void> Database::check() {
    TOCSIN_TRY(Statement statement, prepare("PRAGMA quick_check(1)"));
    TOCSIN_TRY(const bool row, statement.step());
    const std::string verdict = row ? statement.text(0) : "no answer";
    if (verdict == "ok") return success();
    return Error(ErrorCode::kInternal, "the database is damaged: " + verdict);
}

Result<Transaction> Transaction::begin(Database& database) {
    TOCSIN_TRY(database.exec("BEGIN IMMEDIATE"));
    return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
    // SQLite may have rolled back by itself (a full disk); then this says so and changes nothing.
    if (database_ != nullptr) static_cast<void>(database_->exec("ROLLBACK"));
}

Result<void> Transaction::commit() {
    TOCSIN_TRY(database_->exec("COMMIT"));
    database_ = nullptr;
    return success();
}

}  // namespace tocsin::agent
