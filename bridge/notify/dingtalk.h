// A DingTalk group's robot.
// Calls, limits and signature: open.dingtalk.com/document/robots/custom-robot-access and
// …/robots/customize-robot-security-settings; codes: …/robots/custom-robot-access, "Error codes".
#pragma once

#include <memory>
#include <string>

#include "bridge/notify/curl.h"
#include "bridge/notify/notifier.h"

namespace tocsin::bridge {

Result<std::unique_ptr<Notifier>> make_dingtalk(const DingtalkChannel& channel,
                                                const NotifierContext& context);

// The pure parts. base64(HMAC-SHA256(key = secret, "<milliseconds>\n<secret>")), not yet escaped.
std::string dingtalk_signature(const Secret& secret, Timestamp at);
// A card with buttons, or Markdown when somebody is mentioned (cards mention nobody).
std::string dingtalk_body(const Message& message, const MessageTemplates& templates = {});
Outcome dingtalk_outcome(const HttpAnswer& answer);

}  // namespace tocsin::bridge
