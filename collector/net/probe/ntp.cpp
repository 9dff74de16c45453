// NTP: how far the clock here is from a server's, under the names of node_exporter's collector ntp.
#include <chrono>
#include <cmath>
#include <optional>
#include <random>
#include <utility>

#include "collector/net/probe/datagram.h"
#include "collector/net/probe/ntp_packet.h"
#include "collector/net/probe/prober.h"

namespace tocsin::collector::probe {
namespace {

constexpr MetricDesc kStratum{"node_ntp_stratum", "NTPD stratum.", MetricType::kGauge};
constexpr MetricDesc kLeap{"node_ntp_leap", "NTPD leap second indicator, 2 bits.",
                           MetricType::kGauge};
constexpr MetricDesc kRtt{"node_ntp_rtt_seconds", "RTT to NTPD.", MetricType::kGauge};
constexpr MetricDesc kOffset{"node_ntp_offset_seconds", "ClockOffset between NTP and local clock.",
                             MetricType::kGauge};
constexpr MetricDesc kReference{"node_ntp_reference_timestamp_seconds",
                                "NTPD ReferenceTime, UNIX timestamp.", MetricType::kGauge};
constexpr MetricDesc kRootDelay{"node_ntp_root_delay_seconds", "NTPD RootDelay.",
                                MetricType::kGauge};
constexpr MetricDesc kRootDispersion{"node_ntp_root_dispersion_seconds", "NTPD RootDispersion.",
                                     MetricType::kGauge};
constexpr MetricDesc kSanity{"node_ntp_sanity",
                             "NTPD sanity according to RFC5905 heuristics and configured limits.",
                             MetricType::kGauge};

// The wall clock to the nanosecond: milliseconds would be coarser than what is measured.
NtpTime wall_clock() {
    return ntp_time(std::chrono::duration_cast<std::chrono::nanoseconds>(
                        std::chrono::system_clock::now().time_since_epoch())
                        .count());
}

class Ntp final : public Prober {
  public:
    explicit Ntp(const ProbeParts& parts)
        : parts_(parts), config_(std::get<NtpConfig>(parts.config->kind)) {}

    void begin(const Address& address, double, Finished finished) override {
        finished_ = std::move(finished);
        answer_.reset();
        sane_ = false;
        const Address to = address.with_port(config_.port);
        where_ = to.text() + " port " + std::to_string(config_.port);
        std::random_device random;
        cookie_ = NtpTime{random()} << 32U | random();
        datagram_ = std::make_unique<Datagram>();
        const auto opened = datagram_->open(
            parts_.loop, to, [this](const Result<std::string_view>& packet) { received(packet); });
        if (!opened) return finish(opened.error());
        sent_ = wall_clock();
        if (const auto sent = datagram_->send(ntp_request(cookie_)); !sent) finish(sent.error());
    }

    void report(Report& report) const override {
        if (!answer_) return;
        report.add(kStratum, answer_->stratum);
        report.add(kLeap, answer_->leap);
        report.add(kRtt, answer_->rtt);
        report.add(kOffset, answer_->offset);
        if (answer_->reference_time > 0) report.add(kReference, answer_->reference_time);
        report.add(kRootDelay, answer_->root_delay);
        report.add(kRootDispersion, answer_->root_dispersion);
        report.add(kSanity, sane_ ? 1 : 0);
    }

    std::string waiting_for() const override { return "waiting for the time of " + where_; }

    void end() override {
        finished_ = nullptr;
        datagram_.reset();
    }

  private:
    void finish(const Result<void>& result) {
        const Finished finished = std::exchange(finished_, nullptr);
        if (!finished) return;
        finished(result ? result : Result<void>(result.error().in("the clock of " + where_)));
    }

    void received(const Result<std::string_view>& packet) {
        const NtpTime now = wall_clock();
        if (!packet) return finish(packet.error());
        answer_ = parse_ntp_answer(packet.value(), cookie_, sent_, now);
        if (!answer_) return;  // somebody else's
        const Result<void> judged = judge_ntp(*answer_, now);
        const std::chrono::duration<double> tolerance = config_.offset_tolerance;
        sane_ = judged && std::abs(answer_->offset) < tolerance.count();
        finish(judged);
    }

    ProbeParts parts_;
    const NtpConfig& config_;
    Finished finished_;
    std::unique_ptr<Datagram> datagram_;
    std::string where_;
    NtpTime cookie_ = 0;
    NtpTime sent_ = 0;
    std::optional<NtpAnswer> answer_;
    bool sane_ = false;
};

}  // namespace

Result<std::unique_ptr<Prober>> make_ntp(const ProbeParts& parts) {
    return std::make_unique<Ntp>(parts);
}

}  // namespace tocsin::collector::probe
