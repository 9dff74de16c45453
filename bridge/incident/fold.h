// From what was posted to what happened: a batch is folded by identity before anything decides, so
// that a change of level (new severity firing, old one ending) is one piece of news.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/core/time.h"
#include "base/model/alert.h"
#include "bridge/incident/event.h"
#include "bridge/incident/priority_rules.h"

namespace tocsin::bridge {

// `<host>/<tocsin_alert>` for our agents; for others the fingerprint of the labels without
// severity.
std::string identity_of(const Alert& alert);

// When a foreign alert names no end, as Alertmanager's.
inline constexpr Duration kResolveTimeout = 5min;

struct Receipt {
    Timestamp received;                // this bridge's clock
    std::optional<Timestamp> sent_at;  // the sender's clock (our agents'); corrects their times
    std::string source;                // the token's name
    // For alerts that name no end; none: such a one holds until further news.
    std::optional<Duration> resolve_timeout = kResolveTimeout;
};

// One severity's alert in a batch.
struct PostedLevel {
    std::string severity;
    AlertStatus status = AlertStatus::kFiring;  // resolved only when endsAt <= received
    Alert alert;                                // as posted
    Timestamp starts_at;                        // corrected, never after received
    // Corrected: when it ended, or until when it holds; none: until further news (the bridge's
    // own, and what an Alertmanager tells by its webhook).
    std::optional<Timestamp> ends_at;
};

// What one batch says about one identity.
struct AlertNews {
    std::string identity;
    std::uint64_t seq = 0;            // the highest of the batch; 0 for foreign senders
    std::vector<PostedLevel> levels;  // one a severity, in the batch's order
    std::string source;
    Timestamp received;
};

// In the order of each identity's first appearance. Lower sequences of one batch are dropped.
std::vector<AlertNews> fold_batch(std::vector<Alert> alerts, const Receipt& receipt);

// The event to decide on, given what was known of the identity (null: nothing). None when it says
// nothing new to anybody: an older sequence, or the end of what was not known to fire.
// The event's record carries `known`'s incident.
std::optional<Event> apply_news(const AlertRecord* known, const AlertNews& news,
                                const PriorityRules& rules);

}  // namespace tocsin::bridge
