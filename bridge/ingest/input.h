// What comes into the bridge and what the sender is told: values that cross threads.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/core/time.h"
#include "base/model/alert.h"
#include "bridge/incident/types.h"
#include "bridge/ingest/host_report.h"
#include "bridge/store/rows.h"

namespace tocsin::bridge {

struct AlertsIn {
    std::vector<Alert> alerts;
    std::string source;  // the token's name
    std::optional<Timestamp> sent_at;
};

struct HeartbeatIn {
    HostReport report;
};

struct ActionIn {
    std::string key;  // of the incident
    UserAction action;
};

// A message is done with: delivered, or failed for good.
struct OutcomeIn {
    EffectRow effect;
    EffectOutcome::Delivery delivery = EffectOutcome::Delivery::kDelivered;
    std::string detail;
};

using Input = std::variant<AlertsIn, HeartbeatIn, ActionIn, OutcomeIn>;

struct ActionDone {
    Incident incident;  // as it is now
    std::string reason;
    std::optional<Refusal> refusal;
};

// Of an action; the others need no more than "committed".
using Answer = std::optional<ActionDone>;

// What a commit changed, for those who watch.
struct Committed {
    std::int64_t newest_entry = 0;    // the id of the newest timeline row
    std::vector<Incident> incidents;  // as they are now, with their alerts
    std::vector<HostRow> hosts;       // whose state changed, not just their last heartbeat
    std::vector<std::string> log;     // why, a line a change
    bool messages = false;            // new ones were queued
};

}  // namespace tocsin::bridge
