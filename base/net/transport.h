// One TCP connection, plain or under TLS, with a deadline on whatever it does. Asio; for
// base/net's own sources only.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "base/net/http_client.h"

namespace tocsin::net {

using IoError = boost::system::error_code;

struct Transfer {
    IoError error;
    std::size_t bytes = 0;
};

// Held by shared_ptr, because its deadline's handler may outlive its user's interest. Coroutines
// that await a member must hold it too.
class Transport : public std::enable_shared_from_this<Transport> {
  public:
    explicit Transport(boost::asio::ip::tcp::socket socket);

    // From now: what runs or is started later fails once `limit` has passed. Replaces the last one.
    void expires_after(Duration limit);
    void never_expires();
    bool expired() const { return expired_; }

    // Fails what runs now and all that comes.
    void close();
    bool is_open() const { return socket_.is_open(); }

    boost::asio::awaitable<IoError> connect(boost::asio::ip::tcp::endpoint endpoint);
    boost::asio::awaitable<IoError> handshake_as_server(boost::asio::ssl::context& context);
    // Verifies the peer's certificate against `host`, a name or a literal address.
    boost::asio::awaitable<IoError> handshake_as_client(boost::asio::ssl::context& context,
                                                        std::string host);
    // Why the last handshake as a client failed, when it was the certificate; else "".
    std::string certificate_problem() const;
    std::vector<std::string> peer_chain() const;  // as the peer showed it to us as a client; DER
    std::string tls_version() const;              // "TLSv1.3"; "" without TLS

    boost::asio::awaitable<Transfer> read_some(boost::asio::mutable_buffer into);
    boost::asio::awaitable<IoError> write(boost::asio::const_buffer bytes);  // all of it
    // Says goodbye (close_notify, FIN), reads on until the peer's FIN so that what was written
    // arrives (a close with unread input sends a reset), and closes. At most `limit`.
    boost::asio::awaitable<void> finish(Duration limit);

    // An idle connection that the peer closed, or on which it said something unasked for.
    bool is_stale();
    boost::asio::ip::tcp::socket& socket() { return socket_; }

  private:
    bool unusable() const { return expired_ || !socket_.is_open(); }

    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer watchdog_;
    std::unique_ptr<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
    bool expired_ = false;
    bool connecting_as_client_ = false;
};

// kIo or kInvalid names the file.
Result<std::unique_ptr<boost::asio::ssl::context>> server_tls(const std::string& certificate_file,
                                                              const std::string& key_file);
Result<std::unique_ptr<boost::asio::ssl::context>> client_tls(const ClientOptions& options);
// Who this end is: the certificate with its chain, and the key that only its owner may read.
Result<void> use_identity(boost::asio::ssl::context& context, const std::string& certificate_file,
                          const std::string& key_file);
// Before a handshake as a client: `host` is a name or a literal address.
void expect_host(SSL* ssl, const std::string& host);
// After one that failed: what was wrong with the certificate; "" when it was something else.
std::string certificate_problem(SSL* ssl);

}  // namespace tocsin::net
