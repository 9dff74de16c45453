#include "base/net/http_client.h"

#include <boost/asio/ip/tcp.hpp>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "base/net/client_exchange.h"
#include "base/net/http_message.h"
#include "base/net/loop_impl.h"
#include "base/net/spawn.h"
#include "base/net/transport.h"

namespace tocsin::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// A connection that was idle for longer is not trusted again: servers close theirs after a
// minute or so, and something between may forget it without a word.
constexpr Duration kTrustIdle{60s};

}  // namespace

// A request under way. Its deadline answers by itself, whatever the coroutine is waiting for.
struct ClientJob {
    ClientRequest request;
    std::string plain;  // the body before it was compressed; "" when it was not
    bool packed() const { return !plain.empty(); }
    Url url;
    std::function<void(Result<Response>)> done;
    Timer deadline;
    asio::steady_timer::time_point due;
    bool finished = false;
};

// Whether an address takes compressed bodies: it took one, or it refused one and took it plain.
enum class Gzip { kUnknown, kTaken, kRefused };

// One address: its connection and its queue.
struct ClientLane {
    explicit ClientLane(asio::io_context& io) : resolver(io) {}
    tcp::resolver resolver;
    std::deque<std::shared_ptr<ClientJob>> queue;
    std::shared_ptr<ClientJob> current;
    std::shared_ptr<Transport> transport;  // null: not connected
    asio::steady_timer::time_point idle_since;
    bool running = false;
    Gzip gzip = Gzip::kUnknown;
};

struct HttpClient::Impl : std::enable_shared_from_this<HttpClient::Impl> {
    Impl(Loop& l, ClientOptions o) : loop(l), options(std::move(o)) {}

    void finish(const std::shared_ptr<ClientJob>& job, Result<Response> result);
    void renew_deadline(const std::shared_ptr<ClientLane>& lane,
                        const std::shared_ptr<ClientJob>& job);
    void watch_pieces(const std::shared_ptr<ClientLane>& lane,
                      const std::shared_ptr<ClientJob>& job);
    void time_out(const std::shared_ptr<ClientLane>& lane, const std::shared_ptr<ClientJob>& job);
    asio::awaitable<void> work(std::shared_ptr<ClientLane> lane);
    asio::awaitable<Result<Response>> attempt(std::shared_ptr<ClientLane> lane,
                                              std::shared_ptr<ClientJob> job);
    asio::awaitable<std::optional<Error>> open(std::shared_ptr<ClientLane> lane,
                                               std::shared_ptr<ClientJob> job);
    asio::awaitable<std::optional<Error>> connect(std::shared_ptr<ClientLane> lane,
                                                  std::shared_ptr<ClientJob> job);
    asio::awaitable<std::optional<Error>> secure(std::shared_ptr<ClientLane> lane,
                                                 std::shared_ptr<ClientJob> job);

    Loop& loop;
    ClientOptions options;
    std::unique_ptr<asio::ssl::context> tls;  // made when first needed
    std::map<std::string, std::shared_ptr<ClientLane>> lanes;
    bool gone = false;
};

namespace {

Error unavailable(const Url& url, std::string_view doing, const IoError& error) {
    return {ErrorCode::kUnavailable,
            std::string(doing) + " " + host_header(url) + ": " + error.message()};
}

Error timed_out(const ClientJob& job) {
    return {ErrorCode::kTimeout, "no answer from " + host_header(job.url) + " within " +
                                     format_duration(job.request.timeout)};
}

// RFC 9110 would have 415; one that looks at the body alone (Alertmanager) says 400.
bool may_mean_gzip(const Result<Response>& result) {
    return result && (result.value().status == 400 || result.value().status == 415);
}

void send_plain(ClientJob& job) {
    job.request.body = std::exchange(job.plain, {});
    job.request.headers.remove("Content-Encoding");
}

Result<std::vector<tcp::endpoint>> literal_endpoint(const std::string& host, std::uint16_t port) {
    IoError error;
    const auto address = asio::ip::make_address(host, error);
    if (error) return Error(ErrorCode::kNotFound, "not a literal address");
    return std::vector<tcp::endpoint>{tcp::endpoint(address, port)};
}

}  // namespace

void HttpClient::Impl::finish(const std::shared_ptr<ClientJob>& job, Result<Response> result) {
    if (job->finished || gone) return;
    job->finished = true;
    job->deadline.cancel();
    const auto done = std::exchange(job->done, nullptr);
    done(std::move(result));
}

