#include "bridge/notify/dingtalk.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "base/core/digest.h"
#include "base/net/http.h"
#include "bridge/notify/hook.h"
#include "bridge/notify/markup.h"

namespace tocsin::bridge {
namespace {

namespace json = boost::json;

// A body has at most 20,000 bytes; JSON's own marks and quotes take some of them.
constexpr std::size_t kMostText = 12'000;
constexpr std::size_t kMostTitle = 200;

constexpr auto kPermanent = Delivery::kPermanent;
// The vendor's table: open.dingtalk.com/document/orgapp/custom-robots-send-group-messages, and
// …/robots/custom-robot-access for the ten minutes. 130101, 300001 and 460101 stand in neither; the
// first two are what the service answers (ccfos/nightingale#369).
constexpr std::array kCodes = {
    CodeMeaning{-1, Delivery::kRetry, OutcomeReason::kServerError},  // busy
    // More than 20 a minute: the robot is throttled for ten.
    CodeMeaning{130101, Delivery::kRetry, OutcomeReason::kRateLimited, 10min},
    CodeMeaning{410100, Delivery::kRetry, OutcomeReason::kRateLimited, 10min},
    // Signature, keyword, address or time stamp: the robot's security settings.
    CodeMeaning{310000, kPermanent, OutcomeReason::kUnauthorized},
    CodeMeaning{300001, kPermanent, OutcomeReason::kUnauthorized},  // no such token
    CodeMeaning{400101, kPermanent, OutcomeReason::kUnauthorized},
    CodeMeaning{400013, kPermanent, OutcomeReason::kUnauthorized},  // the group is no more
    CodeMeaning{400102, kPermanent, OutcomeReason::kUnauthorized},  // stopped by its owner
    CodeMeaning{400106, kPermanent, OutcomeReason::kUnauthorized},  // not in the group
    CodeMeaning{400105, kPermanent, OutcomeReason::kRejected},      // a type that it does not know
    CodeMeaning{40035, kPermanent, OutcomeReason::kRejected},       // no JSON
    CodeMeaning{43004, kPermanent, OutcomeReason::kRejected},       // another Content-Type
    CodeMeaning{430101, kPermanent, OutcomeReason::kRejected},      // an unsafe link
    CodeMeaning{430102, kPermanent, OutcomeReason::kRejected},  // words that are not let through
    CodeMeaning{430103, kPermanent, OutcomeReason::kRejected},
    CodeMeaning{430104, kPermanent, OutcomeReason::kRejected},
    CodeMeaning{460101, kPermanent, OutcomeReason::kRejected},  // too long
};

bool is_mobile(std::string_view text) {
    const std::string_view digits = text.substr(text.starts_with('+') ? 1 : 0);
    return digits.size() >= 6 && std::all_of(digits.begin(), digits.end(), [](char c) {
               return (c >= '0' && c <= '9') || c == '-';
           });
}

json::object mentioning(const Message& message, const std::string& title, const Content& content,
                        const MessageTemplates& templates) {
    json::array mobiles;
    json::array users;
    std::string tail;
    for (const std::string& who : message.mentions) {
        (is_mobile(who) ? mobiles : users).push_back(json::string(who));
        tail += (tail.empty() ? "@" : " @") + who;  // shown only where the text has it
    }
    json::object out;
    out["msgtype"] = "markdown";
    out["markdown"] = {
        {"title", title},
        {"text", "### " + title + "\n\n" +
                     markdown(message, content, templates, Dialect::kDingtalk, tail, kMostText)}};
    json::object at;
    at["atMobiles"] = std::move(mobiles);
    at["atUserIds"] = std::move(users);
    at["isAtAll"] = false;
    out["at"] = std::move(at);
    return out;
}

json::object card(const Message& message, const std::string& title, const Content& content,
                  const MessageTemplates& templates) {
    json::array buttons;
    for (const Tap& tap : content.taps) {
        buttons.push_back({{"title", tap.label}, {"actionURL", safe_url(tap.url)}});
    }
    json::object inner;
    inner["title"] = title;
    inner["text"] = "### " + title + "\n\n" +
                    markdown(message, content, templates, Dialect::kDingtalk, "", kMostText);
    inner["btnOrientation"] = "1";
    inner["btns"] = std::move(buttons);
    json::object out;
    out["msgtype"] = "actionCard";
    out["actionCard"] = std::move(inner);
    return out;
}

}  // namespace

std::string dingtalk_signature(const Secret& secret, Timestamp at) {
    const std::string text = std::to_string(to_unix_ms(at)) + "\n" + secret.reveal();
    return base64(hmac_sha256(secret.reveal(), text));
}

std::string dingtalk_body(const Message& message, const MessageTemplates& templates) {
    const Content content = content_of(message);
    const std::string title = title_of(message, content, templates, Dialect::kDingtalk, kMostTitle);
    return json::serialize(message.mentions.empty()
                               ? card(message, title, content, templates)
                               : mentioning(message, title, content, templates));
}

Outcome dingtalk_outcome(const HttpAnswer& answer) {
    return coded_outcome(answer, "errcode", "errmsg", kCodes);
}

Result<std::unique_ptr<Notifier>> make_dingtalk(const DingtalkChannel& channel,
                                                const NotifierContext& context) {
    TOCSIN_TRY(const std::string token, secret_or_nothing(channel.token_file));
    TOCSIN_TRY(const std::string secret, secret_or_nothing(channel.secret_file));
    Hook hook;
    hook.write = [channel, token, secret = Secret(secret), templates = context.templates,
                  &clock = context.clock](const Message& message) {
        std::string url = channel.url + "?access_token=" + net::percent_encode(token);
        if (!secret.empty()) {
            const Timestamp now = clock.now();
            url += "&timestamp=" + std::to_string(to_unix_ms(now)) +
                   "&sign=" + net::percent_encode(dingtalk_signature(secret, now));
        }
        return json_post(std::move(url), channel.ca_file, dingtalk_body(message, templates));
    };
    hook.read = dingtalk_outcome;
    return make_hook(std::move(hook), context.timeout);
}

}  // namespace tocsin::bridge
