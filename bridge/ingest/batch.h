// One transaction's work: what was loaded, what decide() made of it, and in the end the changes to
// write. Decisions see each other's results in memory; the store sees one write.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bridge/config/config.h"
#include "bridge/ingest/input.h"
#include "bridge/store/store.h"

namespace tocsin::bridge {

class Batch {
  public:
    Batch(Tx& tx, const BridgeConfig& config, Timestamp served_since, Timestamp now)
        : tx_(tx), config_(config), served_since_(served_since), now_(now) {}

    // Reads in a few statements what these inputs will need.
    Result<void> prefetch(const std::vector<const Input*>& inputs);

    Result<Answer> apply(const Input& input);
    Result<void> timer(const TimerRow& row);
    Result<void> check_host_row(const HostRow& row);
    Result<void> check_alert_row(const AlertRecord& row);

    // Writes all of it.
    Result<Committed> finish();

  private:
    struct Work {
        Incident before;  // as the store has it; its key is empty for a new one
        Incident now;
        bool touched = false;
    };

    Result<void> alerts(std::vector<Alert> alerts, const Receipt& receipt);
    Result<void> news(const AlertNews& news);
    Result<void> alert_event(Event event, const AlertRecord* known);
    Result<void> fire_at_key(AlertRecord record);
    Result<void> host_change(HostChange change, const HostRow* known, std::string inventory);
    Result<void> heartbeat(const HeartbeatIn& in);
    Result<Answer> action(const ActionIn& in);
    Result<void> outcome(const OutcomeIn& in);

    Result<Work*> load(IncidentId id);  // null: no such incident
    Result<const AlertRecord*> known_alert(const std::string& identity);
    Result<IncidentId> holder(const std::string& dedup_key);
    Result<const HostRow*> host_row(const std::string& name);
    Context context_of(const Incident& incident) const;
    Result<IncidentId> next_id(std::string& key);

    void absorb(Work& work, Decision decision);
    void effect(IncidentId id, const Effect& effect);
    void remember(const AlertRecord& record, Work& work);
    void create(IncidentId id, Decision decision, const std::string& dedup_key);
    void collect_alerts(const Work& work, Changes& changes) const;
    void collect_keys(Changes& changes) const;

    Tx& tx_;
    const BridgeConfig& config_;
    Timestamp served_since_;
    Timestamp now_;

    std::map<IncidentId, Work> work_;
    std::map<std::string, std::optional<AlertRecord>> known_;
    std::map<std::string, IncidentId> stored_holders_;  // none: looked for, not there
    std::map<std::string, IncidentId> holders_;         // as they are after this batch
    std::map<std::string, std::optional<HostRow>> hosts_;
    std::set<std::string> changed_hosts_;
    std::set<std::string> notable_hosts_;
    std::map<std::string, std::int64_t> counters_;
    std::map<std::pair<IncidentId, TimerKind>, std::optional<Timestamp>> timers_;
    std::vector<TimelineRow> timeline_;
    std::vector<EffectRow> effects_;
    std::vector<EffectRow> settled_;
    std::map<IncidentId, DropWaiting::What> dropped_;
    std::vector<std::string> log_;
};

}  // namespace tocsin::bridge
