-- When a review is looked at next, and when it was last: whoever it or one of its actions is for is
-- reminded of what fell due between the two.
CREATE TABLE review_timers (
    record TEXT NOT NULL PRIMARY KEY,
    due_at {int} NOT NULL,
    since {int} NOT NULL
) {table};
CREATE INDEX review_timers_by_due ON review_timers (due_at);

-- Those that there are already are looked at at once.
INSERT INTO review_timers (record, due_at, since)
    SELECT key, 0, 0 FROM records WHERE kind = 'review';
