#include "base/net/transport.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "base/net/file.h"
#include "base/net/spawn.h"

namespace tocsin::net {

namespace asio = boost::asio;
using asio::ip::tcp;

Transport::Transport(tcp::socket socket)
    : socket_(std::move(socket)), watchdog_(socket_.get_executor()) {}

void Transport::expires_after(Duration limit) {
    watchdog_.expires_after(limit);
    watchdog_.async_wait([weak = weak_from_this()](IoError error) {
        const auto self = weak.lock();
        // A handler that was queued when its timer was set anew finds the new time ahead.
        if (error || !self || self->watchdog_.expiry() > asio::steady_timer::clock_type::now()) {
            return;
        }
        self->expired_ = true;
        IoError ignored;
        self->socket_.cancel(ignored);
    });
}

void Transport::never_expires() {
    watchdog_.expires_at(asio::steady_timer::time_point::max());
    expired_ = false;
}

void Transport::close() {
    watchdog_.cancel();
    IoError ignored;
    socket_.close(ignored);
}

asio::awaitable<IoError> Transport::connect(tcp::endpoint endpoint) {
    IoError error;
    socket_.close(error);
    expired_ = false;
    socket_.open(endpoint.protocol(), error);
    if (error) co_return error;
    auto [outcome] = co_await socket_.async_connect(endpoint, kTuple);
    if (outcome) co_return expired_ ? IoError(asio::error::timed_out) : outcome;
    socket_.set_option(tcp::no_delay(true), error);
    co_return IoError{};
}

asio::awaitable<IoError> Transport::handshake_as_server(asio::ssl::context& context) {
    if (unusable()) co_return asio::error::operation_aborted;
    tls_ = std::make_unique<asio::ssl::stream<tcp::socket&>>(socket_, context);
    auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::server, kTuple);
    co_return error;
}

asio::awaitable<IoError> Transport::handshake_as_client(asio::ssl::context& context,
                                                        std::string host) {
    if (unusable()) co_return asio::error::operation_aborted;
    tls_ = std::make_unique<asio::ssl::stream<tcp::socket&>>(socket_, context);
    connecting_as_client_ = true;
    expect_host(tls_->native_handle(), host);
    auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::client, kTuple);
    co_return error;
}

std::string Transport::certificate_problem() const {
    if (!tls_ || !connecting_as_client_) return {};
    return net::certificate_problem(tls_->native_handle());
}

std::vector<std::string> Transport::peer_chain() const {
    std::vector<std::string> chain;
    if (!tls_) return chain;
    const STACK_OF(X509)* shown = SSL_get_peer_cert_chain(tls_->native_handle());
    for (int i = 0; shown != nullptr && i < sk_X509_num(shown); ++i) {
        unsigned char* bytes = nullptr;
        const int size = i2d_X509(sk_X509_value(shown, i), &bytes);
        if (size > 0) {
            chain.emplace_back(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
        }
        CRYPTO_free(bytes, __FILE__, __LINE__);  // OPENSSL_free without its macro's cast
    }
    return chain;
}

std::string Transport::tls_version() const {
    return tls_ ? SSL_get_version(tls_->native_handle()) : std::string();
}

asio::awaitable<Transfer> Transport::read_some(asio::mutable_buffer into) {
    Transfer result;
    if (unusable()) {
        result.error = asio::error::operation_aborted;
        co_return result;
    }
    if (tls_) {
        auto [error, bytes] = co_await tls_->async_read_some(into, kTuple);
        result.error = error;
        result.bytes = bytes;
    } else {
        auto [error, bytes] = co_await socket_.async_read_some(into, kTuple);
        result.error = error;
        result.bytes = bytes;
    }
    co_return result;
}

asio::awaitable<IoError> Transport::write(asio::const_buffer bytes) {
    if (unusable()) co_return asio::error::operation_aborted;
    if (tls_) {
        auto [error, count] = co_await asio::async_write(*tls_, bytes, kTuple);
        co_return error;
    }
    auto [error, count] = co_await asio::async_write(socket_, bytes, kTuple);
    co_return error;
}

asio::awaitable<void> Transport::finish(Duration limit) {
    if (!socket_.is_open()) co_return;
    expired_ = false;
    expires_after(limit);
    if (tls_) {
        // The peer's close_notify is waited for, which drains what it still sends.
        co_await tls_->async_shutdown(kTuple);
    }
    IoError error;
    socket_.shutdown(tcp::socket::shutdown_send, error);
    std::array<char, 4096> sink;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    const asio::mutable_buffer into = asio::buffer(sink);
    while (!error && !unusable()) {
        auto [failed, bytes] = co_await socket_.async_read_some(into, kTuple);
        error = failed;
    }
    close();
}

bool Transport::is_stale() {
    if (unusable()) return true;
    char byte = 0;
    const auto n = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n == 0) return true;
    // Under TLS a session ticket may wait there; without, nothing may.
    if (n > 0) return tls_ == nullptr;
    return errno != EAGAIN && errno != EWOULDBLOCK;
}

