#include "agent/app/app.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "agent/api/api.h"
#include "agent/api/rules_json.h"
#include "agent/app/rule_loader.h"
#include "agent/app/trim.h"
#include "agent/app/watch.h"
#include "agent/deliver/alert_body.h"
#include "agent/deliver/deliverer.h"
#include "agent/deliver/heartbeat_sender.h"
#include "agent/outbox/outbox.h"
#include "agent/pipeline/pipeline.h"
#include "base/core/version.h"
#include "base/net/file.h"
#include "base/net/http_client.h"
#include "base/net/http_server.h"
#include "base/net/log.h"
#include "base/net/offload.h"
#include "base/net/sd_notify.h"
#include "collector/api/exposition.h"
#include "collector/register.h"

namespace tocsin::agent {

namespace {

// Enough for the collectors that may hang at the same time; the others wait for their turn.
constexpr std::size_t kThreads = 4;
constexpr std::size_t kTargetsWaiting = 256;
// Resent every minute with endsAt four times that ahead (design: Delivery).
constexpr Duration kEndsIn = 4min;
constexpr Duration kHeartbeat = 30s;
constexpr Duration kGoodbyePatience = 3s;
constexpr Duration kStopGrace = 5s;
// By then the first collections, heartbeat and delivery are done.
constexpr Duration kSettled = 10s;

net::LogLevel log_level(std::string_view name) {
    if (name == "debug") return net::LogLevel::kDebug;
    if (name == "warning") return net::LogLevel::kWarning;
    if (name == "error") return net::LogLevel::kError;
    return net::LogLevel::kInfo;
}

net::LogFormat log_format(std::string_view name) {
    if (name == "json") return net::LogFormat::kJson;
    if (name == "journald") return net::LogFormat::kJournal;
    return net::LogFormat::kLogfmt;
}

// A collector's own time-out, but never so long that the cycle in which a source begins to hang
// gives the others' samples later than half an interval.
Duration timeout_of(const CollectorSection* section, Duration interval) {
    Duration timeout = interval / 2;
    if (section != nullptr) {
        if (const auto* set = collector::find_setting(section->settings, "timeout");
            set != nullptr && !set->empty()) {
            if (const auto parsed = parse_duration(set->front())) {
                timeout = std::min(timeout, parsed.value());
            }
        }
    }
    return timeout;
}

Labels external_labels(const Config& config) {
    LabelsBuilder builder;
    for (const auto& [name, value] : config.labels) builder.set(name, value);
    builder.set("host", config.host);
    return builder.build();
}

// The outbox in the pipeline's words.
class OutboxSink final : public TransitionSink {
  public:
    OutboxSink(Outbox& outbox, std::function<void()> committed)
        : outbox_(outbox), committed_(std::move(committed)) {}

    Result<void> commit(std::span<const rules::Transition> transitions,
                        std::span<const SavedGroup> states) override {
        std::vector<Record> records;
        records.reserve(transitions.size());
        for (const auto& t : transitions) {
            records.push_back(make_record(t.identity, t.seq, t.at, to_alerts(t, kEndsIn)));
        }
        std::vector<StateRow> rows;
        std::vector<std::string> gone;
        for (const auto& state : states) {
            if (state.state.empty()) {
                gone.push_back(state.key);
            } else {
                rows.push_back({state.key, state.state});
            }
        }
        TOCSIN_TRY(outbox_.commit(records, rows, gone));
        if (!records.empty()) committed_();
        return success();
    }

  private:
    Outbox& outbox_;
    std::function<void()> committed_;
};

}  // namespace

std::vector<std::string> enabled_collectors(const Config& config) {
    std::vector<std::string> names;
    for (const auto& row : collector::registrations()) {
        const auto* section = config.collect.find(row.name);
        if (section != nullptr ? section->enabled : row.on_by_default) names.emplace_back(row.name);
    }
    return names;
}

struct App::Impl {
    Config config;
    SystemClock clock;
    net::Loop loop;
    net::OffloadPool pool{loop, kThreads, 4 * kThreads};
    // Apart from the host's: databases that hang take no thread from its file systems.
    net::OffloadPool target_pool{loop, kThreads, kTargetsWaiting};
    SeriesTable series;
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
    std::string rules_hash;
    bool stopping = false;

