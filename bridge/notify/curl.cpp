#include "bridge/notify/curl.h"

#include <curl/curl.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "base/core/strings.h"

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostAnswer = 4096;
constexpr long kConnectTimeoutMs = 10'000;

struct FreeEasy {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
using List = std::unique_ptr<curl_slist, FreeList>;

void append(List& list, const std::string& text) {
    if (curl_slist* longer = curl_slist_append(list.get(), text.c_str())) {
        (void)list.release();
        list.reset(longer);
    }
}

// What the body is read from.
struct Source {
    std::string_view rest;
};
std::size_t read_source(char* to, std::size_t size, std::size_t count, void* user) {
    auto* source = static_cast<Source*>(user);
    const std::size_t n = std::min(size * count, source->rest.size());
    std::memcpy(to, source->rest.data(), n);
    source->rest.remove_prefix(n);
    return n;
}

// Keeps the beginning and lets the rest pass: an answer's length is no reason to fail.
std::size_t keep_beginning(const char* from, std::size_t size, std::size_t count, void* user) {
    auto* kept = static_cast<std::string*>(user);
    const std::size_t n = size * count;
    kept->append(from, std::min(n, kMostAnswer - std::min(kMostAnswer, kept->size())));
    return n;
}

// SMTP's replies come as headers, a line each: the last one says how it ended.
std::size_t keep_last_line(const char* from, std::size_t size, std::size_t count, void* user) {
    const std::string_view line = trim(std::string_view(from, size * count));
    if (!line.empty()) *static_cast<std::string*>(user) = line.substr(0, kMostAnswer);
    return size * count;
}

struct Transfer {
    Easy easy{curl_easy_init()};
    std::array<char, CURL_ERROR_SIZE> error{};
    std::string answer;

    Transfer(Duration timeout, const std::string& ca_file) {
        CURL* c = easy.get();
        curl_easy_setopt(c, CURLOPT_ERRORBUFFER, error.data());
        curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);  // threads
        curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
        curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
                         std::min(kConnectTimeoutMs, static_cast<long>(timeout.count())));
        curl_easy_setopt(c, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        if (!ca_file.empty()) curl_easy_setopt(c, CURLOPT_CAINFO, ca_file.c_str());
        curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, keep_beginning);
        curl_easy_setopt(c, CURLOPT_WRITEDATA, &answer);
    }
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    std::string text(CURLcode code) const {
        return valid_utf8(error.front() != '\0' ? error.data() : curl_easy_strerror(code));
    }
};

Outcome outcome_of(CURLcode code, std::string detail) {
    Outcome outcome;
    outcome.detail = std::move(detail);
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            outcome.reason = OutcomeReason::kTimeout;
            break;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_USE_SSL_FAILED:
            outcome.reason = OutcomeReason::kTls;
            break;
        case CURLE_LOGIN_DENIED:
            outcome.reason = OutcomeReason::kUnauthorized;
            break;
        default:
            outcome.reason = OutcomeReason::kUnreachable;
            break;
    }
    return outcome;
}

// RFC 5321, 4.2.1: 4yz may pass, 5yz is final. Except where it is about us and not the message
// (RFC 4954: 530, 534, 535, 538): that an administrator mends, and then the message should go.
Outcome smtp_outcome(CURLcode code, long reply, std::string detail) {
    Outcome outcome = outcome_of(code, std::move(detail));
    if (outcome.reason == OutcomeReason::kTimeout || outcome.reason == OutcomeReason::kTls) {
        return outcome;
    }
    const bool about_us = reply == 530 || reply == 534 || reply == 535 || reply == 538;
    if (about_us || code == CURLE_LOGIN_DENIED) {
        outcome.reason = OutcomeReason::kUnauthorized;
    } else if (reply >= 400 && reply < 500) {
        outcome.reason = OutcomeReason::kServerError;
    } else if (reply >= 500 && reply < 600) {
        outcome.delivery = Delivery::kPermanent;
        outcome.reason = OutcomeReason::kRejected;
    }
    return outcome;
}

}  // namespace

Outcome send_smtp(const SmtpTransfer& t) {
    Transfer transfer(t.timeout, t.ca_file);
    CURL* c = transfer.easy.get();
    const bool tls = t.security == MailSecurity::kTls;
    const std::string url = (tls ? "smtps://" : "smtp://") + t.server;
    curl_easy_setopt(c, CURLOPT_URL, url.c_str());
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    // All or nothing: a server without STARTTLS does not get the mail in the clear.
    curl_easy_setopt(
        c, CURLOPT_USE_SSL,
        static_cast<long>(t.security == MailSecurity::kNone ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    if (!t.user.empty()) {
        curl_easy_setopt(c, CURLOPT_USERNAME, t.user.c_str());
        curl_easy_setopt(c, CURLOPT_PASSWORD, t.password.reveal().c_str());
    }
    const std::string from = "<" + t.from + ">";
    List to;
    append(to, "<" + t.to + ">");
    Source source{t.mail};
    curl_easy_setopt(c, CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to.get());
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, read_source);
    curl_easy_setopt(c, CURLOPT_READDATA, &source);
    std::string last_reply;
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, keep_last_line);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, &last_reply);
    const CURLcode code = curl_easy_perform(c);
    if (code == CURLE_OK) return {Delivery::kDelivered, OutcomeReason::kDelivered, "", {}};
    long reply = 0;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &reply);
    // The server's own words where it refused; libcurl's where it never got so far.
    const bool refused = reply >= 400 && last_reply.starts_with(std::to_string(reply));
    const std::string why = refused ? valid_utf8(last_reply) : transfer.text(code);
    return smtp_outcome(code, reply, t.server + ": " + why);
}

namespace {

// Feishu says in a header of its own how long it wants to be left alone, in seconds:
// open.feishu.cn/document/server-docs/api-call-guide/frequency-control.
curl_off_t feishu_wait(CURL* c) {
    curl_header* header = nullptr;
    const CURLHcode code =
        curl_easy_header(c, "x-ogw-ratelimit-reset", 0, CURLH_HEADER, -1, &header);
    return code == CURLHE_OK ? parse_int(trim(header->value)).value_or(0) : 0;
}

}  // namespace

HttpAnswer post_http(const HttpPost& post) {
    Transfer transfer(post.timeout, post.ca_file);
    CURL* c = transfer.easy.get();
    curl_easy_setopt(c, CURLOPT_URL, post.url.c_str());
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);  // an address comes from configuration alone
    curl_easy_setopt(c, CURLOPT_POST, 1L);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post.body.size()));
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, post.body.data());
    List headers;
    append(headers, "Expect:");  // no round trip before the body
    for (const auto& [name, value] : post.headers) {
        append(headers, fmt::format("{}: {}", name, value));
    }
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers.get());
    const CURLcode code = curl_easy_perform(c);
    HttpAnswer answer;
    if (code != CURLE_OK) {
        answer.failure = outcome_of(code, transfer.text(code));
        return answer;
    }
    long status = 0;
    curl_off_t retry_after = 0;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &retry_after);
    answer.status = static_cast<int>(status);
    if (retry_after <= 0) retry_after = feishu_wait(c);
    if (retry_after > 0) answer.retry_after = std::chrono::seconds(retry_after);
    answer.body = valid_utf8(transfer.answer);
    return answer;
}

}  // namespace tocsin::bridge
