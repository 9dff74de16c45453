// HTTP and HTTPS: requests, redirects, and what is expected of the last answer.
#include <curl/curl.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/core/strings.h"
#include "base/net/file.h"
#include "base/net/loop_shared.h"
#include "collector/net/probe/http_exchange.h"
#include "collector/net/probe/series.h"

namespace tocsin::collector::probe {
namespace {

constexpr MetricDesc kDuration{"probe_http_duration_seconds",
                               "Duration of http request by phase, summed over all redirects",
                               MetricType::kGauge};
constexpr MetricDesc kContentLength{"probe_http_content_length", "Length of http content response",
                                    MetricType::kGauge};
constexpr MetricDesc kBodyLength{"probe_http_uncompressed_body_length",
                                 "Length of uncompressed response body", MetricType::kGauge};
constexpr MetricDesc kRedirects{"probe_http_redirects", "The number of redirects",
                                MetricType::kGauge};
constexpr MetricDesc kSsl{"probe_http_ssl", "Indicates if SSL was used for the final redirect",
                          MetricType::kGauge};
constexpr MetricDesc kStatus{"probe_http_status_code", "Response HTTP status code",
                             MetricType::kGauge};
constexpr MetricDesc kVersion{
    "probe_http_version", "Returns the version of HTTP of the probe response", MetricType::kGauge};
constexpr MetricDesc kLastModified{"probe_http_last_modified_timestamp_seconds",
                                   "Returns the Last-Modified HTTP response header in unixtime",
                                   MetricType::kGauge};

constexpr int kMostRedirects = 10;

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

class Http final : public Prober {
  public:
    Http(const ProbeParts& parts, HttpCheck check)
        : parts_(parts),
          config_(std::get<HttpConfig>(parts.config->kind)),
          check_(std::move(check)),
          exchange_(net::shared_by<HttpTransfers>(parts.loop), config_,
                    check_.needs_body() ? HttpExchange::Body::kKept : HttpExchange::Body::kCounted),
          lookup_(parts.loop, parts.pool) {}

    void begin(const Address& address, double lookup_seconds, Finished finished) override {
        reset();
        finished_ = std::move(finished);
        first_ = address;
        phases_resolve_ = lookup_seconds;
        auto url = net::parse_url(config_.url);
        if (!url) return finish(url.error());
        origin_ = url.value();
        request_.url = std::move(url).value();
        request_.method = config_.method;
        request_.body = config_.body;
        request_.address = address;
        if (const auto read = read_credentials(); !read) return finish(read.error());
        ask();
    }

    void report(Report& report) const override {
        const HttpResponse& now = exchange_.response();
        const HttpPhases& p = now.phases;
        report.add(kDuration, phases_resolve_, {{"phase", "resolve"}});
        if (asked_) {  // else it came no further than to the name
            report.add(kDuration, earlier_.connect + p.connect, {{"phase", "connect"}});
            report.add(kDuration, earlier_.tls + p.tls, {{"phase", "tls"}});
            report.add(kDuration, earlier_.processing + p.processing, {{"phase", "processing"}});
            report.add(kDuration, earlier_.transfer + p.transfer, {{"phase", "transfer"}});
        }
        report.add(kStatus, now.answer.status);
        report.add(kContentLength, now.content_length);
        report.add(kBodyLength, body_counts_ ? now.body_size : 0);
        report.add(kRedirects, redirects_);
        report.add(kSsl, now.answer.tls ? 1 : 0);
        report.add(kVersion, parse_double(now.answer.version).value_or(0));
        report.add(kFailedDueToRegex, failed_due_to_regex_ ? 1 : 0);
        if (now.answer.status == 0) return;
        if (const auto time = parse_http_date(header_value(now.answer, "Last-Modified"))) {
            report.add(kLastModified, *time);
        }
        if (now.peer) report_peer(*now.peer, report);
    }

    std::string waiting_for() const override { return "asking " + where_; }

    void end() override {
        finished_ = nullptr;
        lookup_.cancel();
        exchange_.stop();
        reset();
    }

  private:
    void reset() {
        request_ = {};
        secret_ = {};
        where_.clear();
        asked_ = false;
        phases_resolve_ = 0;
        earlier_ = {};
        redirects_ = 0;
        body_counts_ = true;
        failed_due_to_regex_ = false;
    }

    void finish(const Result<void>& result) {
        const Finished finished = std::exchange(finished_, nullptr);
        if (!finished) return;
        finished(result || where_.empty() ? result : Result<void>(result.error().in(where_)));
    }

