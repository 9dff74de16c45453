// What a transaction writes of the tables of 0007_problems.sql and 0008_review_timers.sql.
#include "bridge/store/codec.h"
#include "bridge/store/codec_record.h"
#include "bridge/store/sql_knowledge.h"

namespace tocsin::bridge {
namespace {

using enum ColumnType;

void write_records(Session& session, const std::vector<Record>& records) {
    sql::Rows rows;
    for (const Record& r : records) {
        const auto* article = std::get_if<Article>(&r.part);
        rows.add(r.key, to_string(r.kind()), to_string(r.state), r.title, r.owner, r.author,
                 r.created_at, r.updated_at,
                 article == nullptr ? "" : codec::matchers_to_text(article->match),
                 codec::record_detail_to_text(r));
    }
    sql::insert_rows(session.connection, *session.dialect, "records",
                     {{"key", kText},
                      {"kind", kText},
                      {"state", kText},
                      {"title", kText},
                      {"owner", kText},
                      {"author", kText},
                      {"created_at", kInteger},
                      {"updated_at", kInteger},
                      {"matchers", kText},
                      {"detail", kText}},
                     rows,
                     "ON CONFLICT (key) DO UPDATE SET state = excluded.state, "
                     "title = excluded.title, owner = excluded.owner, "
                     "updated_at = excluded.updated_at, matchers = excluded.matchers, "
                     "detail = excluded.detail");
}

void write_links(Session& session, const std::vector<RecordLink>& links) {
    sql::Rows rows;
    sql::Rows keys;
    for (const RecordLink& link : links) {
        rows.add(link.record, link.incident.value);
        if (!link.dedup_key.empty()) keys.add(link.dedup_key, link.record);
    }
    sql::insert_rows(session.connection, *session.dialect, "record_incidents",
                     {{"record", kText}, {"incident", kInteger}}, rows,
                     "ON CONFLICT (record, incident) DO NOTHING");
    sql::insert_rows(session.connection, *session.dialect, "record_keys",
                     {{"dedup_key", kText}, {"record", kText}}, keys,
                     "ON CONFLICT (dedup_key, record) DO NOTHING");
}

// A key goes with the last incident that has it.
void remove_links(Session& session, const std::vector<RecordLink>& links) {
    for (const RecordLink& link : links) {
        sql::run(session.connection,
                 "DELETE FROM record_incidents WHERE record = :record AND incident = :incident",
                 sql::Parameters().add("record", link.record).add("incident", link.incident.value));
        sql::run(session.connection,
                 "DELETE FROM record_keys WHERE record = :record AND dedup_key = :dedup AND "
                 "NOT EXISTS (SELECT 1 FROM record_incidents l JOIN incidents i "
                 "ON i.id = l.incident WHERE l.record = record_keys.record AND "
                 "i.dedup_key = record_keys.dedup_key)",
                 sql::Parameters().add("record", link.record).add("dedup", link.dedup_key));
    }
}

void write_entries(Session& session, const std::vector<RecordEntry>& entries) {
    sql::Rows rows;
    for (const auto& [record, entry] : entries) {
        rows.add(record, entry.at, entry.kind, entry.actor, entry.text,
                 codec::map_to_text(entry.data));
    }
    sql::insert_rows(session.connection, *session.dialect, "record_timeline",
                     {{"record", kText},
                      {"at", kInteger},
                      {"kind", kText},
                      {"actor", kText},
                      {"text", kText},
                      {"data", kText}},
                     rows);
}

// A review that changed is looked at at once: what that finds decides when it is looked at again.
// One that is new was last looked at now.
void write_looks(Session& session, const std::vector<Record>& records, Timestamp now) {
    sql::Rows rows;
    for (const Record& r : records) {
        if (r.kind() == RecordKind::kReview) rows.add(r.key, now, now);
    }
    sql::insert_rows(session.connection, *session.dialect, "review_timers",
                     {{"record", kText}, {"due_at", kInteger}, {"since", kInteger}}, rows,
                     "ON CONFLICT (record) DO UPDATE SET due_at = excluded.due_at");
}

void write_reminders(Session& session, const std::vector<ReviewTimer>& reminders) {
    sql::Rows rows;
    for (const ReviewTimer& timer : reminders) {
        if (timer.due) {
            rows.add(timer.record, *timer.due, timer.since);
        } else {
            sql::run(session.connection, "DELETE FROM review_timers WHERE record = :record",
                     sql::Parameters().add("record", timer.record));
        }
    }
    sql::insert_rows(session.connection, *session.dialect, "review_timers",
                     {{"record", kText}, {"due_at", kInteger}, {"since", kInteger}}, rows,
                     "ON CONFLICT (record) DO UPDATE SET due_at = excluded.due_at, "
                     "since = excluded.since");
}

}  // namespace

void write_knowledge(Session& session, const KnowledgeChanges& changes, Timestamp now) {
    write_records(session, changes.records);
    write_looks(session, changes.records, now);
    write_reminders(session, changes.reminders);
    write_links(session, changes.linked);
    remove_links(session, changes.unlinked);
    write_entries(session, changes.timeline);
}

}  // namespace tocsin::bridge
