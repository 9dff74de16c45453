#include "bridge/notify/wecom.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "base/net/http.h"
#include "bridge/notify/hook.h"
#include "bridge/notify/markup.h"

namespace tocsin::bridge {
namespace {

namespace json = boost::json;

// Bytes of UTF-8, by developer.work.weixin.qq.com/document/path/91770; beyond them it answers
// 40058.
constexpr std::size_t kMostMarkdown = 4096;
constexpr std::size_t kMostText = 2048;
constexpr std::size_t kMostTitle = 160;

// developer.work.weixin.qq.com/document/path/90313, the codes of all its interfaces: a frequency
// that was exceeded is free again after a minute.
constexpr auto kPermanent = Delivery::kPermanent;
constexpr std::array kCodes = {
    CodeMeaning{-1, Delivery::kRetry, OutcomeReason::kServerError},           // "busy, try again"
    CodeMeaning{45009, Delivery::kRetry, OutcomeReason::kRateLimited, 1min},  // 20 a minute
    CodeMeaning{45033, Delivery::kRetry, OutcomeReason::kRateLimited, 10s},   // too many at once
    CodeMeaning{93000, kPermanent, OutcomeReason::kUnauthorized},  // no such key, or put out
    CodeMeaning{93004, kPermanent, OutcomeReason::kUnauthorized},  // stopped
    CodeMeaning{93008, kPermanent, OutcomeReason::kUnauthorized},  // not in the group
    CodeMeaning{40058, kPermanent, OutcomeReason::kRejected},      // a field, as a rule its length
    CodeMeaning{40008, kPermanent, OutcomeReason::kRejected},      // a type that it does not know
    CodeMeaning{40033, kPermanent, OutcomeReason::kRejected},      // characters
    CodeMeaning{40035, kPermanent, OutcomeReason::kRejected},      // a field
    CodeMeaning{44004, kPermanent, OutcomeReason::kRejected},      // an empty text
    CodeMeaning{45002, kPermanent, OutcomeReason::kRejected},      // too long
};

bool is_mobile(std::string_view text) {
    return text.size() >= 11 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

json::object text_message(const Message& message, const Content& content,
                          const MessageTemplates& templates) {
    const std::string title = title_of(message, content, templates, Dialect::kPlain, kMostTitle);
    json::array mobiles;
    json::array users;
    for (const std::string& who : message.mentions) {
        (is_mobile(who) ? mobiles : users).push_back(json::string(who));
    }
    json::object inner;
    inner["content"] =
        title + "\n" +
        markdown(message, content, templates, Dialect::kPlain, "", kMostText - title.size() - 1);
    inner["mentioned_list"] = std::move(users);
    inner["mentioned_mobile_list"] = std::move(mobiles);
    json::object out;
    out["msgtype"] = "text";
    out["text"] = std::move(inner);
    return out;
}

}  // namespace

std::string wecom_body(const Message& message, const MessageTemplates& templates) {
    const Content content = content_of(message);
    if (std::any_of(message.mentions.begin(), message.mentions.end(), is_mobile)) {
        return json::serialize(text_message(message, content, templates));
    }
    std::string tail;
    for (const std::string& who : message.mentions) tail += "<@" + who + ">";
    const std::string title =
        "### " + title_of(message, content, templates, Dialect::kWecom, kMostTitle) + "\n";
    json::object out;
    out["msgtype"] = "markdown";
    out["markdown"] = {{"content", title + markdown(message, content, templates, Dialect::kWecom,
                                                    tail, kMostMarkdown - title.size())}};
    return json::serialize(out);
}

Outcome wecom_outcome(const HttpAnswer& answer) {
    return coded_outcome(answer, "errcode", "errmsg", kCodes);
}

Result<std::unique_ptr<Notifier>> make_wecom(const WecomChannel& channel,
                                             const NotifierContext& context) {
    TOCSIN_TRY(const std::string key, secret_or_nothing(channel.token_file));
    Hook hook;
    hook.write = [channel, key, templates = context.templates](const Message& message) {
        return json_post(channel.url + "?key=" + net::percent_encode(key), channel.ca_file,
                         wecom_body(message, templates));
    };
    hook.read = wecom_outcome;
    return make_hook(std::move(hook), context.timeout);
}

}  // namespace tocsin::bridge