    Result<void> read_credentials() {
        const std::string& file =
            config_.password_file.empty() ? config_.bearer_token_file : config_.password_file;
        secret_ = {};
        request_.proxy_secret = {};
        if (!file.empty()) {
            TOCSIN_TRY(secret_, net::read_secret(file));
        }
        if (!config_.proxy_password_file.empty()) {
            TOCSIN_TRY(request_.proxy_secret, net::read_secret(config_.proxy_password_file));
        }
        return success();
    }

    // Whether it goes where the configuration said: only there go its credentials, headers and
    // name for TLS.
    bool at_origin() const {
        return request_.url.host == origin_.host && request_.url.port == origin_.port &&
               request_.url.scheme == origin_.scheme;
    }

    // What the request before took, once its answer is no longer the last. The transfer of a
    // redirect's body is not counted, as in blackbox_exporter.
    void keep_phases() {
        const HttpPhases last = exchange_.response().phases;
        earlier_.connect += last.connect;
        earlier_.tls += last.tls;
        earlier_.processing += last.processing;
    }

    void ask() {
        keep_phases();
        asked_ = true;
        const bool home = at_origin();
        request_.headers = config_.headers;
        if (!home) {
            std::erase_if(request_.headers, [](const auto& header) {
                return iequals(header.first, "Host") || iequals(header.first, "Authorization") ||
                       iequals(header.first, "Cookie");
            });
        }
        request_.tls_name = home ? config_.tls.server_name : std::string();
        request_.auth = HttpAuth::kNone;
        if (home && !config_.bearer_token_file.empty()) request_.auth = HttpAuth::kBearer;
        if (home && !config_.password_file.empty()) request_.auth = HttpAuth::kBasic;
        request_.user = config_.username;
        request_.secret = secret_;
        where_ = request_.url.scheme + "://" + request_.url.host + ":" +
                 std::to_string(request_.url.port) + " (" + request_.address.text() + ")";
        exchange_.start(request_, [this](const Result<void>& result) { answered(result); });
    }

    void answered(const Result<void>& result) {
        if (!result) return finish(result);
        const HttpResponse& response = exchange_.response();
        const bool redirected = is_redirect(response.answer.status) && !response.redirect.empty();
        if (redirected && config_.follow_redirects == Switch::kOn) return follow(response);
        if (redirected) {
            // As blackbox_exporter has it: counted, and its body not read.
            redirects_ = 1;
            body_counts_ = false;
        }
        const HttpVerdict verdict = check_.judge(response.answer);
        failed_due_to_regex_ = verdict.failed_due_to_regex;
        finish(verdict.result);
    }

    void follow(const HttpResponse& response) {
        if (++redirects_ > kMostRedirects) {
            body_counts_ = false;
            return finish(Error(ErrorCode::kInvalid,
                                "redirects more than " + std::to_string(kMostRedirects) +
                                    " times, at last to " + quote(valid_utf8(response.redirect))));
        }
        auto url = net::parse_url(response.redirect);
        if (!url) return finish(url.error().in("a redirect"));
        const bool keeps_method = response.answer.status == 307 || response.answer.status == 308 ||
                                  request_.method == "GET" || request_.method == "HEAD";
        if (!keeps_method) {
            request_.method = "GET";
            request_.body.clear();
        }
        request_.url = std::move(url).value();
        // A name for TLS stood in the URL that the redirect is relative to.
        if (!config_.tls.server_name.empty() && request_.url.host == config_.tls.server_name) {
            request_.url.host = origin_.host;
        }
        const bool known = !config_.proxy.empty() || request_.url.host == origin_.host;
        if (known) {
            request_.address = first_;
            return ask();
        }
        const auto started = Steady::now();
        where_ = request_.url.host;
        lookup_.start(request_.url.host, *parts_.config,
                      [this, started](const Result<Address>& found) {
                          phases_resolve_ += seconds_since(started);
                          if (!found) return finish(found.error());
                          request_.address = found.value();
                          ask();
                      });
    }

    ProbeParts parts_;
    const HttpConfig& config_;
    HttpCheck check_;
    HttpExchange exchange_;
    Lookup lookup_;
    Finished finished_;
    net::Url origin_;
    HttpRequest request_;
    Secret secret_;
    Address first_;
    std::string where_;
    HttpPhases earlier_;  // of the requests that were redirected
    double phases_resolve_ = 0;
    int redirects_ = 0;
    bool asked_ = false;  // it came further than to the name
    bool body_counts_ = true;
    bool failed_due_to_regex_ = false;
};

}  // namespace

Result<std::unique_ptr<Prober>> make_http(const ProbeParts& parts) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return Error(ErrorCode::kInternal, "libcurl does not start");
    }
    TOCSIN_TRY(HttpCheck check, HttpCheck::create(std::get<HttpConfig>(parts.config->kind)));
    return std::make_unique<Http>(parts, std::move(check));
}

}  // namespace tocsin::collector::probe
