#include "base/net/client_exchange.h"

#include <boost/asio/error.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/none.hpp>
#include <functional>
#include <utility>

#include "base/core/strings.h"
#include "base/net/http_message.h"

namespace tocsin::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t kReadStep = 16 * 1024;
constexpr std::uint32_t kMostHeader = 64 * 1024;
constexpr int kMostInterim = 8;  // 1xx answers before the real one

using Parser = http::parser<false, http::string_body>;

using OnPiece = std::function<void(std::string_view)>;

struct Reading {
    const OnPiece* on_piece = nullptr;  // takes the body in pieces
    std::string input;                  // read and not yet parsed
    bool any_byte = false;
};

asio::awaitable<IoError> fill(std::shared_ptr<Transport> transport, Reading& reading) {
    const std::size_t had = reading.input.size();
    reading.input.resize(had + kReadStep);
    const asio::mutable_buffer into(reading.input.data() + had, kReadStep);
    const auto got = co_await transport->read_some(into);
    reading.input.resize(had + got.bytes);
    if (got.bytes > 0) reading.any_byte = true;
    co_return got.error;
}

bool is_end(const IoError& error) {
    return error == asio::error::eof || error == asio::ssl::error::stream_truncated;
}

// What has come of the body so far, to whoever takes it in pieces.
void hand_over(Parser& parser, const Reading& reading) {
    const bool wanted = reading.on_piece != nullptr && *reading.on_piece;
    if (!wanted || !parser.is_header_done() || parser.get().result_int() / 100 != 2) return;
    parser.body_limit(boost::none);
    const std::string piece = std::exchange(parser.get().body(), {});
    if (!piece.empty()) (*reading.on_piece)(piece);
}

// Until the message is complete, or the connection's end completes it.
asio::awaitable<IoError> parse_message(std::shared_ptr<Transport> transport, Reading& reading,
                                       Parser& parser) {
    IoError error;
    while (!parser.is_done()) {
        if (!reading.input.empty()) {
            const std::size_t used = parser.put(asio::buffer(reading.input), error);
            reading.input.erase(0, used);
            if (error && error != http::error::need_more) co_return error;
            error = {};
            hand_over(parser, reading);
            if (parser.is_done()) break;
        }
        const auto failed = co_await fill(transport, reading);
        if (!failed) continue;
        if (!is_end(failed) || !parser.is_header_done()) co_return failed;
        parser.put_eof(error);
        co_return error;
    }
    co_return error;
}

Error exchange_error(const Url& url, const IoError& error, std::size_t limit) {
    if (error == http::error::body_limit) {
        return {ErrorCode::kTooLarge, "the answer of " + host_header(url) + " is longer than " +
                                          std::to_string(limit) + " bytes"};
    }
    return {ErrorCode::kUnavailable, "talking to " + host_header(url) + ": " + error.message()};
}

Result<Response> to_response(Parser& parser, std::size_t limit) {
    auto message = parser.release();
    Response response;
    response.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
        response.headers.add(field.name_string(), std::string(field.value()));
    }
    response.body = std::move(message.body());
    const std::string_view coding = trim(response.headers.get("Content-Encoding"));
    if (iequals(coding, "gzip") && !response.body.empty()) {
        TOCSIN_TRY(response.body, gunzip(response.body, limit));
    }
    return response;
}

// The answer after those of 1xx.
asio::awaitable<IoError> receive(std::shared_ptr<Transport> transport, Reading& reading,
                                 std::optional<Parser>& parser, const std::string& method,
                                 std::size_t body_bytes) {
    IoError error;
    for (int interim = 0; interim < kMostInterim; ++interim) {
        parser.emplace();
        parser->header_limit(kMostHeader);
        parser->body_limit(body_bytes);
        parser->eager(true);
        if (method == "HEAD") parser->skip(true);
        const auto failed = co_await parse_message(transport, reading, *parser);
        error = failed;
        if (error || parser->get().result_int() / 100 != 1) break;
    }
    co_return error;
}

}  // namespace

asio::awaitable<ExchangeOutcome> exchange(std::shared_ptr<Transport> transport,
                                          const ClientRequest& request, const Url& url,
                                          ExchangeLimits limits) {
    ExchangeOutcome outcome{Error(ErrorCode::kInternal, "no answer")};
    auto head = request_head(request.method, url, request.headers, request.body.size());
    if (!head) {
        outcome.result = std::move(head).error();
        outcome.reusable = true;
        co_return outcome;
    }
    const std::string bytes = std::move(head).value() + request.body;
    const asio::const_buffer out = asio::buffer(bytes);
    // A server may refuse a body and answer before it has read all of it: read on regardless.
    const auto unsent = co_await transport->write(out);
    Reading reading;
    reading.on_piece = &request.on_piece;
    std::optional<Parser> parser;
    const std::string& method = request.method;
    const auto error = co_await receive(transport, reading, parser, method, limits.body_bytes);
    if (error) {
        const IoError cause = unsent && !reading.any_byte ? unsent : error;
        outcome.result = exchange_error(url, cause, limits.body_bytes);
        outcome.untouched = !reading.any_byte;
        co_return outcome;
    }
    outcome.reusable = !unsent && parser->keep_alive() && !parser->need_eof() &&
                       reading.input.empty() && parser->get().result_int() / 100 != 1;
    outcome.result = to_response(*parser, limits.body_bytes);
    co_return outcome;
}

asio::awaitable<std::optional<Error>> proxy_connect(std::shared_ptr<Transport> transport,
                                                    const Url& url) {
    const bool v6 = url.host.find(':') != std::string::npos;
    const std::string to = (v6 ? "[" + url.host + "]" : url.host) + ":" + std::to_string(url.port);
    const std::string request = "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n\r\n";
    const asio::const_buffer out = asio::buffer(request);
    std::optional<Error> failed;
    const auto unsent = co_await transport->write(out);
    Reading reading;
    Parser parser;
    parser.header_limit(kMostHeader);
    parser.skip(true);  // a tunnel's answer has no body
    IoError error = unsent;
    if (!error) {
        const auto unread = co_await parse_message(transport, reading, parser);
        error = unread;
    }
    if (error) {
        failed =
            Error(ErrorCode::kUnavailable, "asking the proxy for " + to + ": " + error.message());
    } else if (parser.get().result_int() / 100 != 2 || !reading.input.empty()) {
        failed = Error(ErrorCode::kUnavailable, "the proxy answered " +
                                                    std::to_string(parser.get().result_int()) +
                                                    " to CONNECT " + to);
    }
    co_return failed;
}

}  // namespace tocsin::net
