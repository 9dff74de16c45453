// An HTTP/1.1 server: keep-alive, limits, gzip both ways, streams, graceful stop. On the loop.
//
// A handler gets the request and a Reply; it answers now or later, from the loop's thread. A Reply
// that is destroyed unanswered sends 500. Each connection handles one request at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/core/result.h"
#include "base/core/secret.h"
#include "base/core/time.h"
#include "base/net/http.h"
#include "base/net/loop.h"

namespace tocsin::net {

// A response whose body comes in pieces (server-sent events). Valid until closed.
class Stream {
  public:
    virtual ~Stream() = default;
    // False when the peer is gone or more than 1 MiB waits for it (then it is cut off).
    virtual bool write(std::string chunk) = 0;
    virtual void close() = 0;
    virtual bool open() const = 0;
};

class Reply {
  public:
    struct State;
    explicit Reply(std::shared_ptr<State> state) : state_(std::move(state)) {}
    // Once; a second call is a bug.
    void send(Response response) const;
    // Sends the status and headers and leaves the body open.
    std::shared_ptr<Stream> stream(Response head) const;

  private:
    std::shared_ptr<State> state_;
};

using Handler = std::function<void(Request, Reply)>;

struct TlsFiles {
    std::string certificate_file;
    std::string key_file;
};

struct ServerOptions {
    HostPort listen;
    std::size_t header_bytes = 16 * 1024;
    std::size_t body_bytes = 16 * 1024 * 1024;  // after decompression too; beyond: 413
    std::size_t connections = 4096;             // beyond: 503 and closed
    Duration header_timeout{10s};
    Duration body_timeout{30s};
    Duration idle_timeout{75s};
    std::optional<TlsFiles> tls;
};

class HttpServer {
  public:
    // Binds at once: kIo with the address when it cannot.
    static Result<std::unique_ptr<HttpServer>> start(Loop& loop, ServerOptions options,
                                                     Handler handler);
    ~HttpServer();
    HostPort address() const;  // the port that was bound when 0 was asked for
    std::size_t connections() const;
    // Accepts no more, lets requests in flight finish for `grace`, then closes and calls back.
    void stop(Duration grace, std::function<void()> done);

    struct Impl;

  private:
    explicit HttpServer(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::net
