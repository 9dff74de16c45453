#include "bridge/notify/feishu.h"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <string_view>
#include <utility>

#include "base/core/digest.h"
#include "base/net/http.h"
#include "bridge/notify/hook.h"
#include "bridge/notify/markup.h"

namespace tocsin::bridge {
namespace {

namespace json = boost::json;

// A request has at most 20 KB, entities and JSON's marks included.
constexpr std::size_t kMostText = 14'000;
constexpr std::size_t kMostTitle = 200;

// open.feishu.cn/document/client-docs/bot-v3/add-custom-bot, and for the limits
// open.feishu.cn/document/server-docs/api-call-guide/frequency-control (older interfaces answer 400
// for 429).
constexpr std::array kCodes = {
    CodeMeaning{11232, Delivery::kRetry, OutcomeReason::kRateLimited, 10s},  // busy at :00 and :30
    CodeMeaning{99991400, Delivery::kRetry, OutcomeReason::kRateLimited, 1min},
    // "Bad Request": a body that it cannot read, or of more than 20 KB. See kTooMany.
    CodeMeaning{9499, Delivery::kPermanent, OutcomeReason::kRejected},
    CodeMeaning{19001, Delivery::kPermanent, OutcomeReason::kUnauthorized},  // no such token
    CodeMeaning{19021, Delivery::kPermanent, OutcomeReason::kUnauthorized},  // signature, or clock
    CodeMeaning{19022, Delivery::kPermanent, OutcomeReason::kUnauthorized},  // address not allowed
    CodeMeaning{19024, Delivery::kPermanent, OutcomeReason::kUnauthorized},  // keyword is missing
    CodeMeaning{19002, Delivery::kPermanent, OutcomeReason::kRejected},
    CodeMeaning{19036, Delivery::kPermanent, OutcomeReason::kRejected},  // too long
    CodeMeaning{11246, Delivery::kPermanent, OutcomeReason::kRejected},  // a card it cannot read
};

// The same number stands for too many a minute, in no document (ccfos/nightingale#1437).
constexpr std::string_view kTooMany = "code 9499: too many request";

const char* colour_of(const Message& message) {
    if (message.digest.empty() && message.kind == MessageKind::kResolved) return "green";
    return message.priority <= Priority::kP2 ? "red" : "orange";
}

json::object plain(std::string_view text) {
    json::object out;
    out["tag"] = "plain_text";
    out["content"] = text;
    return out;
}

json::object card(const Message& message, const MessageTemplates& templates) {
    const Content content = content_of(message);
    std::string tail;
    for (const std::string& who : message.mentions) tail += "<at id=" + who + "></at>";
    json::object text;
    text["tag"] = "markdown";
    text["content"] = markdown(message, content, templates, Dialect::kFeishu, tail, kMostText);
    json::array buttons;
    for (const Tap& tap : content.taps) {
        json::object button;
        button["tag"] = "button";
        button["text"] = plain(tap.label);
        button["url"] = safe_url(tap.url);
        button["type"] = buttons.empty() ? "primary" : "default";
        buttons.push_back(std::move(button));
    }
    json::object actions;
    actions["tag"] = "action";
    actions["actions"] = std::move(buttons);
    json::object header;
    header["title"] = plain(title_of(message, content, templates, Dialect::kPlain, kMostTitle));
    header["template"] = colour_of(message);
    json::object out;
    out["config"] = {{"wide_screen_mode", true}};
    out["header"] = std::move(header);
    out["elements"] = json::array{std::move(text), std::move(actions)};
    return out;
}

std::string seconds(Timestamp at) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
}

}  // namespace

std::string feishu_signature(const Secret& secret, Timestamp at) {
    return base64(hmac_sha256(seconds(at) + "\n" + secret.reveal(), ""));
}

std::string feishu_body(const Message& message, const Secret& secret, Timestamp now,
                        const MessageTemplates& templates) {
    json::object out;
    if (!secret.empty()) {
        out["timestamp"] = seconds(now);
        out["sign"] = feishu_signature(secret, now);
    }
    out["msg_type"] = "interactive";
    out["card"] = card(message, templates);
    return json::serialize(out);
}

Outcome feishu_outcome(const HttpAnswer& answer) {
    // Errors come with status 400 too; the code says more than the status.
    HttpAnswer coded = answer;
    const bool json = answer.body.find("\"code\"") != std::string::npos;
    if (json && answer.status == 400) coded.status = 200;
    Outcome outcome = coded_outcome(coded, "code", "msg", kCodes);
    if (outcome.detail.starts_with(kTooMany)) {
        return {Delivery::kRetry, OutcomeReason::kRateLimited, std::move(outcome.detail), 1min};
    }
    if (outcome.reason == OutcomeReason::kRateLimited && answer.retry_after) {
        outcome.retry_after = answer.retry_after;
    }
    return outcome;
}

Result<std::unique_ptr<Notifier>> make_feishu(const FeishuChannel& channel,
                                              const NotifierContext& context) {
    TOCSIN_TRY(const std::string token, secret_or_nothing(channel.token_file));
    TOCSIN_TRY(const std::string secret, secret_or_nothing(channel.secret_file));
    Hook hook;
    hook.write = [channel, token, secret = Secret(secret), templates = context.templates,
                  &clock = context.clock](const Message& message) {
        return json_post(channel.url + "/" + net::percent_encode(token), channel.ca_file,
                         feishu_body(message, secret, clock.now(), templates));
    };
    hook.read = feishu_outcome;
    return make_hook(std::move(hook), context.timeout);
}

}  // namespace tocsin::bridge
