// What should come and does not (semantics 2): a watchdog that always fires, a backup that reports
// every night, a cron job. Pure functions over a row and the clock, like liveness.h: the shell
// keeps the rows, calls these, and posts the alerts they return as its own (kSourceBridge).
//
// An alert that an expectation matches is its sign of life and nothing else: it opens no incident.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/core/time.h"
#include "base/model/alert.h"
#include "base/model/labels.h"
#include "base/model/matcher.h"

namespace tocsin::bridge {

struct Expectation {
    std::string name;  // unique; the matchers' text unless given
    Matchers match;
    Duration every{24h};
    std::vector<std::string> by;  // one expectation for each of these labels' values seen so far
    std::string severity = "critical";  // of the alert
};

// After the bridge was away whoever should have come meanwhile gets so long, or `every` if that is
// shorter: agents and Prometheus send again within a minute. Not a whole `every`: a bridge that is
// restarted once a day would never miss a nightly backup.
inline constexpr Duration kExpectGrace = 10min;

// A row of the store.
struct ExpectRecord {
    std::string key;                         // of the expectation and the values: expect_key()
    std::string name;                        // of the expectation
    Labels labels;                           // those of `by`
    Timestamp expected_since;                // when the row was made
    std::optional<Timestamp> last_seen;      // none: it never came
    std::optional<Timestamp> missing_since;  // ExpectedMissing fires
    std::string severity;                    // with this one
    bool operator==(const ExpectRecord&) const = default;
};

// The next row, and alerts to post: a firing one has no endsAt, an ended one endsAt = now.
struct ExpectChange {
    ExpectRecord next;
    std::vector<Alert> alerts;
};

// The first that matches; null for none.
const Expectation* expectation_of(const std::vector<Expectation>& all, const Labels& labels);
std::string expect_key(const Expectation& expectation, const Labels& labels);

// It came. `known` is null for the first time.
ExpectChange expected_came(const ExpectRecord* known, const Expectation& expectation,
                           const Labels& labels, Timestamp now);
// To be waited for from now on, before it ever came.
ExpectRecord expected_from(const Expectation& expectation, Timestamp now);
Timestamp expect_due(const ExpectRecord& known, const Expectation& expectation);
// expect_due(), or later when the bridge was away.
Timestamp expect_deadline(const ExpectRecord& known, const Expectation& expectation,
                          Timestamp served_since);
ExpectChange check_expected(const ExpectRecord& known, const Expectation& expectation,
                            Timestamp served_since, Timestamp now);
// The expectation is no longer configured: its alert ends.
std::vector<Alert> end_expected(const ExpectRecord& known, Timestamp now);

}  // namespace tocsin::bridge
