// Every type of notifier, once.
#include <array>

#include "bridge/notify/email.h"
#include "bridge/notify/notifier.h"
#include "bridge/notify/webhook.h"

namespace tocsin::bridge {
namespace {

constexpr std::array<std::string_view, 6> kEmailSettings = {"server", "security",      "from",
                                                            "user",   "password_file", "ca_file"};
constexpr std::array<std::string_view, 3> kWebhookSettings = {"url", "secret_file", "ca_file"};

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
};

}  // namespace

std::span<const NotifierType> notifier_types() {
    return kTypes;
}

Result<std::unique_ptr<Notifier>> make_notifier(const Channel& channel,
                                                const NotifierContext& context) {
    for (const NotifierType& type : kTypes) {
        if (!type.handles(channel)) continue;
        Result<std::unique_ptr<Notifier>> made = type.make(channel, context);
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
