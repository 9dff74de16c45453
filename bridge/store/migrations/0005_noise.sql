-- What keeps many alerts from being many messages (docs/adr/0016-noise.md).

-- Incidents that opened just now, and children of storms while these last (bridge/incident/storm.h).
CREATE TABLE storm_members (
    incident {int} NOT NULL PRIMARY KEY,
    storm_group TEXT NOT NULL,
    host TEXT NOT NULL,
    opened_at {int} NOT NULL,
    parent {int},
    open {int} NOT NULL,
    priority TEXT NOT NULL,
    severity TEXT NOT NULL
) {table};
CREATE INDEX storm_members_by_group ON storm_members (storm_group, opened_at);
CREATE INDEX storm_members_by_parent ON storm_members (parent, opened_at);

-- What should come regularly and when it came last (bridge/incident/expect.h). due_at says when to
-- look; NULL while it is missing.
CREATE TABLE expectations (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    labels TEXT NOT NULL,
    expected_since {int} NOT NULL,
    last_seen {int},
    missing_since {int},
    severity TEXT NOT NULL,
    due_at {int}
) {table};
CREATE INDEX expectations_by_due ON expectations (due_at);

-- What observed incidents would have told (bridge/incident/observe.h); an opening has no channel.
CREATE TABLE observed (
    id {id},
    at {int} NOT NULL,
    incident {int} NOT NULL,
    alertname TEXT NOT NULL,
    person TEXT NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL
) {table};
CREATE INDEX observed_by_time ON observed (at);

-- How often a dedup key fired that opens only after several times (bridge/incident/open_when.h).
CREATE TABLE open_counts (
    dedup_key TEXT NOT NULL PRIMARY KEY,
    fired TEXT NOT NULL,
    last_fired {int} NOT NULL
) {table};

-- What cleared before it opened anything.
CREATE TABLE blips (
    id {id},
    started_at {int} NOT NULL,
    ended_at {int} NOT NULL,
    condition TEXT NOT NULL,
    dedup_key TEXT NOT NULL,
    severity TEXT NOT NULL,
    summary TEXT NOT NULL,
    labels TEXT NOT NULL
) {table};
CREATE INDEX blips_by_end ON blips (ended_at);
