#include "collector/db/mysql/session.h"

#include <mariadb/mysql.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <utility>

#include "base/core/strings.h"
#include "base/net/file.h"
#include "collector/db/mysql/values.h"

namespace tocsin::collector {
namespace {

struct Meaning {
    unsigned number;
    ErrorCode code;
};

// MySQL's and MariaDB's "Error Reference".
constexpr std::array<Meaning, 14> kMeanings{{
    {1040, ErrorCode::kUnavailable},   // too many connections
    {1044, ErrorCode::kUnauthorized},  // no access to the database
    {1045, ErrorCode::kUnauthorized},  // wrong user or password
    {1053, ErrorCode::kUnavailable},   // the server shuts down
    {1129, ErrorCode::kUnavailable},   // the host is blocked
    {1142, ErrorCode::kUnauthorized},  // no privilege on the table
    {1143, ErrorCode::kUnauthorized},  // nor on the column
    {1205, ErrorCode::kTimeout},       // a lock was not to be had
    {1227, ErrorCode::kUnauthorized},  // a global privilege is missing
    {1698, ErrorCode::kUnauthorized},  // wrong user
    {1927, ErrorCode::kUnavailable},   // the connection was killed
    {1969, ErrorCode::kTimeout},       // max_statement_time, MariaDB
    {3024, ErrorCode::kTimeout},       // max_execution_time, MySQL
    {3118, ErrorCode::kUnauthorized},  // the account is locked
}};
constexpr unsigned kFirstOfLibrary = 2000;
constexpr unsigned kLastOfLibrary = 2999;

struct Close {
    void operator()(MYSQL* mysql) const { mysql_close(mysql); }
};
struct Free {
    void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
};

class Session final : public MysqlSession {
  public:
    explicit Session(std::shared_ptr<const MysqlConfig> config) : config_(std::move(config)) {}

    Result<void> open() override {
        Secret password;
        if (!config_->password_file.empty()) {
            TOCSIN_TRY(password, net::read_secret(config_->password_file));
        }
        std::unique_ptr<MYSQL, Close> made(mysql_init(nullptr));
        set_options(made.get());
        const bool tcp = config_->socket.empty();
        if (mysql_real_connect(made.get(), tcp ? config_->host.c_str() : nullptr,
                               config_->user.c_str(), password.reveal().c_str(), nullptr,
                               tcp ? config_->port : 0, tcp ? nullptr : config_->socket.c_str(),
                               0) == nullptr) {
            const ErrorCode code = mysql_error_code(mysql_errno(made.get()));
            std::string text = "connecting to " + config_->address() + " as " + config_->user +
                               ": " + valid_utf8(mysql_error(made.get()));
            if (code == ErrorCode::kUnauthorized) text += "; check \"user\" and \"password_file\"";
            return Error(code, std::move(text));
        }
        mysql_ = std::move(made);
        return success();
    }

    void ping() override {
        if (mysql_ && mysql_ping(mysql_.get()) != 0) close();
    }
    bool is_open() const override { return mysql_ != nullptr; }
    void close() override { mysql_.reset(); }
    std::string version() const override {
        return mysql_ ? std::string(mysql_get_server_info(mysql_.get())) : std::string();
    }

    Result<MysqlAnswer> query(const std::string& sql) override {
        if (!mysql_) return Error(ErrorCode::kUnavailable, "there is no connection");
        auto answer = ask(sql);
        const bool useless = !answer && (answer.error().code == ErrorCode::kUnavailable ||
                                         answer.error().code == ErrorCode::kTooLarge);
        if (useless) close();
        return answer;
    }

  private:
    Result<MysqlAnswer> ask(const std::string& sql) {
        if (mysql_real_query(mysql_.get(), sql.data(), sql.size()) != 0) return failed();
        const std::unique_ptr<MYSQL_RES, Free> result(mysql_use_result(mysql_.get()));
        if (!result) {
            if (mysql_errno(mysql_.get()) != 0) return failed();
            return MysqlAnswer({});  // a statement without rows
        }
        std::vector<std::string> names;
        for (const MYSQL_FIELD& field : fields_of(result.get())) {
            names.emplace_back(field.name, field.name_length);
        }
        return read_rows(result.get(), MysqlAnswer(std::move(names)));
    }

