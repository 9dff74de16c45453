#include "bridge/store/session.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>

#include "bridge/store/codec.h"
#include "bridge/store/queries.h"
#include "bridge/store/rows.h"

namespace tocsin::bridge {
namespace sql {

bool may_pass(const std::exception& error) {
    const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
    if (sqlite == nullptr) return false;
    // https://www.sqlite.org/rescode.html: TOOBIG, CONSTRAINT, MISMATCH are of what was to be
    // written. All else (a lock, a full disk, a damaged file) is the store's, and a sender that
    // keeps its alert until the store is well again has lost nothing.
    constexpr int kOfTheData[] = {18, 19, 20};
    const int primary = sqlite->result() & 0xff;
    return std::find(std::begin(kOfTheData), std::end(kOfTheData), primary) == std::end(kOfTheData);
}

}  // namespace sql

Result<std::unique_ptr<Session>> open_session(const std::string& url, SessionUse use) {
    constexpr std::string_view kSqlite = "sqlite:";
    if (!url.starts_with(kSqlite) || url.size() == kSqlite.size()) {
        return Error(ErrorCode::kInvalid, "store \"" + url +
                                              "\": this build serves sqlite:FILE; write for "
                                              "example sqlite:/var/lib/tocsin/bridge.db");
    }
    std::string file = url.substr(kSqlite.size());
    // SOCI's connection string has words; a quote inside one cannot be written.
    if (file.find('"') != std::string::npos) {
        return Error(ErrorCode::kInvalid, "store: a file's name must not hold a quote: " + file);
    }
    return sql::guarded("opening " + file, [&]() -> Result<std::unique_ptr<Session>> {
        auto session = std::make_unique<Session>();
        session->dialect = sqlite_dialect();
        session->file = file;
        session->connection.session.open(soci::sqlite3, "dbname=\"" + file + "\" timeout=5");
        for (const std::string& statement : session->dialect->session_setup()) {
            // Not kept as prepared: some pragmas yield a row and would stay half read.
            session->connection.session << statement;
        }
        if (use == SessionUse::kRead) session->connection.session << "PRAGMA query_only = ON";
        return session;
    });
}

std::string incident_columns() {
    return "id, key, dedup_key, state, priority, severity, title, labels, opened_at, updated_at, "
           "assignee, team, alerts_firing, alerts_resolved, alerts_unknown, last_entry, detail";
}

void select_incidents(Session& session, const std::string& tail, const sql::Parameters& parameters,
                      const std::function<void(IncidentSummary)>& row) {
    using sql::Int;
    using sql::Text;
    sql::select<Int, Text, Text, Text, Text, Text, Text, Text, Int, Int, Text, Text, Int, Int, Int,
                Int, Text>(
        session.connection, "SELECT " + incident_columns() + " FROM incidents " + tail, parameters,
        [&](const Int& id, const Text& key, const Text& dedup, const Text& state,
            const Text& priority, const Text& severity, const Text& title, const Text& labels,
            const Int& opened, const Int& updated, const Text& assignee, const Text& team,
            const Int& firing, const Int& resolved, const Int& unknown, const Int& last_entry,
            const Text& detail) {
            IncidentSummary out;
            Incident& i = out.incident;
            i.id = IncidentId{id.value};
            i.key = key.value;
            i.dedup_key = dedup.value;
            i.state = parse_state(state.value).value_or(State::kTriggered);
            i.priority = parse_priority(priority.value).value_or(Priority::kP3);
            i.severity = severity.value;
            i.title = title.value;
            i.labels = codec::labels_from_text(labels.value);
            i.opened_at = from_unix_ms(opened.value);
            i.updated_at = from_unix_ms(updated.value);
            i.assignee = assignee.value;
            i.team = team.value;
            codec::detail_from_text(detail.value, i);
            out.firing = static_cast<int>(firing.value);
            out.resolved = static_cast<int>(resolved.value);
            out.unknown = static_cast<int>(unknown.value);
            out.last_entry = last_entry.value;
            row(std::move(out));
        });
}

std::string alert_columns() {
    return "identity, incident, fingerprint, labels, annotations, severity, status, levels, "
           "starts_at, ends_at, last_seen, seq, source, host, generator_url, suppressor_kind, "
           "suppressor_id, suppressor_name, suppressor_since, suppressor_until";
}

void select_alerts(Session& session, const std::string& tail, const sql::Parameters& parameters,
                   const std::function<void(AlertRecord)>& row) {
    using sql::Int;
    using sql::Text;
    sql::select<Text, Int, Text, Text, Text, Text, Text, Text, Int, Int, Int, Int, Text, Text, Text,
                Text, Text, Text, Int, Int>(
        session.connection, "SELECT " + alert_columns() + " FROM alerts " + tail, parameters,
        [&](const Text& identity, const Int& incident, const Text& fingerprint, const Text& labels,
            const Text& annotations, const Text& severity, const Text& status, const Text& levels,
            const Int& starts, const Int& ends, const Int& seen, const Int& seq, const Text& source,
            const Text& host, const Text& generator, const Text& by_kind, const Text& by_id,
            const Text& by_name, const Int& by_since, const Int& by_until) {
            AlertRecord out;
            out.identity = identity.value;
            out.incident = IncidentId{incident.value};
            out.fingerprint = fingerprint.value;
            out.labels = codec::labels_from_text(labels.value);
            for (auto& [name, value] : codec::map_from_text(annotations.value)) {
                out.annotations.emplace(name, value);
            }
            out.severity = severity.value;
            out.status = parse_alert_status(status.value).value_or(AlertStatus::kUnknown);
            out.levels = codec::levels_from_text(levels.value);
            out.starts_at = from_unix_ms(starts.value);
            out.ends_at = sql::time_or_none(ends);
            out.last_seen = from_unix_ms(seen.value);
            out.seq = static_cast<std::uint64_t>(seq.value);
            out.source = source.value;
            out.host = host.value;
            out.generator_url = generator.value;
            if (const auto kind = parse_suppressor_kind(by_kind.value)) {
                out.suppressor =
                    Suppressor{*kind, by_id.value, by_name.value, from_unix_ms(by_since.value),
                               sql::time_or_none(by_until)};
            }
            row(std::move(out));
        });
}

void select_hosts(Session& session, const std::string& tail, const sql::Parameters& parameters,
                  const std::function<void(HostRow)>& row) {
    using sql::Int;
    using sql::Text;
    sql::select<Text, Text, Text, Text, Int, Int, Int, Int, Int, Int, Int, Text, Int>(
        session.connection,
        "SELECT host, labels, boot_id, previous_boot_id, first_seen, last_heartbeat, "
        "agent_started_at, restarted_at, goodbye_at, unreachable_since, duplicate_seen_at, "
        "inventory, interval_ms "
        "FROM hosts " +
            tail,
        parameters,
        [&](const Text& host, const Text& labels, const Text& boot, const Text& previous,
            const Int& first, const Int& last, const Int& started, const Int& restarted,
            const Int& goodbye, const Int& unreachable, const Int& duplicate, const Text& inventory,
            const Int& interval) {
            HostRow out;
            out.record.host = host.value;
            out.record.labels = codec::labels_from_text(labels.value);
            out.record.boot_id = boot.value;
            out.record.previous_boot_id = previous.value;
            out.first_seen = from_unix_ms(first.value);
            out.record.last_heartbeat = from_unix_ms(last.value);
            out.record.agent_started_at = sql::time_or_none(started);
            out.record.restarted_at = sql::time_or_none(restarted);
            out.record.goodbye_at = sql::time_or_none(goodbye);
            out.record.unreachable_since = sql::time_or_none(unreachable);
            out.record.duplicate_seen_at = sql::time_or_none(duplicate);
            out.inventory = inventory.value;
            out.record.interval = Duration{interval.value};
            row(std::move(out));
        });
}

std::string effect_columns() {
    return "id, incident, state, due_at, not_before, attempts, person, channel, address, kind, "
           "priority, step, created_at, updated_at, result, stuck, about";
}

void select_effects(Session& session, const std::string& text, const sql::Parameters& parameters,
                    const std::function<void(EffectRow)>& row) {
    using sql::Int;
    using sql::Text;
    sql::select<Int, Int, Text, Int, Int, Int, Text, Text, Text, Text, Text, Int, Int, Int, Text,
                Int, Text>(
        session.connection, text, parameters,
        [&](const Int& id, const Int& incident, const Text& state, const Int& due,
            const Int& not_before, const Int& attempts, const Text& person, const Text& channel,
            const Text& address, const Text& kind, const Text& priority, const Int& step,
            const Int& created, const Int& updated, const Text& result, const Int& stuck,
            const Text& about) {
            EffectRow out;
            out.id = EffectId{id.value};
            out.incident = IncidentId{incident.value};
            out.state = parse_effect_state(state.value).value_or(EffectState::kDead);
            out.due = from_unix_ms(due.value);
            out.notify.not_before = from_unix_ms(not_before.value);
            out.attempts = static_cast<int>(attempts.value);
            out.notify.person = person.value;
            out.notify.channel = channel.value;
            out.notify.address = address.value;
            out.notify.kind = parse_message_kind(kind.value).value_or(MessageKind::kOpened);
            out.notify.priority = parse_priority(priority.value).value_or(Priority::kP3);
            out.notify.step = static_cast<int>(step.value);
            out.created_at = from_unix_ms(created.value);
            out.updated_at = from_unix_ms(updated.value);
            out.result = result.value;
            out.stuck = stuck.value != 0;
            out.about = about.value;
            row(std::move(out));
        });
}

std::string json_list(const std::vector<std::string>& texts) {
    return boost::json::serialize(boost::json::array(texts.begin(), texts.end()));
}

std::string json_list(const std::vector<std::int64_t>& numbers) {
    return boost::json::serialize(boost::json::array(numbers.begin(), numbers.end()));
}

}  // namespace tocsin::bridge
