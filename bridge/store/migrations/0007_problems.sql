-- Problems, reviews and articles, and how past incidents are found that are like one
-- (docs/knowledge.md).

-- What past incidents are looked up by; filled as they are written.
ALTER TABLE incidents ADD COLUMN alertname TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN host TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN service TEXT NOT NULL DEFAULT '';
-- Of what has ended alone: an opening pays for none of them.
CREATE INDEX incidents_past_by_key ON incidents (dedup_key, opened_at)
    WHERE state IN ('resolved', 'closed');
CREATE INDEX incidents_past_by_alert ON incidents (alertname, opened_at)
    WHERE state IN ('resolved', 'closed');
CREATE INDEX incidents_past_by_host ON incidents (alertname, host, opened_at)
    WHERE state IN ('resolved', 'closed');
CREATE INDEX incidents_past_by_service ON incidents (alertname, service, opened_at)
    WHERE state IN ('resolved', 'closed');

-- One row a problem, review or article. `matchers` are an article's; `detail` is the rest as JSON,
-- which no SQL looks into.
CREATE TABLE records (
    key TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    title TEXT NOT NULL,
    owner TEXT NOT NULL,
    author TEXT NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    matchers TEXT NOT NULL,
    detail TEXT NOT NULL
) {table};
CREATE INDEX records_by_kind ON records (kind, state, key);

CREATE TABLE record_incidents (
    record TEXT NOT NULL,
    incident {int} NOT NULL,
    PRIMARY KEY (record, incident)
) {table};
CREATE INDEX record_incidents_by_incident ON record_incidents (incident);

-- The dedup keys of a problem's incidents: a new incident of one of them is told of the problem.
CREATE TABLE record_keys (
    dedup_key TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (dedup_key, record)
) {table};
CREATE INDEX record_keys_by_record ON record_keys (record);

CREATE TABLE record_timeline (
    id {id},
    record TEXT NOT NULL,
    at {int} NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    text TEXT NOT NULL,
    data TEXT NOT NULL
) {table};
CREATE INDEX record_timeline_by_record ON record_timeline (record, id);
