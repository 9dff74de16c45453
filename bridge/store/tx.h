// The transaction's reads and writes over a session. For the .cpp files of this folder alone.
#pragma once

#include "bridge/store/session.h"
#include "bridge/store/sql_knowledge.h"
#include "bridge/store/store.h"

namespace tocsin::bridge {

class SqlTx final : public Tx {
  public:
    explicit SqlTx(Session& session) : session_(session), knowledge_(session) {}

    Result<std::map<std::string, AlertRecord>> alerts(
        const std::vector<std::string>& identities) override;
    Result<std::map<std::string, IncidentId>> holders(
        const std::vector<std::string>& dedup_keys) override;
    Result<std::map<std::string, IncidentId>> last_ended(
        const std::vector<std::string>& dedup_keys) override;
    Result<std::map<IncidentId, Incident>> incidents(const std::vector<IncidentId>& ids) override;
    Result<std::optional<IncidentId>> incident_of_key(const std::string& key) override;
    Result<std::map<std::string, HostRow>> hosts(const std::vector<std::string>& names) override;
    Result<std::vector<TimelineEntry>> recent_timeline(IncidentId id, int limit) override;
    Result<std::int64_t> counter(const std::string& name) override;
    Result<std::optional<EffectRow>> effect(EffectId id) override;
    Result<std::vector<EffectRow>> messages_of(const std::vector<IncidentId>& ids) override;
    Result<std::vector<std::pair<IncidentId, std::string>>> actors_of(
        const std::vector<IncidentId>& ids) override;
    Result<std::vector<StormMember>> storm_members(const std::string& group,
                                                   Timestamp since) override;
    Result<std::vector<StormMember>> storm_children(IncidentId parent) override;
    Result<std::vector<Timestamp>> fired(const std::string& dedup_key) override;
    Result<std::vector<AlertRecord>> alerts_of_host(const std::string& host) override;
    Result<std::optional<ExpectRecord>> expected(const std::string& key) override;
    Result<std::vector<ExpectRecord>> expected_all() override;
    Result<std::vector<ExpectRecord>> expected_due(Timestamp now, int limit) override;
    Result<int> opened_alone(Timestamp since) override;
    Result<std::vector<TimerRow>> due_timers(Timestamp now, int limit) override;
    Result<std::vector<AlertRecord>> ended_alerts(Timestamp now, int limit) override;
    Result<std::vector<HostRow>> hosts_to_check(Timestamp now, Duration deadline,
                                                int limit) override;
    Result<std::vector<OverrideRow>> overrides(Timestamp now) override;
    Result<std::int64_t> add_override(const OverrideRow& row) override;
    Result<OverrideRow> cancel_override(std::int64_t id, const std::string& actor,
                                        const std::string& why, Timestamp now) override;
    Result<std::vector<Silence>> live_silences() override;
    Result<std::vector<InhibitSource>> inhibitors() override;
    Result<std::optional<Silence>> silence(const std::string& id) override;
    Result<std::vector<AlertRecord>> current_alerts() override;
    Result<std::vector<Silence>> due_silences(Timestamp now, int limit) override;
    Result<bool> suppression_due(Timestamp now) override;
    Knowledge& knowledge() override { return knowledge_; }
    Result<std::int64_t> write(const Changes& changes) override;

  private:
    Session& session_;
    SqlKnowledge knowledge_;
};

std::vector<ExpectRecord> select_expected(Session& session, const std::string& tail,
                                          const sql::Parameters& parameters);
// tx_noise.cpp's part of a write.
void write_noise(Session& session, const Changes& changes);

// The incidents of these ids with their alerts.
std::map<IncidentId, Incident> load_incidents(Session& session, const std::vector<IncidentId>& ids);

}  // namespace tocsin::bridge
