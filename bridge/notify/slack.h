// A Slack incoming webhook: api.slack.com/messaging/webhooks; blocks and their limits:
// api.slack.com/reference/block-kit/blocks; escaping: api.slack.com/reference/surfaces/formatting.
#pragma once

#include <memory>
#include <string>

#include "bridge/notify/notifier.h"

namespace tocsin::bridge {

Result<std::unique_ptr<Notifier>> make_slack(const SlackChannel& channel,
                                             const NotifierContext& context);

// The pure part: blocks, and the same in one line for notifications.
std::string slack_body(const Message& message, const MessageTemplates& templates = {});

}  // namespace tocsin::bridge
