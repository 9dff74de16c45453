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
    std::optional<Duration> resolve_timeout = kResolveTimeout;  // see Receipt
};

struct HeartbeatIn {
    HostReport report;
};

struct ActionIn {
    std::string key;  // of the incident
    UserAction action;
};

// What a person, or another system, reports. Its key is given in the batch.
struct ReportIn {
    Report report;
};

// What a person says of a host.
struct HostIn {
    enum class Move { kRetire, kRename } move = Move::kRetire;
    std::string host;
    std::string to;  // of a rename
    std::string actor;
};

// A message is done with (delivered, or failed for good), or stuck.
struct OutcomeIn {
    EffectRow effect;
    EffectOutcome::Delivery delivery = EffectOutcome::Delivery::kDelivered;
    std::string detail;
};

// A dead message is to be sent again.
struct RetryIn {
    EffectId effect;
    std::string actor;  // who asks for it
};

// A silence or a one-off maintenance window, made or changed (put_silence()).
struct PutSilenceIn {
    Silence silence;
    std::string new_id;  // for a new one
    // For an incident: what it is about is silenced until its alerts have cleared; "" for none.
    std::string incident;
    // Whose token it came with; "" for none. The one who made it, where `created_by` is nobody of
    // `people`: a person's own token says more than the text of a client.
    std::string caller{};
};

struct ExpireSilenceIn {
    std::string id;
    SuppressorKind kind = SuppressorKind::kSilence;
};

using Input = std::variant<AlertsIn, HeartbeatIn, ActionIn, OutcomeIn, PutSilenceIn,
                           ExpireSilenceIn, HostIn, ReportIn, RetryIn>;

struct ActionDone {
    Incident incident;  // as it is now
    std::string reason;
    std::optional<Refusal> refusal;
    std::optional<Silence> silence{};  // as it is now, where it was about one
};

// Of an action, of a report, and (without an incident) of what is said of a host; the others need
// no more than "committed".
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
