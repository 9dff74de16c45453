#include "bridge/notify/pagerduty.h"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "bridge/notify/hook.h"
#include "bridge/notify/markup.h"
#include "bridge/notify/webhook.h"
#include "bridge/notify/words.h"

namespace tocsin::bridge {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostSummary = 1024;  // characters
constexpr std::size_t kMostKey = 255;
constexpr std::size_t kMostDetails = 100'000;  // an event has at most 512 KB

// What the incident's own state says wins over why somebody is told; nobody is asked of one that
// is acknowledged, but when it became worse.
const char* action_of(const Message& message) {
    if (message.kind == MessageKind::kResolved) return "resolve";
    const bool asks = message.kind == MessageKind::kRaised || message.kind == MessageKind::kJoined;
    return message.state == State::kAcknowledged && !asks ? "acknowledge" : "trigger";
}

std::string severity_of(const Message& message,
                        const std::map<std::string, std::string>& severities) {
    if (const auto own = severities.find(message.severity); own != severities.end()) {
        return own->second;
    }
    for (const char* same : {"critical", "error", "warning", "info"}) {
        if (message.severity == same) return same;
    }
    static constexpr std::array<const char*, 4> kByPriority = {"critical", "error", "warning",
                                                               "info"};
    return kByPriority.at(static_cast<std::size_t>(message.priority) - 1);
}

}  // namespace

std::string pagerduty_body(const Message& message, const Secret& routing_key,
                           const std::map<std::string, std::string>& severities,
                           const MessageTemplates& templates) {
    const Words words = words_for(message, templates);
    json::object payload;
    payload["summary"] = cut_characters(words.subject, kMostSummary);
    payload["source"] = message.host.empty() ? "tocsin" : message.host;
    payload["severity"] = severity_of(message, severities);
    payload["timestamp"] = format_rfc3339(message.opened_at);
    payload["custom_details"] = {{"priority", to_string(message.priority)},
                                 {"text", cut_bytes(words.text, kMostDetails)}};
    json::array links;
    links.push_back({{"href", message.url}, {"text", message.key}});
    if (is_link(message.runbook)) {
        links.push_back({{"href", message.runbook}, {"text", "runbook"}});
    }
    json::object out;
    out["routing_key"] = routing_key.reveal();
    out["event_action"] = action_of(message);
    out["dedup_key"] = cut_bytes(message.key, kMostKey);
    out["client"] = "Tocsin";
    out["client_url"] = message.url;
    out["links"] = std::move(links);
    out["payload"] = std::move(payload);
    return json::serialize(out);
}

Result<std::unique_ptr<Notifier>> make_pagerduty(const PagerdutyChannel& channel,
                                                 const NotifierContext& context) {
    TOCSIN_TRY(const std::string key, secret_or_nothing(channel.routing_key_file));
    Hook hook;
    hook.write = [channel, key = Secret(key),
                  templates = context.templates](const Message& message) {
        return json_post(channel.url, channel.ca_file,
                         pagerduty_body(message, key, channel.severities, templates));
    };
    // 202 accepted, 400 never, 429 and 5xx later:
    // developer.pagerduty.com/docs/events-api-v2-overview, "Response codes and retry logic";
    // PagerDuty/api-schema, reference/events-v2.
    hook.read = [](const HttpAnswer& answer) {
        return webhook_outcome(answer.status, answer.body, answer.retry_after);
    };
    return make_hook(std::move(hook), context.timeout);
}

}  // namespace tocsin::bridge
