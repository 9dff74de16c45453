// What an Alertmanager's webhook_config posts (version "4"), for those who keep their Alertmanager.
// Pure.
// https://prometheus.io/docs/alerting/latest/configuration/#webhook_config, and for what its
// members hold Alertmanager 0.25, notify/webhook/webhook.go and template/template.go.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/model/alert.h"

namespace tocsin {

struct AlertmanagerWebhook {
    std::string receiver;   // by its name in their configuration
    std::string group_key;  // their group, for the log
    // Resolved ones have ended by `now` whatever their sender's clock says; those that fire have no
    // end: an Alertmanager says "still" only every repeat_interval (4 h), and when they resolve.
    AlertBatch batch;
    std::int64_t truncated = 0;  // left out by its max_alerts: the bridge never hears of them
};

// kInvalid says which member; kTooLarge as read_alert_batch(), and as there what is wrong with one
// alert costs no other.
Result<AlertmanagerWebhook> parse_alertmanager_webhook(std::string_view body, Timestamp now,
                                                       const AlertLimits& limits = {});

}  // namespace tocsin