void HttpClient::Impl::time_out(const std::shared_ptr<ClientLane>& lane,
                                const std::shared_ptr<ClientJob>& job) {
    std::erase(lane->queue, job);
    if (lane->current == job) {
        lane->resolver.cancel();
        if (lane->transport) lane->transport->close();
    }
    finish(job, timed_out(*job));
}

void HttpClient::Impl::renew_deadline(const std::shared_ptr<ClientLane>& lane,
                                      const std::shared_ptr<ClientJob>& job) {
    job->due = asio::steady_timer::clock_type::now() + job->request.timeout;
    job->deadline = loop.after(job->request.timeout, [weak = weak_from_this(), lane, job] {
        if (const auto impl = weak.lock()) impl->time_out(lane, job);
    });
}

// Each piece of a body gives the next one its time; none comes after the answer.
void HttpClient::Impl::watch_pieces(const std::shared_ptr<ClientLane>& lane,
                                    const std::shared_ptr<ClientJob>& job) {
    job->request.on_piece = [weak = weak_from_this(), lane = std::weak_ptr(lane),
                             of = std::weak_ptr(job),
                             take = std::move(job->request.on_piece)](std::string_view piece) {
        const auto impl = weak.lock();
        const auto current = of.lock();
        const auto on = lane.lock();
        if (!impl || !current || !on || impl->gone || current->finished) return;
        impl->renew_deadline(on, current);
        take(piece);
    };
}

asio::awaitable<void> HttpClient::Impl::work(std::shared_ptr<ClientLane> lane) {
    const auto self = shared_from_this();
    while (!lane->queue.empty() && !gone) {
        const std::shared_ptr<ClientJob> job = lane->queue.front();
        lane->queue.pop_front();
        lane->current = job;
        auto result = co_await attempt(lane, job);
        lane->idle_since = asio::steady_timer::clock_type::now();
        if (job->packed() && result && result.value().status < 300) lane->gzip = Gzip::kTaken;
        if (job->packed() && lane->gzip == Gzip::kUnknown && may_mean_gzip(result) &&
            !job->finished && !gone) {
            send_plain(*job);
            result = co_await attempt(lane, job);
            lane->idle_since = asio::steady_timer::clock_type::now();
            if (result && result.value().status < 300) lane->gzip = Gzip::kRefused;
        }
        lane->current.reset();
        finish(job, std::move(result));
    }
    lane->running = false;
}

// One request, again on a fresh connection when a kept one turns out to have been closed.
asio::awaitable<Result<Response>> HttpClient::Impl::attempt(std::shared_ptr<ClientLane> lane,
                                                            std::shared_ptr<ClientJob> job) {
    const auto now = asio::steady_timer::clock_type::now();
    if (lane->transport && (lane->transport->is_stale() || now - lane->idle_since > kTrustIdle)) {
        lane->transport->close();
        lane->transport.reset();
    }
    ExchangeLimits limits;
    limits.body_bytes = options.body_bytes;
    while (true) {
        const bool kept = lane->transport != nullptr;
        if (!kept) {
            auto failed = co_await open(lane, job);
            if (failed) {
                lane->transport.reset();
                co_return std::move(*failed);
            }
        }
        const std::shared_ptr<Transport> transport = lane->transport;
        auto outcome = co_await exchange(transport, job->request, job->url, limits);
        if (!outcome.reusable) {
            transport->close();
            if (lane->transport == transport) lane->transport.reset();
        }
        if (!outcome.untouched || !kept || job->finished || gone)
            co_return std::move(outcome.result);
    }
}

asio::awaitable<std::optional<Error>> HttpClient::Impl::open(std::shared_ptr<ClientLane> lane,
                                                             std::shared_ptr<ClientJob> job) {
    std::optional<Error> failed;
    if (job->url.scheme == "https" && !tls) {
        auto context = client_tls(options);
        if (!context) {
            failed = std::move(context).error();
            co_return failed;
        }
        tls = std::move(context).value();
    }
    auto unreachable = co_await connect(lane, job);
    if (unreachable || gone || job->finished) {
        failed = unreachable ? std::move(*unreachable) : timed_out(*job);
        co_return failed;
    }
    if (options.proxy) {
        auto refused = co_await proxy_connect(lane->transport, job->url);
        if (refused) co_return refused;
    }
    if (job->url.scheme == "https") {
        auto insecure = co_await secure(lane, job);
        if (insecure) co_return insecure;
    }
    co_return failed;
}

