#include "base/net/http_session.h"

#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/core/clock.h"
#include "base/core/strings.h"
#include "base/net/http_message.h"
#include "base/net/reply_state.h"
#include "base/net/spawn.h"

namespace tocsin::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t kReadStep = 16 * 1024;
constexpr std::size_t kWriteStep = 64 * 1024;
constexpr Duration kLinger{2s};

Response refuse(const http::parser<true, http::string_body>& parser, const IoError& error,
                const ServerOptions& options) {
    if (error == http::error::header_limit) {
        return rejection(431, ErrorCode::kTooLarge,
                         "the request line and headers are longer than " +
                             std::to_string(options.header_bytes) + " bytes");
    }
    if (error == http::error::body_limit) {
        return rejection(
            413, ErrorCode::kTooLarge,
            "the body is longer than " + std::to_string(options.body_bytes) + " bytes");
    }
    const std::string part = parser.is_header_done() ? "body" : "header";
    return rejection(400, ErrorCode::kInvalid,
                     "the request's " + part + " is not HTTP/1.1: " + error.message());
}

Response broken_off(std::string_view part, bool timed_out) {
    if (timed_out) {
        return rejection(408, ErrorCode::kTimeout,
                         "the request's " + std::string(part) + " took too long");
    }
    return rejection(400, ErrorCode::kInvalid,
                     "the connection ended inside the request's " + std::string(part));
}

}  // namespace

struct Session::Incoming {
    http::parser<true, http::string_body> parser;
    Request request;
    bool is_head = false;
    bool keep_alive = false;
    std::string accept_encoding;
};

Session::Session(std::shared_ptr<ServerShared> shared, std::shared_ptr<Transport> transport)
    : shared_(std::move(shared)),
      transport_(std::move(transport)),
      signal_(transport_->socket().get_executor()) {
    IoError unknown;
    const auto peer = transport_->socket().remote_endpoint(unknown);
    if (unknown) return;
    const auto address = peer.address();
    const bool mapped = address.is_v6() && address.to_v6().is_v4_mapped();
    remote_ = mapped ? asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string()
                     : address.to_string();
}

void Session::wake() {
    signal_.cancel();
}

void Session::abort() {
    aborted_ = true;
    if (stream_) stream_->peer_gone = true;
    transport_->close();
    wake();
}

void Session::wind_down() {
    if (phase_ == Phase::kIdle) abort();
    if (phase_ == Phase::kStreaming && stream_) {
        stream_->open = false;
        wake();
    }
}

void Session::answer(Response response) {
    if (response_ || stream_) return;
    response_ = std::move(response);
    wake();
}

std::shared_ptr<StreamBuffer> Session::open_stream(Response head) {
    stream_ = std::make_shared<StreamBuffer>();
    stream_->open = !aborted_ && !shared_->stopping;
    if (http_1_0_) stream_->framing = BodyFraming::kNone;  // its end is the connection's
    stream_head_ = std::move(head);
    wake();
    return stream_;
}

asio::awaitable<void> Session::wait_for_wake() {
    signal_.expires_at(asio::steady_timer::time_point::max());
    co_await signal_.async_wait(kTuple);
}

asio::awaitable<void> Session::run() {
    const auto self = shared_from_this();
    if (shared_->tls) {
        transport_->expires_after(shared_->options.header_timeout);
        const auto failed = co_await transport_->handshake_as_server(*shared_->tls);
        if (failed) {
            transport_->close();
            co_return;
        }
    }
    Next next = Next::kServeAgain;
    while (next == Next::kServeAgain && !aborted_) {
        const auto served = co_await serve_one();
        next = served;
    }
    if (next == Next::kFinish) {
        co_await transport_->finish(kLinger);
    }
    transport_->close();
}

