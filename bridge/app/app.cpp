#include "bridge/app/app.h"

#include <utility>

#include "base/net/http_server.h"
#include "base/net/log.h"
#include "base/net/log_setup.h"
#include "bridge/api/api.h"
#include "bridge/app/link_key.h"
#include "bridge/app/senders.h"
#include "bridge/ingest/worker.h"
#include "bridge/outbox/outbox.h"
#include "bridge/store/queries.h"
#include "bridge/store/store.h"

namespace tocsin::bridge {
namespace {

constexpr Duration kGrace = 5s;
// A message under way has its own time-out (20 s); a moment more to store what came of it. A second
// signal does not wait.
constexpr Duration kSendsEnd = 22s;

void log_warnings(const Settings& settings) {
    for (const Diagnostic& diagnostic : settings.warnings.all()) {
        net::log_warning(diagnostic.text());
    }
    if (settings.config->loopback == LoopbackWithoutToken::kAdmit) {
        net::log_warning("callers on loopback need no token (insecure_loopback)");
    } else if (settings.config->tokens.empty()) {
        net::log_warning(
            "no tokens are configured: nothing but health is served; name token files in "
            "bridge.yml, or pass --insecure-loopback on a machine of your own");
    }
}

std::vector<Metrics::Reading> readings(const Worker& worker, const Outbox& outbox, const Api& api) {
    const EngineStats& s = worker.stats();
    const auto counter = [](const char* name, const char* help, std::int64_t value) {
        return Metrics::Reading{name, help, true, {}, static_cast<double>(value)};
    };
    const auto gauge = [](const char* name, const char* help, std::size_t value) {
        return Metrics::Reading{name, help, false, {}, static_cast<double>(value)};
    };
    std::vector<Metrics::Reading> out = {
        counter("tocsin_bridge_commits_total", "Transactions committed.", s.commits),
        counter("tocsin_bridge_commits_failed_total", "Transactions that failed.",
                s.failed_commits),
        counter("tocsin_bridge_alerts_received_total", "Alerts received.", s.alerts),
        counter("tocsin_bridge_heartbeats_received_total", "Heartbeats received.", s.heartbeats),
        counter("tocsin_bridge_actions_total", "Actions of people.", s.actions),
        counter("tocsin_bridge_incidents_opened_total", "Incidents opened.", s.opened),
        counter("tocsin_bridge_inputs_refused_total", "Inputs that the store refused.",
                s.refused_inputs),
        counter("tocsin_bridge_messages_delivered_total", "Messages delivered.",
                outbox.stats().delivered),
        counter("tocsin_bridge_message_attempts_failed_total", "Attempts that failed.",
                outbox.stats().failed_attempts),
        counter("tocsin_bridge_messages_dead_total", "Messages given up.", outbox.stats().dead),
        gauge("tocsin_bridge_queue_length", "Inputs waiting to be committed.", worker.queued()),
        gauge("tocsin_bridge_event_listeners", "Live streams open.", api.watchers()),
    };
    Metrics::Reading info{"tocsin_bridge_build_info",
                          "The program's version.",
                          false,
                          {{"version", std::string(kVersion)}},
                          1};
    out.push_back(std::move(info));
    return out;
}

std::function<void(const Notify&, ApiParts::Tested)> tests_by(Outbox& outbox) {
    return [&outbox](const Notify& notify, const ApiParts::Tested& done) {
        outbox.test(notify, [done](const Outcome& outcome) {
            done(outcome.delivery == Delivery::kDelivered, outcome.detail);
        });
    };
}

}  // namespace

struct App::Impl {
    net::Loop& loop;
    const Clock& clock;
    Flags flags;
    std::shared_ptr<const BridgeConfig> config;
    // Destroyed in reverse: the server first, then those that use the worker, then the worker.
    Metrics metrics;
    std::unique_ptr<Worker> worker;
    std::unique_ptr<Reader> reader;
    std::unique_ptr<Outbox> outbox;
    std::unique_ptr<Api> api;
    std::unique_ptr<net::HttpServer> server;
    // What the worker's thread posts may arrive when all of this has gone.
    std::shared_ptr<Impl*> self = std::make_shared<Impl*>(this);

    Impl(net::Loop& l, const Clock& c, Flags f) : loop(l), clock(c), flags(std::move(f)) {}
    ~Impl() {
        *self = nullptr;
        server.reset();
    }

