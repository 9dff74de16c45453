#include "collector/net/probe/probe.h"

#include <pthread.h>
#include <signal.h>

#include <optional>
#include <utility>

#include "base/net/log.h"
#include "collector/api/failure_log.h"
#include "collector/net/probe/prober.h"

namespace tocsin::collector {
namespace {

using namespace probe;

constexpr MetricDesc kSuccess{"probe_success", "Displays whether or not the probe was a success",
                              MetricType::kGauge};
constexpr MetricDesc kDuration{"probe_duration_seconds",
                               "Returns how long the probe took to complete in seconds",
                               MetricType::kGauge};
constexpr MetricDesc kLookup{"probe_dns_lookup_time_seconds",
                             "Returns the time taken for probe dns lookup in seconds",
                             MetricType::kGauge};
constexpr MetricDesc kProtocol{
    "probe_ip_protocol", "Specifies whether probe ip protocol is IP4 or IP6", MetricType::kGauge};
constexpr MetricDesc kHash{
    "probe_ip_addr_hash",
    "Specifies the hash of IP address. It's useful to detect if the IP address changes.",
    MetricType::kGauge};

class Probe final : public Target {
  public:
    Probe(const ProbeParts& parts, SeriesTable& table, std::unique_ptr<Prober> prober)
        : loop_(parts.loop),
          config_(parts.config),
          report_(table, *config_),
          lookup_(parts.loop, parts.pool),
          prober_(std::move(prober)) {}
    ~Probe() override { prober_->end(); }

    void start(Timestamp, TargetDone done) override {
        done_ = std::move(done);
        result_.reset();
        address_ = {};
        started_ = Steady::now();
        deadline_ = loop_.after(config_->limit, [this] { expired(); });
        lookup_.start(config_->host, *config_,
                      [this](const Result<Address>& found) { resolved(found); });
    }

    Readings cancel() override {
        if (!result_) conclude(Error(ErrorCode::kTimeout, "gave up " + waiting_for()));
        done_ = nullptr;
        return complete();
    }

  private:
    std::string waiting_for() const {
        return address_.size == 0 ? "looking up " + config_->host : prober_->waiting_for();
    }

    void resolved(const Result<Address>& found) {
        lookup_seconds_ = seconds_since(started_);
        if (!found) return conclude(found.error());
        address_ = found.value();
        prober_->begin(address_, lookup_seconds_,
                       [this](const Result<void>& result) { conclude(result); });
    }

    void expired() {
        conclude(Error(ErrorCode::kTimeout, "not done within " + format_duration(config_->limit) +
                                                ", still " + waiting_for()));
    }

    // What reports its end may stand on the stack, so it is let go a turn later.
    void conclude(const Result<void>& result) {
        if (result_) return;
        if (address_.size == 0) lookup_seconds_ = seconds_since(started_);
        result_ = result;
        duration_ = seconds_since(started_);
        soon_ = loop_.after(Duration{0}, [this] {
            const TargetDone done = std::exchange(done_, nullptr);
            Readings readings = complete();
            if (done) done(success(), std::move(readings));
        });
    }

    Readings complete() {
        deadline_.cancel();
        soon_.cancel();
        lookup_.cancel();
        report_.begin();
        report_.add(kSuccess, result_->has_value() ? 1 : 0);
        report_.add(kDuration, duration_);
        report_.add(kLookup, lookup_seconds_);
        report_.add(kProtocol, address_.protocol());
        report_.add(kHash, address_.hash());
        prober_->report(report_);
        prober_->end();
        note(result_->has_value() ? std::string() : result_->error().message);
        return report_.finish();
    }

    void note(const std::string& failure) {
        const FailureNews news = failures_said_.take(failure, Steady::now());
        if (news == FailureNews::kFails) {
            net::log_warning(
                "probe fails",
                {{"job", config_->job}, {"instance", config_->instance}, {"error", failure}});
        } else if (news == FailureNews::kWorksAgain) {
            net::log_info("probe succeeds again",
                          {{"job", config_->job}, {"instance", config_->instance}});
        }
    }

    net::Loop& loop_;
    std::shared_ptr<const ProbeConfig> config_;
    Report report_;
    Lookup lookup_;
    std::unique_ptr<Prober> prober_;
    TargetDone done_;
    std::optional<Result<void>> result_;
    Address address_;
    Steady::time_point started_;
    double lookup_seconds_ = 0;
    double duration_ = 0;
    FailureLog failures_said_;
    net::Timer deadline_;
    net::Timer soon_;
};

struct Maker {
    const ProbeParts& parts;
    Result<std::unique_ptr<Prober>> operator()(const HttpConfig&) const { return make_http(parts); }
    Result<std::unique_ptr<Prober>> operator()(const TcpConfig&) const { return make_tcp(parts); }
    Result<std::unique_ptr<Prober>> operator()(const IcmpConfig&) const { return make_icmp(parts); }
    Result<std::unique_ptr<Prober>> operator()(const DnsConfig&) const { return make_dns(parts); }
    Result<std::unique_ptr<Prober>> operator()(const NtpConfig&) const { return make_ntp(parts); }
};

// OpenSSL and libcurl write to sockets whose peer may have gone; they get EPIPE then, as the
// pool's threads do.
void block_sigpipe() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace

Result<std::unique_ptr<Target>> create_probe(const std::shared_ptr<const TargetConfig>& config,
                                             const TargetContext& context) {
    block_sigpipe();
    const ProbeParts parts{*context.loop, *context.pool,
                           std::static_pointer_cast<const ProbeConfig>(config)};
    TOCSIN_TRY(auto prober, std::visit(Maker{parts}, parts.config->kind));
    return std::make_unique<Probe>(parts, *context.series, std::move(prober));
}

}  // namespace tocsin::collector
