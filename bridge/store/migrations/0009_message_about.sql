-- The silence that a message of no incident tells of; "" for all others.
ALTER TABLE effects ADD COLUMN about TEXT NOT NULL DEFAULT '';
