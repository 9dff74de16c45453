// What the API reads: a connection of its own beside the one that writes, for one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "bridge/store/knowledge.h"
#include "bridge/store/oncall_rows.h"
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
    bool with_children = true;  // of storms, while those stand for them
    std::string text{};         // in key, title, labels or assignee, in any ASCII case; "" for any
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
    std::vector<IncidentSummary> children;  // of a storm, the newest first, at most kMostChildren
    Background background;
};
inline constexpr int kMostChildren = 500;

struct EffectFilter {
    std::optional<EffectState> state{};
    std::string incident{};  // its key; "" for any
    int limit = 100;
    std::int64_t before = 0;
};
struct EffectOfIncident {
    EffectRow effect;
    std::string key;  // the incident's
    std::string title;
};
struct EffectPage {
    std::vector<EffectOfIncident> effects;  // the newest first
    std::int64_t next = 0;
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
    // Alerts that are held back outside of any incident.
    virtual Result<std::vector<AlertRecord>> held_alerts() = 0;
    // Silences and windows with their ends after this, in no order.
    virtual Result<std::vector<Silence>> silences(Timestamp ended_after) = 0;
    virtual Result<Silence> silence(const std::string& id) = 0;  // kNotFound when there is none
    virtual Result<std::vector<HostRow>> hosts() = 0;
    // Overrides of rotations that touch [from, to), cancelled ones too; what was done to them then.
    virtual Result<std::vector<OverrideRow>> overrides(Timestamp from, Timestamp to) = 0;
    virtual Result<std::vector<OncallLogRow>> oncall_log(Timestamp from, Timestamp to) = 0;
    virtual Result<std::vector<ExpectRecord>> expected() = 0;  // by key
    // The newest first; `before`: only with a smaller id, 0 for the first page.
    virtual Result<std::vector<Blip>> blips(int limit, std::int64_t before) = 0;
    virtual Result<std::vector<Blip>> blips_of(const std::string& dedup_key, int limit) = 0;
    // What is asked when somebody asks why. The latest row of each identity whose labels contain
    // these, the last heard of first; none of hosts and holders is no error.
    virtual Result<std::vector<AlertRecord>> alerts_with(const Labels& labels, int limit) = 0;
    virtual Result<std::optional<Incident>> holder(const std::string& dedup_key) = 0;
    virtual Result<std::optional<HostRow>> host(const std::string& name) = 0;
    virtual Result<std::vector<InhibitSource>> inhibitors() = 0;
    // By alert, then what is most.
    virtual Result<std::vector<ObservedCount>> observed(Timestamp since) = 0;
    // State → how many incidents are in it; effect state → how many messages.
    virtual Result<std::map<std::string, std::int64_t>> count_incidents() = 0;
    virtual Result<std::map<std::string, std::int64_t>> count_effects() = 0;
    virtual Result<EffectPage> effects(const EffectFilter& filter) = 0;
    // Problems, reviews, articles.
    virtual Knowledge& knowledge() = 0;
};

}  // namespace tocsin::bridge
