#include "bridge/store/oncall_sql.h"
#include "bridge/store/tx.h"

namespace tocsin::bridge {

Result<std::vector<OverrideRow>> SqlTx::overrides(Timestamp now) {
    return sql::guarded("reading overrides", [&]() -> Result<std::vector<OverrideRow>> {
        return select_overrides(session_, "WHERE ends_at > :now ORDER BY id",
                                sql::Parameters().add("now", to_unix_ms(now)));
    });
}

Result<std::int64_t> SqlTx::add_override(const OverrideRow& row) {
    return sql::guarded("writing an override",
                        [&]() -> Result<std::int64_t> { return insert_override(session_, row); });
}

Result<OverrideRow> SqlTx::cancel_override(std::int64_t id, const std::string& actor,
                                           const std::string& why, Timestamp now) {
    return sql::guarded("cancelling an override", [&]() -> Result<OverrideRow> {
        auto rows = select_overrides(session_, "WHERE id = :id", sql::Parameters().add("id", id));
        const std::string name = "override " + std::to_string(id);
        if (rows.empty()) return Error(ErrorCode::kNotFound, "there is no " + name);
        OverrideRow row = std::move(rows.front());
        if (row.cancelled_at) {
            return Error(ErrorCode::kConflict,
                         name + " was cancelled by " + row.cancelled_by + " already");
        }
        if (row.what.to <= now) return Error(ErrorCode::kConflict, name + " is over");
        bridge::cancel_override(session_, row, actor, why, now);
        row.cancelled_by = actor;
        row.cancelled_at = now;
        return row;
    });
}

}  // namespace tocsin::bridge