    void set_options(MYSQL* mysql) const {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(config_->timeout);
        const auto limit = static_cast<unsigned>(seconds.count());
        mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &limit);
        mysql_options(mysql, MYSQL_OPT_READ_TIMEOUT, &limit);
        mysql_options(mysql, MYSQL_OPT_WRITE_TIMEOUT, &limit);
        // Otherwise a server may ask for any file of this host.
        const unsigned none = 0;
        mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &none);
        // A host named "localhost" would mean the library's own socket.
        const unsigned protocol =
            config_->socket.empty() ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET;
        mysql_options(mysql, MYSQL_OPT_PROTOCOL, &protocol);
        mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
        mysql_options4(mysql, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "tocsin");
        if (!config_->tls) return;
        const MysqlTls& tls = *config_->tls;
        const my_bool yes = 1;
        mysql_options(mysql, MYSQL_OPT_SSL_ENFORCE, &yes);
        mysql_options(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
        mysql_options(mysql, MYSQL_OPT_SSL_CA, tls.ca_file.c_str());
        if (tls.certificate_file.empty()) return;
        mysql_options(mysql, MYSQL_OPT_SSL_CERT, tls.certificate_file.c_str());
        mysql_options(mysql, MYSQL_OPT_SSL_KEY, tls.key_file.c_str());
    }

    static std::span<const MYSQL_FIELD> fields_of(MYSQL_RES* result) {
        return {mysql_fetch_fields(result), mysql_num_fields(result)};
    }

    Result<MysqlAnswer> read_rows(MYSQL_RES* result, MysqlAnswer answer) {
        const std::span<const MYSQL_FIELD> fields = fields_of(result);
        while (MYSQL_ROW row = mysql_fetch_row(result)) {
            if (answer.row_count() == kMostRows || answer.bytes() > kMostBytes) {
                // Or the rest would be read when the result is freed.
                mariadb_cancel(mysql_.get());
                return Error(ErrorCode::kTooLarge, "has more than " + std::to_string(kMostRows) +
                                                       " rows, or too long ones");
            }
            const unsigned long* lengths = mysql_fetch_lengths(result);
            for (std::size_t i = 0; i < answer.column_count(); ++i) {
                if (row[i] == nullptr) {
                    answer.add(std::nullopt);
                } else if (const std::string_view cell(row[i], lengths[i]);
                           fields[i].type == MYSQL_TYPE_BIT) {
                    answer.add(mysql_bits(cell));
                } else {
                    answer.add(cell);
                }
            }
        }
        if (mysql_errno(mysql_.get()) != 0) return failed();
        return answer;
    }

    Error failed() const {
        return {mysql_error_code(mysql_errno(mysql_.get())), valid_utf8(mysql_error(mysql_.get()))};
    }

    std::shared_ptr<const MysqlConfig> config_;
    std::unique_ptr<MYSQL, Close> mysql_;
};

}  // namespace

void MysqlAnswer::add(std::optional<std::string_view> cell) {
    if (cell) bytes_ += *cell;
    ends_.push_back({bytes_.size(), !cell});
}

std::optional<std::string_view> MysqlAnswer::cell(std::size_t row, std::size_t column) const {
    const std::size_t at = row * names_.size() + column;
    if (ends_[at].null) return std::nullopt;
    const std::size_t begin = at == 0 ? 0 : ends_[at - 1].offset;
    return std::string_view(bytes_).substr(begin, ends_[at].offset - begin);
}

ErrorCode mysql_error_code(unsigned number) {
    if (number >= kFirstOfLibrary && number <= kLastOfLibrary) return ErrorCode::kUnavailable;
    const auto* const found = std::find_if(kMeanings.begin(), kMeanings.end(),
                                           [&](const Meaning& m) { return m.number == number; });
    return found == kMeanings.end() ? ErrorCode::kInvalid : found->code;
}

std::unique_ptr<MysqlSession> make_mysql_session(std::shared_ptr<const MysqlConfig> config) {
    return std::make_unique<Session>(std::move(config));
}

}  // namespace tocsin::collector
