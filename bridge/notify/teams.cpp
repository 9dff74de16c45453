#include "bridge/notify/teams.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "bridge/notify/hook.h"
#include "bridge/notify/markup.h"
#include "bridge/notify/webhook.h"

namespace tocsin::bridge {
namespace {

namespace json = boost::json;

// A message has at most 28 KB, of which JSON's marks take some: learn.microsoft.com/microsoftteams/
// platform/webhooks-and-connectors/how-to/add-incoming-webhook.
constexpr std::size_t kMostText = 16'000;
constexpr std::size_t kMostTitle = 300;

enum class Weight { kPlain, kBold };

json::object run(const std::string& text, Weight weight) {
    json::object out;
    out["type"] = "TextRun";
    out["text"] = text;
    if (weight == Weight::kBold) out["weight"] = "Bolder";
    return out;
}

json::object paragraph(const std::string& text, Weight weight) {
    json::object out;
    out["type"] = "RichTextBlock";
    out["inlines"] = json::array{run(text, weight)};
    return out;
}

// `<at>name</at>` in a TextBlock beside an entity of the same text; ids are an address or an id of
// Microsoft Entra, checked when the configuration is read.
json::object mentions(const Message& message, json::array& entities) {
    std::string text;
    for (const std::string& who : message.mentions) {
        const std::string tag = "<at>" + who + "</at>";
        text += (text.empty() ? "" : " ") + tag;
        json::object entity;
        entity["type"] = "mention";
        entity["text"] = tag;
        entity["mentioned"] = {{"id", who}, {"name", who}};
        entities.push_back(std::move(entity));
    }
    json::object out;
    out["type"] = "TextBlock";
    out["text"] = text;
    out["wrap"] = true;
    return out;
}

json::object card(const Message& message, const MessageTemplates& templates) {
    const Content content = content_of(message);
    json::array body;
    body.push_back(paragraph(title_of(message, content, templates, Dialect::kPlain, kMostTitle),
                             Weight::kBold));
    body.push_back(paragraph(markdown(message, content, templates, Dialect::kPlain, "", kMostText),
                             Weight::kPlain));
    json::object out;
    out["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json";
    out["type"] = "AdaptiveCard";
    out["version"] = "1.4";
    if (!message.mentions.empty()) {
        json::array entities;
        body.push_back(mentions(message, entities));
        out["msteams"] = {{"entities", std::move(entities)}};
    }
    json::array actions;
    for (const Tap& tap : content.taps) {
        json::object action;
        action["type"] = "Action.OpenUrl";
        action["title"] = tap.label;
        action["url"] = safe_url(tap.url);
        actions.push_back(std::move(action));
    }
    out["body"] = std::move(body);
    out["actions"] = std::move(actions);
    return out;
}

}  // namespace

std::string teams_body(const Message& message, const MessageTemplates& templates) {
    json::object attachment;
    attachment["contentType"] = "application/vnd.microsoft.card.adaptive";
    attachment["contentUrl"] = nullptr;
    attachment["content"] = card(message, templates);
    json::object out;
    out["type"] = "message";
    out["attachments"] = json::array{std::move(attachment)};
    return json::serialize(out);
}

Outcome teams_outcome(const HttpAnswer& answer) {
    // "Webhook message delivery failed with error: … returned HTTP error 429", in a 200. More than
    // four a second; ten to fifteen seconds are enough (MicrosoftDocs/msteams-docs#7576).
    if (answer.status / 100 == 2 && answer.body.find("HTTP error 429") != std::string::npos) {
        return {Delivery::kRetry, OutcomeReason::kRateLimited, "HTTP error 429 in a 200", 10s};
    }
    return webhook_outcome(answer.status, answer.body, answer.retry_after);
}

Result<std::unique_ptr<Notifier>> make_teams(const TeamsChannel& channel,
                                             const NotifierContext& context) {
    TOCSIN_TRY(std::string url, secret_or_nothing(channel.url_file));
    if (url.empty()) url = channel.url;
    Hook hook;
    hook.write = [channel, url, templates = context.templates](const Message& message) {
        return json_post(url, channel.ca_file, teams_body(message, templates));
    };
    hook.read = teams_outcome;
    return make_hook(std::move(hook), context.timeout);
}

}  // namespace tocsin::bridge
