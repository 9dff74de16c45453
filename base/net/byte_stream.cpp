#include "base/net/byte_stream.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <deque>
#include <utility>
#include <vector>

#include "base/net/loop_impl.h"
#include "base/net/transport.h"

namespace tocsin::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using Protocol = asio::generic::stream_protocol;
using TlsStream = asio::ssl::stream<Protocol::socket&>;

namespace {

struct Lookup {
    std::vector<Protocol::endpoint> endpoints;
    std::string failure;
};

// Blocks; for the pool.
void look_up(const std::string& host, std::uint16_t port, Lookup& into) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (failed != 0) {
        into.failure = failed == EAI_SYSTEM ? errno_text(errno) : ::gai_strerror(failed);
        return;
    }
    for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
        into.endpoints.emplace_back(at->ai_addr, at->ai_addrlen);
    }
    ::freeaddrinfo(found);
}

}  // namespace

std::string StreamPeer::text() const {
    if (!path.empty()) return path;
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

// Kept by the handlers of what is under way; `heard` is empty once nobody listens any more.
struct ByteStream::State : std::enable_shared_from_this<State> {
    Loop& loop;
    StreamPeer peer;
    Opened opened;
    Heard heard;
    Protocol::socket socket;
    std::unique_ptr<asio::ssl::context> context;
    std::unique_ptr<TlsStream> tls;
    std::vector<Protocol::endpoint> endpoints;
    std::size_t next_endpoint = 0;
    Timer patience;  // of the address that is being tried
    std::deque<std::string> unsent;
    std::array<char, std::size_t{16} * 1024> input{};

    State(Loop& l, StreamPeer p, Opened o, Heard h)
        : loop(l),
          peer(std::move(p)),
          opened(std::move(o)),
          heard(std::move(h)),
          socket(l.impl().io) {}

    void close() {
        heard = nullptr;
        opened = nullptr;
        patience.cancel();
        IoError ignored;
        socket.close(ignored);
    }

    void fail(ErrorCode code, std::string why) {
        const Heard tell = std::exchange(heard, nullptr);
        close();
        if (tell) tell(Error(code, std::move(why)));
    }

    void find_address(OffloadPool& pool);
    void try_next();
    void tried(const IoError& error);
    void secure();
    void secured(const IoError& error);
    void ready();
    void read();
    void send();

    template <class Next>
    void read_from(Next& stream);
    template <class Next>
    void send_to(Next& stream);
};

void ByteStream::State::find_address(OffloadPool& pool) {
    if (!peer.path.empty()) {
        if (peer.path.size() >= sizeof(sockaddr_un::sun_path)) {
            return fail(ErrorCode::kInvalid, "the path " + peer.path + " is too long for a socket");
        }
        endpoints = {Protocol::endpoint(asio::local::stream_protocol::endpoint(peer.path))};
        return try_next();
    }
    IoError no_literal;
    const auto address = asio::ip::make_address(peer.host, no_literal);
    if (!no_literal) {
        endpoints = {Protocol::endpoint(tcp::endpoint(address, peer.port))};
        return try_next();
    }
    const auto found = std::make_shared<Lookup>();
    const bool accepted =
        pool.run([found, host = peer.host, port = peer.port] { look_up(host, port, *found); },
                 [found, weak = weak_from_this()] {
                     const auto self = weak.lock();
                     if (!self || !self->heard) return;
                     if (!found->failure.empty() || found->endpoints.empty()) {
                         return self->fail(ErrorCode::kUnavailable,
                                           "looking up " + self->peer.host + ": " + found->failure);
                     }
                     self->endpoints = std::move(found->endpoints);
                     self->try_next();
                 });
    if (!accepted) {
        fail(ErrorCode::kUnavailable,
             "looking up " + peer.host + ": no thread is free, too many calls hang");
    }
}

void ByteStream::State::try_next() {
    const Protocol::endpoint& endpoint = endpoints[next_endpoint++];
    IoError ignored;
    socket.close(ignored);
    // An address that swallows packets leaves time for those after it.
    const auto share = peer.connect_timeout / static_cast<int>(endpoints.size());
    patience = loop.after(share, [this] {
        IoError unheeded;
        socket.close(unheeded);
    });
    socket.async_connect(endpoint, [self = shared_from_this()](const IoError& error) {
        if (self->heard) self->tried(error);
    });
}

void ByteStream::State::tried(const IoError& error) {
    const bool late = !patience.armed();
    patience.cancel();
    if (!error && !late) {
        if (peer.path.empty()) {
            IoError ignored;
            socket.set_option(tcp::no_delay(true), ignored);
        }
        return peer.tls ? secure() : ready();
    }
    if (next_endpoint < endpoints.size()) return try_next();
    const std::string why =
        late ? "no answer within " + format_duration(peer.connect_timeout) : error.message();
    fail(late ? ErrorCode::kTimeout : ErrorCode::kUnavailable,
         "connecting to " + peer.text() + ": " + why);
}

void ByteStream::State::secure() {
    ClientOptions options;
    options.ca_file = peer.tls->ca_file;
    options.certificate_file = peer.tls->certificate_file;
    options.key_file = peer.tls->key_file;
    auto made = client_tls(options);
    if (!made) return fail(made.error().code, made.error().message);
    context = std::move(made).value();
    tls = std::make_unique<TlsStream>(socket, *context);
    expect_host(tls->native_handle(),
                peer.tls->server_name.empty() ? peer.host : peer.tls->server_name);
    tls->async_handshake(asio::ssl::stream_base::client,
                         [self = shared_from_this()](const IoError& error) {
                             if (self->heard) self->secured(error);
                         });
}

void ByteStream::State::secured(const IoError& error) {
    if (!error) return ready();
    const std::string problem = certificate_problem(tls->native_handle());
    if (!problem.empty()) {
        return fail(ErrorCode::kInvalid,
                    "the certificate of " + peer.text() + " is refused: " + problem);
    }
    fail(ErrorCode::kUnavailable, "TLS with " + peer.text() + ": " + error.message());
}

void ByteStream::State::ready() {
    const auto self = shared_from_this();
    read();
    if (const Opened tell = std::exchange(opened, nullptr)) tell();
}

template <class Next>
void ByteStream::State::read_from(Next& stream) {
    stream.async_read_some(
        asio::buffer(input), [self = shared_from_this()](const IoError& error, std::size_t bytes) {
            if (!self->heard) return;
            if (error) {
                const bool ended =
                    error == asio::error::eof || error == asio::ssl::error::stream_truncated;
                return self->fail(
                    ErrorCode::kUnavailable,
                    self->peer.text() + (ended ? " ended the connection" : ": " + error.message()));
            }
            // Copied, because what is called may destroy the stream and with it `heard`.
            const Heard tell = self->heard;
            tell(std::string_view(self->input.data(), bytes));
            if (self->heard) self->read();
        });
}

void ByteStream::State::read() {
    if (tls) return read_from(*tls);
    read_from(socket);
}

template <class Next>
void ByteStream::State::send_to(Next& stream) {
    asio::async_write(stream, asio::buffer(unsent.front()),
                      [self = shared_from_this()](const IoError& error, std::size_t) {
                          if (!self->heard) return;
                          if (error) {
                              return self->fail(ErrorCode::kUnavailable,
                                                self->peer.text() + ": " + error.message());
                          }
                          self->unsent.pop_front();
                          if (!self->unsent.empty()) self->send();
                      });
}

void ByteStream::State::send() {
    if (tls) return send_to(*tls);
    send_to(socket);
}

std::unique_ptr<ByteStream> ByteStream::open(Loop& loop, OffloadPool& pool, StreamPeer peer,
                                             Opened opened, Heard heard) {
    auto state =
        std::make_shared<State>(loop, std::move(peer), std::move(opened), std::move(heard));
    loop.post([&pool, weak = std::weak_ptr<State>(state)] {
        const auto self = weak.lock();
        if (self && self->heard) self->find_address(pool);
    });
    return std::unique_ptr<ByteStream>(new ByteStream(std::move(state)));
}

ByteStream::~ByteStream() {
    state_->close();
}

void ByteStream::write(std::string bytes) {
    if (!state_->heard || bytes.empty()) return;
    state_->unsent.push_back(std::move(bytes));
    if (state_->unsent.size() == 1) state_->send();
}

}  // namespace tocsin::net
