#include "agent/app/app.h"

#include <csignal>
#include <utility>

#include "agent/api/api.h"
#include "agent/api/rules_json.h"
#include "agent/app/outbox_sink.h"
#include "agent/app/rule_loader.h"
#include "agent/app/sources.h"
#include "agent/app/trim.h"
#include "agent/app/watch.h"
#include "agent/deliver/deliverer.h"
#include "agent/deliver/heartbeat_sender.h"
#include "agent/outbox/outbox.h"
#include "agent/pipeline/pipeline.h"
#include "base/core/version.h"
#include "base/net/file.h"
#include "base/net/http_client.h"
#include "base/net/http_server.h"
#include "base/net/log.h"
#include "base/net/log_setup.h"
#include "base/net/offload.h"
#include "base/net/sd_notify.h"
#include "collector/api/exposition.h"

namespace tocsin::agent {

namespace {

// Enough for the collectors that may hang at the same time; the others wait for their turn.
constexpr std::size_t kThreads = 4;
constexpr Duration kGoodbyePatience = 3s;
constexpr Duration kStopGrace = 5s;
// By then the first collections, heartbeat and delivery are done.
constexpr Duration kSettled = 10s;

Labels external_labels(const Config& config) {
    LabelsBuilder builder;
    for (const auto& [name, value] : config.labels) builder.set(name, value);
    builder.set("host", config.host);
    return builder.build();
}

}  // namespace

struct App::Impl {
    Config config;
    SystemClock clock;
    SeriesTable series;  // goes last: what waits in the loop and in the pools holds series
    net::Loop loop;
    net::OffloadPool pool{loop, kThreads, 4 * kThreads};
    TargetPools target_pools{loop};
    std::vector<std::string> unmade_collectors;
    Outbox outbox;
    RuleLoader loader;
    OutboxSink sink;
    std::unique_ptr<collector::Runner> runner;
    std::unique_ptr<collector::TargetRunner> targets;
    std::unique_ptr<Pipeline> pipeline;
    Heartbeat heartbeat;  // what of it does not change
    std::unique_ptr<net::HttpClient> client;
    std::unique_ptr<Deliverer> deliverer;
    std::unique_ptr<HeartbeatSender> heartbeats;
    std::unique_ptr<Api> api;
    std::unique_ptr<net::HttpServer> server;
    std::unique_ptr<FileWatch> watch;
    net::Timer trim;
    std::function<Result<Config>()> reread;
    std::string rules_hash;
    bool stopping = false;

    Impl(Config c, Outbox o)
        : config(std::move(c)),
          series(Labels{{"instance", config.host}, {"job", "node"}}),
          outbox(std::move(o)),
          loader(config.rules.files, config.severities, config.rules.overrides),
          sink(outbox, [this] {
              if (deliverer) deliverer->wake();
          }) {
        config.collect.settle_paces(config.collect.interval);
    }

