// One connection to a server through libpq, without ever waiting in it. On the loop's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/core/result.h"
#include "base/net/fd_events.h"
#include "base/net/loop.h"
#include "collector/db/postgres/endpoint.h"
#include "collector/db/sql/rows.h"

struct pg_conn;
struct pg_result;

namespace tocsin::collector {

// The rows that a statement gave.
class PgAnswer final : public SqlRows {
  public:
    explicit PgAnswer(pg_result* result) : result_(result) {}
    std::size_t row_count() const override;
    std::size_t column_count() const override;
    std::string_view column(std::size_t index) const override;
    std::optional<std::string_view> cell(std::size_t row, std::size_t column) const override;

  private:
    struct Clear {
        void operator()(pg_result* result) const;
    };
    std::unique_ptr<pg_result, Clear> result_;
};

class PgConnection {
  public:
    using Connected = std::function<void(Result<void>)>;
    // The last answer, when there were several. After an error: kUnauthorized where a privilege
    // lacks, kTimeout where the server ended it (statement_timeout, lock_timeout), kNotFound for
    // what is not there, kUnavailable when the connection has gone; kInvalid otherwise.
    using Answered = std::function<void(Result<PgAnswer>)>;

    explicit PgConnection(net::Loop& loop) : loop_(loop) {}
    ~PgConnection() { close(); }
    PgConnection(const PgConnection&) = delete;
    PgConnection& operator=(const PgConnection&) = delete;

    // One thing at a time: neither is called before the other's end. `done` comes exactly once,
    // later, unless close() does, and may do anything. close() comes first in a destructor.
    void connect(const PgParameters& parameters, Connected done);
    void ask(const std::string& statement, Answered done);  // the server refuses more than one
    void run(const std::string& script, Answered done);     // statements of our own
    void close();

    bool is_open() const { return state_ == State::kIdle || state_ == State::kBusy; }
    bool in_transaction() const;
    int major_version() const;  // 15; 0 while closed

  private:
    enum class State { kClosed, kConnecting, kIdle, kBusy };
    enum class Protocol { kSimple, kExtended };

    void send(const std::string& statement, Protocol protocol, Answered done);
    void ready();
    void go_on_connecting();
    void read_answers();
    void wait();
    void wait_for(std::uint32_t events);  // of epoll(7)
    void connection_failed(const std::string& why);
    void answer(Result<PgAnswer> result);
    Result<PgAnswer> outcome();
    std::string complaint() const;  // libpq's, in one line

    struct Finish {
        void operator()(pg_conn* connection) const;
    };

    net::Loop& loop_;
    State state_ = State::kClosed;
    std::unique_ptr<pg_conn, Finish> handle_;
    std::unique_ptr<net::FdEvents> events_;
    int socket_ = -1;              // that they watch; libpq may close it and open another
    std::uint32_t waits_for_ = 0;  // of it, as epoll(7) has it
    std::unique_ptr<PgAnswer> last_;
    std::optional<Error> error_;
    Connected connected_;
    Answered answered_;
    net::Timer soon_;  // what failed at once is told later all the same
};

}  // namespace tocsin::collector
