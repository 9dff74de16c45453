-- How often the host's agent says that it beats; 0 before it has said so.
ALTER TABLE hosts ADD COLUMN interval_ms {int} NOT NULL DEFAULT 0;
