// DNS: one query over UDP, TCP or TLS, and what is expected of its answer.
#include <algorithm>
#include <optional>
#include <random>
#include <utility>

#include "base/core/strings.h"
#include "collector/net/probe/datagram.h"
#include "collector/net/probe/dns_check.h"
#include "collector/net/probe/dns_message.h"
#include "collector/net/probe/prober.h"
#include "collector/net/probe/stream.h"

namespace tocsin::collector::probe {
namespace {

constexpr MetricDesc kDuration{"probe_dns_duration_seconds", "Duration of DNS request by phase",
                               MetricType::kGauge};
constexpr MetricDesc kAnswers{"probe_dns_answer_rrs",
                              "Returns number of entries in the answer resource record list",
                              MetricType::kGauge};
constexpr MetricDesc kAuthorities{"probe_dns_authority_rrs",
                                  "Returns number of entries in the authority resource record list",
                                  MetricType::kGauge};
constexpr MetricDesc kAdditionals{
    "probe_dns_additional_rrs", "Returns number of entries in the additional resource record list",
    MetricType::kGauge};
constexpr MetricDesc kSucceeded{"probe_dns_query_succeeded",
                                "Displays whether or not the query was executed successfully",
                                MetricType::kGauge};
constexpr MetricDesc kSerial{"probe_dns_serial", "Returns the serial number of the zone",
                             MetricType::kGauge};
constexpr std::uint16_t kSoa = 6;

class Dns final : public Prober {
  public:
    Dns(const ProbeParts& parts, DnsCheck check)
        : parts_(parts),
          config_(std::get<DnsConfig>(parts.config->kind)),
          check_(std::move(check)) {
        question_.name = config_.name;
        question_.type = config_.type;
        question_.query_class = config_.query_class;
        if (config_.recursion_desired == Switch::kOff) question_.recursion = Recursion::kNotDesired;
    }

    void begin(const Address& address, double lookup_seconds, Finished finished) override {
        finished_ = std::move(finished);
        resolve_ = lookup_seconds;
        connect_ = request_ = 0;
        answer_.reset();
        received_.clear();
        started_ = Steady::now();
        // Another number each time, so that a late answer is not taken for this one's.
        question_.id = static_cast<std::uint16_t>(std::random_device{}());
        const Address to = address.with_port(config_.port);
        where_ = to.text() + " port " + std::to_string(config_.port);
        if (config_.over_tcp == Switch::kOff) return ask_by_datagram(to);
        waiting_for_ = "connecting to " + where_;
        stream_ = std::make_unique<Stream>(parts_.loop);
        stream_->connect(to, [this](const Result<void>& result) {
            if (!result) return fail(result.error());
            if (config_.over_tls == Switch::kOff) return ask_by_stream();
            auto session = client_session(config_.tls, parts_.config->host);
            if (!session) return fail(session.error());
            stream_->handshake(std::move(session).value(), [this](const Result<void>& shaken) {
                if (!shaken) return fail(shaken.error());
                ask_by_stream();
            });
        });
    }

    void report(Report& report) const override {
        report.add(kDuration, resolve_, {{"phase", "resolve"}});
        report.add(kDuration, connect_, {{"phase", "connect"}});
        report.add(kDuration, request_, {{"phase", "request"}});
        const DnsAnswer none;
        const DnsAnswer& answer = answer_ ? *answer_ : none;
        report.add(kAnswers, static_cast<double>(answer.answer.size()));
        report.add(kAuthorities, static_cast<double>(answer.authority.size()));
        report.add(kAdditionals, static_cast<double>(answer.additional.size()));
        report.add(kSucceeded, answer_ ? 1 : 0);
        if (!answer_ || config_.type != kSoa) return;
        double serial = 0;
        for (const DnsRecord& record : answer.answer) {
            if (record.serial) serial = *record.serial;
        }
        report.add(kSerial, serial);
    }

    std::string waiting_for() const override { return waiting_for_; }

    void end() override {
        finished_ = nullptr;
        stream_.reset();
        datagram_.reset();
    }

  private:
    void finish(const Result<void>& result) {
        const Finished finished = std::exchange(finished_, nullptr);
        if (!finished) return;
        finished(
            result ? result
                   : Result<void>(result.error().in("asking " + where_ + " for " + config_.name)));
    }
    void fail(const Error& error) { finish(error); }

    void connected() {
        connect_ = seconds_since(started_);
        asked_ = Steady::now();
        waiting_for_ = "waiting for the answer of " + where_ + " on " + config_.name;
    }

    void ask_by_datagram(const Address& to) {
        datagram_ = std::make_unique<Datagram>();
        const auto opened =
            datagram_->open(parts_.loop, to, [this](const Result<std::string_view>& packet) {
                if (!packet) return fail(packet.error());
                // What is no answer to this question is somebody else's.
                if (is_answer_to(packet.value(), question_)) answered(packet.value());
            });
        connected();
        if (!opened) return fail(opened.error());
        if (const auto sent = datagram_->send(dns_query(question_)); !sent) fail(sent.error());
    }

    // RFC 1035, 4.2.2: the length stands before the message.
    void ask_by_stream() {
        connected();
        std::string query = dns_query(question_);
        query.insert(0, {static_cast<char>(query.size() >> 8U), static_cast<char>(query.size())});
        stream_->write(std::move(query), [this](const Result<void>& result) {
            if (!result) return fail(result.error());
            read_on();
        });
    }

    void read_on() {
        stream_->read([this](const Result<std::string>& bytes) {
            if (!bytes) return fail(bytes.error());
            if (bytes.value().empty()) return fail(Error(ErrorCode::kUnavailable, "it closed"));
            received_ += bytes.value();
            if (received_.size() < 2) return read_on();
            const std::size_t size = std::size_t{static_cast<unsigned char>(received_[0])} << 8U |
                                     static_cast<unsigned char>(received_[1]);
            if (received_.size() < size + 2) return read_on();
            const std::string_view message = std::string_view(received_).substr(2, size);
            if (is_answer_to(message, question_)) return answered(message);
            fail(Error(ErrorCode::kInvalid, "answers another question"));
        });
    }

    void answered(std::string_view message) {
        request_ = seconds_since(asked_);
        auto answer = parse_dns_answer(message);
        if (!answer) return fail(answer.error());
        answer_ = std::move(answer).value();
        finish(check_.judge(*answer_));
    }

    ProbeParts parts_;
    const DnsConfig& config_;
    DnsCheck check_;
    Finished finished_;
    DnsQuestion question_;
    std::unique_ptr<Stream> stream_;
    std::unique_ptr<Datagram> datagram_;
    std::string received_;
    std::string where_;
    std::string waiting_for_;
    Steady::time_point started_;
    Steady::time_point asked_;
    double resolve_ = 0;
    double connect_ = 0;
    double request_ = 0;
    std::optional<DnsAnswer> answer_;
};

}  // namespace

Result<std::unique_ptr<Prober>> make_dns(const ProbeParts& parts) {
    TOCSIN_TRY(DnsCheck check, DnsCheck::create(std::get<DnsConfig>(parts.config->kind)));
    return std::make_unique<Dns>(parts, std::move(check));
}

}  // namespace tocsin::collector::probe
