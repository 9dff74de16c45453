-- Who stands in for whom. A row is never taken away: one that is cancelled says when and by whom,
-- and counts until then, so that it can be told later who was on call.
CREATE TABLE oncall_overrides (
    id {id},
    kind TEXT NOT NULL,
    rotation TEXT NOT NULL,
    person TEXT NOT NULL,
    instead_of TEXT NOT NULL,
    starts_at {int} NOT NULL,
    ends_at {int} NOT NULL,
    why TEXT NOT NULL,
    actor TEXT NOT NULL,
    created_at {int} NOT NULL,
    cancelled_by TEXT NOT NULL,
    cancelled_at {int}
) {table};
CREATE INDEX oncall_overrides_by_end ON oncall_overrides (ends_at);

-- What people did to them, a line each; append-only.
CREATE TABLE oncall_log (
    id {id},
    at {int} NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    override_id {int} NOT NULL,
    text TEXT NOT NULL
) {table};
CREATE INDEX oncall_log_by_time ON oncall_log (at);
