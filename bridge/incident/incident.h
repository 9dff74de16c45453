// An incident: a row of the store with the alerts that belong to it. A value; decide() makes the
// next one from it, and nothing else does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/incident/alert_record.h"
#include "bridge/oncall/priority.h"

namespace tocsin::bridge {

struct Incident {
    IncidentId id;          // the store's; none before the first commit
    std::string key;        // "INC-2026-000001"
    std::string dedup_key;  // see dedup.h
    State state = State::kTriggered;
    Priority priority = Priority::kP3;
    std::string severity;  // the worst of what fires or is unknown; the last one after it cleared
    std::string title;     // one line
    Labels labels;         // those that all its alerts share
    Timestamp opened_at;
    Timestamp updated_at;

    // Ownership and the response ladder.
    std::string route;            // the name of the route that owns it, kept over reloads
    std::string team;             // "" for none
    std::string policy;           // "" for none
    std::string assignee;         // the owner, or who was asked to become it; "" for none
    std::string acknowledged_by;  // until it is triggered again; "" before
    std::optional<Timestamp> acknowledged_at;
    std::optional<Timestamp> responded_at;          // the first acknowledge ever; never cleared
    std::optional<Priority> acknowledged_priority;  // what the owner took on; none: asked again
    int step = 0;                       // of the ladder, the last one carried out, from 1
    int step_told = 0;                  // messages that this step queued
    int step_failed = 0;                // how many of them could not be delivered
    int repeats = 0;                    // of the last step
    std::vector<std::string> told;      // people told so far, who hear how it ends
    std::vector<std::string> watchers;  // targets of `also` routes ("team:dba") and former teams

    // Endings.
    std::optional<Timestamp> stable_since;  // nothing fires since; the window runs
    std::optional<Timestamp> resolved_at;   // the moment of clearing, back-dated; or of the hand
    std::string resolved_by;                // "system", or a person
    bool resolved_by_hand = false;
    std::optional<Timestamp> confirmed_at;
    std::string confirmed_by;
    std::optional<Timestamp> closed_at;
    std::optional<Timestamp> snoozed_until;
    std::optional<Timestamp> pending_until;
    std::string pending_reason;
    int reopen_count = 0;
    std::string predecessor;  // keys
    std::string successor;

    std::vector<AlertRecord> alerts;

    [[nodiscard]] const AlertRecord* alert(std::string_view identity) const;
    [[nodiscard]] int count(AlertStatus status) const;
    bool operator==(const Incident&) const = default;
};

}  // namespace tocsin::bridge
