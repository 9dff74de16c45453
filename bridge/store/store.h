// The ticket store: the only truth. Values in, values out; SQL stays inside
// (docs/adr/0010-store.md).
//
// A Store is one connection and belongs to one thread. The bridge opens one to write (the engine's
// worker) and one to read (the API's lists, see queries.h). What a transaction returned without an
// error is on disk. Errors: kUnavailable for what may pass (locked, disk full), kInternal else.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "bridge/store/knowledge.h"
#include "bridge/store/oncall_rows.h"
#include "bridge/store/outgoing.h"
#include "bridge/store/rows.h"

namespace tocsin::bridge {

// What one transaction reads and writes. Valid inside Store::transaction's callback only.
class Tx {
  public:
    virtual ~Tx() = default;

    // The latest record of each identity that is known.
    virtual Result<std::map<std::string, AlertRecord>> alerts(
        const std::vector<std::string>& identities) = 0;
    // The incidents that hold these dedup keys (open ones, and resolved ones until they close).
    virtual Result<std::map<std::string, IncidentId>> holders(
        const std::vector<std::string>& dedup_keys) = 0;
    // The newest incident of each of these keys that has ended, whoever holds the key now.
    virtual Result<std::map<std::string, IncidentId>> last_ended(
        const std::vector<std::string>& dedup_keys) = 0;
    virtual Result<std::map<IncidentId, Incident>> incidents(
        const std::vector<IncidentId>& ids) = 0;  // with their alerts
    virtual Result<std::optional<IncidentId>> incident_of_key(const std::string& key) = 0;
    virtual Result<std::map<std::string, HostRow>> hosts(const std::vector<std::string>& names) = 0;
    // The last `limit` entries, the oldest first.
    virtual Result<std::vector<TimelineEntry>> recent_timeline(IncidentId id, int limit) = 0;
    virtual Result<std::int64_t> counter(const std::string& name) = 0;  // 0 when never written
    virtual Result<std::optional<EffectRow>> effect(EffectId id) = 0;
    // All messages of these incidents, whatever became of them.
    virtual Result<std::vector<EffectRow>> messages_of(const std::vector<IncidentId>& ids) = 0;
    // Who has a line in the timelines of these.
    virtual Result<std::vector<std::pair<IncidentId, std::string>>> actors_of(
        const std::vector<IncidentId>& ids) = 0;

    // Incidents of a storm's group that opened since then (bridge/incident/storm.h).
    virtual Result<std::vector<StormMember>> storm_members(const std::string& group,
                                                           Timestamp since) = 0;
    virtual Result<std::vector<StormMember>> storm_children(IncidentId parent) = 0;
    // When a key that opens after several times fired.
    virtual Result<std::vector<Timestamp>> fired(const std::string& dedup_key) = 0;
    // Of incidents that are not closed, and those held back outside of any.
    virtual Result<std::vector<AlertRecord>> alerts_of_host(const std::string& host) = 0;
    virtual Result<std::optional<ExpectRecord>> expected(const std::string& key) = 0;
    // All of them, or those that are to be looked at.
    virtual Result<std::vector<ExpectRecord>> expected_all() = 0;
    virtual Result<std::vector<ExpectRecord>> expected_due(Timestamp now, int limit) = 0;
    // How many opened since then and belong to no storm.
    virtual Result<int> opened_alone(Timestamp since) = 0;

    // Work that is due, the oldest first.
    virtual Result<std::vector<TimerRow>> due_timers(Timestamp now, int limit) = 0;
    // Firing alerts of senders whose end has passed; the caller decides which are unknown.
    virtual Result<std::vector<AlertRecord>> ended_alerts(Timestamp now, int limit) = 0;
    // Hosts without a heartbeat for `deadline`, and for kLeastMissed beats of the pace that their
    // agents last said, that are not yet unreachable; and duplicates.
    virtual Result<std::vector<HostRow>> hosts_to_check(Timestamp now, Duration deadline,
                                                        int limit) = 0;

    // Overrides of rotations that end after `now`, cancelled ones too.
    virtual Result<std::vector<OverrideRow>> overrides(Timestamp now) = 0;
    // Its id.
    virtual Result<std::int64_t> add_override(const OverrideRow& row) = 0;
    // kNotFound when there is none; kConflict when it is over or cancelled already.
    virtual Result<OverrideRow> cancel_override(std::int64_t id, const std::string& actor,
                                                const std::string& why, Timestamp now) = 0;
    // What may hold alerts back: silences and windows that are not over, and inhibitors.
    virtual Result<std::vector<Silence>> live_silences() = 0;
    virtual Result<std::vector<InhibitSource>> inhibitors() = 0;
    virtual Result<std::optional<Silence>> silence(const std::string& id) = 0;
    // Alerts that have not cleared, each where it is now, of no closed incident.
    virtual Result<std::vector<AlertRecord>> current_alerts() = 0;
    // What is due: silences; whether an inhibitor has settled or an alert's suppressor has ended.
    virtual Result<std::vector<Silence>> due_silences(Timestamp now, int limit) = 0;
    virtual Result<bool> suppression_due(Timestamp now) = 0;

    // Problems, reviews, articles, past incidents; what write() has written is seen.
    virtual Knowledge& knowledge() = 0;

    // The id of the newest timeline row.
    virtual Result<std::int64_t> write(const Changes& changes) = 0;
};

class Store {
  public:
    virtual ~Store() = default;

    // `sqlite:FILE`. Creates the file, applies migrations, frees what a bridge that died had
    // claimed. kConflict when another process serves the same file; kInvalid for a URL that this
    // build cannot serve, and for a schema that is newer than it.
    static Result<std::unique_ptr<Store>> open(const std::string& url);

    // Commits when the callback succeeds and all of it could be written; nothing of it stays when
    // not. An exception inside is an error too.
    virtual Result<void> transaction(const std::function<Result<void>(Tx&)>& work) = 0;

    // What the outbox reads and claims; lives as long as the store.
    virtual Outgoing& outgoing() = 0;

    // Effects that are due, at most `limit`, marked as claimed until `lease_until`. A row whose
    // lease ran out is claimed again: at least once.
    virtual Result<std::vector<EffectRow>> claim_effects(Timestamp now, Timestamp lease_until,
                                                         int limit) = 0;
    // A claimed effect that failed for now: waiting again until `due`.
    virtual Result<void> retry_effect(EffectId id, Timestamp now, Timestamp due,
                                      const std::string& error) = 0;

    // Timers of these kinds fall due at `earliest` or later.
    virtual Result<void> postpone_timers(std::span<const TimerKind> kinds, Timestamp earliest) = 0;
    // The wall clock was set back by so much, and with it goes what waits for a time to pass:
    // timers of these kinds, messages, channels that rest, the sends that rates count. A message
    // that waits for somebody's hours keeps its moment.
    virtual Result<void> set_back(std::span<const TimerKind> kinds, Duration by) = 0;

    // When to look again: the earliest timer; the earliest effect that waits or whose lease ends.
    virtual Result<std::optional<Timestamp>> next_timer() = 0;
    virtual Result<std::optional<Timestamp>> next_effect() = 0;
    virtual Result<std::optional<std::string>> meta(const std::string& name) = 0;
    virtual Result<void> set_meta(const std::string& name, const std::string& value) = 0;
};

}  // namespace tocsin::bridge
