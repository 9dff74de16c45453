-- What holds alerts back: silences and maintenance windows, alerts that inhibit others, and on each
-- alert what holds it back now ('' for nothing).

ALTER TABLE alerts ADD COLUMN suppressor_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN suppressor_id TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN suppressor_name TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN suppressor_since {int};
ALTER TABLE alerts ADD COLUMN suppressor_until {int};
CREATE INDEX alerts_by_suppressor_end ON alerts (suppressor_until)
    WHERE suppressor_until IS NOT NULL;

-- Alerts that are held back outside of any incident have incident 0; one row an identity.

-- A silence, or one occurrence of a maintenance window. `due_at` is when the next thing about it
-- happens (it starts, its creator is warned, it ends, it is forgotten); NULL when nothing does.
CREATE TABLE silences (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    matchers TEXT NOT NULL,
    starts_at {int} NOT NULL,
    ends_at {int} NOT NULL,
    settle {int} NOT NULL,
    created_by TEXT NOT NULL,
    comment TEXT NOT NULL,
    change_key TEXT NOT NULL,
    incident {int} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    matched_at {int},
    phase TEXT NOT NULL,
    due_at {int}
) {table};
CREATE INDEX silences_by_due ON silences (due_at);
CREATE INDEX silences_by_end ON silences (ends_at);

-- Alerts that match an inhibition's source: they fire, or have cleared and settle until `ends_at`.
CREATE TABLE inhibitors (
    identity TEXT NOT NULL PRIMARY KEY,
    labels TEXT NOT NULL,
    name TEXT NOT NULL,
    incident {int} NOT NULL,
    since {int} NOT NULL,
    ends_at {int}
) {table};
CREATE INDEX inhibitors_by_end ON inhibitors (ends_at);
