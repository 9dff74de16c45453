// What holds alerts back, as rows.
#include <utility>

#include "bridge/store/codec.h"
#include "bridge/store/silence_rows.h"
#include "bridge/store/tx.h"

namespace tocsin::bridge {
namespace {

using enum ColumnType;
using sql::Int;
using sql::Text;

void write_silences(Session& session, const std::vector<Silence>& silences) {
    sql::Rows rows;
    for (const Silence& s : silences) {
        rows.add(s.id, to_string(s.kind), s.name, codec::matchers_to_text(s.matchers), s.starts_at,
                 s.ends_at, s.settle.count(), s.created_by, s.comment, s.change, s.incident.value,
                 s.created_at, s.updated_at, s.matched_at, to_string(s.phase), s.due);
    }
    sql::insert_rows(
        session.connection, *session.dialect, "silences",
        {{"id", kText},
         {"kind", kText},
         {"name", kText},
         {"matchers", kText},
         {"starts_at", kInteger},
         {"ends_at", kInteger},
         {"settle", kInteger},
         {"created_by", kText},
         {"comment", kText},
         {"change_key", kText},
         {"incident", kInteger},
         {"created_at", kInteger},
         {"updated_at", kInteger},
         {"matched_at", kInteger},
         {"phase", kText},
         {"due_at", kInteger}},
        rows,
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, matchers = excluded.matchers, "
        "starts_at = excluded.starts_at, ends_at = excluded.ends_at, settle = excluded.settle, "
        "created_by = excluded.created_by, comment = excluded.comment, "
        "change_key = excluded.change_key, incident = excluded.incident, "
        "updated_at = excluded.updated_at, matched_at = excluded.matched_at, "
        "phase = excluded.phase, due_at = excluded.due_at");
}

void write_inhibitors(Session& session, const std::vector<InhibitSource>& sources) {
    sql::Rows rows;
    for (const InhibitSource& s : sources) {
        rows.add(s.identity, codec::labels_to_text(s.labels), s.name, s.incident.value, s.since,
                 s.ends_at);
    }
    sql::insert_rows(session.connection, *session.dialect, "inhibitors",
                     {{"identity", kText},
                      {"labels", kText},
                      {"name", kText},
                      {"incident", kInteger},
                      {"since", kInteger},
                      {"ends_at", kInteger}},
                     rows,
                     "ON CONFLICT (identity) DO UPDATE SET labels = excluded.labels, "
                     "name = excluded.name, incident = excluded.incident, since = excluded.since, "
                     "ends_at = excluded.ends_at");
}

void remove(Session& session, const std::string& statement, const std::vector<std::string>& keys) {
    if (keys.empty()) return;
    sql::run(session.connection,
             statement + " IN (" + session.dialect->list("removed", kText) + ")",
             sql::Parameters().add("removed", json_list(keys)));
}

}  // namespace

std::vector<InhibitSource> select_inhibitors(Session& session, const std::string& tail,
                                             const sql::Parameters& parameters) {
    std::vector<InhibitSource> out;
    sql::select<Text, Text, Text, Int, Int, Int>(
        session.connection,
        "SELECT identity, labels, name, incident, since, ends_at FROM inhibitors " + tail,
        parameters,
        [&](const Text& identity, const Text& labels, const Text& name, const Int& incident,
            const Int& since, const Int& ends) {
            out.push_back({identity.value, codec::labels_from_text(labels.value), name.value,
                           IncidentId{incident.value}, from_unix_ms(since.value),
                           sql::time_or_none(ends)});
        });
    return out;
}

std::vector<Silence> select_silences(Session& session, const std::string& tail,
                                     const sql::Parameters& parameters) {
    std::vector<Silence> out;
    sql::select<Text, Text, Text, Text, Int, Int, Int, Text, Text, Text, Int, Int, Int, Int, Text,
                Int>(
        session.connection,
        "SELECT id, kind, name, matchers, starts_at, ends_at, settle, created_by, comment, "
        "change_key, incident, created_at, updated_at, matched_at, phase, due_at FROM silences " +
            tail,
        parameters,
        [&](const Text& id, const Text& kind, const Text& name, const Text& matchers,
            const Int& starts, const Int& ends, const Int& settle, const Text& by,
            const Text& comment, const Text& change, const Int& incident, const Int& created,
            const Int& updated, const Int& matched, const Text& phase, const Int& due) {
            Silence s;
            s.id = id.value;
            s.kind = parse_suppressor_kind(kind.value).value_or(SuppressorKind::kSilence);
            s.name = name.value;
            s.matchers = codec::matchers_from_text(matchers.value);
            s.starts_at = from_unix_ms(starts.value);
            s.ends_at = from_unix_ms(ends.value);
            s.settle = Duration{settle.value};
            s.created_by = by.value;
            s.comment = comment.value;
            s.change = change.value;
            s.incident = IncidentId{incident.value};
            s.created_at = from_unix_ms(created.value);
            s.updated_at = from_unix_ms(updated.value);
            s.matched_at = sql::time_or_none(matched);
            s.phase = parse_silence_phase(phase.value).value_or(SilencePhase::kOver);
            s.due = sql::time_or_none(due);
            out.push_back(std::move(s));
        });
    return out;
}

std::vector<AlertRecord> load_held_alerts(Session& session) {
    std::vector<AlertRecord> out;
    select_alerts(session,
                  "WHERE incident = 0 AND status <> 'resolved' ORDER BY starts_at, identity", {},
                  [&](AlertRecord alert) { out.push_back(std::move(alert)); });
    return out;
}

// What was held back outside and has cleared is kept as long as the silences are.
void forget_cleared(Session& session, Timestamp now) {
    sql::run(
        session.connection,
        "DELETE FROM alerts WHERE incident = 0 AND status = 'resolved' AND last_seen < :before",
        sql::Parameters().add("before", to_unix_ms(now - kKeptAfterEnd)));
}

void write_suppression(Session& session, const Changes& changes) {
    if (!changes.forgotten_silences.empty() || !changes.forgotten_inhibitors.empty()) {
        forget_cleared(session, changes.now);
    }
    remove(session, "DELETE FROM alerts WHERE incident = 0 AND identity", changes.released);
    remove(session, "DELETE FROM silences WHERE id", changes.forgotten_silences);
    remove(session, "DELETE FROM inhibitors WHERE identity", changes.forgotten_inhibitors);
    write_silences(session, changes.silences);
    write_inhibitors(session, changes.inhibitors);
}

Result<std::vector<Silence>> SqlTx::live_silences() {
    return sql::guarded("reading silences", [&]() -> Result<std::vector<Silence>> {
        return select_silences(session_, "WHERE phase <> 'over' ORDER BY starts_at, id", {});
    });
}

Result<std::vector<InhibitSource>> SqlTx::inhibitors() {
    return sql::guarded("reading inhibitors", [&]() -> Result<std::vector<InhibitSource>> {
        return select_inhibitors(session_, "ORDER BY since, identity", {});
    });
}

Result<std::optional<Silence>> SqlTx::silence(const std::string& id) {
    return sql::guarded("reading a silence", [&]() -> Result<std::optional<Silence>> {
        auto found = select_silences(session_, "WHERE id = :id", sql::Parameters().add("id", id));
        if (found.empty()) return std::optional<Silence>();
        return std::optional(std::move(found.front()));
    });
}

Result<std::vector<AlertRecord>> SqlTx::current_alerts() {
    return sql::guarded("reading alerts", [&]() -> Result<std::vector<AlertRecord>> {
        std::vector<AlertRecord> out;
        select_alerts(session_,
                      "WHERE status IN ('firing', 'unknown') AND (incident = 0 OR incident IN "
                      "(SELECT id FROM incidents WHERE state <> 'closed')) "
                      "ORDER BY starts_at, identity",
                      {}, [&](AlertRecord alert) { out.push_back(std::move(alert)); });
        return out;
    });
}

Result<std::vector<Silence>> SqlTx::due_silences(Timestamp now, int limit) {
    return sql::guarded("reading silences", [&]() -> Result<std::vector<Silence>> {
        return select_silences(session_, "WHERE due_at <= :now ORDER BY due_at, id LIMIT :most",
                               sql::Parameters().add("now", to_unix_ms(now)).add("most", limit));
    });
}

Result<bool> SqlTx::suppression_due(Timestamp now) {
    return sql::guarded("reading what is due", [&]() -> Result<bool> {
        bool due = false;
        for (const char* text :
             {"SELECT 1 FROM inhibitors WHERE ends_at <= :now LIMIT 1",
              "SELECT 1 FROM alerts WHERE suppressor_until <= :now AND status IN ('firing', "
              "'unknown') AND "
              "(incident = 0 OR incident IN (SELECT id FROM incidents WHERE state <> 'closed')) "
              "LIMIT 1"}) {
            sql::select<Int>(session_.connection, text,
                             sql::Parameters().add("now", to_unix_ms(now)),
                             [&](const Int&) { due = true; });
        }
        return due;
    });
}

}  // namespace tocsin::bridge
