#include "base/net/tls_look.h"

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "base/core/strings.h"
#include "base/net/loop_impl.h"
#include "base/net/spawn.h"
#include "base/net/start_tls.h"
#include "base/net/transport.h"

namespace tocsin::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t kMostHeard = 16 * 1024;

std::string name_of(const HostPort& to) {
    const bool v6 = to.host.find(':') != std::string::npos;
    return (v6 ? "[" + to.host + "]" : to.host) + ":" + std::to_string(to.port);
}

struct Look : std::enable_shared_from_this<Look> {
    Look(Loop& loop, TlsLookRequest asked) : request(std::move(asked)), resolver(loop.impl().io) {}

    Error unavailable(std::string_view doing, const IoError& error) const {
        return {ErrorCode::kUnavailable,
                std::string(doing) + " " + name_of(request.to) + ": " + error.message()};
    }

    void finish(Result<TlsLook> result) {
        deadline.cancel();
        resolver.cancel();
        if (transport) transport->close();
        if (const auto tell = std::exchange(done, nullptr)) tell(std::move(result));
    }

    asio::awaitable<void> run(std::shared_ptr<Look> self);
    asio::awaitable<std::optional<Error>> connect();
    asio::awaitable<std::optional<Error>> talk(StartTlsStep step);
    asio::awaitable<std::optional<Error>> hear_more();
    asio::awaitable<Result<TlsLook>> handshake();

    TlsLookRequest request;
    tcp::resolver resolver;
    std::shared_ptr<Transport> transport{};
    std::unique_ptr<asio::ssl::context> tls{};
    std::string heard{};  // and not yet read
    std::function<void(Result<TlsLook>)> done{};
    Timer deadline{};
};

asio::awaitable<std::optional<Error>> Look::connect() {
    std::optional<Error> failed;
    const std::string service = std::to_string(request.to.port);
    auto [error, found] = co_await resolver.async_resolve(request.to.host, service, kTuple);
    if (error) {
        failed = unavailable("looking up", error);
        co_return failed;
    }
    std::vector<tcp::endpoint> endpoints;
    for (const auto& entry : found) endpoints.push_back(entry.endpoint());
    for (std::size_t i = 0; i < endpoints.size() && done; ++i) {
        transport = std::make_shared<Transport>(tcp::socket(resolver.get_executor()));
        const std::shared_ptr<Transport> trying = transport;
        // An address that swallows packets leaves time for those after it.
        trying->expires_after(request.timeout / static_cast<int>(endpoints.size()));
        const auto refused = co_await trying->connect(endpoints[i]);
        if (!refused) {
            trying->never_expires();
            failed.reset();
            break;
        }
        failed = unavailable("connecting to", refused);
    }
    co_return failed;
}

asio::awaitable<std::optional<Error>> Look::hear_more() {
    std::optional<Error> failed;
    // Written before it is read. NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init)
    std::array<char, 1024> bytes;
    const asio::mutable_buffer into = asio::buffer(bytes);
    const auto got = co_await transport->read_some(into);
    if (got.error) {
        failed = unavailable("before TLS, hearing", got.error);
        co_return failed;
    }
    heard.append(bytes.data(), got.bytes);
    if (heard.size() > kMostHeard) {
        failed = Error(ErrorCode::kTooLarge, name_of(request.to) + " says too much before TLS");
    }
    co_return failed;
}

asio::awaitable<std::optional<Error>> Look::talk(StartTlsStep step) {
    std::optional<Error> failed;
    if (!step.say.empty()) {
        const asio::const_buffer out = asio::buffer(step.say);
        const auto unsent = co_await transport->write(out);
        if (unsent) {
            failed = unavailable("before TLS, talking to", unsent);
            co_return failed;
        }
    }
    std::string shown;
    Heard answer = hear_answer(step, heard, shown);
    while (answer == Heard::kMore) {
        auto unheard = co_await hear_more();
        if (unheard) co_return unheard;
        answer = hear_answer(step, heard, shown);
    }
    if (answer == Heard::kRefused) {
        failed = Error(ErrorCode::kUnavailable, name_of(request.to) +
                                                    " does not begin TLS: it answers " +
                                                    valid_utf8(shown.substr(0, 80)));
    }
    co_return failed;
}

asio::awaitable<Result<TlsLook>> Look::handshake() {
    ClientOptions options;
    options.ca_file = request.ca_file;
    options.certificate_file = request.certificate_file;
    options.key_file = request.key_file;
    options.peer = PeerCheck::kTold;
    auto context = client_tls(options);
    if (!context) co_return std::move(context).error();
    tls = std::move(context).value();
    const std::shared_ptr<Transport> open = transport;
    const std::string name = request.server_name.empty() ? request.to.host : request.server_name;
    const auto error = co_await open->handshake_as_client(*tls, name);
    TlsLook look;
    look.chain = open->peer_chain();
    if (error) {
        Error failed = unavailable("TLS with", error);
        if (look.chain.empty()) co_return failed;
        look.broken_off = std::move(failed.message);
    }
    look.problem = open->certificate_problem();
    look.version = open->tls_version();
    co_return look;
}

asio::awaitable<void> Look::run(std::shared_ptr<Look> self) {
    auto failed = co_await self->connect();
    for (const StartTlsStep& step : start_tls_steps(self->request.start_tls)) {
        if (failed || !self->done) break;
        const StartTlsStep next = step;
        auto refused = co_await self->talk(next);
        failed = std::move(refused);
    }
    if (!failed && !self->heard.empty()) {
        // What was said in the clear must not pass for what is said under TLS.
        failed = Error(ErrorCode::kUnavailable,
                       name_of(self->request.to) + " goes on talking where TLS begins");
    }
    if (!self->done) co_return;
    if (failed) {
        self->finish(std::move(*failed));
        co_return;
    }
    auto look = co_await self->handshake();
    self->finish(std::move(look));
}

class Handle final : public TlsLooking {
  public:
    explicit Handle(std::shared_ptr<Look> look) : look_(std::move(look)) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() override {
        look_->done = nullptr;
        look_->finish(Error(ErrorCode::kUnavailable, "let go"));
    }

  private:
    std::shared_ptr<Look> look_;
};

}  // namespace

std::unique_ptr<TlsLooking> look_at_tls(Loop& loop, TlsLookRequest request,
                                        std::function<void(Result<TlsLook>)> done) {
    const auto look = std::make_shared<Look>(loop, std::move(request));
    look->done = std::move(done);
    const std::weak_ptr<Look> weak = look;
    look->deadline = loop.after(look->request.timeout, [weak] {
        const auto self = weak.lock();
        if (!self) return;
        self->finish(Error(ErrorCode::kTimeout, "no answer from " + name_of(self->request.to) +
                                                    " within " +
                                                    format_duration(self->request.timeout)));
    });
    loop.post([look, executor = loop.impl().io.get_executor()] {
        if (look->done) spawn(executor, look->run(look));
    });
    return std::make_unique<Handle>(look);
}

}  // namespace tocsin::net