asio::awaitable<IoError> Session::fill() {
    const std::size_t had = input_.size();
    input_.resize(had + kReadStep);
    const asio::mutable_buffer into(input_.data() + had, kReadStep);
    const auto got = co_await transport_->read_some(into);
    input_.resize(had + got.bytes);
    co_return got.error;
}

asio::awaitable<Session::Next> Session::serve_one() {
    phase_ = Phase::kIdle;
    response_.reset();
    if (shared_->stopping) co_return Next::kFinish;
    if (input_.empty()) {
        transport_->expires_after(shared_->options.idle_timeout);
        const auto failed = co_await fill();
        if (failed) co_return Next::kClose;
    }
    phase_ = Phase::kBusy;
    Incoming incoming;
    transport_->expires_after(shared_->options.header_timeout);
    auto refused = co_await read_header(incoming);
    if (!refused) {
        transport_->expires_after(shared_->options.body_timeout);
        auto body_refused = co_await read_body(incoming);
        refused = std::move(body_refused);
    }
    transport_->never_expires();
    if (refused) {
        response_ = std::move(refused);
        incoming.keep_alive = false;
    } else {
        call_handler(incoming);
        const auto failed = co_await wait_for_answer();
        if (failed) co_return Next::kClose;
        if (stream_) {
            co_await pump_stream();
            co_return Next::kFinish;
        }
    }
    const auto next = co_await send_response(incoming);
    co_return next;
}

asio::awaitable<std::optional<Response>> Session::read_header(Incoming& incoming) {
    const ServerOptions& options = shared_->options;
    auto& parser = incoming.parser;
    parser.header_limit(static_cast<std::uint32_t>(options.header_bytes));
    parser.body_limit(options.body_bytes);
    std::optional<Response> refused;
    while (!parser.is_header_done()) {
        IoError error;
        const std::size_t used = parser.put(asio::buffer(input_), error);
        input_.erase(0, used);
        if (error && error != http::error::need_more) {
            refused = refuse(parser, error, options);
            co_return refused;
        }
        if (parser.is_header_done()) break;
        const auto failed = co_await fill();
        if (failed) {
            refused = broken_off("header", transport_->expired());
            co_return refused;
        }
    }
    const auto& message = parser.get();
    http_1_0_ = message.version() == 10;
    incoming.is_head = message.method() == http::verb::head;
    incoming.keep_alive = parser.keep_alive();
    for (const auto& field : message) {
        incoming.request.headers.add(field.name_string(), std::string(field.value()));
    }
    incoming.accept_encoding = std::string(incoming.request.headers.get("Accept-Encoding"));
    if (!http_1_0_ && !incoming.request.headers.has("Host")) {
        refused = rejection(400, ErrorCode::kInvalid, "the request has no Host header");
    }
    // RFC 9112, 3.2: those before this server and those behind it may believe different ones.
    if (message.count(http::field::host) > 1) {
        refused = rejection(400, ErrorCode::kInvalid, "the request has more than one Host header");
    }
    co_return refused;
}

asio::awaitable<std::optional<Response>> Session::read_body(Incoming& incoming) {
    auto& parser = incoming.parser;
    std::optional<Response> refused;
    if (!parser.is_done() && iequals(incoming.request.headers.get("Expect"), "100-continue")) {
        const auto failed = co_await write_all("HTTP/1.1 100 Continue\r\n\r\n");
        if (failed) co_return refused;  // the next read says the same
        transport_->expires_after(shared_->options.body_timeout);
    }
    parser.eager(true);
    while (!parser.is_done()) {
        IoError error;
        const std::size_t used = input_.empty() ? 0 : parser.put(asio::buffer(input_), error);
        input_.erase(0, used);
        if (error && error != http::error::need_more) {
            refused = refuse(parser, error, shared_->options);
            co_return refused;
        }
        if (parser.is_done()) break;
        const auto failed = co_await fill();
        if (failed) {
            refused = broken_off("body", transport_->expired());
            co_return refused;
        }
    }
    auto message = parser.release();
    Request& request = incoming.request;
    request.method = std::string(message.method_string());
    request.body = std::move(message.body());
    const Result<void> completed =
        complete_request(request, message.target(), shared_->options.body_bytes);
    if (!completed) refused = Response::error(completed.error());
    co_return refused;
}

