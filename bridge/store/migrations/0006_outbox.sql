-- The outbox's budgets, and what it knows of its channels.

-- 1: another contact of the person was tried, because this message waited for too long.
ALTER TABLE effects ADD COLUMN stuck {int} NOT NULL DEFAULT 0;

-- What was handed to channels lately: their rates are counted from here, so that a restart spends
-- nothing twice. Old rows go as new ones come.
CREATE TABLE sends (
    id {id},
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    at {int} NOT NULL
) {table};
CREATE INDEX sends_by_time ON sends (at);

-- A channel that fails rests. One without a row is well.
CREATE TABLE channel_health (
    channel TEXT NOT NULL PRIMARY KEY,
    failures {int} NOT NULL,
    blocked_until {int} NOT NULL,
    reason TEXT NOT NULL
) {table};
