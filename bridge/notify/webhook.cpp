#include "bridge/notify/webhook.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "base/core/digest.h"
#include "base/core/strings.h"
#include "base/net/file.h"
#include "bridge/notify/curl.h"
#include "bridge/notify/words.h"

namespace tocsin::bridge {

namespace json = boost::json;

namespace {

json::value time_or_null(const std::optional<Timestamp>& at) {
    return at ? json::value(format_rfc3339(*at)) : json::value(nullptr);
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object incident_json(const Message& m) {
    json::object out;
    out["key"] = m.key;
    out["url"] = m.url;
    out["title"] = m.title;
    out["state"] = to_string(m.state);
    out["priority"] = to_string(m.priority);
    out["severity"] = m.severity;
    out["host"] = text_or_null(m.host);
    out["opened_at"] = format_rfc3339(m.opened_at);
    out["resolved_at"] = time_or_null(m.resolved_at);
    out["assignee"] = text_or_null(m.assignee);
    out["runbook"] = text_or_null(m.runbook);
    out["counts"] = {{"firing", m.firing}, {"unknown", m.unknown}, {"resolved", m.resolved}};
    return out;
}

json::array alerts_json(const Message& m) {
    json::array out;
    for (const AlertLine& alert : m.alerts) {
        out.push_back({{"name", alert.name},
                       {"host", text_or_null(alert.host)},
                       {"severity", alert.severity},
                       {"status", to_string(alert.status)},
                       {"since", format_rfc3339(alert.since)},
                       {"summary", alert.summary},
                       {"description", alert.description}});
    }
    return out;
}

json::array timeline_json(const Message& m) {
    json::array out;
    for (const TimelineEntry& entry : m.timeline) {
        out.push_back({{"at", format_rfc3339(entry.at)},
                       {"kind", valid_utf8(entry.kind)},
                       {"actor", valid_utf8(entry.actor)},
                       {"text", entry.text}});
    }
    return out;
}

std::string one_line(std::string text) {
    for (char& c : text) {
        if (c == '\r' || c == '\n' || c == '\0') c = ' ';
    }
    return text;
}

class Webhook final : public Notifier {
  public:
    Webhook(WebhookChannel channel, Secret secret, const NotifierContext& context)
        : channel_(std::move(channel)),
          secret_(std::move(secret)),
          clock_(context.clock),
          templates_(context.templates),
          timeout_(context.timeout) {}

    Outcome send(const Message& message) override {
        HttpPost post;
        post.url = message.recipient.address.empty() ? channel_.url : message.recipient.address;
        post.ca_file = channel_.ca_file;
        post.body = webhook_body(message, templates_);
        post.timeout = timeout_;
        post.headers = {{"Content-Type", "application/json"},
                        {"User-Agent", "Tocsin"},
                        {"Idempotency-Key", one_line(message.idempotency_key)},
                        {"Tocsin-Event", std::string(to_string(message.kind))}};
        if (!secret_.empty()) {
            post.headers.emplace_back("Tocsin-Signature",
                                      webhook_signature(secret_, clock_.now(), post.body));
        }
        const HttpAnswer answer = post_http(post);
        if (answer.status == 0) return answer.failure;
        return webhook_outcome(answer.status, answer.body, answer.retry_after);
    }

  private:
    const WebhookChannel channel_;
    const Secret secret_;
    const Clock& clock_;
    const MessageTemplates templates_;
    const Duration timeout_;
};

}  // namespace

std::string webhook_body(const Message& message, const MessageTemplates& templates) {
    const Words words = words_for(message, templates);
    json::object out;
    out["version"] = 1;
    out["event"] = to_string(message.kind);
    out["id"] = message.idempotency_key;
    out["step"] = message.step;
    out["at"] = format_rfc3339(message.at);
    out["recipient"] = {{"name", text_or_null(message.recipient.name)},
                        {"display", text_or_null(message.recipient.display)}};
    out["incident"] = incident_json(message);
    out["alerts"] = alerts_json(message);
    out["told"] = json::array(message.told.begin(), message.told.end());
    out["similar"] = json::array(message.similar.begin(), message.similar.end());
    out["problems"] = json::array(message.problems.begin(), message.problems.end());
    out["timeline"] = timeline_json(message);
    out["text"] = {{"language", message.language},
                   {"subject", words.subject},
                   {"brief", words.brief},
                   {"body", words.text}};
    return json::serialize(out);
}

std::string webhook_signature(const Secret& secret, Timestamp at, std::string_view body) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
    const std::string t = std::to_string(seconds);
    std::string signed_text = t + ".";
    signed_text += body;
    return "t=" + t + ",v1=" + hex(hmac_sha256(secret.reveal(), signed_text));
}

Outcome webhook_outcome(int status, std::string_view answer, std::optional<Duration> retry_after) {
    Outcome outcome;
    outcome.detail = "HTTP " + std::to_string(status);
    const std::string_view line = trim(answer.substr(0, answer.find('\n'))).substr(0, 200);
    if (status / 100 != 2 && !line.empty()) outcome.detail += ": " + valid_utf8(line);
    if (status / 100 == 2) {
        outcome.delivery = Delivery::kDelivered;
        outcome.reason = OutcomeReason::kDelivered;
    } else if (status == 429) {
        outcome.reason = OutcomeReason::kRateLimited;
        outcome.retry_after = retry_after;
    } else if (status == 408 || status / 100 == 5) {
        outcome.reason = status == 408 ? OutcomeReason::kTimeout : OutcomeReason::kServerError;
        outcome.retry_after = retry_after;
    } else if (status == 401 || status == 403) {
        outcome.delivery = Delivery::kPermanent;
        outcome.reason = OutcomeReason::kUnauthorized;
    } else {
        // 3xx too: an address comes from configuration alone.
        outcome.delivery = Delivery::kPermanent;
        outcome.reason = OutcomeReason::kRejected;
    }
    return outcome;
}

Result<std::unique_ptr<Notifier>> make_webhook(const WebhookChannel& channel,
                                               const NotifierContext& context) {
    Secret secret;
    if (!channel.secret_file.empty()) {
        TOCSIN_TRY(secret, net::read_secret(channel.secret_file));
    }
    return std::unique_ptr<Notifier>(
        std::make_unique<Webhook>(channel, std::move(secret), context));
}

}  // namespace tocsin::bridge
