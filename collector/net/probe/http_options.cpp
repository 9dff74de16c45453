#include "collector/net/probe/http_options.h"

#include <algorithm>

#include "base/core/strings.h"
#include "base/core/version.h"

namespace tocsin::collector::probe {
namespace {

using List = std::unique_ptr<curl_slist, FreeList>;

void append(List& list, const std::string& text) {
    if (curl_slist* longer = curl_slist_append(list.get(), text.c_str())) {
        (void)list.release();
        list.reset(longer);
    }
}

std::string bracketed(const std::string& host) {
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

template <class T>
void set(CURL* easy, CURLoption option, T value) {
    curl_easy_setopt(easy, option, value);
}

void set_tls(CURL* easy, const TlsConfig& tls) {
    set(easy, CURLOPT_SSL_VERIFYPEER, tls.verify == Switch::kOn ? 1L : 0L);
    set(easy, CURLOPT_SSL_VERIFYHOST, tls.verify == Switch::kOn ? 2L : 0L);
    // Ours instead, in the exchange's callback for TLS: libcurl would parse every certificate of
    // the bundle each time.
    set(easy, CURLOPT_CAINFO, static_cast<const char*>(nullptr));
    set(easy, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    set(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);     // or one probe trusts what another does
    set(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);  // a resumed session shows no certificates
}

}  // namespace

void HttpOptions::set_once(CURL* easy, const HttpConfig& config) {
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy, CURLOPT_FOLLOWLOCATION, 0L);
    // libcurl would hand a connection to whoever asks for the same name, wherever it leads and
    // whatever certificate it was made with.
    set(easy, CURLOPT_FRESH_CONNECT, 1L);
    set(easy, CURLOPT_FORBID_REUSE, 1L);
    set(easy, CURLOPT_COOKIEFILE, "");  // kept for redirects, as browsers do
    const bool http2 = config.http2 == Switch::kOn;
    set(easy, CURLOPT_HTTP_VERSION,
        static_cast<long>(http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    if (!config.compression.empty()) set(easy, CURLOPT_ACCEPT_ENCODING, config.compression.c_str());
    // The environment's proxies are no part of the configuration.
    set(easy, CURLOPT_PROXY, config.proxy.c_str());
    set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(easy, CURLOPT_NOPROXY, config.proxy.empty() ? "*" : "");
    set(easy, CURLOPT_USERAGENT, ("Tocsin/" + std::string(kVersion)).c_str());
    set_tls(easy, config.tls);
}

// Names were looked up before, in the pool. Where a connection of the target's own goes stands in
// no cache that others look into; a proxy's name leads everybody to the proxy.
void HttpOptions::set_address(CURL* easy, const HttpConfig& config, const HttpRequest& request,
                              const std::string& host) {
    addresses_.reset();
    const std::string address = bracketed(request.address.text());
    if (const auto proxy = net::parse_url(config.proxy)) {
        const std::string port = std::to_string(proxy.value().port);
        if (!numeric_address(proxy.value().host)) {
            append(addresses_, proxy.value().host + ":" + port + ":" + address);
        }
        set(easy, CURLOPT_RESOLVE, addresses_.get());
        return;
    }
    const std::string port = std::to_string(request.url.port);
    if (!numeric_address(host)) append(addresses_, host + ":" + port + ":" + address + ":" + port);
    set(easy, CURLOPT_CONNECT_TO, addresses_.get());
}

void HttpOptions::set_request(CURL* easy, const HttpConfig& config, const HttpRequest& request) {
    const net::Url& url = request.url;
    const std::string& host = request.tls_name.empty() ? url.host : request.tls_name;
    const std::string port = std::to_string(url.port);
    const bool usual = url.port == (url.scheme == "https" ? 443 : 80);
    const std::string authority = bracketed(url.host) + (usual ? "" : ":" + port);
    set(easy, CURLOPT_URL,
        (url.scheme + "://" + bracketed(host) + ":" + port + url.target).c_str());
    set(easy, CURLOPT_NOBODY, request.method == "HEAD" ? 1L : 0L);
    if (request.method != "HEAD") set(easy, CURLOPT_HTTPGET, 1L);
    set(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (!request.body.empty()) {
        set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(easy, CURLOPT_COPYPOSTFIELDS, request.body.data());
    }
    set_address(easy, config, request, host);

    headers_.reset();
    append(headers_, "Expect:");  // no round trip before the body
    const auto given = [&](std::string_view name) {
        return std::any_of(request.headers.begin(), request.headers.end(),
                           [&](const auto& header) { return iequals(header.first, name); });
    };
    if (!given("Host")) append(headers_, "Host: " + authority);
    if (!given("Content-Type")) append(headers_, "Content-Type:");  // libcurl would say a form
    for (const auto& [name, value] : request.headers) {
        std::string line = name;
        line.append(value.empty() ? ";" : ": ").append(value);
        append(headers_, line);
    }
    set(easy, CURLOPT_HTTPHEADER, headers_.get());
    const bool basic = request.auth == HttpAuth::kBasic;
    const bool bearer = request.auth == HttpAuth::kBearer;
    set(easy, CURLOPT_HTTPAUTH, bearer ? CURLAUTH_BEARER : CURLAUTH_BASIC);
    set(easy, CURLOPT_USERNAME, basic ? request.user.c_str() : nullptr);
    set(easy, CURLOPT_PASSWORD, basic ? request.secret.reveal().c_str() : nullptr);
    set(easy, CURLOPT_XOAUTH2_BEARER, bearer ? request.secret.reveal().c_str() : nullptr);
    if (config.proxy_username.empty()) return;
    set(easy, CURLOPT_PROXYAUTH, CURLAUTH_BASIC);
    set(easy, CURLOPT_PROXYUSERNAME, config.proxy_username.c_str());
    set(easy, CURLOPT_PROXYPASSWORD, request.proxy_secret.reveal().c_str());
}

}  // namespace tocsin::collector::probe
