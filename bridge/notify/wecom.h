// A WeCom (企业微信) group's robot: developer.work.weixin.qq.com/document/path/91770; codes:
// developer.work.weixin.qq.com/document/path/90313.
#pragma once

#include <memory>
#include <string>

#include "bridge/notify/curl.h"
#include "bridge/notify/notifier.h"

namespace tocsin::bridge {

Result<std::unique_ptr<Notifier>> make_wecom(const WecomChannel& channel,
                                             const NotifierContext& context);

// The pure parts. Markdown, which mentions by user id; plain text when a mobile number is to be
// mentioned, which Markdown cannot.
std::string wecom_body(const Message& message, const MessageTemplates& templates = {});
Outcome wecom_outcome(const HttpAnswer& answer);

}  // namespace tocsin::bridge