    Impl(Config c, Outbox o)
        : config(std::move(c)),
          series(Labels{{"instance", config.host}, {"job", "node"}}),
          outbox(std::move(o)),
          loader(config.rules.files, config.severities),
          sink(outbox, [this] {
              if (deliverer) deliverer->wake();
          }) {}

    Result<void> set_up();
    Result<std::vector<collector::RunnerEntry>> make_collectors();
    std::vector<collector::TargetEntry> make_targets();
    RuleFactory factory(std::vector<rules::RuleFile> files);
    LoadedRules load_rules();
    void reload(std::string_view why);
    void watch_rules();
    Result<void> set_up_delivery();
    HostFacts host_facts() const;
    Heartbeat report() const;
    Result<void> listen();
    void count(SelfCounts& counts);
    void stop(int signal);
};

Result<std::vector<collector::RunnerEntry>> App::Impl::make_collectors() {
    std::vector<collector::RunnerEntry> entries;
    for (const auto& name : enabled_collectors(config)) {
        const auto* row = collector::find_registration(name);
        const auto* section = config.collect.find(name);
        collector::Context context{
            config.path, section != nullptr ? section->settings : collector::Settings{}, &series};
        auto made = collector::create_collector(*row, context);
        if (!made) {
            // One that cannot be made (its module is not installed) costs only itself.
            net::log_error("collector left out",
                           {{"collector", name}, {"reason", made.error().message}});
            continue;
        }
        entries.push_back({name, row->threading, timeout_of(section, config.collect.interval),
                           std::move(made).value()});
    }
    return entries;
}

std::vector<collector::TargetEntry> App::Impl::make_targets() {
    std::vector<collector::TargetEntry> entries;
    const collector::TargetContext context{config.path, &series, &loop, &target_pool, config.state};
    for (const auto& section : config.collect.targets) {
        const auto* kind = collector::find_target_kind(section.kind);
        for (const auto& target : section.targets) {
            auto made = collector::create_target(*kind, target, context);
            if (!made) {
                net::log_error("target left out", {{"kind", section.kind},
                                                   {"instance", target->instance},
                                                   {"reason", made.error().message}});
                continue;
            }
            entries.push_back({section.kind, target, std::move(made).value()});
        }
    }
    return entries;
}

RuleFactory App::Impl::factory(std::vector<rules::RuleFile> files) {
    return [this, files = std::move(files)](rules::History& history, Duration since) {
        rules::RuleSetOptions options;
        options.external = external_labels(config);
        options.external_url = (config.tls ? "https://" : "http://") + config.listen;
        options.default_interval = config.collect.interval;
        options.history_since = since;
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

Result<void> App::Impl::set_up() {
    TOCSIN_TRY(auto entries, make_collectors());
    runner = std::make_unique<collector::Runner>(loop, pool, clock, series, std::move(entries));
    targets = std::make_unique<collector::TargetRunner>(loop, clock, series,
                                                        config.collect.interval, make_targets());
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
                [this] { return collector::exposition(pipeline->readings(), series.target()); },
            .rules = [this] { return rules_json(pipeline->rules()); },
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
    return impl_->pool.busy() == 0 && impl_->target_pool.busy() == 0;
}

Result<std::unique_ptr<App>> App::create(Config config) {
    net::configure_log(log_format(config.log.format), log_level(config.log.level));
    TOCSIN_TRY(auto outbox, Outbox::open({config.state, config.outbox.limit}));
    auto impl = std::make_unique<Impl>(std::move(config), std::move(outbox));
    TOCSIN_TRY(impl->set_up());
    return std::unique_ptr<App>(new App(std::move(impl)));  // NOLINT: a private constructor
}

void App::run() {
    auto& impl = *impl_;
    impl.loop.on_signals({SIGTERM, SIGINT}, [&impl](int signal) { impl.stop(signal); });
    impl.loop.on_signals({SIGHUP}, [&impl](int) { impl.reload("SIGHUP"); });
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
