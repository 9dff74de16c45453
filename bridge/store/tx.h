// The transaction's reads and writes over a session. For the .cpp files of this folder alone.
#pragma once

#include "bridge/store/session.h"
#include "bridge/store/store.h"

namespace tocsin::bridge {

class SqlTx final : public Tx {
  public:
    explicit SqlTx(Session& session) : session_(session) {}

    Result<std::map<std::string, AlertRecord>> alerts(
        const std::vector<std::string>& identities) override;
    Result<std::map<std::string, IncidentId>> holders(
        const std::vector<std::string>& dedup_keys) override;
    Result<std::map<IncidentId, Incident>> incidents(const std::vector<IncidentId>& ids) override;
    Result<std::optional<IncidentId>> incident_of_key(const std::string& key) override;
    Result<std::map<std::string, HostRow>> hosts(const std::vector<std::string>& names) override;
    Result<std::vector<TimelineEntry>> recent_timeline(IncidentId id, int limit) override;
    Result<std::int64_t> counter(const std::string& name) override;
    Result<std::vector<TimerRow>> due_timers(Timestamp now, int limit) override;
    Result<std::vector<AlertRecord>> ended_alerts(Timestamp now, int limit) override;
    Result<std::vector<HostRow>> hosts_to_check(Timestamp silent_since, int limit) override;
    Result<std::int64_t> write(const Changes& changes) override;

  private:
    Session& session_;
};

// The incidents of these ids with their alerts.
std::map<IncidentId, Incident> load_incidents(Session& session, const std::vector<IncidentId>& ids);

}  // namespace tocsin::bridge
