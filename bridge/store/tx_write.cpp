#include <map>
#include <set>

#include "bridge/store/codec.h"
#include "bridge/store/queries.h"
#include "bridge/store/silence_rows.h"
#include "bridge/store/sql_knowledge.h"
#include "bridge/store/tx.h"

namespace tocsin::bridge {
namespace {

using enum ColumnType;

void write_incidents(Session& session, const std::vector<Incident>& incidents) {
    static const std::vector<Column> kColumns = {{"id", kInteger},
                                                 {"key", kText},
                                                 {"dedup_key", kText},
                                                 {"state", kText},
                                                 {"priority", kText},
                                                 {"severity", kText},
                                                 {"title", kText},
                                                 {"labels", kText},
                                                 {"opened_at", kInteger},
                                                 {"updated_at", kInteger},
                                                 {"assignee", kText},
                                                 {"team", kText},
                                                 {"alerts_firing", kInteger},
                                                 {"alerts_resolved", kInteger},
                                                 {"alerts_unknown", kInteger},
                                                 {"last_entry", kInteger},
                                                 {"detail", kText},
                                                 {"alertname", kText},
                                                 {"host", kText},
                                                 {"service", kText}};
    sql::Rows rows;
    for (const Incident& i : incidents) {
        rows.add(i.id.value, i.key, i.dedup_key, to_string(i.state), to_string(i.priority),
                 i.severity, i.title, codec::labels_to_text(i.labels), i.opened_at, i.updated_at,
                 i.assignee, i.team, i.count(AlertStatus::kFiring), i.count(AlertStatus::kResolved),
                 i.count(AlertStatus::kUnknown), 0, codec::detail_to_text(i),
                 i.labels.get("alertname"), i.labels.get("host"), service_of(i));
    }
    sql::insert_rows(
        session.connection, *session.dialect, "incidents", kColumns, rows,
        "ON CONFLICT (id) DO UPDATE SET dedup_key = excluded.dedup_key, state = excluded.state, "
        "priority = excluded.priority, severity = excluded.severity, title = excluded.title, "
        "labels = excluded.labels, opened_at = excluded.opened_at, "
        "updated_at = excluded.updated_at, assignee = excluded.assignee, team = excluded.team, "
        "alerts_firing = excluded.alerts_firing, alerts_resolved = excluded.alerts_resolved, "
        "alerts_unknown = excluded.alerts_unknown, detail = excluded.detail, "
        "alertname = excluded.alertname, host = excluded.host, service = excluded.service");
}

void write_alerts(Session& session, const std::vector<AlertRecord>& alerts) {
    static const std::vector<Column> kColumns = {{"identity", kText},
                                                 {"incident", kInteger},
                                                 {"fingerprint", kText},
                                                 {"labels", kText},
                                                 {"annotations", kText},
                                                 {"severity", kText},
                                                 {"status", kText},
                                                 {"levels", kText},
                                                 {"starts_at", kInteger},
                                                 {"ends_at", kInteger},
                                                 {"last_seen", kInteger},
                                                 {"seq", kInteger},
                                                 {"source", kText},
                                                 {"host", kText},
                                                 {"generator_url", kText},
                                                 {"suppressor_kind", kText},
                                                 {"suppressor_id", kText},
                                                 {"suppressor_name", kText},
                                                 {"suppressor_since", kInteger},
                                                 {"suppressor_until", kInteger}};
    sql::Rows rows;
    for (const AlertRecord& a : alerts) {
        rows.add(a.identity, a.incident.value, a.fingerprint, codec::labels_to_text(a.labels),
                 codec::map_to_text(a.annotations), a.severity, to_string(a.status),
                 codec::levels_to_text(a.levels), a.starts_at, a.ends_at, a.last_seen,
                 static_cast<std::int64_t>(a.seq), a.source, a.host, a.generator_url,
                 a.suppressor ? to_string(a.suppressor->kind) : "",
                 a.suppressor ? a.suppressor->id : "", a.suppressor ? a.suppressor->name : "",
                 a.suppressor ? std::optional(a.suppressor->since) : std::nullopt,
                 a.suppressor ? a.suppressor->until : std::nullopt);
    }
    sql::insert_rows(
        session.connection, *session.dialect, "alerts", kColumns, rows,
        "ON CONFLICT (identity, incident) DO UPDATE SET fingerprint = excluded.fingerprint, "
        "labels = excluded.labels, annotations = excluded.annotations, "
        "severity = excluded.severity, status = excluded.status, levels = excluded.levels, "
        "starts_at = excluded.starts_at, ends_at = excluded.ends_at, "
        "last_seen = excluded.last_seen, seq = excluded.seq, source = excluded.source, "
        "host = excluded.host, generator_url = excluded.generator_url, "
        "suppressor_kind = excluded.suppressor_kind, suppressor_id = excluded.suppressor_id, "
        "suppressor_name = excluded.suppressor_name, "
        "suppressor_since = excluded.suppressor_since, "
        "suppressor_until = excluded.suppressor_until");
}

// Before the others are written: an alert that was split off has a row of the new incident.
void remove_alerts(Session& session, const Changes& changes) {
    for (const auto& [identity, incident] : changes.moved_alerts) {
        sql::run(session.connection,
                 "DELETE FROM alerts WHERE identity = :identity AND incident = :incident",
                 sql::Parameters().add("identity", identity).add("incident", incident.value));
    }
}

// A key that another incident holds is not taken over: the insert fails, and with it the batch.
void write_keys(Session& session, const Changes& changes) {
    if (!changes.freed_keys.empty()) {
        sql::run(session.connection,
                 "DELETE FROM open_keys WHERE dedup_key IN (" +
                     session.dialect->list("dedup", kText) + ")",
                 sql::Parameters().add("dedup", json_list(changes.freed_keys)));
    }
    sql::Rows rows;
    for (const auto& [key, incident] : changes.keys) rows.add(key, incident.value);
    sql::insert_rows(session.connection, *session.dialect, "open_keys",
                     {{"dedup_key", kText}, {"incident", kInteger}}, rows);
}

void write_timeline(Session& session, const std::vector<TimelineRow>& timeline) {
    if (timeline.empty()) return;
    sql::Rows rows;
    std::set<std::int64_t> incidents;
    for (const TimelineRow& row : timeline) {
        rows.add(row.incident.value, row.entry.at, row.entry.kind, row.entry.actor, row.entry.text,
                 codec::map_to_text(row.entry.data));
        incidents.insert(row.incident.value);
    }
    sql::insert_rows(session.connection, *session.dialect, "timeline",
                     {{"incident", kInteger},
                      {"at", kInteger},
                      {"kind", kText},
                      {"actor", kText},
                      {"text", kText},
                      {"data", kText}},
                     rows);
    sql::run(session.connection,
             "UPDATE incidents SET last_entry = (SELECT max(t.id) FROM timeline t "
             "WHERE t.incident = incidents.id) WHERE id IN (" +
                 session.dialect->list("ids", kInteger) + ")",
             sql::Parameters().add(
                 "ids", json_list(std::vector<std::int64_t>(incidents.begin(), incidents.end()))));
}

// One that is claimed may be on its way: what comes of it is still stored, but another attempt is
// not made (retry_effect finds it claimed no more).
void drop_messages(Session& session, const Changes& changes) {
    if (changes.drop_waiting.empty()) return;
    std::map<IncidentId, DropWaiting::What> what;
    std::vector<std::int64_t> incidents;
    for (const auto& [incident, which] : changes.drop_waiting) {
        what[incident] = which;
        incidents.push_back(incident.value);
    }
    std::vector<std::int64_t> dropped;
    select_effects(session,
                   "SELECT " + effect_columns() +
                       " FROM effects WHERE state IN ('waiting', 'claimed') AND incident IN (" +
                       session.dialect->list("ids", kInteger) + ")",
                   sql::Parameters().add("ids", json_list(incidents)), [&](const EffectRow& row) {
                       if (is_dropped(what.at(row.incident), row.notify)) {
                           dropped.push_back(row.id.value);
                       }
                   });
    if (dropped.empty()) return;
    sql::run(session.connection,
             "UPDATE effects SET state = 'dropped', lease_until = NULL, updated_at = :at "
             "WHERE id IN (" +
                 session.dialect->list("ids", kInteger) + ")",
             sql::Parameters().add("at", to_unix_ms(changes.now)).add("ids", json_list(dropped)));
}

std::string id_list(const std::vector<EffectId>& ids) {
    std::vector<std::int64_t> out;
    out.reserve(ids.size());
    for (const EffectId id : ids) out.push_back(id.value);
    return json_list(out);
}

void write_marks(Session& session, const Changes& changes) {
    const std::string in = "(" + session.dialect->list("ids", kInteger) + ")";
    if (!changes.stuck.empty()) {
        sql::run(session.connection, "UPDATE effects SET stuck = 1 WHERE id IN " + in,
                 sql::Parameters().add("ids", id_list(changes.stuck)));
    }
    if (!changes.requeued.empty()) {
        sql::run(session.connection,
                 "UPDATE effects SET state = 'waiting', attempts = 0, stuck = 0, due_at = :due, "
                 "updated_at = :at WHERE state = 'dead' AND id IN " +
                     in,
                 sql::Parameters()
                     .add("due", to_unix_ms(changes.now))
                     .add("at", to_unix_ms(changes.now))
                     .add("ids", id_list(changes.requeued)));
    }
}

void write_effects(Session& session, const Changes& changes) {
    const std::int64_t now = to_unix_ms(changes.now);
    drop_messages(session, changes);
    sql::Rows rows;
    for (const EffectRow& effect : changes.effects) {
        const Notify& n = effect.notify;
        rows.add(effect.incident.value, to_string(effect.state), effect.due, n.not_before, 0,
                 n.person, n.channel, n.address, to_string(n.kind), to_string(n.priority), n.step,
                 changes.now, changes.now, "", effect.about);
    }
    sql::insert_rows(session.connection, *session.dialect, "effects",
                     {{"incident", kInteger},
                      {"state", kText},
                      {"due_at", kInteger},
                      {"not_before", kInteger},
                      {"attempts", kInteger},
                      {"person", kText},
                      {"channel", kText},
                      {"address", kText},
                      {"kind", kText},
                      {"priority", kText},
                      {"step", kInteger},
                      {"created_at", kInteger},
                      {"updated_at", kInteger},
                      {"result", kText},
                      {"about", kText}},
                     rows);
    for (const EffectRow& effect : changes.settled) {
        sql::run(session.connection,
                 "UPDATE effects SET state = :state, result = :result, lease_until = NULL, "
                 "updated_at = :at WHERE id = :id",
                 sql::Parameters()
                     .add("state", std::string(to_string(effect.state)))
                     .add("result", effect.result)
                     .add("at", now)
                     .add("id", effect.id.value));
    }
    write_marks(session, changes);
}

void write_timers(Session& session, const Changes& changes) {
    for (const auto& [incident, kind] : changes.cancelled) {
        sql::run(session.connection,
                 "DELETE FROM timers WHERE incident = :incident AND kind = :kind",
                 sql::Parameters()
                     .add("incident", incident.value)
                     .add("kind", std::string(to_string(kind))));
    }
    sql::Rows rows;
    for (const TimerRow& timer : changes.timers) {
        rows.add(timer.incident.value, to_string(timer.kind), timer.due);
    }
    sql::insert_rows(session.connection, *session.dialect, "timers",
                     {{"incident", kInteger}, {"kind", kText}, {"due_at", kInteger}}, rows,
                     "ON CONFLICT (incident, kind) DO UPDATE SET due_at = excluded.due_at");
}

void write_hosts(Session& session, const std::vector<HostRow>& hosts) {
    sql::Rows rows;
    for (const HostRow& row : hosts) {
        const HostRecord& h = row.record;
        rows.add(h.host, codec::labels_to_text(h.labels), h.boot_id, h.previous_boot_id,
                 row.first_seen, h.last_heartbeat, h.agent_started_at, h.restarted_at, h.goodbye_at,
                 h.unreachable_since, h.duplicate_seen_at, row.inventory, h.interval.count());
    }
    sql::insert_rows(
        session.connection, *session.dialect, "hosts",
        {{"host", kText},
         {"labels", kText},
         {"boot_id", kText},
         {"previous_boot_id", kText},
         {"first_seen", kInteger},
         {"last_heartbeat", kInteger},
         {"agent_started_at", kInteger},
         {"restarted_at", kInteger},
         {"goodbye_at", kInteger},
         {"unreachable_since", kInteger},
         {"duplicate_seen_at", kInteger},
         {"inventory", kText},
         {"interval_ms", kInteger}},
        rows,
        "ON CONFLICT (host) DO UPDATE SET labels = excluded.labels, boot_id = excluded.boot_id, "
        "previous_boot_id = excluded.previous_boot_id, last_heartbeat = excluded.last_heartbeat, "
        "agent_started_at = excluded.agent_started_at, "
        "restarted_at = excluded.restarted_at, goodbye_at = excluded.goodbye_at, "
        "unreachable_since = excluded.unreachable_since, "
        "duplicate_seen_at = excluded.duplicate_seen_at, inventory = excluded.inventory, "
        "interval_ms = excluded.interval_ms");
}

void write_counters(Session& session, const std::map<std::string, std::int64_t>& counters) {
    for (const auto& [name, value] : counters) {
        sql::run(session.connection,
                 "INSERT INTO counters (name, value) VALUES (:name, :value) "
                 "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                 sql::Parameters().add("name", name).add("value", value));
    }
}

}  // namespace

Result<std::int64_t> SqlTx::write(const Changes& changes) {
    return sql::guarded("writing", [&]() -> Result<std::int64_t> {
        write_counters(session_, changes.counters);
        write_hosts(session_, changes.hosts);
        write_incidents(session_, changes.incidents);
        remove_alerts(session_, changes);
        write_alerts(session_, changes.alerts);
        write_suppression(session_, changes);
        write_keys(session_, changes);
        write_timeline(session_, changes.timeline);
        write_effects(session_, changes);
        write_timers(session_, changes);
        write_noise(session_, changes);
        write_knowledge(session_, changes.knowledge, changes.now);
        std::int64_t newest = 0;
        sql::select<sql::Int>(session_.connection, "SELECT max(id) FROM timeline", {},
                              [&](const sql::Int& id) { newest = id.value; });
        return newest;
    });
}

}  // namespace tocsin::bridge
