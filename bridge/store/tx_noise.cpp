// The tables of 0005_noise.sql.
#include "base/core/strings.h"
#include "bridge/store/codec.h"
#include "bridge/store/tx.h"

namespace tocsin::bridge {
namespace {

using enum ColumnType;

// The column `open`.
constexpr int kOver = 0;
constexpr int kOpen = 1;
constexpr int kHeld = 2;  // open, and held back

std::vector<StormMember> select_members(Session& session, const std::string& where,
                                        const sql::Parameters& parameters) {
    std::vector<StormMember> out;
    sql::select<sql::Int, sql::Text, sql::Text, sql::Int, sql::Int, sql::Int, sql::Text, sql::Text>(
        session.connection,
        "SELECT incident, storm_group, host, opened_at, parent, open, priority, severity "
        "FROM storm_members WHERE " +
            where + " ORDER BY incident",
        parameters,
        [&](const sql::Int& incident, const sql::Text& group, const sql::Text& host,
            const sql::Int& opened_at, const sql::Int& parent, const sql::Int& open,
            const sql::Text& priority, const sql::Text& severity) {
            out.push_back({IncidentId{incident.value}, group.value, host.value,
                           from_unix_ms(opened_at.value), IncidentId{parent.value},
                           open.value != kOver,
                           parse_priority(priority.value).value_or(Priority::kP3), severity.value,
                           open.value == kHeld});
        });
    return out;
}

void write_members(Session& session, const std::vector<StormMember>& members) {
    sql::Rows rows;
    for (const StormMember& m : members) {
        const std::optional<std::int64_t> parent =
            m.parent ? std::optional(m.parent.value) : std::nullopt;
        const int open = m.held ? kHeld : kOpen;
        rows.add(m.incident.value, m.group, m.host, m.opened_at, parent, m.open ? open : kOver,
                 to_string(m.priority), m.severity);
    }
    sql::insert_rows(session.connection, *session.dialect, "storm_members",
                     {{"incident", kInteger},
                      {"storm_group", kText},
                      {"host", kText},
                      {"opened_at", kInteger},
                      {"parent", kInteger},
                      {"open", kInteger},
                      {"priority", kText},
                      {"severity", kText}},
                     rows,
                     "ON CONFLICT (incident) DO UPDATE SET opened_at = CASE WHEN "
                     "excluded.opened_at > storm_members.opened_at THEN excluded.opened_at "
                     "ELSE storm_members.opened_at END, parent = excluded.parent, "
                     "open = excluded.open, priority = excluded.priority, "
                     "severity = excluded.severity");
}

void write_expected(Session& session, const NoiseChanges& noise) {
    for (const std::string& key : noise.not_expected) {
        sql::run(session.connection, "DELETE FROM expectations WHERE id = :id",
                 sql::Parameters().add("id", key));
    }
    sql::Rows rows;
    for (const ExpectRow& row : noise.expected) {
        const ExpectRecord& r = row.record;
        rows.add(r.key, r.name, codec::labels_to_text(r.labels), r.expected_since, r.last_seen,
                 r.missing_since, r.severity, row.due);
    }
    sql::insert_rows(session.connection, *session.dialect, "expectations",
                     {{"id", kText},
                      {"name", kText},
                      {"labels", kText},
                      {"expected_since", kInteger},
                      {"last_seen", kInteger},
                      {"missing_since", kInteger},
                      {"severity", kText},
                      {"due_at", kInteger}},
                     rows,
                     "ON CONFLICT (id) DO UPDATE SET last_seen = excluded.last_seen, "
                     "missing_since = excluded.missing_since, severity = excluded.severity, "
                     "due_at = excluded.due_at");
}

void write_observed(Session& session, const Changes& changes) {
    if (changes.noise.observed.empty()) return;
    sql::Rows rows;
    for (const ObservedRow& row : changes.noise.observed) {
        rows.add(row.at, row.incident.value, row.alertname, row.person, row.channel, row.kind);
    }
    sql::insert_rows(session.connection, *session.dialect, "observed",
                     {{"at", kInteger},
                      {"incident", kInteger},
                      {"alertname", kText},
                      {"person", kText},
                      {"channel", kText},
                      {"kind", kText}},
                     rows);
    sql::run(session.connection, "DELETE FROM observed WHERE at < :before",
             sql::Parameters().add("before", to_unix_ms(changes.now - kKeepObserved)));
}

// As text "1795000000000 1795000001000": no SQL looks into it.
std::string times_to_text(const std::vector<Timestamp>& times) {
    std::string out;
    for (const Timestamp time : times) {
        out += (out.empty() ? "" : " ") + std::to_string(to_unix_ms(time));
    }
    return out;
}

std::vector<Timestamp> times_from_text(std::string_view text) {
    std::vector<Timestamp> out;
    while (!text.empty()) {
        const std::size_t end = text.find(' ');
        if (const auto number = parse_int(text.substr(0, end))) {
            out.push_back(from_unix_ms(*number));
        }
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return out;
}

void write_held_back(Session& session, const Changes& changes) {
    sql::Rows counts;
    for (const auto& [key, fired] : changes.noise.fired) {
        if (fired.empty()) {
            sql::run(session.connection, "DELETE FROM open_counts WHERE dedup_key = :key",
                     sql::Parameters().add("key", key));
        } else {
            counts.add(key, times_to_text(fired), fired.back());
        }
    }
    sql::insert_rows(session.connection, *session.dialect, "open_counts",
                     {{"dedup_key", kText}, {"fired", kText}, {"last_fired", kInteger}}, counts,
                     "ON CONFLICT (dedup_key) DO UPDATE SET fired = excluded.fired, "
                     "last_fired = excluded.last_fired");
    if (changes.noise.blips.empty()) return;
    sql::Rows blips;
    for (const Blip& b : changes.noise.blips) {
        blips.add(b.started_at, b.ended_at, b.condition, b.dedup_key, b.severity, b.summary,
                  codec::labels_to_text(b.labels));
    }
    sql::insert_rows(session.connection, *session.dialect, "blips",
                     {{"started_at", kInteger},
                      {"ended_at", kInteger},
                      {"condition", kText},
                      {"dedup_key", kText},
                      {"severity", kText},
                      {"summary", kText},
                      {"labels", kText}},
                     blips);
    const auto before = sql::Parameters().add("before", to_unix_ms(changes.now - kKeepBlips));
    sql::run(session.connection, "DELETE FROM blips WHERE ended_at < :before", before);
    sql::run(session.connection, "DELETE FROM open_counts WHERE last_fired < :before", before);
}

}  // namespace

Result<std::vector<StormMember>> SqlTx::storm_members(const std::string& group, Timestamp since) {
    return sql::guarded("reading a storm's group", [&]() -> Result<std::vector<StormMember>> {
        return select_members(session_, "storm_group = :grp AND opened_at >= :since",
                              sql::Parameters().add("grp", group).add("since", to_unix_ms(since)));
    });
}

Result<std::vector<StormMember>> SqlTx::storm_children(IncidentId parent) {
    return sql::guarded("reading a storm's children", [&]() -> Result<std::vector<StormMember>> {
        return select_members(session_, "parent = :parent",
                              sql::Parameters().add("parent", parent.value));
    });
}

Result<int> SqlTx::opened_alone(Timestamp since) {
    return sql::guarded("counting new incidents", [&]() -> Result<int> {
        int out = 0;
        sql::select<sql::Int>(
            session_.connection,
            "SELECT count(*) FROM storm_members WHERE parent IS NULL AND opened_at >= :since",
            sql::Parameters().add("since", to_unix_ms(since)),
            [&](const sql::Int& n) { out = static_cast<int>(n.value); });
        return out;
    });
}

std::vector<ExpectRecord> select_expected(Session& session, const std::string& tail,
                                          const sql::Parameters& parameters) {
    std::vector<ExpectRecord> out;
    sql::select<sql::Text, sql::Text, sql::Text, sql::Int, sql::Int, sql::Int, sql::Text>(
        session.connection,
        "SELECT id, name, labels, expected_since, last_seen, missing_since, severity "
        "FROM expectations " +
            tail,
        parameters,
        [&](const sql::Text& key, const sql::Text& name, const sql::Text& labels,
            const sql::Int& since, const sql::Int& last_seen, const sql::Int& missing,
            const sql::Text& severity) {
            out.push_back({key.value, name.value, codec::labels_from_text(labels.value),
                           from_unix_ms(since.value), sql::time_or_none(last_seen),
                           sql::time_or_none(missing), severity.value});
        });
    return out;
}

Result<std::vector<Timestamp>> SqlTx::fired(const std::string& dedup_key) {
    return sql::guarded("reading how often it fired", [&]() -> Result<std::vector<Timestamp>> {
        std::vector<Timestamp> out;
        sql::select<sql::Text>(session_.connection,
                               "SELECT fired FROM open_counts WHERE dedup_key = :key",
                               sql::Parameters().add("key", dedup_key),
                               [&](const sql::Text& text) { out = times_from_text(text.value); });
        return out;
    });
}

Result<std::vector<AlertRecord>> SqlTx::alerts_of_host(const std::string& host) {
    return sql::guarded("reading a host's alerts", [&]() -> Result<std::vector<AlertRecord>> {
        std::vector<AlertRecord> out;
        select_alerts(
            session_,
            "WHERE host = :host AND (incident = 0 OR incident IN (SELECT id FROM incidents "
            "WHERE state <> 'closed')) ORDER BY incident, identity",
            sql::Parameters().add("host", host),
            [&](AlertRecord alert) { out.push_back(std::move(alert)); });
        return out;
    });
}

Result<std::optional<ExpectRecord>> SqlTx::expected(const std::string& key) {
    return sql::guarded("reading what is expected", [&]() -> Result<std::optional<ExpectRecord>> {
        auto rows = select_expected(session_, "WHERE id = :id", sql::Parameters().add("id", key));
        if (rows.empty()) return std::optional<ExpectRecord>();
        return std::optional<ExpectRecord>(std::move(rows.front()));
    });
}

Result<std::vector<ExpectRecord>> SqlTx::expected_all() {
    return sql::guarded("reading what is expected", [&]() -> Result<std::vector<ExpectRecord>> {
        return select_expected(session_, "ORDER BY id", {});
    });
}

Result<std::vector<ExpectRecord>> SqlTx::expected_due(Timestamp now, int limit) {
    return sql::guarded("reading what is expected", [&]() -> Result<std::vector<ExpectRecord>> {
        return select_expected(session_, "WHERE due_at <= :now ORDER BY due_at LIMIT :most",
                               sql::Parameters().add("now", to_unix_ms(now)).add("most", limit));
    });
}

void write_noise(Session& session, const Changes& changes) {
    const NoiseChanges& noise = changes.noise;
    if (!noise.members.empty()) {
        write_members(session, noise.members);
        sql::run(session.connection,
                 "DELETE FROM storm_members WHERE parent IS NULL AND opened_at < :before",
                 sql::Parameters().add("before", to_unix_ms(noise.forget_before)));
    }
    write_expected(session, noise);
    write_observed(session, changes);
    write_held_back(session, changes);
    for (const std::string& host : noise.removed_hosts) {
        sql::run(session.connection, "DELETE FROM hosts WHERE host = :host",
                 sql::Parameters().add("host", host));
    }
    for (const auto& [identity, incident] : noise.removed_alerts) {
        sql::run(session.connection,
                 "DELETE FROM alerts WHERE identity = :identity AND incident = :incident",
                 sql::Parameters().add("identity", identity).add("incident", incident.value));
    }
    for (const IncidentId storm : noise.ended_storms) {
        sql::run(session.connection, "DELETE FROM storm_members WHERE parent = :parent",
                 sql::Parameters().add("parent", storm.value));
    }
}

}  // namespace tocsin::bridge
