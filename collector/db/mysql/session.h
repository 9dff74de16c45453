// A connection to a MySQL or MariaDB server, in our own words; libmariadb stands behind it, or a
// test's fake. Blocks; one thread at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "collector/db/mysql_config/config.h"
#include "collector/db/sql/rows.h"

namespace tocsin::collector {

// The rows of an answer, their texts in one piece.
class MysqlAnswer final : public SqlRows {
  public:
    explicit MysqlAnswer(std::vector<std::string> names) : names_(std::move(names)) {}
    void add(std::optional<std::string_view> cell);  // row by row, column by column
    std::size_t bytes() const { return bytes_.size(); }

    std::size_t row_count() const override {
        return names_.empty() ? 0 : ends_.size() / names_.size();
    }
    std::size_t column_count() const override { return names_.size(); }
    std::string_view column(std::size_t index) const override { return names_[index]; }
    std::optional<std::string_view> cell(std::size_t row, std::size_t column) const override;

  private:
    struct End {
        std::size_t offset;
        bool null;
    };
    std::vector<std::string> names_;
    std::string bytes_;
    std::vector<End> ends_;
};

class MysqlSession {
  public:
    static constexpr std::size_t kMostRows = 100'000;
    static constexpr std::size_t kMostBytes = std::size_t{32} * 1024 * 1024;

    virtual ~MysqlSession() = default;
    // Connects. kUnauthorized, kUnavailable, or what is wrong with a file.
    virtual Result<void> open() = 0;
    // Asks whether the server is still there; closes when it is not.
    virtual void ping() = 0;
    virtual bool is_open() const = 0;
    virtual void close() = 0;
    virtual std::string version() const = 0;  // as the server says it
    // kUnauthorized: a privilege is missing; kTimeout: the server broke it off, or a lock was not
    // to be had; kUnavailable: the connection is lost (and closed), as it is by kTooLarge;
    // kInvalid: the server refuses the statement.
    virtual Result<MysqlAnswer> query(const std::string& sql) = 0;
};

std::unique_ptr<MysqlSession> make_mysql_session(std::shared_ptr<const MysqlConfig> config);

// What an error number of the server or of the library means.
ErrorCode mysql_error_code(unsigned number);

}  // namespace tocsin::collector
