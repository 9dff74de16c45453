// A connection for protocols that are not HTTP: TCP, TLS over it, or a unix socket. On the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/result.h"
#include "base/core/time.h"
#include "base/net/loop.h"
#include "base/net/offload.h"

namespace tocsin::net {

// Files are read when a connection is made, so that renewed ones count from the next on.
struct StreamTls {
    std::string ca_file;           // PEM; "": the system's store
    std::string certificate_file;  // of the client; "": none
    std::string key_file;
    std::string server_name;  // whom the certificate must name; "": the host
};

struct StreamPeer {
    std::string host;  // a name or a literal address, without brackets
    std::uint16_t port = 0;
    std::string path;  // of a unix socket; with it the host and the port mean nothing
    std::optional<StreamTls> tls;
    Duration connect_timeout{10s};  // shared by the addresses of the host

    std::string text() const;  // "db.example:6379", "[::1]:6379", "/run/redis.sock"
};

class ByteStream {
  public:
    using Opened = std::function<void()>;
    // Valid during the call. An error is the last call: the connection could not be made, failed,
    // or was ended by the peer (kUnavailable), its certificate was refused (kInvalid).
    using Heard = std::function<void(const Result<std::string_view>& bytes)>;

    // Begins to connect; a name is looked up in the pool. Nothing is called inside open().
    static std::unique_ptr<ByteStream> open(Loop& loop, OffloadPool& pool, StreamPeer peer,
                                            Opened opened, Heard heard);
    // Closes; nothing is called any more. May happen inside a callback.
    ~ByteStream();
    ByteStream(const ByteStream&) = delete;
    ByteStream& operator=(const ByteStream&) = delete;

    // Sends all of it after what was written before; once it is open. A failure is told by `heard`.
    void write(std::string bytes);

    struct State;

  private:
    explicit ByteStream(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
};

}  // namespace tocsin::net
