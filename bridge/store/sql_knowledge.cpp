#include "bridge/store/sql_knowledge.h"

#include <utility>

#include "bridge/store/codec.h"
#include "bridge/store/codec_record.h"
#include "bridge/store/queries.h"
#include "bridge/store/tx.h"

namespace tocsin::bridge {
namespace {

using sql::Int;
using sql::Text;

constexpr const char* kColumns =
    "r.key, r.kind, r.state, r.title, r.owner, r.author, r.created_at, r.updated_at, r.matchers, "
    "r.detail";

// What is looked at of past incidents: enough that the best of them are among these.
constexpr int kMostOfKey = 10;
constexpr int kMostOfPlace = 10;
constexpr int kMostOfAlert = 20;
constexpr int kMostArticlesRead = 2000;

Record record_of(const Text& key, const Text& kind, const Text& state, const Text& title,
                 const Text& owner, const Text& author, const Int& created, const Int& updated,
                 const Text& matchers, const Text& detail) {
    Record out;
    const RecordKind of = parse_record_kind(kind.value).value_or(RecordKind::kProblem);
    codec::record_detail_from_text(of, detail.value, out);
    if (auto* article = std::get_if<Article>(&out.part)) {
        article->match = codec::matchers_from_text(matchers.value);
    }
    out.key = key.value;
    out.state = parse_record_state(state.value).value_or(RecordState::kOpen);
    out.title = title.value;
    out.owner = owner.value;
    out.author = author.value;
    out.created_at = from_unix_ms(created.value);
    out.updated_at = from_unix_ms(updated.value);
    return out;
}

// `from` is what follows FROM, with records as r.
std::vector<Record> select_records(Session& session, const std::string& from,
                                   const sql::Parameters& parameters) {
    std::vector<Record> out;
    sql::select<Text, Text, Text, Text, Text, Text, Int, Int, Text, Text>(
        session.connection, "SELECT " + std::string(kColumns) + " FROM " + from, parameters,
        [&](const auto&... cells) { out.push_back(record_of(cells...)); });
    return out;
}

std::vector<Incident> select_past(Session& session, const std::string& where,
                                  const sql::Parameters& parameters, int most) {
    std::vector<Incident> out;
    select_incidents(session,
                     "WHERE state IN ('resolved', 'closed') AND " + where +
                         " ORDER BY opened_at DESC LIMIT :most",
                     sql::Parameters(parameters).add("most", most),
                     [&](IncidentSummary row) { out.push_back(std::move(row.incident)); });
    return out;
}

// Each by an index of its own, the newest first.
std::vector<Incident> past_like(Session& session, const Incident& to) {
    std::vector<Incident> out;
    const auto add = [&](const std::string& where, const sql::Parameters& parameters, int most) {
        for (Incident& one : select_past(session, where, parameters, most)) {
            out.push_back(std::move(one));
        }
    };
    const std::string alert(to.labels.get("alertname"));
    const std::string host(to.labels.get("host"));
    const std::string service = service_of(to);
    if (!to.dedup_key.empty()) {
        add("dedup_key = :key", sql::Parameters().add("key", to.dedup_key), kMostOfKey);
    }
    if (!host.empty()) {
        add("alertname = :alert AND host = :host",
            sql::Parameters().add("alert", alert).add("host", host), kMostOfPlace);
    }
    if (!service.empty()) {
        add("alertname = :alert AND service = :service",
            sql::Parameters().add("alert", alert).add("service", service), kMostOfPlace);
    }
    if (!alert.empty()) {
        add("alertname = :alert", sql::Parameters().add("alert", alert), kMostOfAlert);
    }
    return out;
}

std::vector<ArticleTitle> published(Session& session) {
    std::vector<ArticleTitle> out;
    sql::select<Text, Text, Text>(
        session.connection,
        "SELECT key, title, matchers FROM records WHERE kind = 'article' AND state = 'published' "
        "ORDER BY key DESC LIMIT :most",
        sql::Parameters().add("most", kMostArticlesRead),
        [&](const Text& key, const Text& title, const Text& matchers) {
            out.push_back({key.value, title.value, codec::matchers_from_text(matchers.value)});
        });
    return out;
}

std::vector<Record> linked_to(Session& session, IncidentId incident) {
    return select_records(session,
                          "record_incidents l JOIN records r ON r.key = l.record "
                          "WHERE l.incident = :incident ORDER BY r.key DESC",
                          sql::Parameters().add("incident", incident.value));
}

std::vector<TimelineEntry> select_timeline(Session& session, const std::string& key) {
    std::vector<TimelineEntry> out;
    sql::select<Int, Text, Text, Text, Text>(
        session.connection,
        "SELECT at, kind, actor, text, data FROM record_timeline WHERE record = :key ORDER BY id",
        sql::Parameters().add("key", key),
        [&](const Int& at, const Text& kind, const Text& actor, const Text& text,
            const Text& data) {
            out.push_back({from_unix_ms(at.value), kind.value, actor.value, text.value,
                           codec::map_from_text(data.value)});
        });
    return out;
}

}  // namespace

Result<std::optional<Record>> SqlKnowledge::record(const std::string& key) {
    return sql::guarded("reading a record", [&]() -> Result<std::optional<Record>> {
        auto rows = select_records(session_, "records r WHERE r.key = :key",
                                   sql::Parameters().add("key", key));
        if (rows.empty()) return std::optional<Record>();
        return std::optional(std::move(rows.front()));
    });
}

Result<RecordDetail> SqlKnowledge::detail(const std::string& key) {
    TOCSIN_TRY(auto found, record(key));
    if (!found) return Error(ErrorCode::kNotFound, "there is no " + key, Retry::kNo);
    return sql::guarded("reading a record", [&]() -> Result<RecordDetail> {
        RecordDetail out;
        out.record = std::move(*found);
        out.timeline = select_timeline(session_, key);
        select_incidents(
            session_,
            "WHERE id IN (SELECT incident FROM record_incidents WHERE record = :key) "
            "ORDER BY id DESC LIMIT :most",
            sql::Parameters().add("key", key).add("most", kMostLinkedShown),
            [&](IncidentSummary row) { out.incidents.push_back(std::move(row.incident)); });
        return out;
    });
}

Result<RecordPage> SqlKnowledge::list(const RecordFilter& filter) {
    return sql::guarded("listing records", [&]() -> Result<RecordPage> {
        sql::Parameters parameters;
        std::string where = "records r WHERE r.kind = :kind";
        parameters.add("kind", std::string(to_string(filter.kind)));
        const auto only = [&](const std::string& condition, const char* name, std::string value) {
            where += " AND " + condition;
            parameters.add(name, std::move(value));
        };
        if (filter.which == RecordFilter::Which::kGoingOn) {
            where += " AND r.state NOT IN ('closed', 'rejected', 'done', 'withdrawn')";
        }
        if (filter.which == RecordFilter::Which::kState) {
            only("r.state = :state", "state", std::string(to_string(filter.state)));
        }
        if (!filter.before.empty()) only("r.key < :before", "before", filter.before);
        if (!filter.owner.empty()) only("r.owner = :owner", "owner", filter.owner);
        if (!filter.incident.empty()) {
            only(
                "r.key IN (SELECT l.record FROM record_incidents l JOIN incidents i "
                "ON i.id = l.incident WHERE i.key = :incident)",
                "incident", filter.incident);
        }
        if (!filter.text.empty()) {
            where += " AND (" + session_.dialect->contains_folded("r.title", "text1") + " OR " +
                     session_.dialect->contains_folded("r.key", "text2") + ")";
            parameters.add("text1", filter.text).add("text2", filter.text);
        }
        // One more than asked for tells whether there is a next page.
        parameters.add("most", filter.limit + 1);
        RecordPage page;
        page.records =
            select_records(session_, where + " ORDER BY r.key DESC LIMIT :most", parameters);
        if (page.records.size() > static_cast<std::size_t>(filter.limit)) {
            page.records.pop_back();
            page.next = page.records.back().key;
        }
        return page;
    });
}

Result<std::vector<Record>> SqlKnowledge::records_of(IncidentId incident) {
    return sql::guarded("reading records", [&]() -> Result<std::vector<Record>> {
        return linked_to(session_, incident);
    });
}

Result<Knowledge::ByKey> SqlKnowledge::problems_of(const std::vector<std::string>& dedup_keys) {
    return sql::guarded("reading problems", [&]() -> Result<ByKey> {
        std::vector<std::pair<std::string, std::string>> pairs;  // dedup key, record
        std::vector<std::string> keys;
        sql::select<Text, Text>(session_.connection,
                                "SELECT dedup_key, record FROM record_keys WHERE dedup_key IN (" +
                                    session_.dialect->list("keys", ColumnType::kText) +
                                    ") ORDER BY record DESC",
                                sql::Parameters().add("keys", json_list(dedup_keys)),
                                [&](const Text& dedup_key, const Text& record) {
                                    pairs.emplace_back(dedup_key.value, record.value);
                                    keys.push_back(record.value);
                                });
        ByKey out;
        if (pairs.empty()) return out;
        std::map<std::string, Record> records;
        for (Record& one :
             select_records(session_,
                            "records r WHERE r.key IN (" +
                                session_.dialect->list("keys", ColumnType::kText) + ")",
                            sql::Parameters().add("keys", json_list(keys)))) {
            const std::string key = one.key;
            records.emplace(key, std::move(one));
        }
        for (const auto& [dedup_key, record] : pairs) {
            const auto found = records.find(record);
            if (found != records.end()) out[dedup_key].push_back(found->second);
        }
        return out;
    });
}

Result<std::map<std::string, std::vector<IncidentId>>> SqlKnowledge::past_of(
    const std::vector<std::string>& dedup_keys, Timestamp since) {
    using Found = std::map<std::string, std::vector<IncidentId>>;
    return sql::guarded("reading past incidents", [&]() -> Result<Found> {
        Found out;
        sql::Rows keys;
        for (const std::string& key : dedup_keys) keys.add(key);
        // CROSS JOIN: key by key through incidents_past_by_key, whatever the planner thinks of
        // states.
        sql::select<Text, Int>(
            session_.connection,
            "SELECT i.dedup_key, i.id FROM (" +
                session_.dialect->rows("keys", {{"dedup", ColumnType::kText}}) +
                ") k CROSS JOIN incidents i WHERE i.dedup_key = k.dedup AND "
                "i.state IN ('resolved', 'closed') AND i.opened_at >= :since ORDER BY i.id",
            sql::Parameters().add("keys", keys.json()).add("since", to_unix_ms(since)),
            [&](const Text& key, const Int& id) {
                out[key.value].push_back(IncidentId{id.value});
            });
        return out;
    });
}

Result<Background> SqlKnowledge::background(const Incident& incident) {
    return sql::guarded("reading what is known", [&]() -> Result<Background> {
        Background out;
        out.similar = most_similar(incident, past_like(session_, incident));
        for (Record& one : linked_to(session_, incident.id)) {
            if (one.kind() == RecordKind::kReview) {
                out.reviews.push_back(std::move(one));
            } else if (one.kind() == RecordKind::kProblem && one.state != RecordState::kRejected) {
                out.problems.push_back(std::move(one));
            }
        }
        out.articles = matching_articles(incident, published(session_));
        if (out.articles.empty()) return out;
        TOCSIN_TRY(const auto best, record(out.articles.front().key));
        if (best) out.articles.front().text = std::get<Article>(best->part).text;
        return out;
    });
}

Result<std::vector<ReviewTimer>> SqlKnowledge::due_reviews(Timestamp now, int limit) {
    return sql::guarded("reading due reviews", [&]() -> Result<std::vector<ReviewTimer>> {
        std::vector<ReviewTimer> out;
        sql::select<Text, Int, Int>(
            session_.connection,
            "SELECT record, due_at, since FROM review_timers WHERE due_at <= :now "
            "ORDER BY due_at, record LIMIT :most",
            sql::Parameters().add("now", to_unix_ms(now)).add("most", limit),
            [&](const Text& record, const Int& due, const Int& since) {
                out.push_back({record.value, from_unix_ms(due.value), from_unix_ms(since.value)});
            });
        return out;
    });
}

}  // namespace tocsin::bridge
