#include "bridge/store/sql_outgoing.h"

namespace tocsin::bridge {

Result<std::vector<EffectRow>> SqlOutgoing::due(Timestamp now, int most) {
    return sql::guarded("reading messages", [&]() -> Result<std::vector<EffectRow>> {
        std::vector<EffectRow> out;
        // Of many the urgent ones must be among those that are read.
        select_effects(session_,
                       "SELECT " + effect_columns() +
                           " FROM effects WHERE (state = 'waiting' AND due_at <= :now) OR (state = "
                           "'claimed' AND lease_until <= :expired) "
                           "ORDER BY priority, due_at, id LIMIT :most",
                       sql::Parameters()
                           .add("now", to_unix_ms(now))
                           .add("expired", to_unix_ms(now))
                           .add("most", most),
                       [&](EffectRow row) { out.push_back(std::move(row)); });
        return out;
    });
}

Result<std::vector<SendRow>> SqlOutgoing::sent_since(Timestamp since) {
    return sql::guarded("reading what was sent", [&]() -> Result<std::vector<SendRow>> {
        std::vector<SendRow> out;
        sql::select<sql::Text, sql::Text, sql::Int>(
            session_.connection, "SELECT channel, address, at FROM sends WHERE at > :since",
            sql::Parameters().add("since", to_unix_ms(since)),
            [&](const sql::Text& channel, const sql::Text& address, const sql::Int& at) {
                out.push_back({channel.value, address.value, from_unix_ms(at.value)});
            });
        return out;
    });
}

Result<std::map<std::string, ChannelHealth>> SqlOutgoing::health() {
    using All = std::map<std::string, ChannelHealth>;
    return sql::guarded("reading channels", [&]() -> Result<All> {
        All out;
        sql::select<sql::Text, sql::Int, sql::Int, sql::Text>(
            session_.connection,
            "SELECT channel, failures, blocked_until, reason FROM channel_health", {},
            [&](const sql::Text& channel, const sql::Int& failures, const sql::Int& until,
                const sql::Text& reason) {
                out[channel.value] = {static_cast<int>(failures.value), from_unix_ms(until.value),
                                      reason.value};
            });
        return out;
    });
}

Outgoing::Rows SqlOutgoing::claim_one(const Rows& rows, Timestamp now, Timestamp lease_until) {
    std::vector<std::int64_t> ids;
    for (const EffectRow& row : rows) ids.push_back(row.id.value);
    Rows out;
    select_effects(session_,
                   "UPDATE effects SET state = 'claimed', lease_until = :lease, attempts = "
                   "attempts + 1, updated_at = :at WHERE id IN (" +
                       session_.dialect->list("ids", ColumnType::kInteger) +
                       ") AND (state = 'waiting' OR (state = 'claimed' AND lease_until <= "
                       ":expired)) RETURNING " +
                       effect_columns(),
                   sql::Parameters()
                       .add("lease", to_unix_ms(lease_until))
                       .add("at", to_unix_ms(now))
                       .add("ids", json_list(ids))
                       .add("expired", to_unix_ms(now)),
                   [&](EffectRow row) { out.push_back(std::move(row)); });
    if (out.empty()) return out;
    sql::run(session_.connection,
             "INSERT INTO sends (channel, address, at) VALUES (:channel, :address, :at)",
             sql::Parameters()
                 .add("channel", out.front().notify.channel)
                 .add("address", out.front().notify.address)
                 .add("at", to_unix_ms(now)));
    return out;
}

Result<std::vector<Outgoing::Rows>> SqlOutgoing::claim(const std::vector<Rows>& parcels,
                                                       Timestamp now, Timestamp lease_until,
                                                       Timestamp forget_before) {
    std::vector<Rows> out;
    TOCSIN_TRY(in_transaction_("claiming messages", [&] {
        for (const Rows& rows : parcels) out.push_back(claim_one(rows, now, lease_until));
        sql::run(session_.connection, "DELETE FROM sends WHERE at < :before",
                 sql::Parameters().add("before", to_unix_ms(forget_before)));
    }));
    return out;
}

Result<void> SqlOutgoing::set_health(const std::string& channel, const ChannelHealth& health) {
    return sql::guarded("writing a channel", [&]() -> Result<void> {
        if (health == ChannelHealth{}) {
            sql::run(session_.connection, "DELETE FROM channel_health WHERE channel = :channel",
                     sql::Parameters().add("channel", channel));
            return success();
        }
        sql::run(session_.connection,
                 "INSERT INTO channel_health (channel, failures, blocked_until, reason) VALUES "
                 "(:channel, :failures, :until, :reason) ON CONFLICT (channel) DO UPDATE SET "
                 "failures = excluded.failures, blocked_until = excluded.blocked_until, "
                 "reason = excluded.reason",
                 sql::Parameters()
                     .add("channel", channel)
                     .add("failures", health.failures)
                     .add("until", to_unix_ms(health.blocked_until))
                     .add("reason", health.reason));
        return success();
    });
}

Result<std::optional<Timestamp>> SqlOutgoing::next_after(Timestamp now) {
    return sql::guarded("reading what is due", [&]() -> Result<std::optional<Timestamp>> {
        std::optional<Timestamp> out;
        const auto take = [&](const sql::Int& at) {
            const auto time = sql::time_or_none(at);
            if (time && (!out || *time < *out)) out = time;
        };
        sql::select<sql::Int>(session_.connection,
                              "SELECT min(due_at) FROM effects WHERE state = 'waiting' AND "
                              "due_at > :now",
                              sql::Parameters().add("now", to_unix_ms(now)), take);
        // One whose lease ran out is among those that are due: when it may go the plan says.
        sql::select<sql::Int>(session_.connection,
                              "SELECT min(lease_until) FROM effects WHERE state = 'claimed' AND "
                              "lease_until > :now",
                              sql::Parameters().add("now", to_unix_ms(now)), take);
        return out;
    });
}

}  // namespace tocsin::bridge
