#include "bridge/notify/slack.h"

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

// Characters, by the reference of each block (docs.slack.dev/reference/block-kit/blocks).
constexpr std::size_t kMostHeader = 150;
constexpr std::size_t kMostSection = 3000;
constexpr std::size_t kMostButton = 75;
constexpr std::size_t kMostLine = 1000;

// `verbatim`: Slack looks for no addresses, names or channels of its own in it.
json::object section(const std::string& text) {
    json::object inner;
    inner["type"] = "mrkdwn";
    inner["text"] = text;
    inner["verbatim"] = true;
    json::object out;
    out["type"] = "section";
    out["text"] = std::move(inner);
    return out;
}

json::object plain(const std::string& text) {
    json::object out;
    out["type"] = "plain_text";
    out["text"] = text;
    out["emoji"] = false;
    return out;
}

json::object buttons(const Content& content) {
    json::array elements;
    for (const Tap& tap : content.taps) {
        json::object button;
        button["type"] = "button";
        button["text"] = plain(cut_characters(tap.label, kMostButton));
        button["url"] = safe_url(tap.url);
        elements.push_back(std::move(button));
    }
    json::object out;
    out["type"] = "actions";
    out["elements"] = std::move(elements);
    return out;
}

}  // namespace

std::string slack_body(const Message& message, const MessageTemplates& templates) {
    const Content content = content_of(message);
    const std::string title = title_of(message, content, templates, Dialect::kPlain, 600);
    json::object header;
    header["type"] = "header";
    header["text"] = plain(cut_characters(title, kMostHeader));
    json::array blocks;
    blocks.push_back(std::move(header));
    // Bytes are at least as many as characters, so that what fits in bytes fits.
    blocks.push_back(
        section(markdown(message, content, templates, Dialect::kSlack, "", kMostSection)));
    std::string who;
    for (const std::string& one : message.mentions) {
        who += (who.empty() ? "<@" : " <@") + escaped(Dialect::kSlack, one) + ">";
    }
    if (!who.empty()) blocks.push_back(section(cut_bytes(who, kMostSection)));
    blocks.push_back(buttons(content));
    json::object out;
    out["text"] = cut_bytes(escaped(Dialect::kSlack, content.brief), kMostLine);
    out["mrkdwn"] = false;
    out["blocks"] = std::move(blocks);
    return json::serialize(out);
}

Result<std::unique_ptr<Notifier>> make_slack(const SlackChannel& channel,
                                             const NotifierContext& context) {
    TOCSIN_TRY(std::string url, secret_or_nothing(channel.url_file));
    if (url.empty()) url = channel.url;
    Hook hook;
    hook.write = [channel, url, templates = context.templates](const Message& message) {
        return json_post(url, channel.ca_file, slack_body(message, templates));
    };
    // A status an error, its name in the body: 400 invalid_payload, user_not_found, 403
    // action_prohibited, 404 channel_not_found, no_service, 410 channel_is_archived, 500
    // rollup_error (api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks).
    // 429 says how long in Retry-After (docs.slack.dev/apis/web-api/rate-limits).
    hook.read = [](const HttpAnswer& answer) {
        return webhook_outcome(answer.status, answer.body, answer.retry_after);
    };
    return make_hook(std::move(hook), context.timeout);
}

}  // namespace tocsin::bridge
