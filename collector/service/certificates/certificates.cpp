#include "collector/service/certificates/certificates.h"

#include <sys/stat.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/core/strings.h"
#include "base/net/file.h"
#include "base/net/log.h"
#include "collector/api/pooled.h"
#include "collector/api/procfile.h"
#include "collector/service/certificates/certificate.h"
#include "collector/service/certificates/config.h"

namespace tocsin::collector {
namespace {

constexpr auto kGauge = MetricType::kGauge;
constexpr MetricDesc kNotAfter{"ssl_cert_not_after", "NotAfter expressed as a Unix Epoch Time",
                               kGauge};
constexpr MetricDesc kNotBefore{"ssl_cert_not_before", "NotBefore expressed as a Unix Epoch Time",
                                kGauge};
constexpr MetricDesc kFileNotAfter{
    "ssl_file_cert_not_after",
    "NotAfter expressed as a Unix Epoch Time for a certificate found in a file", kGauge};
constexpr MetricDesc kFileNotBefore{
    "ssl_file_cert_not_before",
    "NotBefore expressed as a Unix Epoch Time for a certificate found in a file", kGauge};
constexpr MetricDesc kFileError{
    "ssl_file_error", "Whether the file cannot be read or holds something that is no certificate.",
    kGauge};
constexpr MetricDesc kVersion{"ssl_tls_version_info", "The TLS version used", kGauge};
constexpr MetricDesc kProbeSuccess{"ssl_probe_success", "If the probe was a success", kGauge};
constexpr MetricDesc kVerified{
    "ssl_verified", "Whether the endpoint's chain and name would be trusted now.", kGauge};
constexpr MetricDesc kProblem{"ssl_verify_problem_info",
                              "Why the endpoint's chain would not be trusted.", kGauge};

Labels labels_of(const Certificate& certificate, std::string_view file) {
    return Labels{{"file", file},
                  {"serial_no", certificate.serial},
                  {"issuer_cn", certificate.issuer_cn},
                  {"cn", certificate.cn},
                  {"dnsnames", certificate.dns_names},
                  {"ips", certificate.ips},
                  {"emails", certificate.emails},
                  {"ou", certificate.units}};
}

// Both dates of each certificate; one that the labels do not tell from another stands once.
class Dates {
  public:
    Dates(const TargetSeries& series, const MetricDesc& after, const MetricDesc& before,
          Readings& out)
        : series_(series), after_(after), before_(before), out_(out) {}

    void add(const Certificate& certificate, std::string_view file = {}) {
        const Labels labels = labels_of(certificate, file);
        SeriesRef after = series_.get(&after_, labels);
        if (!seen_.insert(after.id()).second) return;
        out_.push_back({std::move(after), to_unix_seconds(certificate.not_after)});
        out_.push_back({series_.get(&before_, labels), to_unix_seconds(certificate.not_before)});
    }

  private:
    const TargetSeries& series_;
    const MetricDesc& after_;
    const MetricDesc& before_;
    Readings& out_;
    std::unordered_set<SeriesId> seen_{};
};

// In the pool: a file may lie on a mount that hangs.
class Files final : public Collector {
  public:
    Files(std::shared_ptr<const CertificatesConfig> config, SeriesTable& table)
        : config_(std::move(config)), series_(table, *config_) {}

    Result<void> collect(Timestamp, Readings& out) override {
        Dates dates(series_, kFileNotAfter, kFileNotBefore, out);
        std::string first;  // what is wrong with the first file that is wrong
        for (const std::string& path : paths(first)) {
            const std::string trouble = read(path, dates);
            out.push_back({series_.get(&kFileError, {{"file", valid_utf8(path)}}),
                           trouble.empty() ? 0.0 : 1.0});
            if (first.empty() && !trouble.empty()) first.append(path).append(": ").append(trouble);
        }
        if (!first.empty()) return Error(ErrorCode::kInvalid, first);
        return success();
    }

  private:
    static bool is_directory(const std::string& path) {
        struct stat status {};
        return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
    }

