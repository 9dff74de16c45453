// What is asked of problems, reviews, articles and past incidents; the same for the writing
// connection (Tx::knowledge) and the reading one (Queries::knowledge). Lives as long as they do.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "bridge/knowledge/similar.h"
#include "bridge/store/knowledge_rows.h"

namespace tocsin::bridge {

struct RecordFilter {
    RecordKind kind = RecordKind::kProblem;
    enum class Which { kGoingOn, kAll, kState } which = Which::kGoingOn;  // is_over(): not going on
    RecordState state = RecordState::kOpen;                               // of kState
    std::string incident{};  // the key of one that is linked; "" for any
    std::string owner{};
    std::string text{};  // in key or title, in any ASCII case; "" for any
    int limit = 100;
    std::string before{};  // only those with a smaller key; "" for the first page
};

struct RecordPage {
    std::vector<Record> records;  // the newest first
    std::string next;             // `before` of the next page; "" when this is the last
};

struct RecordDetail {
    Record record;
    std::vector<TimelineEntry> timeline;  // the oldest first
    std::vector<Incident> incidents;      // linked, the newest first, without alerts; bounded
};
inline constexpr int kMostLinkedShown = 200;

class Knowledge {
  public:
    virtual ~Knowledge() = default;

    virtual Result<std::optional<Record>> record(const std::string& key) = 0;
    virtual Result<RecordDetail> detail(const std::string& key) = 0;  // kNotFound: there is none
    virtual Result<RecordPage> list(const RecordFilter& filter) = 0;
    // Linked to the incident, the newest first.
    virtual Result<std::vector<Record>> records_of(IncidentId incident) = 0;
    // Problems in any state, by the dedup keys that they are about; the newest first.
    using ByKey = std::map<std::string, std::vector<Record>>;
    virtual Result<ByKey> problems_of(const std::vector<std::string>& dedup_keys) = 0;
    // Resolved and closed incidents of these keys that opened since then, the oldest first.
    virtual Result<std::map<std::string, std::vector<IncidentId>>> past_of(
        const std::vector<std::string>& dedup_keys, Timestamp since) = 0;
    // What is known beside an incident; `incident` has its alerts.
    virtual Result<Background> background(const Incident& incident) = 0;
    // Reviews that are to be looked at, the longest due first.
    virtual Result<std::vector<ReviewTimer>> due_reviews(Timestamp now, int limit) = 0;
};

}  // namespace tocsin::bridge
