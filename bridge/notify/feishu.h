// A Feishu or Lark group's robot: open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (calls,
// signature, limits and codes); cards: open.feishu.cn/document/feishu-cards/card-components.
#pragma once

#include <memory>
#include <string>

#include "bridge/notify/curl.h"
#include "bridge/notify/notifier.h"

namespace tocsin::bridge {

Result<std::unique_ptr<Notifier>> make_feishu(const FeishuChannel& channel,
                                              const NotifierContext& context);

// The pure parts. base64(HMAC-SHA256(key = "<seconds>\n<secret>", "")): not DingTalk's way round.
std::string feishu_signature(const Secret& secret, Timestamp at);
// A card; with `timestamp` and `sign` when there is a secret.
std::string feishu_body(const Message& message, const Secret& secret, Timestamp now,
                        const MessageTemplates& templates = {});
Outcome feishu_outcome(const HttpAnswer& answer);

}  // namespace tocsin::bridge
