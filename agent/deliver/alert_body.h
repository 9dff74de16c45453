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

// One transition as a row. An alert that ends before it starts (the clock was set back in between)
// would be refused by every receiver: it ends when it starts.
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
