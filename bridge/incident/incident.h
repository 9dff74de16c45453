// An incident: a row of the store with the alerts that belong to it. A value; decide() makes the
// next one from it, and nothing else does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/incident/alert_record.h"
#include "bridge/incident/facts.h"
#include "bridge/incident/sla.h"
#include "bridge/oncall/priority.h"

namespace tocsin::bridge {

struct Incident {
    // A storm and an overflow stand over other incidents and have no alerts of their own (storm.h).
    // A join is the list of what fires on a host that is new.
    enum class Kind { kAlerts, kStorm, kOverflow, kJoin };

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
    int step = 0;         // of the ladder, the last one carried out, from 1
    int step_told = 0;    // messages that this step queued
    int step_failed = 0;  // how many of them could not be delivered
    int repeats = 0;      // of the last step
    bool next_asked =
        false;  // the owner let it lapse: the ladder goes on, the step does not repeat
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
    std::vector<Timestamp> openings;          // the latest of them that count (flapping.h)
    std::optional<Timestamp> flapping_since;  // it opens again and again; none: it does not
    std::string pending_cause;                // the name of the configured reason; "" for none
    std::string pending_by;  // who lets it wait in its owner's place; "" for its owner
    std::string service;     // of the services table, found at the opening; "" for none
    SlaState sla;
    Facts facts;
    std::string predecessor;  // keys
    std::string successor;

    // Every alert that has not cleared is held back, the longest by this: the ladder stands still.
    std::optional<Suppressor> suppressed;
    bool observed = false;  // nobody is told (observe.h)
    bool copied = false;    // ticket systems have it (mirror.h)

    // Storms. Of a child: its parent; `absorbed` while that one stands for it.
    std::string parent;  // a key
    IncidentId parent_id;
    bool absorbed = false;
    // Of a parent: what it stands over. `hosts` and `children` count all that ever were its.
    Kind kind = Kind::kAlerts;
    std::string storm_group;
    int hosts = 0;
    int children = 0;
    int children_open = 0;
    int children_most = 0;                    // open at once
    std::vector<std::string> storm_policies;  // of children: told beside its own
    int storm_step = 0;                       // hosts when the timeline last told of it

    std::vector<AlertRecord> alerts;

    [[nodiscard]] const AlertRecord* alert(std::string_view identity) const;
    // It has children instead of alerts.
    [[nodiscard]] bool is_parent() const { return kind == Kind::kStorm || kind == Kind::kOverflow; }
    [[nodiscard]] int count(AlertStatus status) const;
    bool operator==(const Incident&) const = default;
};
std::string_view to_string(Incident::Kind kind);  // "alerts", "storm" …
std::optional<Incident::Kind> parse_incident_kind(std::string_view text);

}  // namespace tocsin::bridge
