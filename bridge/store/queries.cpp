#include "bridge/store/queries.h"

#include "bridge/store/codec.h"
#include "bridge/store/effect_page.h"
#include "bridge/store/oncall_sql.h"
#include "bridge/store/session.h"
#include "bridge/store/silence_rows.h"
#include "bridge/store/sql_knowledge.h"
#include "bridge/store/tx.h"
#include "bridge/store/why_rows.h"

namespace tocsin::bridge {

IncidentSummary summary_of(const Incident& incident) {
    IncidentSummary out;
    out.firing = incident.count(AlertStatus::kFiring);
    out.resolved = incident.count(AlertStatus::kResolved);
    out.unknown = incident.count(AlertStatus::kUnknown);
    out.incident = incident;
    out.incident.alerts.clear();
    return out;
}

namespace {

std::string state_condition(StateFilter filter) {
    switch (filter) {
        case StateFilter::kOpen:
            return "state IN ('triggered', 'acknowledged', 'pending')";
        case StateFilter::kResolved:
            return "state = 'resolved'";
        case StateFilter::kClosed:
            return "state = 'closed'";
        case StateFilter::kAll:
            return "1 = 1";
    }
    return "1 = 1";
}

// One transaction, so that all that is read is of one moment.
class Moment {
  public:
    explicit Moment(sql::Connection& connection) : connection_(connection) {
        sql::run(connection_, "BEGIN");
    }
    ~Moment() {
        try {
            sql::run(connection_, "ROLLBACK");
        } catch (const std::exception&) {
        }
    }
    Moment(const Moment&) = delete;
    Moment& operator=(const Moment&) = delete;

  private:
    sql::Connection& connection_;
};

class SqlQueries final : public Queries {
  public:
    explicit SqlQueries(std::unique_ptr<Session> session)
        : session_(std::move(session)), knowledge_(*session_) {}

    Result<IncidentPage> incidents(const IncidentFilter& filter) override;
    Result<IncidentDetail> incident(const std::string& key) override;

    Result<Incident> incident_by_id(IncidentId id) override {
        return sql::guarded("reading an incident", [&]() -> Result<Incident> {
            auto found = load_incidents(*session_, {id});
            if (found.empty()) return Error(ErrorCode::kNotFound, "no such incident");
            return std::move(found.begin()->second);
        });
    }

    Result<std::vector<IncidentSummary>> changed_since(std::int64_t entry, int limit) override {
        return sql::guarded("reading changes", [&]() -> Result<std::vector<IncidentSummary>> {
            std::vector<IncidentSummary> out;
            select_incidents(*session_, "WHERE last_entry > :entry ORDER BY last_entry LIMIT :most",
                             sql::Parameters().add("entry", entry).add("most", limit),
                             [&](IncidentSummary row) { out.push_back(std::move(row)); });
            return out;
        });
    }

    Result<std::vector<std::pair<AlertRecord, IncidentSummary>>> current_alerts() override;

    Result<std::vector<AlertRecord>> held_alerts() override {
        return sql::guarded("listing alerts", [&]() -> Result<std::vector<AlertRecord>> {
            return load_held_alerts(*session_);
        });
    }
    Result<std::vector<Silence>> silences(Timestamp ended_after) override {
        return sql::guarded("listing silences", [&]() -> Result<std::vector<Silence>> {
            return select_silences(*session_, "WHERE ends_at > :after",
                                   sql::Parameters().add("after", to_unix_ms(ended_after)));
        });
    }
    Result<Silence> silence(const std::string& id) override {
        return sql::guarded("reading a silence", [&]() -> Result<Silence> {
            auto found =
                select_silences(*session_, "WHERE id = :id", sql::Parameters().add("id", id));
            if (found.empty()) return Error(ErrorCode::kNotFound, "silence not found");
            return std::move(found.front());
        });
    }

