#include "base/net/http_server.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <unordered_set>
#include <utility>

#include "base/core/clock.h"
#include "base/net/http_message.h"
#include "base/net/http_session.h"
#include "base/net/log.h"
#include "base/net/loop_impl.h"
#include "base/net/spawn.h"

namespace tocsin::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// Connections beyond the limit that are being told so at once; more are closed without a word.
constexpr std::size_t kMostRefusals = 32;
constexpr Duration kRefusalTime{1s};
constexpr Duration kPauseWithoutDescriptors{100ms};

}  // namespace

struct HttpServer::Impl : std::enable_shared_from_this<HttpServer::Impl> {
    explicit Impl(Loop& l) : loop(l), acceptor(l.impl().io), pause(l.impl().io) {}

    Result<void> listen();
    static asio::awaitable<void> accept(std::shared_ptr<Impl> self);
    static asio::awaitable<void> refuse(std::shared_ptr<Transport> transport);
    void begin_session(std::shared_ptr<Transport> transport);
    void ended(const std::shared_ptr<Session>& session);
    void abort_all();
    void close_acceptor();

    Loop& loop;
    std::shared_ptr<ServerShared> shared;
    tcp::acceptor acceptor;
    asio::steady_timer pause;
    HostPort bound;
    std::unordered_set<std::shared_ptr<Session>> sessions;
    std::size_t refusals = 0;
    Timer grace;
    std::function<void()> stopped;
};

namespace {

Error bind_error(const HostPort& where, const boost::system::error_code& error) {
    return {ErrorCode::kIo, "cannot listen on " + where.host + ":" + std::to_string(where.port) +
                                ": " + error.message()};
}

Result<tcp::endpoint> resolve_listen(asio::io_context& io, const HostPort& where) {
    boost::system::error_code error;
    const auto literal = asio::ip::make_address(where.host, error);
    if (!error) return tcp::endpoint(literal, where.port);
    tcp::resolver resolver(io);
    const auto found = resolver.resolve(where.host, std::to_string(where.port), error);
    if (error) return bind_error(where, error);
    return found.begin()->endpoint();
}

}  // namespace

Result<void> HttpServer::Impl::listen() {
    const HostPort& where = shared->options.listen;
    TOCSIN_TRY(const tcp::endpoint endpoint, resolve_listen(loop.impl().io, where));
    boost::system::error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return bind_error(where, error);
    const tcp::endpoint local = acceptor.local_endpoint(error);
    if (error) return bind_error(where, error);
    bound = {local.address().to_string(), local.port()};
    return success();
}

asio::awaitable<void> HttpServer::Impl::accept(std::shared_ptr<Impl> self) {
    tcp::acceptor& acceptor = self->acceptor;
    while (acceptor.is_open()) {
        tcp::socket socket(acceptor.get_executor());
        auto [error] = co_await acceptor.async_accept(socket, kTuple);
        if (!acceptor.is_open()) break;
        if (error) {
            // Most likely out of descriptors: those of ended connections come back.
            log_warning("cannot accept a connection", {{"error", error.message()}});
            self->pause.expires_after(kPauseWithoutDescriptors);
            co_await self->pause.async_wait(kTuple);
            continue;
        }
        boost::system::error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        auto transport = std::make_shared<Transport>(std::move(socket));
        if (self->sessions.size() < self->shared->options.connections) {
            self->begin_session(std::move(transport));
        } else if (self->refusals < kMostRefusals && !self->shared->tls) {
            ++self->refusals;
            spawn(acceptor.get_executor(), refuse(std::move(transport)),
                  [self] { --self->refusals; });
        }
    }
}

asio::awaitable<void> HttpServer::Impl::refuse(std::shared_ptr<Transport> transport) {
    const Response response =
        rejection(503, ErrorCode::kUnavailable, "the server has too many connections; try later");
    const std::string text =
        response_head(response, BodyFraming::kLength, Connection::kClose, SystemClock().now()) +
        response.body;
    transport->expires_after(kRefusalTime);
    const asio::const_buffer buffer = asio::buffer(text);
    const auto failed = co_await transport->write(buffer);
    if (!failed) {
        co_await transport->finish(kRefusalTime);
    }
    transport->close();
}

void HttpServer::Impl::begin_session(std::shared_ptr<Transport> transport) {
    auto session = std::make_shared<Session>(shared, std::move(transport));
    sessions.insert(session);
    spawn(acceptor.get_executor(), session->run(),
          [self = shared_from_this(), session] { self->ended(session); });
}

void HttpServer::Impl::ended(const std::shared_ptr<Session>& session) {
    session->abort();
    sessions.erase(session);
    if (!sessions.empty() || !stopped) return;
    grace.cancel();
    loop.post(std::exchange(stopped, nullptr));
}

void HttpServer::Impl::abort_all() {
    const auto all = sessions;
    for (const auto& session : all) session->abort();
}

void HttpServer::Impl::close_acceptor() {
    boost::system::error_code ignored;
    acceptor.close(ignored);
    pause.cancel();
}

HttpServer::HttpServer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<HttpServer>> HttpServer::start(Loop& loop, ServerOptions options,
                                                      Handler handler) {
    auto impl = std::make_shared<Impl>(loop);
    impl->shared = std::make_shared<ServerShared>();
    impl->shared->options = std::move(options);
    impl->shared->handler = std::move(handler);
    if (const auto& tls = impl->shared->options.tls) {
        TOCSIN_TRY(impl->shared->tls, server_tls(tls->certificate_file, tls->key_file));
    }
    TOCSIN_TRY(impl->listen());
    spawn(loop.impl().io.get_executor(), Impl::accept(impl));
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::~HttpServer() {
    impl_->shared->stopping = true;
    impl_->stopped = nullptr;
    impl_->grace.cancel();
    impl_->close_acceptor();
    impl_->abort_all();
}

HostPort HttpServer::address() const {
    return impl_->bound;
}

std::size_t HttpServer::connections() const {
    return impl_->sessions.size();
}

void HttpServer::stop(Duration grace, std::function<void()> done) {
    impl_->shared->stopping = true;
    impl_->close_acceptor();
    if (impl_->sessions.empty()) {
        impl_->loop.post(std::move(done));
        return;
    }
    impl_->stopped = std::move(done);
    const std::weak_ptr<Impl> weak = impl_;
    impl_->grace = impl_->loop.after(grace, [weak] {
        if (const auto impl = weak.lock()) impl->abort_all();
    });
    const auto all = impl_->sessions;
    for (const auto& session : all) session->wind_down();
}

}  // namespace tocsin::net
