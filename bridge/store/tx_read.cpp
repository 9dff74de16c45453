#include <algorithm>

#include "bridge/store/codec.h"
#include "bridge/store/queries.h"
#include "bridge/store/tx.h"

namespace tocsin::bridge {
namespace {

std::vector<std::int64_t> numbers(const std::vector<IncidentId>& ids) {
    std::vector<std::int64_t> out;
    out.reserve(ids.size());
    for (const IncidentId id : ids) out.push_back(id.value);
    return out;
}

}  // namespace

std::map<IncidentId, Incident> load_incidents(Session& session,
                                              const std::vector<IncidentId>& ids) {
    std::map<IncidentId, Incident> out;
    if (ids.empty()) return out;
    const std::string list = json_list(numbers(ids));
    const std::string in = "(" + session.dialect->list("ids", ColumnType::kInteger) + ")";
    select_incidents(session, "WHERE id IN " + in, sql::Parameters().add("ids", list),
                     [&](IncidentSummary row) {
                         const IncidentId id = row.incident.id;
                         out.emplace(id, std::move(row.incident));
                     });
    select_alerts(session, "WHERE incident IN " + in + " ORDER BY starts_at, identity",
                  sql::Parameters().add("ids", list), [&](AlertRecord alert) {
                      const auto found = out.find(alert.incident);
                      if (found != out.end()) found->second.alerts.push_back(std::move(alert));
                  });
    return out;
}

Result<std::map<std::string, AlertRecord>> SqlTx::alerts(
    const std::vector<std::string>& identities) {
    return sql::guarded("reading alerts", [&]() -> Result<std::map<std::string, AlertRecord>> {
        std::map<std::string, AlertRecord> out;
        if (identities.empty()) return out;
        select_alerts(session_,
                      "WHERE identity IN (" + session_.dialect->list("ids", ColumnType::kText) +
                          // Where it is now: held back outside of any incident; an incident that is
                          // not closed, whatever its age; else what heard of it last.
                          ") AND incident = (SELECT l.incident FROM alerts l LEFT JOIN incidents i "
                          "ON i.id = l.incident WHERE l.identity = alerts.identity ORDER BY "
                          "CASE WHEN l.incident = 0 AND l.status <> 'resolved' THEN 0 "
                          "WHEN i.state <> 'closed' THEN 1 ELSE 2 END, "
                          "l.last_seen DESC, l.incident DESC LIMIT 1)",
                      sql::Parameters().add("ids", json_list(identities)), [&](AlertRecord alert) {
                          std::string identity = alert.identity;
                          out.emplace(std::move(identity), std::move(alert));
                      });
        return out;
    });
}

Result<std::map<std::string, IncidentId>> SqlTx::holders(
    const std::vector<std::string>& dedup_keys) {
    return sql::guarded("reading open keys", [&]() -> Result<std::map<std::string, IncidentId>> {
        std::map<std::string, IncidentId> out;
        if (dedup_keys.empty()) return out;
        sql::select<sql::Text, sql::Int>(
            session_.connection,
            "SELECT dedup_key, incident FROM open_keys WHERE dedup_key IN (" +
                session_.dialect->list("dedup", ColumnType::kText) + ")",
            sql::Parameters().add("dedup", json_list(dedup_keys)),
            [&](const sql::Text& key, const sql::Int& incident) {
                out.emplace(key.value, IncidentId{incident.value});
            });
        return out;
    });
}

Result<std::map<std::string, IncidentId>> SqlTx::last_ended(
    const std::vector<std::string>& dedup_keys) {
    using Found = std::map<std::string, IncidentId>;
    return sql::guarded("reading what has ended", [&]() -> Result<Found> {
        Found out;
        if (dedup_keys.empty()) return out;
        sql::Rows keys;
        for (const std::string& key : dedup_keys) keys.add(key);
        // Key by key from the newest end of incidents_past_by_key.
        sql::select<sql::Text, sql::Int>(
            session_.connection,
            "SELECT k.dedup, (SELECT i.id FROM incidents i WHERE i.dedup_key = k.dedup AND "
            "i.state IN ('resolved', 'closed') ORDER BY i.opened_at DESC LIMIT 1) FROM (" +
                session_.dialect->rows("keys", {{"dedup", ColumnType::kText}}) + ") k",
            sql::Parameters().add("keys", keys.json()),
            [&](const sql::Text& key, const sql::Int& id) {
                if (id.value != 0) out.emplace(key.value, IncidentId{id.value});
            });
        return out;
    });
}

Result<std::map<IncidentId, Incident>> SqlTx::incidents(const std::vector<IncidentId>& ids) {
    return sql::guarded("reading incidents", [&]() -> Result<std::map<IncidentId, Incident>> {
        return load_incidents(session_, ids);
    });
}

Result<std::optional<IncidentId>> SqlTx::incident_of_key(const std::string& key) {
    return sql::guarded("reading an incident", [&]() -> Result<std::optional<IncidentId>> {
        std::optional<IncidentId> out;
        sql::select<sql::Int>(session_.connection, "SELECT id FROM incidents WHERE key = :key",
                              sql::Parameters().add("key", key),
                              [&](const sql::Int& id) { out = IncidentId{id.value}; });
        return out;
    });
}

Result<std::map<std::string, HostRow>> SqlTx::hosts(const std::vector<std::string>& names) {
    return sql::guarded("reading hosts", [&]() -> Result<std::map<std::string, HostRow>> {
        std::map<std::string, HostRow> out;
        if (names.empty()) return out;
        select_hosts(session_,
                     "WHERE host IN (" + session_.dialect->list("names", ColumnType::kText) + ")",
                     sql::Parameters().add("names", json_list(names)), [&](HostRow row) {
                         std::string name = row.record.host;
                         out.emplace(std::move(name), std::move(row));
                     });
        return out;
    });
}

Result<std::vector<TimelineEntry>> SqlTx::recent_timeline(IncidentId id, int limit) {
    return sql::guarded("reading a timeline", [&]() -> Result<std::vector<TimelineEntry>> {
        std::vector<TimelineEntry> out;
        sql::select<sql::Int, sql::Text, sql::Text, sql::Text, sql::Text>(
            session_.connection,
            "SELECT at, kind, actor, text, data FROM timeline WHERE incident = :id "
            "ORDER BY id DESC LIMIT :most",
            sql::Parameters().add("id", id.value).add("most", limit),
            [&](const sql::Int& at, const sql::Text& kind, const sql::Text& actor,
                const sql::Text& text, const sql::Text& data) {
                out.push_back({from_unix_ms(at.value), kind.value, actor.value, text.value,
                               codec::map_from_text(data.value)});
            });
        std::reverse(out.begin(), out.end());
        return out;
    });
}

Result<std::int64_t> SqlTx::counter(const std::string& name) {
    return sql::guarded("reading a counter", [&]() -> Result<std::int64_t> {
        std::int64_t out = 0;
        sql::select<sql::Int>(session_.connection, "SELECT value FROM counters WHERE name = :name",
                              sql::Parameters().add("name", name),
                              [&](const sql::Int& value) { out = value.value; });
        return out;
    });
}

Result<std::optional<EffectRow>> SqlTx::effect(EffectId id) {
    return sql::guarded("reading a message", [&]() -> Result<std::optional<EffectRow>> {
        std::optional<EffectRow> out;
        select_effects(session_, "SELECT " + effect_columns() + " FROM effects WHERE id = :id",
                       sql::Parameters().add("id", id.value),
                       [&](EffectRow row) { out = std::move(row); });
        return out;
    });
}

Result<std::vector<EffectRow>> SqlTx::messages_of(const std::vector<IncidentId>& ids) {
    return sql::guarded("reading messages", [&]() -> Result<std::vector<EffectRow>> {
        std::vector<EffectRow> out;
        select_effects(session_,
                       "SELECT " + effect_columns() + " FROM effects WHERE incident IN (" +
                           session_.dialect->list("ids", ColumnType::kInteger) + ")",
                       sql::Parameters().add("ids", json_list(numbers(ids))),
                       [&](EffectRow row) { out.push_back(std::move(row)); });
        return out;
    });
}

Result<std::vector<std::pair<IncidentId, std::string>>> SqlTx::actors_of(
    const std::vector<IncidentId>& ids) {
    using Actors = std::vector<std::pair<IncidentId, std::string>>;
    return sql::guarded("reading who acted", [&]() -> Result<Actors> {
        Actors out;
        sql::select<sql::Int, sql::Text>(
            session_.connection,
            "SELECT DISTINCT incident, actor FROM timeline WHERE incident IN (" +
                session_.dialect->list("ids", ColumnType::kInteger) + ")",
            sql::Parameters().add("ids", json_list(numbers(ids))),
            [&](const sql::Int& incident, const sql::Text& actor) {
                out.emplace_back(IncidentId{incident.value}, actor.value);
            });
        return out;
    });
}

Result<std::vector<TimerRow>> SqlTx::due_timers(Timestamp now, int limit) {
    return sql::guarded("reading timers", [&]() -> Result<std::vector<TimerRow>> {
        std::vector<TimerRow> out;
        sql::select<sql::Int, sql::Text, sql::Int>(
            session_.connection,
            "SELECT incident, kind, due_at FROM timers WHERE due_at <= :now "
            "ORDER BY due_at, incident, kind LIMIT :most" +
                session_.dialect->skip_locked(),
            sql::Parameters().add("now", to_unix_ms(now)).add("most", limit),
            [&](const sql::Int& incident, const sql::Text& kind, const sql::Int& due) {
                if (const auto parsed = parse_timer_kind(kind.value)) {
                    out.push_back({IncidentId{incident.value}, *parsed, from_unix_ms(due.value)});
                }
            });
        return out;
    });
}

Result<std::vector<AlertRecord>> SqlTx::ended_alerts(Timestamp now, int limit) {
    return sql::guarded("reading ended alerts", [&]() -> Result<std::vector<AlertRecord>> {
        std::vector<AlertRecord> out;
        select_alerts(session_,
                      "WHERE status = 'firing' AND ends_at <= :now AND source <> :self "
                      "ORDER BY ends_at LIMIT :most",
                      sql::Parameters()
                          .add("now", to_unix_ms(now))
                          .add("self", std::string(kSourceBridge))
                          .add("most", limit),
                      [&](AlertRecord alert) { out.push_back(std::move(alert)); });
        return out;
    });
}

Result<std::vector<HostRow>> SqlTx::hosts_to_check(Timestamp now, Duration deadline, int limit) {
    return sql::guarded("reading silent hosts", [&]() -> Result<std::vector<HostRow>> {
        std::vector<HostRow> out;
        select_hosts(session_,
                     "WHERE (unreachable_since IS NULL AND last_heartbeat <= :since "
                     "AND last_heartbeat + :missed * interval_ms <= :now) "
                     "OR duplicate_seen_at IS NOT NULL ORDER BY last_heartbeat LIMIT :most",
                     sql::Parameters()
                         .add("since", to_unix_ms(now - deadline))
                         .add("missed", kLeastMissed)
                         .add("now", to_unix_ms(now))
                         .add("most", limit),
                     [&](HostRow row) { out.push_back(std::move(row)); });
        return out;
    });
}

}  // namespace tocsin::bridge
