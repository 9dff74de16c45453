// What the API reads: a connection of its own beside the one that writes, for one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "bridge/store/rows.h"

namespace tocsin::bridge {

// An incident as a list shows it: without alerts, but with their counts.
struct IncidentSummary {
    Incident incident;  // `alerts` is empty
    int firing = 0;
    int resolved = 0;
    int unknown = 0;
    std::int64_t last_entry = 0;  // the id of its newest timeline row
};
IncidentSummary summary_of(const Incident& incident);

enum class StateFilter { kOpen, kResolved, kClosed, kAll };

struct IncidentFilter {
    StateFilter state = StateFilter::kOpen;
    std::vector<std::pair<std::string, std::string>> labels{};  // all of them
    std::string text{};  // in key, title, labels or assignee, in any ASCII case; "" for any
    int limit = 100;
    std::int64_t before = 0;  // only incidents with a smaller id; 0 for the first page
};

struct IncidentPage {
    std::vector<IncidentSummary> incidents;  // the newest first
    std::int64_t next = 0;                   // `before` of the next page; 0 when this is the last
};

struct IncidentDetail {
    IncidentSummary summary;
    std::vector<AlertRecord> alerts;
    std::vector<TimelineRow> timeline;  // the oldest first
    std::vector<EffectRow> effects;
    std::vector<TimerRow> timers;
};

class Queries {
  public:
    virtual ~Queries() = default;
    // After Store::open() of the same URL.
    static Result<std::unique_ptr<Queries>> open(const std::string& url);

    virtual Result<IncidentPage> incidents(const IncidentFilter& filter) = 0;
    // kNotFound when there is none.
    virtual Result<IncidentDetail> incident(const std::string& key) = 0;
    virtual Result<Incident> incident_by_id(IncidentId id) = 0;  // with its alerts
    // Incidents with a timeline row after this id, in the order of their newest.
    virtual Result<std::vector<IncidentSummary>> changed_since(std::int64_t entry, int limit) = 0;
    // Firing and unknown alerts of incidents that are not closed, with their incident's key.
    virtual Result<std::vector<std::pair<AlertRecord, IncidentSummary>>> current_alerts() = 0;
    virtual Result<std::vector<HostRow>> hosts() = 0;
    // State → how many incidents are in it; effect state → how many messages.
    virtual Result<std::map<std::string, std::int64_t>> count_incidents() = 0;
    virtual Result<std::map<std::string, std::int64_t>> count_effects() = 0;
};

}  // namespace tocsin::bridge
