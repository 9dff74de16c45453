// TCP: connect, TLS, and a conversation by script.
#include <optional>
#include <utility>
#include <vector>

#include "base/core/strings.h"
#include "collector/api/search.h"
#include "collector/net/probe/lines.h"
#include "collector/net/probe/series.h"
#include "collector/net/probe/stream.h"

namespace tocsin::collector::probe {
namespace {

constexpr MetricDesc kExpectInfo{
    "probe_expect_info", "Explicit content matched by the expect scripts", MetricType::kGauge};
constexpr std::size_t kMostShown = 80;

struct Step {
    const ScriptStep* config;
    std::optional<Search> expect;
};

class Tcp final : public Prober {
  public:
    Tcp(const ProbeParts& parts, std::vector<Step> steps)
        : parts_(parts),
          config_(std::get<TcpConfig>(parts.config->kind)),
          steps_(std::move(steps)) {}

    void begin(const Address& address, double, Finished finished) override {
        finished_ = std::move(finished);
        failed_due_to_regex_ = 0;
        peer_.reset();
        said_.clear();
        step_ = 0;
        lines_ = {};
        const Address to = address.with_port(config_.port);
        where_ = to.text() + " port " + std::to_string(config_.port);
        waiting_for_ = "connecting to " + where_;
        stream_ = std::make_unique<Stream>(parts_.loop);
        stream_->connect(to, [this](const Result<void>& result) {
            if (!result) return fail(result.error());
            if (config_.tls_at_once == Switch::kOn) return go_over_to_tls();
            run_step();
        });
    }

    void report(Report& report) const override {
        report.add(kFailedDueToRegex, failed_due_to_regex_);
        if (peer_) report_peer(*peer_, report);
        for (const auto& [config, groups] : said_) {
            std::vector<std::string> values;
            for (const auto& [_, value] : config->config->labels) {
                values.push_back(config->expect->expand(value, groups));
            }
            std::vector<Report::Label> labels;
            for (const auto& [name, _] : config->config->labels) {
                labels.emplace_back(name, values[labels.size()]);
            }
            report.add(kExpectInfo, 1, labels);
        }
    }

    std::string waiting_for() const override { return waiting_for_; }

    void end() override {
        finished_ = nullptr;
        stream_.reset();
    }

  private:
    void fail(const Error& error) {
        const Finished finished = std::exchange(finished_, nullptr);
        if (finished) finished(error.in(where_));
    }

    void go_over_to_tls() {
        waiting_for_ = "in the TLS handshake with " + where_;
        auto session = client_session(config_.tls, parts_.config->host);
        if (!session) return fail(session.error());
        stream_->handshake(std::move(session).value(), [this](const Result<void>& result) {
            if (!result) return fail(result.error());
            peer_ = peer_facts(stream_->tls(), config_.tls.verify);
            lines_ = {};  // what was said in the clear counts no more
            if (config_.tls_at_once == Switch::kOff) ++step_;
            run_step();
        });
    }

    void run_step() {
        if (step_ == steps_.size()) {
            const Finished finished = std::exchange(finished_, nullptr);
            if (finished) finished(success());
            return;
        }
        const Step& step = steps_[step_];
        if (!step.expect) return send(step.config->send);
        waiting_for_ =
            "waiting for a line that matches " + quote(step.config->expect) + " from " + where_;
        look();
    }

    void look() {
        while (const auto line = lines_.next()) {
            if (matched(*line)) return;
        }
        if (lines_.too_long()) {
            return fail(Error(ErrorCode::kTooLarge, "sent a line of more than 64 KiB"));
        }
        stream_->read([this](const Result<std::string>& bytes) {
            if (!bytes) return fail(bytes.error());
            if (bytes.value().empty()) return closed();
            lines_.add(bytes.value());
            look();
        });
    }

    void closed() {
        if (const auto line = lines_.last(); line && matched(*line)) return;
        failed_due_to_regex_ = 1;
        fail(Error(ErrorCode::kInvalid,
                   "closed without a line that matches " + quote(steps_[step_].config->expect) +
                       (last_line_.empty() ? "" : "; the last was " + quote(last_line_))));
    }

    bool matched(const std::string& line) {
        last_line_ = valid_utf8(line.substr(0, kMostShown));
        const Step& step = steps_[step_];
        const auto groups = step.expect->groups(line);
        if (!groups) return false;
        failed_due_to_regex_ = 0;
        if (!step.config->labels.empty()) said_.emplace_back(&step, *groups);
        send(step.expect->expand(step.config->send, *groups));
        return true;
    }

    void send(const std::string& text) {
        if (text.empty()) return sent();
        waiting_for_ = "sending to " + where_;
        stream_->write(text + "\n", [this](const Result<void>& result) {
            if (!result) return fail(result.error());
            sent();
        });
    }

    void sent() {
        if (steps_[step_].config->starttls == Switch::kOn) return go_over_to_tls();
        ++step_;
        run_step();
    }

    ProbeParts parts_;
    const TcpConfig& config_;
    std::vector<Step> steps_;
    Finished finished_;
    std::unique_ptr<Stream> stream_;
    std::size_t step_ = 0;
    Lines lines_;
    std::string last_line_;
    std::string where_;
    std::string waiting_for_;
    double failed_due_to_regex_ = 0;
    std::optional<PeerFacts> peer_;
    std::vector<std::pair<const Step*, std::vector<std::string>>> said_;
};

}  // namespace

Result<std::unique_ptr<Prober>> make_tcp(const ProbeParts& parts) {
    std::vector<Step> steps;
    for (const ScriptStep& config : std::get<TcpConfig>(parts.config->kind).script) {
        Step& step = steps.emplace_back(Step{&config, std::nullopt});
        if (config.expect.empty()) continue;
        TOCSIN_TRY(step.expect, Search::compile(config.expect));
    }
    return std::make_unique<Tcp>(parts, std::move(steps));
}

}  // namespace tocsin::collector::probe
