// One request and its answer on an open connection. For base/net's own sources only.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>

#include "base/net/http_client.h"
#include "base/net/transport.h"

namespace tocsin::net {

struct ExchangeLimits {
    std::size_t body_bytes = 0;
};

struct ExchangeOutcome {
    Result<Response> result;
    bool reusable = false;   // the connection may carry the next request
    bool untouched = false;  // failed before the first byte of an answer
};

boost::asio::awaitable<ExchangeOutcome> exchange(std::shared_ptr<Transport> transport,
                                                 const ClientRequest& request, const Url& url,
                                                 ExchangeLimits limits);

// Asks the proxy at the other end for a tunnel to the URL's host.
boost::asio::awaitable<std::optional<Error>> proxy_connect(std::shared_ptr<Transport> transport,
                                                           const Url& url);

}  // namespace tocsin::net