    Result<std::vector<HostRow>> hosts() override {
        return sql::guarded("reading hosts", [&]() -> Result<std::vector<HostRow>> {
            std::vector<HostRow> out;
            select_hosts(*session_, "ORDER BY host", {},
                         [&](HostRow row) { out.push_back(std::move(row)); });
            return out;
        });
    }

    Result<std::vector<OverrideRow>> overrides(Timestamp from, Timestamp to) override {
        return sql::guarded("reading overrides", [&]() -> Result<std::vector<OverrideRow>> {
            return select_overrides(
                *session_, "WHERE ends_at > :from AND starts_at < :to ORDER BY id",
                sql::Parameters().add("from", to_unix_ms(from)).add("to", to_unix_ms(to)));
        });
    }
    Result<std::vector<OncallLogRow>> oncall_log(Timestamp from, Timestamp to) override {
        return sql::guarded("reading the log", [&]() -> Result<std::vector<OncallLogRow>> {
            return select_oncall_log(*session_, from, to);
        });
    }

    Result<std::vector<ExpectRecord>> expected() override {
        return sql::guarded("listing what is expected", [&]() -> Result<std::vector<ExpectRecord>> {
            return select_expected(*session_, "ORDER BY id", {});
        });
    }

    Result<std::vector<ObservedCount>> observed(Timestamp since) override;
    Result<std::vector<Blip>> blips(int limit, std::int64_t before) override {
        sql::Parameters parameters;
        if (before > 0) parameters.add("before", before);
        return select_blips(before > 0 ? "WHERE id < :before " : "", parameters, limit);
    }
    Result<std::vector<Blip>> blips_of(const std::string& dedup_key, int limit) override {
        return select_blips("WHERE dedup_key = :dedup ", sql::Parameters().add("dedup", dedup_key),
                            limit);
    }

    Result<std::vector<AlertRecord>> alerts_with(const Labels& labels, int limit) override {
        return sql::guarded("looking for alerts", [&]() -> Result<std::vector<AlertRecord>> {
            return tocsin::bridge::alerts_with(*session_, labels, limit);
        });
    }
    Result<std::optional<Incident>> holder(const std::string& dedup_key) override {
        return sql::guarded("looking for an incident", [&]() -> Result<std::optional<Incident>> {
            return holder_of(*session_, dedup_key);
        });
    }
    Result<std::optional<HostRow>> host(const std::string& name) override {
        return sql::guarded("reading a host", [&]() -> Result<std::optional<HostRow>> {
            return host_named(*session_, name);
        });
    }
    Result<std::vector<InhibitSource>> inhibitors() override {
        return sql::guarded("reading inhibitors", [&]() -> Result<std::vector<InhibitSource>> {
            return select_inhibitors(*session_, "", {});
        });
    }

    Result<std::map<std::string, std::int64_t>> count_incidents() override {
        return counts("SELECT state, count(*) FROM incidents GROUP BY state");
    }
    Result<std::map<std::string, std::int64_t>> count_effects() override {
        return counts("SELECT state, count(*) FROM effects GROUP BY state");
    }

    Result<EffectPage> effects(const EffectFilter& filter) override {
        return effect_page(*session_, filter);
    }
    Knowledge& knowledge() override { return knowledge_; }

  private:
    Result<std::vector<Blip>> select_blips(const std::string& where, sql::Parameters parameters,
                                           int limit);
    Result<std::map<std::string, std::int64_t>> counts(const char* text) {
        return sql::guarded("counting", [&]() -> Result<std::map<std::string, std::int64_t>> {
            std::map<std::string, std::int64_t> out;
            sql::select<sql::Text, sql::Int>(
                session_->connection, text, {},
                [&](const sql::Text& state, const sql::Int& n) { out[state.value] = n.value; });
            return out;
        });
    }

