// Every type of notifier, once.
#include <array>

#include "bridge/notify/command.h"
#include "bridge/notify/dingtalk.h"
#include "bridge/notify/email.h"
#include "bridge/notify/feishu.h"
#include "bridge/notify/http_gateway.h"
#include "bridge/notify/notifier.h"
#include "bridge/notify/pagerduty.h"
#include "bridge/notify/slack.h"
#include "bridge/notify/teams.h"
#include "bridge/notify/webhook.h"
#include "bridge/notify/wecom.h"

namespace tocsin::bridge {
namespace {

constexpr std::array<std::string_view, 6> kEmailSettings = {"server", "security",      "from",
                                                            "user",   "password_file", "ca_file"};
constexpr std::array<std::string_view, 3> kWebhookSettings = {"url", "secret_file", "ca_file"};
constexpr std::array<std::string_view, 4> kDingtalkSettings = {"url", "token_file", "secret_file",
                                                               "ca_file"};
constexpr std::array<std::string_view, 3> kWecomSettings = {"url", "token_file", "ca_file"};
constexpr std::array<std::string_view, 4> kFeishuSettings = kDingtalkSettings;
constexpr std::array<std::string_view, 3> kHookSettings = {"url", "url_file", "ca_file"};
constexpr std::array<std::string_view, 4> kPagerdutySettings = {"url", "routing_key_file",
                                                                "severities.<severity>", "ca_file"};
constexpr std::array<std::string_view, 7> kHttpSettings = {
    "url", "headers_file", "format", "body", "expect", "max_length", "ca_file"};
constexpr std::array<std::string_view, 3> kCommandSettings = {"command", "timeout", "max_length"};

template <class Settings>
bool holds(const Channel& channel) {
    return std::holds_alternative<Settings>(channel.settings);
}

template <class Settings, auto kMake>
Result<std::unique_ptr<Notifier>> make(const Channel& channel, const NotifierContext& context) {
    return kMake(std::get<Settings>(channel.settings), context);
}

constexpr std::array kTypes = {
    NotifierType{"email", "Mail over SMTP with STARTTLS and AUTH, one thread an incident.",
                 kEmailSettings, holds<EmailChannel>, make<EmailChannel, make_email>},
    NotifierType{"webhook", "A signed POST of JSON (docs/webhook.md).", kWebhookSettings,
                 holds<WebhookChannel>, make<WebhookChannel, make_webhook>},
    NotifierType{"dingtalk", "A DingTalk group's robot, signed.", kDingtalkSettings,
                 holds<DingtalkChannel>, make<DingtalkChannel, make_dingtalk>},
    NotifierType{"wecom", "A WeCom group's robot.", kWecomSettings, holds<WecomChannel>,
                 make<WecomChannel, make_wecom>},
    NotifierType{"feishu", "A Feishu or Lark group's robot, signed.", kFeishuSettings,
                 holds<FeishuChannel>, make<FeishuChannel, make_feishu>},
    NotifierType{"slack", "A Slack incoming webhook.", kHookSettings, holds<SlackChannel>,
                 make<SlackChannel, make_slack>},
    NotifierType{"teams", "A Teams workflow that posts cards.", kHookSettings, holds<TeamsChannel>,
                 make<TeamsChannel, make_teams>},
    NotifierType{"pagerduty", "PagerDuty's Events API v2.", kPagerdutySettings,
                 holds<PagerdutyChannel>, make<PagerdutyChannel, make_pagerduty>},
    NotifierType{"http", "A gateway for SMS over HTTP.", kHttpSettings, holds<HttpChannel>,
                 make<HttpChannel, make_http_gateway>},
    NotifierType{"command", "A program of this host, for SMS.", kCommandSettings,
                 holds<CommandChannel>, make<CommandChannel, make_command>},
};

}  // namespace

std::span<const NotifierType> notifier_types() {
    return kTypes;
}

Result<std::unique_ptr<Notifier>> make_notifier(const Channel& channel,
                                                const NotifierContext& context) {
    for (const NotifierType& type : kTypes) {
        if (!type.handles(channel)) continue;
        NotifierContext own = context;
        own.templates = channel.templates;
        Result<std::unique_ptr<Notifier>> made = type.make(channel, own);
        if (!made) return made.error().in("channel \"" + channel.name + "\"");
        return made;
    }
    return Error(ErrorCode::kInternal, "channel \"" + channel.name + "\" has no type of notifier");
}

std::string_view to_string(OutcomeReason reason) {
    switch (reason) {
        case OutcomeReason::kDelivered:
            return "delivered";
        case OutcomeReason::kUnreachable:
            return "unreachable";
        case OutcomeReason::kTimeout:
            return "timeout";
        case OutcomeReason::kTls:
            return "tls";
        case OutcomeReason::kUnauthorized:
            return "unauthorized";
        case OutcomeReason::kRateLimited:
            return "rate_limited";
        case OutcomeReason::kServerError:
            return "server_error";
        case OutcomeReason::kRejected:
            return "rejected";
        case OutcomeReason::kInvalid:
            return "invalid";
    }
    return "invalid";
}

}  // namespace tocsin::bridge
