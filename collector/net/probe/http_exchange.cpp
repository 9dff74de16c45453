#include "collector/net/probe/http_exchange.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/core/strings.h"
#include "collector/net/probe/http_options.h"
#include "collector/net/probe/http_transfers.h"

namespace tocsin::collector::probe {
namespace {

// CURL is void to the compiler.
struct FreeEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

std::string_view http_version(long version) {
    switch (version) {
        case CURL_HTTP_VERSION_1_0:
            return "1.0";
        case CURL_HTTP_VERSION_1_1:
            return "1.1";
        case CURL_HTTP_VERSION_2_0:
            return "2";
        default:
            return "";
    }
}

}  // namespace

struct HttpExchange::Impl {
    const HttpConfig& config;
    const Body keep;
    const std::shared_ptr<HttpTransfers> transfers;
    Done done;
    HttpResponse now;
    HttpOptions options;
    Result<void> configured = success();  // what the TLS callback found
    std::array<char, CURL_ERROR_SIZE> error{};
    bool too_large = false;
    bool active = false;
    std::unique_ptr<CURL, FreeEasy> easy{curl_easy_init()};

    Impl(std::shared_ptr<HttpTransfers> t, const HttpConfig& c, Body b)
        : config(c), keep(b), transfers(std::move(t)) {
        set_callbacks();
        HttpOptions::set_once(easy.get(), config);
    }
    ~Impl() { break_off(); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    template <class T>
    T get(CURLINFO info) const {
        T value{};
        curl_easy_getinfo(easy.get(), info, &value);
        return value;
    }
    // Microseconds since the request's start.
    double seconds(CURLINFO info) const { return static_cast<double>(get<curl_off_t>(info)) / 1e6; }

    void break_off() {
        if (std::exchange(active, false)) transfers->remove(easy.get());
    }

    void set_callbacks();
    void read_answer();
    void finished(CURLcode code);
    Result<void> outcome(CURLcode code) const;

    static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* user);
    static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* user);
    static CURLcode on_tls(CURL*, void* context, void* user);
};

void HttpExchange::Impl::set_callbacks() {
    CURL* curl = easy.get();
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error.data());
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, on_tls);
    curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, this);
}

void HttpExchange::Impl::read_answer() {
    const double start_transfer = seconds(CURLINFO_STARTTRANSFER_TIME_T);
    const double connect = seconds(CURLINFO_CONNECT_TIME_T);
    const double tls = seconds(CURLINFO_APPCONNECT_TIME_T);
    const double pretransfer = seconds(CURLINFO_PRETRANSFER_TIME_T);
    now.phases = {};
    // As blackbox_exporter: a request that got no connection has no phases.
    if (pretransfer > 0) {
        now.phases.connect = std::max(0.0, connect - seconds(CURLINFO_NAMELOOKUP_TIME_T));
        if (tls > 0) now.phases.tls = std::max(0.0, tls - connect);
    }
    if (now.answer.status == 0) return;
    now.phases.processing = std::max(0.0, start_transfer - pretransfer);
    now.phases.transfer = std::max(0.0, seconds(CURLINFO_TOTAL_TIME_T) - start_transfer);
    now.answer.version = http_version(get<long>(CURLINFO_HTTP_VERSION));
    now.answer.tls = now.peer.has_value();
    now.content_length = static_cast<double>(get<curl_off_t>(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T));
    // Answers that cannot have a body have none.
    const bool bodiless = now.answer.status == 204 || now.answer.status == 304;
    if (bodiless && now.content_length < 0) now.content_length = 0;
    const char* redirect = get<const char*>(CURLINFO_REDIRECT_URL);
    now.redirect = redirect != nullptr ? redirect : "";
}

Result<void> HttpExchange::Impl::outcome(CURLcode code) const {
    if (code == CURLE_OK) return success();
    if (!configured) return configured;
    if (too_large) {
        return Error(ErrorCode::kTooLarge, "its body is larger than body_size_limit (" +
                                               format_bytes(config.body_limit) + ")");
    }
    if (const long why = get<long>(CURLINFO_OS_ERRNO); code == CURLE_COULDNT_CONNECT && why != 0) {
        return errno_error("connecting", static_cast<int>(why));
    }
    const char* text = error.front() != '\0' ? error.data() : curl_easy_strerror(code);
    return Error(ErrorCode::kUnavailable, valid_utf8(text));
}

void HttpExchange::Impl::finished(CURLcode code) {
    const Result<void> result = outcome(code);
    read_answer();
    break_off();
    std::exchange(done, nullptr)(result);
}

std::size_t HttpExchange::Impl::on_header(char* bytes, std::size_t size, std::size_t count,
                                          void* user) {
    auto* self = static_cast<Impl*>(user);
    const std::string_view line = trim(std::string_view(bytes, size * count));
    HttpAnswer& answer = self->now.answer;
    if (line.starts_with("HTTP/")) {
        answer.headers.clear();  // those of an interim answer, or of a proxy's
        return size * count;
    }
    if (line.empty()) {
        // The end of an answer's headers: while the connection is there to look at.
        answer.status = static_cast<int>(self->get<long>(CURLINFO_RESPONSE_CODE));
        const auto* tls = self->get<curl_tlssessioninfo*>(CURLINFO_TLS_SSL_PTR);
        if (tls != nullptr && tls->backend == CURLSSLBACKEND_OPENSSL && tls->internals != nullptr) {
            self->now.peer =
                peer_facts(static_cast<const SSL*>(tls->internals), self->config.tls.verify);
        }
        return size * count;
    }
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
        answer.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
    }
    return size * count;
}

std::size_t HttpExchange::Impl::on_body(char* bytes, std::size_t size, std::size_t count,
                                        void* user) {
    auto* self = static_cast<Impl*>(user);
    const std::size_t n = size * count;
    self->now.body_size += static_cast<double>(n);
    if (self->now.body_size > static_cast<double>(self->config.body_limit.count)) {
        self->too_large = true;
        return 0;
    }
    if (self->keep == Body::kKept) self->now.answer.body.append(bytes, n);
    return n;
}

CURLcode HttpExchange::Impl::on_tls(CURL*, void* context, void* user) {
    auto* self = static_cast<Impl*>(user);
    self->configured = configure_tls(static_cast<SSL_CTX*>(context), self->config.tls);
    return self->configured ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
}

HttpExchange::HttpExchange(std::shared_ptr<HttpTransfers> transfers, const HttpConfig& config,
                           Body body)
    : impl_(std::make_unique<Impl>(std::move(transfers), config, body)) {}

HttpExchange::~HttpExchange() = default;

void HttpExchange::start(const HttpRequest& request, Done done) {
    Impl& impl = *impl_;
    impl.now = {};
    impl.error.front() = '\0';
    impl.configured = success();
    impl.too_large = false;
    impl.done = std::move(done);
    impl.options.set_request(impl.easy.get(), impl.config, request);
    impl.active = true;
    impl.transfers->add(impl.easy.get(), [&impl](CURLcode code) { impl.finished(code); });
}

void HttpExchange::stop() {
    impl_->break_off();
    impl_->done = nullptr;
    impl_->now = {};
    curl_easy_setopt(impl_->easy.get(), CURLOPT_COOKIELIST, "ALL");
}

const HttpResponse& HttpExchange::response() const {
    if (impl_->active) impl_->read_answer();
    return impl_->now;
}

}  // namespace tocsin::collector::probe
