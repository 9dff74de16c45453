// The client between our own two ends: keep-alive, TLS (the configured CA only), gzip, proxy by
// CONNECT. One connection an address, requests in order. On the loop. An address that refuses a
// compressed body (400, 415) is sent the plain one, and none compressed any more if it takes that.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "base/core/time.h"
#include "base/net/http.h"
#include "base/net/loop.h"

namespace tocsin::net {

// kUnverified talks to whoever answers: for those who say so in their configuration. kTold does
// too, and keeps what is wrong with the certificate for whoever asks.
enum class PeerCheck { kVerified, kUnverified, kTold };

struct ClientOptions {
    std::string ca_file;  // PEM; "": the system's store, loaded only when an https URL is used
    std::string certificate_file;  // PEM, of our own, with key_file: for servers that ask for one
    std::string key_file;          // refused when others can read it
    std::string server_name;       // who the peer must be, and what it is asked for; "": URL's host
    PeerCheck peer = PeerCheck::kVerified;
    std::optional<HostPort> proxy;
    std::size_t body_bytes = 16 * 1024 * 1024;  // of a response
    std::size_t gzip_from = 1024;               // request bodies at least this long go compressed
};

struct ClientRequest {
    std::string method = "GET";
    std::string url;
    Headers headers;
    std::string body;
    Duration timeout{10s};  // for all of it: connect, TLS, send, answer
    // For an answer that has no end (server-sent events): the body of a 2xx goes here as it comes,
    // without a limit and as it was sent (ask for "identity"), and not into the Response. `timeout`
    // is then for each piece. On the loop; may destroy the client.
    std::function<void(std::string_view)> on_piece = {};
};

class HttpClient {
  public:
    HttpClient(Loop& loop, ClientOptions options);
    ~HttpClient();  // pending callbacks do not run
    // Exactly one callback, on the loop, never inside send(). A status ≥ 400 is a Response; errors
    // are kTimeout, kUnavailable (refused, reset, name not found), kInvalid (URL, TLS certificate).
    void send(ClientRequest request, std::function<void(Result<Response>)> done);

    struct Impl;

  private:
    std::shared_ptr<Impl> impl_;
};

// The same, blocking, on a loop of its own: for commands and tests.
Result<Response> fetch(ClientRequest request, const ClientOptions& options = {});

}  // namespace tocsin::net
