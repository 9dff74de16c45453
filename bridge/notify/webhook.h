// A signed POST of JSON: docs/webhook.md says what it holds and how to check it.
#pragma once

#include <memory>
#include <string>

#include "base/core/secret.h"
#include "bridge/notify/notifier.h"

namespace tocsin::bridge {

Result<std::unique_ptr<Notifier>> make_webhook(const WebhookChannel& channel,
                                               const NotifierContext& context);

// The pure parts.
// JSON.
std::string webhook_body(const Message& message, const MessageTemplates& templates = {});
// `t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`.
std::string webhook_signature(const Secret& secret, Timestamp at, std::string_view body);
// What an HTTP status means for the message.
Outcome webhook_outcome(int status, std::string_view answer, std::optional<Duration> retry_after);

}  // namespace tocsin::bridge
