// PagerDuty's Events API v2: developer.pagerduty.com/docs/events-api-v2/trigger-events and
// …/acknowledge-and-resolve-events.
#pragma once

#include <memory>
#include <string>

#include "base/core/secret.h"
#include "bridge/notify/notifier.h"

namespace tocsin::bridge {

Result<std::unique_ptr<Notifier>> make_pagerduty(const PagerdutyChannel& channel,
                                                 const NotifierContext& context);

// The pure part: an incident is one alert there, by its key as dedup_key.
std::string pagerduty_body(const Message& message, const Secret& routing_key,
                           const std::map<std::string, std::string>& severities = {},
                           const MessageTemplates& templates = {});

}  // namespace tocsin::bridge