    std::unique_ptr<Session> session_;
    SqlKnowledge knowledge_;
};

Result<IncidentPage> SqlQueries::incidents(const IncidentFilter& filter) {
    return sql::guarded("listing incidents", [&]() -> Result<IncidentPage> {
        sql::Parameters parameters;
        std::string where = "WHERE " + state_condition(filter.state);
        if (filter.before > 0) {
            where += " AND id < :before";
            parameters.add("before", filter.before);
        }
        for (std::size_t i = 0; i < filter.labels.size(); ++i) {
            const std::string name = "label" + std::to_string(i);
            where += " AND " + session_->dialect->contains("labels", name);
            parameters.add(name,
                           codec::label_needle(filter.labels[i].first, filter.labels[i].second));
        }
        if (!filter.with_children) {
            where +=
                " AND NOT EXISTS (SELECT 1 FROM storm_members m WHERE m.incident = incidents.id "
                "AND m.parent IS NOT NULL)";
        }
        if (!filter.text.empty()) {
            where += " AND (" + session_->dialect->contains_folded("title", "text1") + " OR " +
                     session_->dialect->contains_folded("key", "text2") + " OR " +
                     session_->dialect->contains_folded("labels", "text3") + " OR " +
                     session_->dialect->contains_folded("assignee", "text4") + ")";
            for (const char* name : {"text1", "text2", "text3", "text4"}) {
                parameters.add(name, filter.text);
            }
        }
        // One more than asked for tells whether there is a next page.
        where += " ORDER BY id DESC LIMIT :most";
        parameters.add("most", filter.limit + 1);
        IncidentPage page;
        select_incidents(*session_, where, parameters,
                         [&](IncidentSummary row) { page.incidents.push_back(std::move(row)); });
        if (page.incidents.size() > static_cast<std::size_t>(filter.limit)) {
            page.incidents.pop_back();
            page.next = page.incidents.back().incident.id.value;
        }
        return page;
    });
}

Result<IncidentDetail> SqlQueries::incident(const std::string& key) {
    return sql::guarded("reading an incident", [&]() -> Result<IncidentDetail> {
        const Moment moment(session_->connection);
        IncidentDetail out;
        bool found = false;
        select_incidents(*session_, "WHERE key = :key", sql::Parameters().add("key", key),
                         [&](IncidentSummary row) {
                             out.summary = std::move(row);
                             found = true;
                         });
        if (!found) return Error(ErrorCode::kNotFound, "there is no incident " + key);
        const auto id = sql::Parameters().add("id", out.summary.incident.id.value);
        select_alerts(*session_, "WHERE incident = :id ORDER BY starts_at, identity", id,
                      [&](AlertRecord row) { out.alerts.push_back(std::move(row)); });
        sql::select<sql::Int, sql::Int, sql::Text, sql::Text, sql::Text, sql::Text>(
            session_->connection,
            "SELECT id, at, kind, actor, text, data FROM timeline WHERE incident = :id "
            "ORDER BY id",
            id,
            [&](const sql::Int& row, const sql::Int& at, const sql::Text& kind,
                const sql::Text& actor, const sql::Text& text, const sql::Text& data) {
                out.timeline.push_back(
                    {row.value, out.summary.incident.id,
                     TimelineEntry{from_unix_ms(at.value), kind.value, actor.value, text.value,
                                   codec::map_from_text(data.value)}});
            });
        select_effects(
            *session_,
            "SELECT " + effect_columns() + " FROM effects WHERE incident = :id ORDER BY id", id,
            [&](EffectRow row) { out.effects.push_back(std::move(row)); });
        sql::select<sql::Text, sql::Int>(
            session_->connection,
            "SELECT kind, due_at FROM timers WHERE incident = :id ORDER BY due_at", id,
            [&](const sql::Text& kind, const sql::Int& due) {
                if (const auto parsed = parse_timer_kind(kind.value)) {
                    out.timers.push_back(
                        {out.summary.incident.id, *parsed, from_unix_ms(due.value)});
                }
            });
        if (out.summary.incident.is_parent()) {
            select_incidents(*session_,
                             "WHERE id IN (SELECT incident FROM storm_members WHERE parent = :id) "
                             "ORDER BY id DESC LIMIT :most",
                             sql::Parameters(id).add("most", kMostChildren),
                             [&](IncidentSummary row) { out.children.push_back(std::move(row)); });
        }
        Incident whole = out.summary.incident;
        whole.alerts = out.alerts;
        TOCSIN_TRY(out.background, knowledge_.background(whole));
        return out;
    });
}

Result<std::vector<std::pair<AlertRecord, IncidentSummary>>> SqlQueries::current_alerts() {
    using Rows = std::vector<std::pair<AlertRecord, IncidentSummary>>;
    return sql::guarded("listing alerts", [&]() -> Result<Rows> {
        const Moment moment(session_->connection);
        std::map<IncidentId, IncidentSummary> open;
        select_incidents(*session_, "WHERE state <> 'closed'", {}, [&](IncidentSummary row) {
            const IncidentId id = row.incident.id;
            open.emplace(id, std::move(row));
        });
        Rows out;
        select_alerts(*session_, "WHERE status <> 'resolved' ORDER BY starts_at, identity", {},
                      [&](AlertRecord alert) {
                          const auto found = open.find(alert.incident);
                          if (found != open.end()) {
                              out.emplace_back(std::move(alert), found->second);
                          }
                      });
        return out;
    });
}

Result<std::vector<Blip>> SqlQueries::select_blips(const std::string& where,
                                                   sql::Parameters parameters, int limit) {
    return sql::guarded("listing blips", [&]() -> Result<std::vector<Blip>> {
        std::vector<Blip> out;
        sql::select<sql::Int, sql::Int, sql::Int, sql::Text, sql::Text, sql::Text, sql::Text,
                    sql::Text>(
            session_->connection,
            "SELECT id, started_at, ended_at, condition, dedup_key, severity, summary, labels "
            "FROM blips " +
                where + "ORDER BY id DESC LIMIT :most",
            parameters.add("most", limit),
            [&](const sql::Int& id, const sql::Int& started, const sql::Int& ended,
                const sql::Text& condition, const sql::Text& key, const sql::Text& severity,
                const sql::Text& summary, const sql::Text& labels) {
                out.push_back({id.value, from_unix_ms(started.value), from_unix_ms(ended.value),
                               condition.value, key.value, severity.value, summary.value,
                               codec::labels_from_text(labels.value)});
            });
        return out;
    });
}

Result<std::vector<ObservedCount>> SqlQueries::observed(Timestamp since) {
    return sql::guarded("reading what was observed", [&]() -> Result<std::vector<ObservedCount>> {
        std::vector<ObservedCount> out;
        sql::select<sql::Text, sql::Text, sql::Text, sql::Int, sql::Int, sql::Int, sql::Int>(
            session_->connection,
            "SELECT alertname, person, channel, count(DISTINCT incident), count(*), min(at), "
            "max(at) FROM observed WHERE at >= :since GROUP BY alertname, person, channel "
            "ORDER BY alertname, count(*) DESC, person, channel",
            sql::Parameters().add("since", to_unix_ms(since)),
            [&](const sql::Text& name, const sql::Text& person, const sql::Text& channel,
                const sql::Int& incidents, const sql::Int& messages, const sql::Int& first,
                const sql::Int& last) {
                out.push_back({name.value, person.value, channel.value,
                               static_cast<int>(incidents.value), static_cast<int>(messages.value),
                               from_unix_ms(first.value), from_unix_ms(last.value)});
            });
        return out;
    });
}

}  // namespace

Result<std::unique_ptr<Queries>> Queries::open(const std::string& url) {
    TOCSIN_TRY(auto session, open_session(url, SessionUse::kRead));
    return std::unique_ptr<Queries>(std::make_unique<SqlQueries>(std::move(session)));
}

}  // namespace tocsin::bridge
