#include "base/net/tls_look.h"

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/net/loop_impl.h"
#include "base/net/spawn.h"
#include "base/net/transport.h"

namespace tocsin::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// One line of what is said before TLS: what we say, and how the answer that lets us go on begins.
struct Step {
    std::string_view say;
    std::string_view expect;
};

constexpr std::array<Step, 3> kSmtp{
    {{"", "220 "}, {"EHLO tocsin\r\n", "250 "}, {"STARTTLS\r\n", "220 "}}};
constexpr std::array<Step, 2> kImap{{{"", "* OK"}, {"a STARTTLS\r\n", "a OK"}}};
constexpr std::array<Step, 2> kPop3{{{"", "+OK"}, {"STLS\r\n", "+OK"}}};

std::span<const Step> steps_of(StartTls how) {
    switch (how) {
        case StartTls::kNone:
            return {};
        case StartTls::kSmtp:
            return kSmtp;
        case StartTls::kImap:
            return kImap;
        case StartTls::kPop3:
            return kPop3;
    }
    return {};
}

// A line of an answer that goes on: "250-…" of SMTP, "* …" of IMAP.
bool goes_on(std::string_view line, std::string_view expect) {
    const bool smtp = expect.size() == 4 && line.size() > 3 && line[3] == '-' &&
                      line.substr(0, 3) == expect.substr(0, 3);
    return smtp || (expect.starts_with("a ") && line.starts_with("* "));
}

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
    asio::awaitable<std::optional<Error>> talk(Step step);
    asio::awaitable<std::optional<Error>> read_line(std::string& line);
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

asio::awaitable<std::optional<Error>> Look::read_line(std::string& line) {
    std::optional<Error> failed;
    // Written before it is read. NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init)
    std::array<char, 1024> bytes;
    while (heard.find('\n') == std::string::npos) {
        const asio::mutable_buffer into = asio::buffer(bytes);
        const auto got = co_await transport->read_some(into);
        if (got.error || heard.size() > kMostHeard) {
            failed = got.error ? unavailable("before TLS, hearing", got.error)
                               : Error(ErrorCode::kTooLarge,
                                       name_of(request.to) + " says too much before TLS");
            co_return failed;
        }
        heard.append(bytes.data(), got.bytes);
    }
    const std::size_t end = heard.find('\n');
    line = heard.substr(0, end);
    heard.erase(0, end + 1);
    co_return failed;
}

asio::awaitable<std::optional<Error>> Look::talk(Step step) {
    std::optional<Error> failed;
    if (!step.say.empty()) {
        const asio::const_buffer out = asio::buffer(step.say);
        const auto unsent = co_await transport->write(out);
        if (unsent) {
            failed = unavailable("before TLS, talking to", unsent);
            co_return failed;
        }
    }
    std::string line;
    do {
        auto unread = co_await read_line(line);
        if (unread) co_return unread;
    } while (goes_on(line, step.expect));
    if (!std::string_view(line).starts_with(step.expect)) {
        failed =
            Error(ErrorCode::kUnavailable,
                  name_of(request.to) + " does not begin TLS: it answers " + line.substr(0, 80));
    }
    co_return failed;
}

asio::awaitable<Result<TlsLook>> Look::handshake() {
    ClientOptions options;
    options.ca_file = request.ca_file;
    options.peer = PeerCheck::kTold;
    auto context = client_tls(options);
    if (!context) co_return std::move(context).error();
    tls = std::move(context).value();
    const std::shared_ptr<Transport> open = transport;
    const std::string name = request.server_name.empty() ? request.to.host : request.server_name;
    const auto error = co_await open->handshake_as_client(*tls, name);
    if (error) co_return unavailable("TLS with", error);
    TlsLook look;
    look.chain = open->peer_chain();
    look.problem = open->certificate_problem();
    look.version = open->tls_version();
    co_return look;
}

asio::awaitable<void> Look::run(std::shared_ptr<Look> self) {
    auto failed = co_await self->connect();
    for (const Step& step : steps_of(self->request.start_tls)) {
        if (failed || !self->done) break;
        const Step next = step;
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
