// Hosts that fall silent (semantics 2): pure functions over a host's row and the clock. The shell
// keeps the rows, calls these, and posts the alerts they return as its own (kSourceBridge).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/core/time.h"
#include "base/model/alert.h"
#include "bridge/incident/alert_record.h"
#include "bridge/incident/event.h"

namespace tocsin::bridge {

// Agents and Prometheus both send a firing alert again every minute, and whoever could not deliver
// tries again within it. After so long, what is not said is not meant.
inline constexpr Duration kResend = 1min;

// So many beats have to be missed before their host is unreachable.
inline constexpr int kLeastMissed = 2;
// What agents keep to, whatever they are asked for.
inline constexpr Duration kMostHeartbeat = 10min;

struct LivenessSettings {
    Duration heartbeat = 30s;          // how often agents are asked to beat
    Duration deadline = 2min;          // four missed ones
    Duration goodbye_grace = 10min;    // after a clean stop, time for a reboot
    Duration restart_hold = 5min;      // after an agent's start its alerts are left alone
    Duration join = 10min;             // so long after its first heartbeat a host is new
    Duration duplicate_quiet = 10min;  // two boot ids seen no more for so long: over
};

// A row of the store's hosts.
struct HostRecord {
    std::string host;
    Labels labels;                 // of the host's inventory: they route HostUnreachable
    std::string boot_id;           // of the last heartbeat
    std::string previous_boot_id;  // the one before it; coming back to it means two machines
    Timestamp last_heartbeat;
    Duration interval{0};  // the next one is due so long after it, as its agent says; 0 for unsaid
    std::optional<Timestamp> agent_started_at;   // the agent's clock: a change is a restart
    std::optional<Timestamp> restarted_at;       // when it was seen, by ours
    std::optional<Timestamp> goodbye_at;         // cleared by the next heartbeat
    std::optional<Timestamp> unreachable_since;  // HostUnreachable fires
    std::optional<Timestamp> duplicate_seen_at;  // HostDuplicate fires
    bool operator==(const HostRecord&) const = default;
};

struct Heartbeat {
    std::string host;
    Labels labels;
    std::string boot_id;
    std::optional<Timestamp> agent_started_at;
    Duration interval{0};
};

// The host's next row, and alerts to post: firing ones have no endsAt, ended ones endsAt = now.
struct HostChange {
    HostRecord next;
    std::vector<Alert> alerts;
};

// `known` is null for a host never seen.
HostChange heartbeat(const HostRecord* known, const Heartbeat& beat, Timestamp now);
HostChange goodbye(const HostRecord& known, Timestamp now);
// To be called from time to time, at the latest at host_deadline(). `served_since`: when this store
// was served again after nobody did, so that a bridge that was away finds nobody dead. Nor is a
// host dead that has not missed two beats of the pace that it has said: an agent hears of another
// `heartbeat` with the answer to its next one.
HostChange check_host(const HostRecord& known, Timestamp served_since,
                      const LivenessSettings& settings, Timestamp now);
Timestamp host_deadline(const HostRecord& known, Timestamp served_since,
                        const LivenessSettings& settings);

// When an alert without further news becomes unknown; nothing for those that never do (resolved,
// unknown already, the bridge's own). `host` is the row of its host, null for none.
std::optional<Timestamp> alert_deadline(const AlertRecord& alert, const HostRecord* host,
                                        Timestamp served_since, const LivenessSettings& settings);
// Past its deadline: AlertUnknown, or AlertResolved for alerts with the label `ephemeral`.
std::optional<Event> check_alert(const AlertRecord& alert, const HostRecord* host,
                                 Timestamp served_since, const LivenessSettings& settings,
                                 Timestamp now);

}  // namespace tocsin::bridge
