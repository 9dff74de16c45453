// One HTTP request over libcurl's multi interface: no thread, no waiting. Redirects are followed by
// whoever starts the next request.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/core/result.h"
#include "base/core/secret.h"
#include "base/net/http.h"
#include "collector/net/probe/address.h"
#include "collector/net/probe/http_check.h"
#include "collector/net/probe/http_transfers.h"
#include "collector/net/probe/tls.h"

namespace tocsin::collector::probe {

// What of a request's time was spent on what, in seconds.
struct HttpPhases {
    double connect = 0;
    double tls = 0;
    double processing = 0;
    double transfer = 0;
};

enum class HttpAuth { kNone, kBasic, kBearer };

struct HttpRequest {
    net::Url url;
    std::string method;
    Pairs headers;
    std::string body;
    Address address;       // of the host, or of the proxy
    std::string tls_name;  // whom to expect under TLS; "": the URL's host
    HttpAuth auth = HttpAuth::kNone;
    std::string user;
    Secret secret;
    Secret proxy_secret;  // of the configuration's user
};

// What came of it, complete or not.
struct HttpResponse {
    HttpAnswer answer;
    double content_length = 0;  // -1: not said
    double body_size = 0;       // after decompression
    HttpPhases phases;
    std::optional<PeerFacts> peer;
    std::string redirect;  // the absolute URL that a 3xx sends to
};

// Keeps cookies from one request to the next, until stop(); each has a connection of its own, as in
// blackbox_exporter. Made once for a target: libcurl's handle and its options are dear to set up.
class HttpExchange {
  public:
    using Done = std::function<void(const Result<void>&)>;
    enum class Body { kCounted, kKept };

    HttpExchange(std::shared_ptr<HttpTransfers> transfers, const HttpConfig& config, Body body);
    ~HttpExchange();
    HttpExchange(const HttpExchange&) = delete;
    HttpExchange& operator=(const HttpExchange&) = delete;

    // One at a time. `done` comes later. An error is one of the connection or of what came over it;
    // what came until then counts.
    void start(const HttpRequest& request, Done done);
    // Breaks off what has not finished, and forgets all that came. Never called from within `done`.
    void stop();
    // As far as it has come.
    const HttpResponse& response() const;

    struct Impl;

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace tocsin::collector::probe
