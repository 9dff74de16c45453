#include "collector/service/scrape/scrape.h"

#include <chrono>
#include <string>
#include <utility>

#include "base/core/digest.h"
#include "base/core/strings.h"
#include "base/core/version.h"
#include "base/net/file.h"
#include "base/net/http_client.h"
#include "collector/service/scrape/config.h"
#include "collector/service/scrape/intake.h"

namespace tocsin::collector {
namespace {

// What Prometheus 2.42 asks for.
constexpr auto kAccept =
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

constexpr MetricDesc kScraped{"scrape_samples_scraped", "Samples that the target exposed.",
                              MetricType::kGauge};
constexpr MetricDesc kKept{"scrape_samples_post_metric_relabeling",
                           "Samples that remained after metric relabeling.", MetricType::kGauge};
constexpr MetricDesc kAdded{"scrape_series_added",
                            "Series that the target's page before did not have.",
                            MetricType::kGauge};

class Scrape final : public Target {
  public:
    Scrape(std::shared_ptr<const ScrapeConfig> config, const TargetContext& context)
        : config_(std::move(config)), loop_(*context.loop), intake_(*config_, *context.series) {
        const TargetSeries series(*context.series, *config_);
        scraped_ = series.get(&kScraped);
        kept_ = series.get(&kKept);
        added_ = series.get(&kAdded);
    }

    void start(Timestamp now, TargetDone done) override {
        at_ = now;
        done_ = std::move(done);
        auto request = make_request();
        if (!request) {
            refused_ = loop_.after(Duration{0}, [this, why = request.error()] { fail(why); });
            return;
        }
        if (!client_) client_ = std::make_unique<net::HttpClient>(loop_, config_->client);
        client_->send(std::move(request).value(), [this](Result<net::Response> answer) {
            if (answer) {
                answered(answer.value());
            } else {
                // Files of certificates may be new by the next time; a new client reads them.
                renew_ = true;
                fail(answer.error());
            }
        });
    }

    // Files of certificates are read by a client that is made.
    bool reread() override {
        renew_ = true;
        return true;
    }

    Readings cancel() override {
        done_ = nullptr;
        refused_.cancel();
        client_.reset();
        Readings readings;
        append_counts({}, readings);
        return readings;
    }

  private:
    Result<net::ClientRequest> make_request() {
        if (std::exchange(renew_, false)) client_.reset();
        net::ClientRequest request;
        request.url = config_->url;
        // The runner's deadline, which is the same or earlier, ends it first.
        request.timeout = config_->timeout + 1s;
        request.headers.set("Accept", kAccept);
        request.headers.set("User-Agent", "Tocsin/" + std::string(kVersion));
        request.headers.set("X-Prometheus-Scrape-Timeout-Seconds",
                            format_fixed(std::chrono::duration<double>(config_->timeout).count()));
        for (const auto& [name, value] : config_->headers) request.headers.set(name, value);
        // Read each time, since tokens are renewed while an agent runs.
        if (!config_->token_file.empty()) {
            TOCSIN_TRY(const Secret token, net::read_secret(config_->token_file));
            request.headers.set("Authorization", "Bearer " + token.reveal());
        } else if (!config_->username.empty()) {
            TOCSIN_TRY(const Secret password, net::read_secret(config_->password_file));
            request.headers.set("Authorization",
                                "Basic " + base64(config_->username + ":" + password.reveal()));
        }
        return request;
    }

    void answered(const net::Response& response) {
        if (response.status != 200) {
            std::string what = "answered with HTTP status " + std::to_string(response.status);
            if (response.headers.has("Location")) {
                what.append(", to ").append(response.headers.get("Location"));
                what += "; redirects are not followed, so name the URL that they lead to";
            }
            return fail(Error(ErrorCode::kUnavailable, what));
        }
        Readings readings;
        readings.reserve(last_size_ + 8);
        IntakeCounts counts;
        const Result<void> result =
            intake_.take(response.body, page_format(response.headers.get("Content-Type")), at_,
                         readings, counts);
        if (result) last_size_ = readings.size();
        append_counts(counts, readings);
        std::exchange(done_, nullptr)(result, std::move(readings));
    }

    void fail(const Error& why) {
        Readings readings;
        append_counts({}, readings);
        std::exchange(done_, nullptr)(why, std::move(readings));
    }

    void append_counts(const IntakeCounts& counts, Readings& out) const {
        out.push_back({scraped_, static_cast<double>(counts.scraped)});
        out.push_back({kept_, static_cast<double>(counts.kept)});
        out.push_back({added_, static_cast<double>(counts.added)});
    }

    std::shared_ptr<const ScrapeConfig> config_;
    net::Loop& loop_;
    Intake intake_;
    SeriesRef scraped_;
    SeriesRef kept_;
    SeriesRef added_;
    std::unique_ptr<net::HttpClient> client_;
    bool renew_ = false;
    Timestamp at_;
    TargetDone done_;
    net::Timer refused_;
    std::size_t last_size_ = 0;
};

}  // namespace

Result<std::unique_ptr<Target>> create_scrape(const std::shared_ptr<const TargetConfig>& config,
                                              const TargetContext& context) {
    return std::make_unique<Scrape>(std::static_pointer_cast<const ScrapeConfig>(config), context);
}

}  // namespace tocsin::collector