namespace {

Error tls_file_error(const std::string& path, const IoError& error) {
    return {ErrorCode::kInvalid, "cannot use " + path + " for TLS: " + error.message()};
}

void restrict_protocols(asio::ssl::context& context) {
    // TLS 1.2 and 1.3 alone, no renegotiation or compression, and no buffers kept by idle
    // connections.
    SSL_CTX* raw = context.native_handle();
    SSL_CTX_ctrl(raw, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, nullptr);
    SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_ctrl(raw, SSL_CTRL_MODE, SSL_MODE_RELEASE_BUFFERS, nullptr);
}

}  // namespace

Result<std::unique_ptr<asio::ssl::context>> server_tls(const std::string& certificate_file,
                                                       const std::string& key_file) {
    auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    restrict_protocols(*context);
    TOCSIN_TRY(use_identity(*context, certificate_file, key_file));
    return context;
}

Result<std::unique_ptr<asio::ssl::context>> client_tls(const ClientOptions& options) {
    const std::string& ca_file = options.ca_file;
    auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client);
    restrict_protocols(*context);
    if (!options.certificate_file.empty()) {
        TOCSIN_TRY(use_identity(*context, options.certificate_file, options.key_file));
    }
    IoError error;
    if (options.peer == PeerCheck::kUnverified) return context;
    if (options.peer == PeerCheck::kVerified) context->set_verify_mode(asio::ssl::verify_peer);
    if (ca_file.empty()) {
        context->set_default_verify_paths(error);
    } else {
        context->load_verify_file(ca_file, error);
    }
    if (error)
        return tls_file_error(ca_file.empty() ? "the system's certificates" : ca_file, error);
    return context;
}

Result<void> use_identity(asio::ssl::context& context, const std::string& certificate_file,
                          const std::string& key_file) {
    IoError error;
    context.use_certificate_chain_file(certificate_file, error);
    if (error) return tls_file_error(certificate_file, error);
    TOCSIN_TRY(const Secret key, read_secret(key_file));  // refuses what others can read
    context.use_private_key(asio::buffer(key.reveal()), asio::ssl::context::pem, error);
    if (error) return tls_file_error(key_file, error);
    return success();
}

void expect_host(SSL* ssl, const std::string& host) {
    X509_VERIFY_PARAM* verify = SSL_get0_param(ssl);
    IoError no_literal;
    asio::ip::make_address(host, no_literal);
    if (!no_literal) {
        X509_VERIFY_PARAM_set1_ip_asc(verify, host.c_str());
        return;
    }
    X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(verify, host.c_str(), host.size());
    // What SSL_set_tlsext_host_name does, without its macro's cast; it copies the name.
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             std::string(host).data());
}

std::string certificate_problem(SSL* ssl) {
    const long verdict = SSL_get_verify_result(ssl);
    return verdict == X509_V_OK ? std::string() : X509_verify_cert_error_string(verdict);
}

}  // namespace tocsin::net
