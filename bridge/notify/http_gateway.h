// SMS by an HTTP gateway whose request is written by templates (docs/notifications.md).
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bridge/notify/curl.h"
#include "bridge/notify/notifier.h"

namespace tocsin::bridge {

Result<std::unique_ptr<Notifier>> make_http_gateway(const HttpChannel& channel,
                                                    const NotifierContext& context);

// The pure parts.
std::string gateway_body(const HttpChannel& channel, const Message& message,
                         const MessageTemplates& templates = {});
Outcome gateway_outcome(const HttpChannel& channel, const HttpAnswer& answer);
// "Name: value" lines, blank ones and those that begin with # left out; kInvalid for another line.
Result<std::vector<std::pair<std::string, std::string>>> header_lines(std::string_view text);

}  // namespace tocsin::bridge
