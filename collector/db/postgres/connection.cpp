#include "collector/db/postgres/connection.h"

#include <libpq-fe.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/core/strings.h"

namespace tocsin::collector {
namespace {

constexpr const char* kInsufficientPrivilege = "42501";

struct Meaning {
    std::string_view sqlstate;  // or its class, the first two
    ErrorCode code;
};
// PostgreSQL's manual, appendix A "Error Codes".
constexpr std::array<Meaning, 9> kMeanings{{
    {kInsufficientPrivilege, ErrorCode::kUnauthorized},
    {"57014", ErrorCode::kTimeout},  // query_canceled: statement_timeout among others
    {"55P03", ErrorCode::kTimeout},  // lock_not_available
    {"42P01", ErrorCode::kNotFound},
    {"42703", ErrorCode::kNotFound},
    {"42883", ErrorCode::kNotFound},
    {"57P", ErrorCode::kUnavailable},
    {"08", ErrorCode::kUnavailable},
    {"53", ErrorCode::kUnavailable},
}};

ErrorCode code_of(std::string_view sqlstate) {
    for (const Meaning& meaning : kMeanings) {
        if (sqlstate.starts_with(meaning.sqlstate)) return meaning.code;
    }
    return ErrorCode::kInvalid;
}

void ignore_notice(void*, const PGresult*) {}

}  // namespace

// ---- PgAnswer

void PgAnswer::Clear::operator()(pg_result* result) const {
    ::PQclear(result);
}

std::size_t PgAnswer::row_count() const {
    return static_cast<std::size_t>(::PQntuples(result_.get()));
}

std::size_t PgAnswer::column_count() const {
    return static_cast<std::size_t>(::PQnfields(result_.get()));
}

std::string_view PgAnswer::column(std::size_t index) const {
    return ::PQfname(result_.get(), static_cast<int>(index));
}

std::optional<std::string_view> PgAnswer::cell(std::size_t row, std::size_t column) const {
    const auto r = static_cast<int>(row);
    const auto c = static_cast<int>(column);
    if (::PQgetisnull(result_.get(), r, c) != 0) return std::nullopt;
    return std::string_view(::PQgetvalue(result_.get(), r, c),
                            static_cast<std::size_t>(::PQgetlength(result_.get(), r, c)));
}

// ---- PgConnection

void PgConnection::Finish::operator()(pg_conn* connection) const {
    ::PQfinish(connection);
}

bool PgConnection::in_transaction() const {
    return handle_ && ::PQtransactionStatus(handle_.get()) != PQTRANS_IDLE;
}

int PgConnection::major_version() const {
    return is_open() ? ::PQserverVersion(handle_.get()) / 10000 : 0;
}

std::string PgConnection::complaint() const {
    std::string text(trim(::PQerrorMessage(handle_.get())));
    std::replace(text.begin(), text.end(), '\n', ' ');
    std::replace(text.begin(), text.end(), '\t', ' ');
    return valid_utf8(text);
}

void PgConnection::connect(const PgParameters& parameters, Connected done) {
    close();
    std::vector<const char*> keys;
    std::vector<const char*> values;
    for (const auto& [key, value] : parameters) {
        keys.push_back(key.c_str());
        values.push_back(value.c_str());
    }
    keys.push_back(nullptr);
    values.push_back(nullptr);
    connected_ = std::move(done);
    state_ = State::kConnecting;
    handle_.reset(::PQconnectStartParams(keys.data(), values.data(), 0));
    if (!handle_ || ::PQstatus(handle_.get()) == CONNECTION_BAD) {
        const std::string why = handle_ ? complaint() : "out of memory";
        soon_ = loop_.after(Duration{0}, [this, why] { connection_failed(why); });
        return;
    }
    ::PQsetNoticeReceiver(handle_.get(), ignore_notice, nullptr);
    events_ = std::make_unique<net::FdEvents>(loop_);
    wait_for(EPOLLOUT);
}

void PgConnection::ask(const std::string& statement, Answered done) {
    send(statement, Protocol::kExtended, std::move(done));
}

void PgConnection::run(const std::string& script, Answered done) {
    send(script, Protocol::kSimple, std::move(done));
}

void PgConnection::send(const std::string& statement, Protocol protocol, Answered done) {
    answered_ = std::move(done);
    error_.reset();
    last_.reset();
    if (!is_open()) {
        soon_ = loop_.after(Duration{0}, [this] { connection_failed("the connection is closed"); });
        return;
    }
    state_ = State::kBusy;
    const int sent = protocol == Protocol::kSimple
                         ? ::PQsendQuery(handle_.get(), statement.c_str())
                         : ::PQsendQueryParams(handle_.get(), statement.c_str(), 0, nullptr,
                                               nullptr, nullptr, nullptr, 0);
    if (sent == 0) {
        soon_ = loop_.after(Duration{0}, [this] { connection_failed(complaint()); });
        return;
    }
    wait();
}

void PgConnection::close() {
    soon_.cancel();
    events_.reset();  // before the socket that they watch
    socket_ = -1;
    connected_ = nullptr;
    answered_ = nullptr;
    last_.reset();
    error_.reset();
    handle_.reset();
    state_ = State::kClosed;
}

void PgConnection::wait_for(std::uint32_t events) {
    const int socket = ::PQsocket(handle_.get());
    // While it connects, libpq may have opened another under the same number.
    if (state_ == State::kBusy && socket == socket_ && events == waits_for_) return;
    if (socket_ >= 0 && socket_ != socket) events_->forget(socket_);
    socket_ = socket;
    waits_for_ = events;
    events_->watch(socket, events, [this](std::uint32_t) { ready(); });
}

void PgConnection::ready() {
    switch (state_) {
        case State::kClosed:
            return;
        case State::kConnecting:
            return go_on_connecting();
        case State::kBusy:
            return read_answers();
        case State::kIdle:
            // A notice, a changed parameter, or the end: nobody asked.
            if (::PQconsumeInput(handle_.get()) == 0) close();
            return;
    }
}

void PgConnection::go_on_connecting() {
    const PostgresPollingStatusType status = ::PQconnectPoll(handle_.get());
    if (status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING) {
        wait_for(status == PGRES_POLLING_READING ? EPOLLIN : EPOLLOUT);
        return;
    }
    if (status != PGRES_POLLING_OK) return connection_failed(complaint());
    ::PQsetnonblocking(handle_.get(), 1);
    state_ = State::kIdle;
    wait_for(EPOLLIN);
    std::exchange(connected_, nullptr)(success());
}

// Sends what is left, and waits for room as long as something is.
void PgConnection::wait() {
    const int left = ::PQflush(handle_.get());
    wait_for(left == 0 ? EPOLLIN : EPOLLIN | EPOLLOUT);
}

void PgConnection::read_answers() {
    if (::PQconsumeInput(handle_.get()) == 0) return connection_failed(complaint());
    while (::PQisBusy(handle_.get()) == 0) {
        PGresult* const result = ::PQgetResult(handle_.get());
        if (result == nullptr) {
            if (::PQstatus(handle_.get()) == CONNECTION_BAD) return connection_failed(complaint());
            state_ = State::kIdle;
            wait_for(EPOLLIN);
            return answer(outcome());
        }
        auto answer = std::make_unique<PgAnswer>(result);
        const ExecStatusType status = ::PQresultStatus(result);
        if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
            last_ = std::move(answer);
            continue;
        }
        if (status != PGRES_FATAL_ERROR) {
            return connection_failed("the server wants to do something else than answer");
        }
        const char* const state = ::PQresultErrorField(result, PG_DIAG_SQLSTATE);
        const char* const message = ::PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        if (state == nullptr) return connection_failed(complaint());
        error_ = Error(code_of(state), valid_utf8(message == nullptr ? complaint() : message));
    }
    wait();
}

Result<PgAnswer> PgConnection::outcome() {
    if (error_) return std::move(*std::exchange(error_, std::nullopt));
    if (!last_) return Error(ErrorCode::kInternal, "the server answered nothing");
    return std::move(*std::exchange(last_, nullptr));
}

void PgConnection::connection_failed(const std::string& why) {
    const Connected connected = std::move(connected_);
    const Answered answered = std::move(answered_);
    // What the server said before it hung up says more than that it did.
    const Error error(ErrorCode::kUnavailable, error_ ? error_->message : why);
    close();
    if (connected) return connected(error);
    if (answered) answered(error);
}

void PgConnection::answer(Result<PgAnswer> result) {
    std::exchange(answered_, nullptr)(std::move(result));
}

}  // namespace tocsin::collector
