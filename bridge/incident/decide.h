// The heart of the bridge: (incident, event, now) → what the incident becomes, what is told of it,
// and what is to be done. Pure; the only way an incident changes (docs/adr/0008-pure-core.md).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/incident/event.h"
#include "bridge/incident/flapping.h"
#include "bridge/incident/incident.h"
#include "bridge/incident/priority_rules.h"
#include "bridge/incident/reason.h"
#include "bridge/incident/route.h"
#include "bridge/incident/storm.h"
#include "bridge/oncall/people.h"

namespace tocsin::bridge {

// The actor of what nobody did by hand.
inline constexpr std::string_view kSystem = "system";

// `kind` and `data` are for programs (the page translates by them), `text` is the English sentence.
// The kinds are listed in docs/incidents.md.
// What a line says for programs, by name (docs/incidents.md lists the names).
using EntryData = std::map<std::string, std::string>;

struct TimelineEntry {
    Timestamp at;
    std::string kind;
    std::string actor;
    std::string text;
    EntryData data;
    bool operator==(const TimelineEntry&) const = default;
};

// The move is not possible: HTTP 409 with what is; 422 for kInvalid, 403 for kForbidden.
struct Refusal {
    enum class Code {
        kConflict,   // in this state
        kInvalid,    // without what it lacks
        kForbidden,  // for who asked
    } code = Code::kConflict;
    Reason reason;
    std::vector<ActionKind> possible;  // in this state
    std::string successor;             // of a closed incident: where it went on; "" for none

    std::string message() const { return reason.english(); }
};

struct Decision {
    Incident next;  // == the incident given, when refused or nothing changed
    std::vector<TimelineEntry> timeline;
    std::vector<Effect> effects;
    std::string reason;  // why, for the log and the answer: "2 alerts still fire; …"
    std::optional<Refusal> refusal;
    bool changed = false;    // false: nothing to write but, for an alert, its record
    bool supersede = false;  // the key is free again and wants a new incident: call succeed()
};

// Defaults for what routes and sources do not say themselves.
struct IncidentSettings {
    Duration stable = 1min;          // nothing fires for so long: resolved
    Duration reopen = 30min;         // fires again within: the same incident
    Duration resolve_grace = 10min;  // resolved by hand and still firing after: reopens
    Duration close_after = 24h;      // resolved for so long: closed
    Duration lapse_p1 = 5min;        // told of worse and silent: the acknowledge lapses
    Duration lapse_p2 = 15min;
    // By source: alerts unknown for so long end as expired. A source not named: never.
    std::map<std::string, Duration, std::less<>> expire_unknown;
    std::map<Priority, Duration> acknowledge_for{};  // then the owner is asked; none: for ever
    SlaSettings sla{};
    Duration pending_reminder = 24h;  // 0: never
    std::vector<std::string> causes{"hardware", "software", "capacity", "configuration", "change",
                                    "network",  "security", "external", "human",         "unknown"};
    // What a person who resolved it owes before it closes: "cause", "solution", "proof".
    std::map<Priority, std::vector<std::string>> close_needs{
        {Priority::kP1, {"cause", "solution", "proof"}},
        {Priority::kP2, {"cause", "solution", "proof"}}};
    std::map<Priority, Duration> major_after{};  // open for so long: a major incident
    Duration major_update = 30min;               // how often the others hear; 0: no clock
    FlappingSettings flapping;
    StormSettings storms;
};

// What a decision looks up; all of it outlives the call.
struct Context {
    const Route& route;  // the incident's own
    const Oncall& oncall;
    const PriorityRules& priorities;
    const IncidentSettings& settings;
    const Incident* parent = nullptr;  // of an absorbed child, the storm's
};

// An incident in a state, and anything that can happen. In every state every event is answered:
// by a change, by "nothing to do", or by a refusal that lists what is possible.
Decision decide(const Incident& incident, const Event& event, const Context& context,
                Timestamp now);

// A new incident from its first alert. `dedup_key` from dedup.h; `also` are the routes that only
// watch. Further alerts of the same batch go through decide().
struct Opening {
    std::string key;
    std::string dedup_key;
    AlertRecord alert;
    std::vector<const Route*> also;
    std::optional<Suppressor> released{};  // what held the alert back until now
    Incident::Kind kind = Incident::Kind::kAlerts;
    bool observed = false;
    std::vector<Timestamp> openings{};  // those of the key's closed incident (flapping.h)
};
Decision open(const Opening& opening, const Context& context, Timestamp now);

// What opens and the closed incident whose key it takes name each other: a closed one never
// reopens. One that has gone on elsewhere (it was merged) keeps the name of that.
void come_after(Incident& closed, Decision& opened);

// After a decision with `supersede`: completes it with the successor's key, and opens that one with
// the predecessor's. Both are to be committed in one transaction; the key moves from one to the
// other in it.
struct Succession {
    Decision closed;
    Decision opened;
};
Succession succeed(Decision closed, const Opening& opening, const Context& context, Timestamp now);

// The actions that this incident can take now, for buttons and refusals.
std::vector<ActionKind> possible_actions(const Incident& incident);

}  // namespace tocsin::bridge
