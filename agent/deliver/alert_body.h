// Request bodies from outbox rows and from what fires. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "agent/outbox/outbox.h"
#include "base/core/time.h"
#include "base/model/alert.h"

namespace tocsin::agent {

// After the clock was set back an alert can have begun in the future: to every receiver it began by
// now at the latest, and never after its end.
void begin_by_now(std::vector<Alert>& alerts, Timestamp now);

// One transition as a row; its alerts began by then.
Record make_record(std::string identity, std::uint64_t seq, Timestamp created_at,
                   std::vector<Alert> alerts);

struct RowsBody {
    std::string json;
    std::vector<std::int64_t> ids;         // the rows inside
    std::vector<std::int64_t> unreadable;  // rows that are no alerts; to be refused
};

// The rows' alerts in order, in one array. What was firing when its row was written gets an
// `endsAt` of now + ends_in: a row that waited for the network longer than its own endsAt would
// otherwise resolve what it tells of.
RowsBody rows_body(std::span<const OutboxRow> rows, Timestamp now, Duration ends_in);

}  // namespace tocsin::agent