asio::awaitable<std::optional<Error>> HttpClient::Impl::connect(std::shared_ptr<ClientLane> lane,
                                                                std::shared_ptr<ClientJob> job) {
    const HostPort to = options.proxy.value_or(HostPort{job->url.host, job->url.port});
    std::optional<Error> failed;
    std::vector<tcp::endpoint> endpoints;
    if (auto literal = literal_endpoint(to.host, to.port)) {
        endpoints = std::move(literal).value();
    } else {
        const std::string service = std::to_string(to.port);
        auto [error, found] = co_await lane->resolver.async_resolve(to.host, service, kTuple);
        if (error) {
            failed = unavailable(job->url, "looking up " + to.host + " for", error);
            co_return failed;
        }
        for (const auto& entry : found) endpoints.push_back(entry.endpoint());
    }
    failed = timed_out(*job);
    for (std::size_t i = 0; i < endpoints.size() && !job->finished && !gone; ++i) {
        // An address that swallows packets leaves time for those after it.
        const auto left =
            std::chrono::duration_cast<Duration>(job->due - asio::steady_timer::clock_type::now());
        lane->transport = std::make_shared<Transport>(tcp::socket(loop.impl().io));
        lane->transport->expires_after(left / static_cast<int>(endpoints.size() - i));
        const auto error = co_await lane->transport->connect(endpoints[i]);
        if (!error) {
            lane->transport->never_expires();
            failed.reset();
            break;
        }
        failed = unavailable(job->url, "connecting to", error);
    }
    co_return failed;
}

asio::awaitable<std::optional<Error>> HttpClient::Impl::secure(std::shared_ptr<ClientLane> lane,
                                                               std::shared_ptr<ClientJob> job) {
    const std::shared_ptr<Transport> transport = lane->transport;
    const Url& url = job->url;
    std::optional<Error> failed;
    const std::string name = options.server_name.empty() ? url.host : options.server_name;
    const auto error = co_await transport->handshake_as_client(*tls, name);
    if (!error) co_return failed;
    const bool judged = options.peer == PeerCheck::kVerified;
    const std::string problem = judged ? transport->certificate_problem() : std::string();
    if (problem.empty()) {
        failed = unavailable(url, "TLS with", error);
    } else {
        failed = Error(ErrorCode::kInvalid,
                       "the certificate of " + host_header(url) + " is refused: " + problem);
    }
    co_return failed;
}

HttpClient::HttpClient(Loop& loop, ClientOptions options)
    : impl_(std::make_shared<Impl>(loop, std::move(options))) {}

HttpClient::~HttpClient() {
    impl_->gone = true;
    for (const auto& [address, lane] : impl_->lanes) {
        lane->resolver.cancel();
        if (lane->transport) lane->transport->close();
        for (const auto& job : lane->queue) job->deadline.cancel();
        if (lane->current) lane->current->deadline.cancel();
        lane->queue.clear();
    }
}

void HttpClient::send(ClientRequest request, std::function<void(Result<Response>)> done) {
    const auto job = std::make_shared<ClientJob>();
    job->done = std::move(done);
    Result<Url> url = parse_url(request.url);
    const std::weak_ptr<Impl> weak = impl_;
    if (!url) {
        impl_->loop.post([weak, job, error = url.error()] {
            if (const auto impl = weak.lock()) impl->finish(job, error);
        });
        return;
    }
    job->url = std::move(url).value();
    auto& lane = impl_->lanes[job->url.scheme + "://" + host_header(job->url)];
    if (!lane) lane = std::make_shared<ClientLane>(impl_->loop.impl().io);
    if (lane->gzip != Gzip::kRefused && request.body.size() >= impl_->options.gzip_from &&
        !request.headers.has("Content-Encoding")) {
        job->plain = std::exchange(request.body, gzip(request.body));
        request.headers.set("Content-Encoding", "gzip");
    }
    job->request = std::move(request);
    impl_->renew_deadline(lane, job);
    if (job->request.on_piece) impl_->watch_pieces(lane, job);
    lane->queue.push_back(job);
    if (lane->running) return;
    lane->running = true;
    // Posted, so that nothing calls back inside send().
    impl_->loop.post([impl = impl_, lane = lane] {
        spawn(impl->loop.impl().io.get_executor(), impl->work(lane), [impl] {});
    });
}

Result<Response> fetch(ClientRequest request, const ClientOptions& options) {
    Loop loop;
    HttpClient client(loop, options);
    Result<Response> result = Error(ErrorCode::kInternal, "no answer");
    client.send(std::move(request), [&](Result<Response> answer) {
        result = std::move(answer);
        loop.stop();
    });
    loop.run();
    return result;
}

}  // namespace tocsin::net