    Result<void> set_up();
    std::vector<collector::TargetEntry> make(const std::vector<TargetSection>& sections);
    RuleFactory factory(std::vector<rules::RuleFile> files);
    LoadedRules load_rules();
    void reload(std::string_view why);
    void reload_targets();
    void remake_collectors();
    void watch_rules();
    Result<void> set_up_delivery();
    HostFacts host_facts() const;
    Heartbeat report() const;
    Result<void> listen();
    void count(SelfCounts& counts);
    void stop(int signal);
};

std::vector<collector::TargetEntry> App::Impl::make(const std::vector<TargetSection>& sections) {
    return make_targets(sections, {config.path, &series, &loop, nullptr, config.state},
                        target_pools);
}

RuleFactory App::Impl::factory(std::vector<rules::RuleFile> files) {
    return [this, files = std::move(files)](rules::History& history, Duration since) {
        rules::RuleSetOptions options;
        options.external = external_labels(config);
        options.external_url = (config.tls ? "https://" : "http://") + config.listen;
        options.default_interval = config.collect.interval;
        options.history_since = since;
        if (config.rules.mode == rules::to_string(rules::RuleMode::kObserve)) {
            options.mode = rules::RuleMode::kObserve;
        }
        return rules::RuleSet::create(files, std::move(options), history, series);
    };
}

LoadedRules App::Impl::load_rules() {
    auto loaded = loader.load();
    for (const auto& d : loaded.diagnostics) {
        net::log(
            d.level == DiagnosticLevel::kError ? net::LogLevel::kError : net::LogLevel::kWarning,
            d.text());
    }
    return loaded;
}

void App::Impl::watch_rules() {
    watch =
        std::make_unique<FileWatch>(loop, loader.patterns(), [this] { reload("a file changed"); });
}

void App::Impl::reload(std::string_view why) {
    // Folders may have come. Before the files are read: what changes after that is seen.
    if (!stopping) watch_rules();
    auto loaded = load_rules();
    bool complete = loaded.complete;
    if (const auto done = pipeline->reload(factory(std::move(loaded.files)), loaded.unread);
        !done) {
        net::log_error("the old rules stay in force", {{"reason", done.error().message}});
        complete = false;
    } else {
        rules_hash = loaded.hash;
    }
    pipeline->counts().rules_reload_success = complete;
    net::log(complete ? net::LogLevel::kInfo : net::LogLevel::kError,
             complete ? "rule files loaded" : "rule files are wrong; what was right stays in force",
             {{"why", std::string(why)},
              {"rules", std::to_string(pipeline->counts().rules)},
              {"hash", rules_hash}});
    trim = loop.after(kSettled, give_back_memory);
}

void App::Impl::reload_targets() {
    if (!reread || stopping) return;
    auto now = reread();
    if (now) {
        config.collect.targets = std::move(now.value().collect.targets);
        config.collect.settle_paces(config.collect.interval);  // the running agent's
        loader.set_overrides(std::move(now.value().rules.overrides));
    } else {
        net::log_error("the configuration is wrong; the old targets stay",
                       {{"reason", now.error().message}});
    }
    std::vector<TargetSection> wanted = config.collect.targets;
    std::size_t stay = 0;
    std::size_t made = 0;
    targets->replace(
        [&](const collector::TargetEntry& entry) {
            const bool stays = runs_already(entry, wanted);
            if (stays) ++stay;
            return stays;
        },
        [&] {
            auto entries = make(wanted);
            made = entries.size();
            return entries;
        });
    if (!now) return;
    net::log_info(
        "targets and overrides read anew; the rest of the configuration waits for a restart",
        {{"targets", std::to_string(stay + made)}, {"made", std::to_string(made)}});
}

// Those that could not be made: their modules may be there now.
void App::Impl::remake_collectors() {
    for (const auto& name : std::exchange(unmade_collectors, {})) {
        auto made = make_collector(config, series, name);
        if (made) {
            runner->replace(std::move(made).value());
            net::log_info("collector made", {{"collector", name}});
        } else {
            unmade_collectors.push_back(name);
        }
    }
}

Result<void> App::Impl::set_up() {
    auto collectors = make_collectors(config, series);
    unmade_collectors = std::move(collectors.unmade);
    runner = std::make_unique<collector::Runner>(loop, pool, clock, series,
                                                 std::move(collectors.entries));
    targets = std::make_unique<collector::TargetRunner>(
        loop, clock, series, config.collect.interval, make(config.collect.targets));
    pipeline = std::make_unique<Pipeline>(
        PipelineParts{loop, clock, *runner, *targets, series, sink,
                      [this](SelfCounts& counts) { count(counts); }},
        PipelineOptions{config.collect.interval, {config.history.keep, config.history.limit}});

    auto loaded = load_rules();
    rules_hash = loaded.hash;
    pipeline->counts().rules_reload_success = loaded.complete;
    TOCSIN_TRY(const auto states, outbox.load_states());
    std::vector<SavedGroup> saved;
    saved.reserve(states.size());
    for (const auto& state : states) saved.push_back({state.key, state.value});
    TOCSIN_TRY(pipeline->load(factory(std::move(loaded.files)), saved, loaded.unread));
    TOCSIN_TRY(set_up_delivery());
    return listen();
}

Result<void> App::Impl::set_up_delivery() {
    BridgeOptions bridge;
    bridge.urls = config.bridge.urls;
    bridge.version = std::string(kVersion);
    if (!config.bridge.token_file.empty()) {
        auto token = net::read_secret(config.bridge.token_file);
        if (!token) return token.error().in("bridge.token_file");
        bridge.token = std::move(token).value();
    }
    heartbeat.host = config.host;
    heartbeat.facts = host_facts();
    heartbeat.started_at = clock.now();
    heartbeat.version = std::string(kVersion);
    heartbeat.labels = config.labels;

    net::ClientOptions options;
    options.ca_file = config.bridge.ca_file;
    client = std::make_unique<net::HttpClient>(loop, std::move(options));
    DelivererOptions delivery;
    delivery.bridge = bridge;
    deliverer = std::make_unique<Deliverer>(
        DelivererParts{loop, *client, outbox, clock}, std::move(delivery),
        [this](Timestamp now, Duration ends_in) { return pipeline->rules().firing(now, ends_in); });
    heartbeats = std::make_unique<HeartbeatSender>(
        HeartbeatParts{loop, *client, clock}, bridge, kHeartbeat, [this] { return report(); },
        [this] { deliverer->bridge_answers(); });
    return success();
}

HostFacts App::Impl::host_facts() const {
    return read_host_facts({config.path.procfs, config.path.sysfs, config.path.rootfs});
}

Heartbeat App::Impl::report() const {
    Heartbeat now = heartbeat;
    // Under a millisecond. Only the boot cannot change, and a file that does not read for once must
    // not make two agents of one.
    now.facts = host_facts();
    now.facts.boot_id = heartbeat.facts.boot_id;
    now.rules_hash = rules_hash;
    for (auto& [name, reason] : runner->failing()) {
        now.failing_collectors.push_back({std::move(name), std::move(reason)});
    }
    for (auto& [name, reason] : targets->failing()) {
        now.failing_collectors.push_back({std::move(name), std::move(reason)});
    }
    now.outbox = outbox.stats();
    return now;
}

Result<void> App::Impl::listen() {
    net::ServerOptions options;
    TOCSIN_TRY(options.listen, net::parse_host_port(config.listen));
    Secret token;
    if (!config.listen_token_file.empty()) {
        auto read = net::read_secret(config.listen_token_file);
        if (!read) return read.error().in("listen_token_file");
        token = std::move(read).value();
    } else if (!net::is_loopback(options.listen.host)) {
        net::log_warning("other hosts get nothing but health: there is no listen_token_file",
                         {{"listen", config.listen}});
    }
    api = std::make_unique<Api>(
        ApiSources{
            .history = [this]() -> rules::History& { return pipeline->history(); },
            .clock = clock,
            .metrics =
                [this, page = std::make_shared<collector::Exposition>(series)](bool gzip) {
                    std::string text = page->text(pipeline->readings());
                    return gzip ? page->gzip(text) : text;
                },
            .rules = [this](RuleKinds kinds) { return rules_json(pipeline->rules(), kinds); },
            .alerts = [this] { return alerts_json(pipeline->rules()); },
            .ready = [this] { return pipeline->ready(); },
            .version = std::string(kVersion),
        },
        std::move(token), options.listen.host);
    if (config.tls) {
        options.tls = net::TlsFiles{config.tls->certificate_file, config.tls->key_file};
    }
    options.body_bytes = 1024 * 1024;
    options.connections = 64;
    TOCSIN_TRY(server, net::HttpServer::start(loop, options,
                                              [this](net::Request request, net::Reply reply) {
                                                  reply.send(api->handle(request));
                                              }));
    return success();
}

void App::Impl::count(SelfCounts& counts) {
    const auto stats = outbox.stats();
    counts.outbox_rows = stats.rows;
    counts.outbox_bytes = stats.bytes;
    counts.outbox_dropped = stats.dropped;
    counts.delivery_refused = stats.refused;
    counts.delivered = deliverer->counts().delivered;
    counts.delivery_failures = deliverer->counts().failures;
}

void App::Impl::stop(int signal) {
    if (std::exchange(stopping, true)) return;
    net::log_info("stopping", {{"signal", std::to_string(signal)}});
    net::sd_notify("STOPPING=1");
    pipeline->stop();
    // The goodbye and the requests in flight, whichever takes longer.
    heartbeats->goodbye(kGoodbyePatience,
                        [this] { server->stop(kStopGrace, [this] { loop.stop(); }); });
}

App::App(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
App::~App() = default;

bool App::idle() const {
    return impl_->pool.busy() == 0 && impl_->target_pools.idle();
}

Result<std::unique_ptr<App>> App::create(Config config, std::function<Result<Config>()> reread) {
    net::configure_log(config.log);
    TOCSIN_TRY(auto outbox, Outbox::open({config.state, config.outbox.limit}));
    auto impl = std::make_unique<Impl>(std::move(config), std::move(outbox));
    TOCSIN_TRY(impl->set_up());
    impl->reread = std::move(reread);
    return std::unique_ptr<App>(new App(std::move(impl)));  // NOLINT: a private constructor
}

void App::run() {
    auto& impl = *impl_;
    impl.loop.on_signals({SIGTERM, SIGINT}, [&impl](int signal) { impl.stop(signal); });
    impl.loop.on_signals({SIGHUP}, [&impl](int) {
        impl.reload_targets();
        impl.remake_collectors();
        impl.reload("SIGHUP");
    });
    impl.watch_rules();
    impl.pipeline->start();
    impl.deliverer->start();
    impl.heartbeats->start();
    impl.trim = impl.loop.after(kSettled, give_back_memory);
    net::log_info("agent runs", {{"version", std::string(kVersion)},
                                 {"host", impl.config.host},
                                 {"listen", impl.config.listen},
                                 {"rules", std::to_string(impl.pipeline->counts().rules)},
                                 {"bridges", std::to_string(impl.config.bridge.urls.size())},
                                 {"state", impl.config.state}});
    net::sd_notify("READY=1");
    impl.loop.run();
}

}  // namespace tocsin::agent
