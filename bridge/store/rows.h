// The rows of the store as values; incidents and alerts are the core's own types.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/core/time.h"
#include "bridge/incident/types.h"
#include "bridge/silence/inhibit.h"
#include "bridge/silence/silence.h"
#include "bridge/store/knowledge_rows.h"
#include "bridge/store/noise_rows.h"

namespace tocsin::bridge {

struct HostRow {
    HostRecord record;
    Timestamp first_seen;
    std::string inventory = "{}";  // JSON, as the last heartbeat told it
};

struct TimerRow {
    IncidentId incident;
    TimerKind kind = TimerKind::kStability;
    Timestamp due;
};

struct TimelineRow {
    std::int64_t id = 0;  // rises with time over all incidents; 0 before it is written
    IncidentId incident;
    TimelineEntry entry;
};

enum class EffectState { kWaiting, kClaimed, kDelivered, kDead, kDropped };
std::string_view to_string(EffectState state);
std::optional<EffectState> parse_effect_state(std::string_view text);

struct EffectRow {
    EffectId id;
    IncidentId incident;
    EffectState state = EffectState::kWaiting;
    Notify notify;
    Timestamp due;
    int attempts = 0;  // begun, this one included once it is claimed
    Timestamp created_at;
    Timestamp updated_at;
    std::string result;  // the last answer or error
    bool stuck = false;  // another contact of the person was tried for it
    std::string about;   // the id of the silence that it tells of, being of no incident; else ""
};

// A message that was handed to a channel: what its rates count.
struct SendRow {
    std::string channel;
    std::string address;
    Timestamp at;
};

// How a channel fares; one without a row is well.
struct ChannelHealth {
    int failures = 0;  // in a row
    Timestamp blocked_until{};
    std::string reason;
    bool operator==(const ChannelHealth&) const = default;
};

// All that one batch changes; written together or not at all.
struct Changes {
    Timestamp now;
    std::vector<Incident> incidents;  // inserted or replaced, without alerts
    std::vector<AlertRecord> alerts;  // likewise; `incident` is set
    std::vector<std::pair<std::string, IncidentId>> moved_alerts;  // no longer this incident's
    std::vector<std::string> freed_keys;                           // before the next are taken
    std::vector<std::pair<std::string, IncidentId>> keys;          // dedup key → open incident
    std::vector<TimelineRow> timeline;
    // Their messages not yet delivered, before the new ones are queued.
    std::vector<std::pair<IncidentId, DropWaiting::What>> drop_waiting;
    std::vector<EffectRow> effects;  // new ones, waiting, or dropped as soon as they were queued
    std::vector<EffectRow> settled;  // id, state, result of those that are done with
    std::vector<EffectId> stuck;     // of those that wait: marked
    std::vector<EffectId> requeued;  // dead ones that wait again, as if they were new
    std::vector<TimerRow> timers;    // set or moved
    std::vector<std::pair<IncidentId, TimerKind>> cancelled;
    std::vector<HostRow> hosts;
    std::map<std::string, std::int64_t> counters;  // name → last number given out
    std::vector<Silence> silences{};               // inserted or replaced
    std::vector<std::string> forgotten_silences{};
    std::vector<InhibitSource> inhibitors{};  // inserted or replaced
    std::vector<std::string> forgotten_inhibitors{};
    std::vector<std::string> released{};  // identities with no row outside of incidents any more
    NoiseChanges noise;
    KnowledgeChanges knowledge{};

    [[nodiscard]] bool empty() const {
        return incidents.empty() && alerts.empty() && moved_alerts.empty() && freed_keys.empty() &&
               keys.empty() && timeline.empty() && drop_waiting.empty() && effects.empty() &&
               settled.empty() && stuck.empty() && requeued.empty() && timers.empty() &&
               cancelled.empty() && hosts.empty() && counters.empty() && silences.empty() &&
               forgotten_silences.empty() && inhibitors.empty() && forgotten_inhibitors.empty() &&
               released.empty() && noise.empty() && knowledge.empty();
    }
};

}  // namespace tocsin::bridge
