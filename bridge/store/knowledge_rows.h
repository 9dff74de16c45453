// Rows of 0007_problems.sql and 0008_review_timers.sql, and what a transaction changes of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridge/incident/types.h"
#include "bridge/knowledge/record.h"

namespace tocsin::bridge {

struct RecordLink {
    std::string record;
    IncidentId incident;
    std::string dedup_key;  // the incident's; "" for none
};

struct RecordEntry {
    std::string record;
    TimelineEntry entry;
};

// When a review is looked at next, and when it was last (knowledge/reminders.h).
struct ReviewTimer {
    std::string record;
    std::optional<Timestamp> due;  // none: nothing is to come
    Timestamp since;
};

struct KnowledgeChanges {
    std::vector<Record> records;  // inserted or replaced; of these reviews are looked at soon
    std::vector<RecordLink> linked;
    std::vector<RecordLink> unlinked;
    std::vector<RecordEntry> timeline;
    std::vector<ReviewTimer> reminders;  // set or, without a due time, removed

    [[nodiscard]] bool empty() const {
        return records.empty() && linked.empty() && unlinked.empty() && timeline.empty() &&
               reminders.empty();
    }
};

}  // namespace tocsin::bridge