void Session::call_handler(Incoming& incoming) {
    Request request = std::move(incoming.request);
    request.remote = remote_;
    request.remote_is_loopback = is_loopback(remote_);
    auto state = std::make_shared<Reply::State>();
    state->session = weak_from_this();
    state->path = request.path;
    shared_->handler(std::move(request), Reply(std::move(state)));
}

asio::awaitable<IoError> Session::wait_for_answer() {
    while (!response_ && !stream_ && !aborted_) {
        co_await wait_for_wake();
    }
    co_return aborted_ ? IoError(asio::error::operation_aborted) : IoError{};
}

asio::awaitable<Session::Next> Session::send_response(const Incoming& incoming) {
    Response response = std::move(*response_);
    response_.reset();
    const bool keep = incoming.keep_alive && !shared_->stopping;
    compress_response(response, incoming.accept_encoding);
    const bool no_body = has_no_body(response.status);
    std::string out =
        response_head(response, no_body ? BodyFraming::kNone : BodyFraming::kLength,
                      keep ? Connection::kKeep : Connection::kClose, SystemClock().now());
    if (keep && http_1_0_) out.insert(out.size() - 2, "Connection: keep-alive\r\n");
    if (!no_body && !incoming.is_head) out += response.body;
    const auto failed = co_await write_all(out);
    if (failed) co_return Next::kClose;
    co_return keep ? Next::kServeAgain : Next::kFinish;
}

asio::awaitable<IoError> Session::write_all(std::string_view bytes) {
    // In steps, each with the whole time-out: a slow reader of a long body is not cut off as long
    // as it reads.
    IoError failed;
    while (!bytes.empty() && !failed) {
        const std::string_view step = bytes.substr(0, kWriteStep);
        bytes.remove_prefix(step.size());
        transport_->expires_after(shared_->options.body_timeout);
        const asio::const_buffer buffer(step.data(), step.size());
        const auto error = co_await transport_->write(buffer);
        failed = error;
    }
    if (!failed) transport_->never_expires();
    co_return failed;
}

asio::awaitable<void> Session::pump_stream() {
    phase_ = Phase::kStreaming;
    const std::shared_ptr<StreamBuffer> stream = stream_;
    const std::string head =
        response_head(stream_head_, stream->framing, Connection::kClose, SystemClock().now());
    auto failed = co_await write_all(head);
    if (!failed) spawn(signal_.get_executor(), watch_peer(), [self = shared_from_this()] {});
    while (!failed && !stream->peer_gone && !aborted_) {
        if (!stream->pending.empty()) {
            std::string out;
            out.swap(stream->pending);
            stream->in_flight = out.size();
            const auto error = co_await write_all(out);
            stream->in_flight = 0;
            failed = error;
        } else if (stream->open) {
            co_await wait_for_wake();
        } else {
            break;
        }
    }
    const bool complete = !failed && !stream->peer_gone && !aborted_;
    if (complete && stream->framing == BodyFraming::kChunked) {
        co_await write_all(kLastChunk);
    }
    if (!complete) transport_->close();
    stream->open = false;
    stream->peer_gone = true;
}

// While a stream is open nothing else reads: this is how the peer's going is noticed.
asio::awaitable<void> Session::watch_peer() {
    const std::shared_ptr<StreamBuffer> stream = stream_;
    std::array<char, 512> sink;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    const asio::mutable_buffer into = asio::buffer(sink);
    bool there = true;
    while (there) {
        const auto got = co_await transport_->read_some(into);
        there = !got.error;
    }
    stream->peer_gone = true;
    wake();
}

}  // namespace tocsin::net