    void committed(const Committed& what) {
        if (api) api->publish(what);
        if (what.messages && outbox) outbox->wake();
    }
};

App::App(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
App::~App() = default;

Result<std::unique_ptr<App>> App::create(net::Loop& loop, const Clock& clock, Flags flags) {
    TOCSIN_TRY(Settings settings, load_settings(flags));
    net::configure_log(settings.config->log);
    log_warnings(settings);
    auto impl = std::make_unique<Impl>(loop, clock, std::move(flags));
    impl->config = settings.config;
    TOCSIN_TRY(auto store, Store::open(impl->config->store));
    TOCSIN_TRY(const Secret link_key, load_link_key(link_key_file(*impl->config)));
    TOCSIN_TRY(auto sender, make_sender(impl->config, link_key, clock));
    TOCSIN_TRY(auto queries, Queries::open(impl->config->store));
    impl->worker = std::make_unique<Worker>(loop, std::move(store), impl->config, clock,
                                            [&loop, self = impl->self](const Committed& committed) {
                                                loop.post([self, committed] {
                                                    if (*self != nullptr)
                                                        (*self)->committed(committed);
                                                });
                                            });
    impl->reader = std::make_unique<Reader>(loop, std::move(queries));
    impl->outbox = std::make_unique<Outbox>(
        loop, *impl->worker, clock, std::move(sender),
        rules_of(impl->config->channels, impl->config->oncall.hours.digest));
    impl->api = std::make_unique<Api>(
        ApiParts{loop, clock, *impl->worker, *impl->reader, impl->metrics, tests_by(*impl->outbox)},
        impl->config, std::move(settings.access), link_key);
    impl->metrics.add_source(
        [raw = impl.get()] { return readings(*raw->worker, *raw->outbox, *raw->api); });
    return std::unique_ptr<App>(new App(std::move(impl)));
}

Result<void> App::start() {
    net::ServerOptions options;
    TOCSIN_TRY(options.listen, net::parse_host_port(impl_->config->listen));
    if (impl_->config->tls) {
        options.tls =
            net::TlsFiles{impl_->config->tls->certificate_file, impl_->config->tls->key_file};
    }
    TOCSIN_TRY(impl_->server, net::HttpServer::start(
                                  impl_->loop, std::move(options),
                                  [api = impl_->api.get()](net::Request request, net::Reply reply) {
                                      api->handle(std::move(request), std::move(reply));
                                  }));
    const net::HostPort at = address();
    net::log_info("the bridge serves", {{"address", at.host + ":" + std::to_string(at.port)},
                                        {"store", impl_->config->store},
                                        {"version", std::string(kVersion)}});
    return success();
}

Result<void> App::reload() {
    TOCSIN_TRY(Settings settings, load_settings(impl_->flags));
    TOCSIN_TRY(const Secret link_key, load_link_key(link_key_file(*settings.config)));
    TOCSIN_TRY(auto sender, make_sender(settings.config, link_key, impl_->clock));
    net::configure_log(settings.config->log);
    log_warnings(settings);
    if (settings.config->listen != impl_->config->listen ||
        settings.config->store != impl_->config->store) {
        net::log_warning("listen and store change with the next start only");
    }
    impl_->config = settings.config;
    impl_->worker->configure(settings.config);
    impl_->outbox->configure(std::move(sender), rules_of(settings.config->channels,
                                                         settings.config->oncall.hours.digest));
    impl_->api->configure(settings.config, std::move(settings.access), link_key);
    return success();
}

void App::stop(std::function<void()> done) {
    impl_->api->close();
    // Requests and messages under way end side by side; the worker commits both.
    const auto waiting = std::make_shared<int>(impl_->server ? 2 : 1);
    const auto ended = [this, waiting, done = std::move(done)] {
        if (--*waiting > 0) return;
        impl_->worker->stop();
        done();
    };
    impl_->outbox->stop(kSendsEnd, ended);
    if (impl_->server) impl_->server->stop(kGrace, ended);
}

net::HostPort App::address() const {
    return impl_->server ? impl_->server->address() : net::HostPort{};
}

const BridgeConfig& App::config() const {
    return *impl_->config;
}

}  // namespace tocsin::bridge
