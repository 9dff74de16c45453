// The SQL of overrides and their log, for the writing and the reading connection.
#include "bridge/store/oncall_rows.h"

#include <algorithm>
#include <string_view>

#include "bridge/store/oncall_sql.h"
#include "bridge/store/session.h"

namespace tocsin::bridge {
namespace {

constexpr std::string_view kSelect =
    "SELECT id, kind, rotation, person, instead_of, starts_at, ends_at, why, actor, created_at, "
    "cancelled_by, cancelled_at FROM oncall_overrides ";

std::string said(const OverrideRow& row, const std::string& verb) {
    const Override& o = row.what;
    std::string out = verb + ": " + o.person;
    if (o.kind == Override::Kind::kSwap) {
        out += " and " + o.instead_of + " swap in " + o.rotation;
    } else {
        out += " in " + o.rotation;
        if (!o.instead_of.empty()) out += " instead of " + o.instead_of;
    }
    return out + " from " + format_rfc3339(o.from) + " to " + format_rfc3339(o.to);
}

void log(Session& session, Timestamp at, const std::string& actor, const std::string& kind,
         std::int64_t id, const std::string& text) {
    sql::run(session.connection,
             "INSERT INTO oncall_log (at, actor, kind, override_id, text) "
             "VALUES (:at, :actor, :kind, :id, :text)",
             sql::Parameters()
                 .add("at", to_unix_ms(at))
                 .add("actor", actor)
                 .add("kind", kind)
                 .add("id", id)
                 .add("text", text));
}

}  // namespace

Override OverrideRow::effective() const {
    Override out = what;
    if (cancelled_at) out.to = std::min(out.to, *cancelled_at);
    return out;
}

std::vector<Override> effective(const std::vector<OverrideRow>& rows) {
    std::vector<Override> out;
    for (const OverrideRow& row : rows) {
        Override one = row.effective();
        if (one.from < one.to) out.push_back(std::move(one));
    }
    return out;
}

std::vector<OverrideRow> select_overrides(Session& session, const std::string& tail,
                                          const sql::Parameters& parameters) {
    std::vector<OverrideRow> out;
    using sql::Int;
    using sql::Text;
    sql::select<Int, Text, Text, Text, Text, Int, Int, Text, Text, Int, Text, Int>(
        session.connection, std::string(kSelect).append(tail), parameters,
        [&](const Int& id, const Text& kind, const Text& rotation, const Text& person,
            const Text& instead_of, const Int& from, const Int& to, const Text& why,
            const Text& actor, const Int& created, const Text& by, const Int& cancelled) {
            const auto parsed = parse_override_kind(kind.value);
            if (!parsed) return;  // of a newer program
            out.push_back({{id.value, *parsed, rotation.value, person.value, instead_of.value,
                            from_unix_ms(from.value), from_unix_ms(to.value)},
                           why.value,
                           actor.value,
                           from_unix_ms(created.value),
                           by.value,
                           sql::time_or_none(cancelled)});
        });
    return out;
}

std::int64_t insert_override(Session& session, const OverrideRow& row) {
    const Override& o = row.what;
    const std::string kind(to_string(o.kind));
    std::int64_t id = 0;
    sql::select<sql::Int>(
        session.connection,
        "INSERT INTO oncall_overrides (kind, rotation, person, instead_of, starts_at, ends_at, "
        "why, actor, created_at, cancelled_by) VALUES (:kind, :rotation, :person, :instead, "
        ":from, :to, :why, :actor, :created, '') RETURNING id",
        sql::Parameters()
            .add("kind", kind)
            .add("rotation", o.rotation)
            .add("person", o.person)
            .add("instead", o.instead_of)
            .add("from", to_unix_ms(o.from))
            .add("to", to_unix_ms(o.to))
            .add("why", row.why)
            .add("actor", row.actor)
            .add("created", to_unix_ms(row.created_at)),
        [&](const sql::Int& value) { id = value.value; });
    std::string text = said(row, kind);
    if (!row.why.empty()) text += ": " + row.why;
    log(session, row.created_at, row.actor, kind, id, text);
    return id;
}

void cancel_override(Session& session, const OverrideRow& row, const std::string& actor,
                     const std::string& why, Timestamp now) {
    sql::run(
        session.connection,
        "UPDATE oncall_overrides SET cancelled_by = :actor, cancelled_at = :at "
        "WHERE id = :id AND cancelled_at IS NULL",
        sql::Parameters().add("actor", actor).add("at", to_unix_ms(now)).add("id", row.what.id));
    std::string text = said(row, "cancelled");
    if (!why.empty()) text += ": " + why;
    log(session, now, actor, "cancel", row.what.id, text);
}

std::vector<OncallLogRow> select_oncall_log(Session& session, Timestamp from, Timestamp to) {
    std::vector<OncallLogRow> out;
    using sql::Int;
    using sql::Text;
    sql::select<Int, Int, Text, Text, Int, Text>(
        session.connection,
        "SELECT id, at, actor, kind, override_id, text FROM oncall_log "
        "WHERE at >= :from AND at < :to ORDER BY id",
        sql::Parameters().add("from", to_unix_ms(from)).add("to", to_unix_ms(to)),
        [&](const Int& id, const Int& at, const Text& actor, const Text& kind, const Int& subject,
            const Text& text) {
            out.push_back({id.value, from_unix_ms(at.value), actor.value, kind.value, subject.value,
                           text.value});
        });
    return out;
}

}  // namespace tocsin::bridge
