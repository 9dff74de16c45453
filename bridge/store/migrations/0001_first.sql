-- The first schema. {id}, {int} and {table} are filled in by the dialect. Times are milliseconds
-- since 1970, UTC; NULL is "none".

CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) {table};

-- The last number given out, by name: "incident-2026".
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value {int} NOT NULL
) {table};

-- What lists and filters ask for are columns; `detail` is the rest of the incident as JSON, which
-- no SQL looks into.
CREATE TABLE incidents (
    id {int} NOT NULL PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    dedup_key TEXT NOT NULL,
    state TEXT NOT NULL,
    priority TEXT NOT NULL,
    severity TEXT NOT NULL,
    title TEXT NOT NULL,
    labels TEXT NOT NULL,
    opened_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    assignee TEXT NOT NULL,
    team TEXT NOT NULL,
    alerts_firing {int} NOT NULL,
    alerts_resolved {int} NOT NULL,
    alerts_unknown {int} NOT NULL,
    last_entry {int} NOT NULL,
    detail TEXT NOT NULL
) {table};
CREATE INDEX incidents_by_state ON incidents (state, id);
CREATE INDEX incidents_by_entry ON incidents (last_entry);

-- Two open incidents of one key are impossible, not unlikely.
CREATE TABLE open_keys (
    dedup_key TEXT NOT NULL PRIMARY KEY,
    incident {int} NOT NULL
) {table};
CREATE INDEX open_keys_by_incident ON open_keys (incident);

-- One row an identity and incident; the row of the latest incident is the identity's own.
CREATE TABLE alerts (
    identity TEXT NOT NULL,
    incident {int} NOT NULL,
    fingerprint TEXT NOT NULL,
    labels TEXT NOT NULL,
    annotations TEXT NOT NULL,
    severity TEXT NOT NULL,
    status TEXT NOT NULL,
    levels TEXT NOT NULL,
    starts_at {int} NOT NULL,
    ends_at {int},
    last_seen {int} NOT NULL,
    seq {int} NOT NULL,
    source TEXT NOT NULL,
    host TEXT NOT NULL,
    generator_url TEXT NOT NULL,
    PRIMARY KEY (identity, incident)
) {table};
CREATE INDEX alerts_by_incident ON alerts (incident);
CREATE INDEX alerts_by_end ON alerts (status, ends_at);

CREATE TABLE timeline (
    id {id},
    incident {int} NOT NULL,
    at {int} NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    text TEXT NOT NULL,
    data TEXT NOT NULL
) {table};
CREATE INDEX timeline_by_incident ON timeline (incident, id);

-- The outbox: messages to send. waiting → claimed → delivered | dead; waiting → dropped.
CREATE TABLE effects (
    id {id},
    incident {int} NOT NULL,
    state TEXT NOT NULL,
    due_at {int} NOT NULL,
    not_before {int} NOT NULL,
    lease_until {int},
    attempts {int} NOT NULL,
    person TEXT NOT NULL,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    kind TEXT NOT NULL,
    priority TEXT NOT NULL,
    step {int} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    result TEXT NOT NULL
) {table};
CREATE INDEX effects_by_due ON effects (state, due_at);
CREATE INDEX effects_by_incident ON effects (incident);

CREATE TABLE timers (
    incident {int} NOT NULL,
    kind TEXT NOT NULL,
    due_at {int} NOT NULL,
    PRIMARY KEY (incident, kind)
) {table};
CREATE INDEX timers_by_due ON timers (due_at);

CREATE TABLE hosts (
    host TEXT NOT NULL PRIMARY KEY,
    labels TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    previous_boot_id TEXT NOT NULL,
    first_seen {int} NOT NULL,
    last_heartbeat {int} NOT NULL,
    agent_started_at {int},
    restarted_at {int},
    goodbye_at {int},
    unreachable_since {int},
    duplicate_seen_at {int},
    inventory TEXT NOT NULL
) {table};
CREATE INDEX hosts_by_heartbeat ON hosts (last_heartbeat);