    std::vector<std::string> paths(std::string& trouble) const {
        std::vector<std::string> all;
        for (const std::string& pattern : config_->files) {
            // One that is named is looked at as it is, so that it is seen to be no file.
            const auto found =
                is_directory(pattern) ? std::vector{pattern} : net::expand_paths(pattern);
            if (found.empty() && trouble.empty()) trouble = pattern + ": there is no such file";
            all.insert(all.end(), found.begin(), found.end());
        }
        std::sort(all.begin(), all.end());
        all.erase(std::unique(all.begin(), all.end()), all.end());
        return all;
    }

    std::string read(const std::string& path, Dates& dates) {
        if (is_directory(path)) return "is a directory; name its files, like " + path + "/*.pem";
        // Opened each time: who renews a certificate puts a new file in the old one's place.
        ProcFile file(path);
        const auto bytes = file.read(buffer_);
        if (!bytes) {
            std::string_view why = bytes.error().message;
            if (why.starts_with(path + ": ")) why.remove_prefix(path.size() + 2);
            return std::string(why);
        }
        const CertificateFile content = read_certificate_file(bytes.value());
        const std::string name = valid_utf8(path);
        for (const Certificate& certificate : content.certificates) dates.add(certificate, name);
        return content.trouble;
    }

    std::shared_ptr<const CertificatesConfig> config_;
    TargetSeries series_;
    ReadBuffer buffer_;
};

class Endpoint final : public Target {
  public:
    Endpoint(std::shared_ptr<const CertificatesConfig> config, const TargetContext& context)
        : config_(std::move(config)),
          loop_(*context.loop),
          series_(*context.series, *config_),
          success_(series_.get(&kProbeSuccess)),
          verified_(series_.get(&kVerified)) {}

    void start(Timestamp, TargetDone done) override {
        done_ = std::move(done);
        looking_ = net::look_at_tls(loop_, config_->endpoint,
                                    [this](Result<net::TlsLook> look) { saw(std::move(look)); });
    }

    Readings cancel() override {
        done_ = nullptr;
        looking_.reset();
        return {{success_, 0}};
    }

  private:
    // Once, until it changes: `up` is 1 all the same.
    void tell(const std::string& broken_off) {
        if (broken_off == told_) return;
        told_ = broken_off;
        if (told_.empty()) return;
        net::log_warning("TLS is broken off after the certificate was shown",
                         {{"target", "certificates " + config_->instance}, {"error", told_}});
    }

    void saw(Result<net::TlsLook> look) {
        Readings out;
        Result<void> result = success();
        if (look) {
            result = report(look.value(), out);
        } else {
            out.push_back({success_, 0});
            result = std::move(look).error();
        }
        std::exchange(done_, nullptr)(result, std::move(out));
    }

    Result<void> report(const net::TlsLook& look, Readings& out) {
        tell(look.broken_off);
        const bool trusted = look.problem.empty();
        out.push_back({success_, trusted && look.broken_off.empty() ? 1.0 : 0.0});
        out.push_back({verified_, trusted ? 1.0 : 0.0});
        if (!trusted) out.push_back({series_.get(&kProblem, {{"problem", look.problem}}), 1});
        // "TLS 1.3", as ssl_exporter spells what OpenSSL calls TLSv1.3.
        std::string version = look.version;
        if (version.starts_with("TLSv")) version.replace(0, 4, "TLS ");
        out.push_back({series_.get(&kVersion, {{"version", version}}), 1});
        Dates dates(series_, kNotAfter, kNotBefore, out);
        for (const std::string& der : look.chain) {
            TOCSIN_TRY(const Certificate certificate, read_certificate(der));
            dates.add(certificate);
        }
        return success();
    }

    std::shared_ptr<const CertificatesConfig> config_;
    net::Loop& loop_;
    TargetSeries series_;
    SeriesRef success_;
    SeriesRef verified_;
    TargetDone done_;
    std::unique_ptr<net::TlsLooking> looking_;
    std::string told_;  // why the handshake was broken off, as it was logged
};

}  // namespace

Result<std::unique_ptr<Target>> create_certificates(
    const std::shared_ptr<const TargetConfig>& config, const TargetContext& context) {
    auto own = std::static_pointer_cast<const CertificatesConfig>(config);
    if (own->files.empty()) return std::make_unique<Endpoint>(std::move(own), context);
    return make_pooled(*context.loop, *context.pool,
                       std::make_unique<Files>(std::move(own), *context.series));
}

}  // namespace tocsin::collector
