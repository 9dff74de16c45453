#include "collector/net/probe/http_exchange.h"

#include <curl/curl.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/core/strings.h"
#include "base/net/fd_events.h"
#include "collector/net/probe/http_options.h"

namespace tocsin::collector::probe {
namespace {

// CURL and CURLM are both void to the compiler.
struct FreeEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
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
    net::Loop& loop;
    const HttpConfig& config;
    const Body keep;
    // Destroyed from the last on: the multi handle still calls what stands above it.
    net::FdEvents events;
    net::Timer timer;
    Done done;
    HttpResponse now;
    HttpOptions options;
    Result<void> configured = success();  // what the TLS callback found
    std::array<char, CURL_ERROR_SIZE> error{};
    bool too_large = false;
    bool active = false;
    std::unique_ptr<CURLM, FreeMulti> multi{curl_multi_init()};
    std::unique_ptr<CURL, FreeEasy> easy{curl_easy_init()};

    Impl(net::Loop& l, const HttpConfig& c, Body b) : loop(l), config(c), keep(b), events(l) {
        set_callbacks();
        HttpOptions::set_once(easy.get(), config);
    }
    ~Impl() {
        if (active) curl_multi_remove_handle(multi.get(), easy.get());
        easy.reset();
    }
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

    void set_callbacks();
    void read_answer();
    void check_finished();
    Result<void> outcome(CURLcode code) const;

    static int on_socket(CURL*, curl_socket_t fd, int what, void* user, void*);
    static int on_timer(CURLM*, long milliseconds, void* user);
    static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* user);
    static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* user);
    static CURLcode on_tls(CURL*, void* context, void* user);
    void act(curl_socket_t fd, int what);
};

void HttpExchange::Impl::set_callbacks() {
    curl_multi_setopt(multi.get(), CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi.get(), CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi.get(), CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi.get(), CURLMOPT_TIMERDATA, this);
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

void HttpExchange::Impl::act(curl_socket_t fd, int what) {
    int running = 0;
    curl_multi_socket_action(multi.get(), fd, what, &running);
    check_finished();
}

void HttpExchange::Impl::check_finished() {
    int left = 0;
    const CURLMsg* message = curl_multi_info_read(multi.get(), &left);
    if (message == nullptr || message->msg != CURLMSG_DONE) return;
    const Result<void> result = outcome(message->data.result);
    read_answer();
    curl_multi_remove_handle(multi.get(), easy.get());
    active = false;
    const Done tell = std::exchange(done, nullptr);
    if (tell) tell(result);  // may destroy this
}

// libcurl's callbacks only take notes; none of them calls it back.
int HttpExchange::Impl::on_socket(CURL*, curl_socket_t fd, int what, void* user, void*) {
    auto* self = static_cast<Impl*>(user);
    if (what == CURL_POLL_REMOVE) {
        self->events.forget(fd);
        return 0;
    }
    const std::uint32_t in = (what & CURL_POLL_IN) != 0 ? std::uint32_t{EPOLLIN} : 0U;
    const std::uint32_t out = (what & CURL_POLL_OUT) != 0 ? std::uint32_t{EPOLLOUT} : 0U;
    self->events.watch(fd, in | out, [self, fd](std::uint32_t ready) {
        const int bad = (ready & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0;
        self->act(fd, ((ready & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                          ((ready & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) | bad);
    });
    return 0;
}

int HttpExchange::Impl::on_timer(CURLM*, long milliseconds, void* user) {
    auto* self = static_cast<Impl*>(user);
    self->timer.cancel();
    if (milliseconds < 0) return 0;
    self->timer =
        self->loop.after(Duration{milliseconds}, [self] { self->act(CURL_SOCKET_TIMEOUT, 0); });
    return 0;
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

HttpExchange::HttpExchange(net::Loop& loop, const HttpConfig& config, Body body)
    : impl_(std::make_unique<Impl>(loop, config, body)) {}

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
    // Sets a timer, from which all else follows.
    curl_multi_add_handle(impl.multi.get(), impl.easy.get());
}

HttpResponse HttpExchange::response() const {
    if (impl_->active) impl_->read_answer();
    return impl_->now;
}

}  // namespace tocsin::collector::probe
