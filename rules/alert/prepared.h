// Rules with their queries bound, private to rules/alert.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/alert/alert_state.h"
#include "rules/alert/record_state.h"
#include "rules/alert/rule_set.h"

namespace tocsin::rules {

struct PreparedRule {
    const Rule* rule = nullptr;
    std::string key;
    std::optional<promql::Query> query;
    std::vector<std::optional<promql::Query>> gates;  // by level
    std::vector<std::optional<promql::Query>> own;    // by level
    std::unique_ptr<AlertState> alert;                // one of the two
    std::unique_ptr<RecordState> record;
    std::vector<std::string> metrics;              // that its expressions read
    std::vector<const PreparedRule*> recorded_by;  // the rules that record them, transitively
    bool source_failed = false;  // of a recording rule: as its last evaluation found it
    std::vector<const PreparedRule*> depends_on;
    bool held_back = false;               // since one of these is pending or firing
    std::optional<Duration> quiet_since;  // boottime; held back, but none of them is any more
    Duration reach{0};

    RuleHealth health = RuleHealth::kUnknown;
    std::string last_error;
    Timestamp last_evaluation;

    // Whether a collector fails behind what the rule reads, or behind what is recorded for it.
    bool source_failing(const SourceFailing& failing) const;
    Result<void> evaluate_record(Timestamp now, std::int64_t limit, const SourceFailing& failing,
                                 SeriesTable& series, History& history);
    // Looks at what it depends on; what is held back is let go an interval after that is over.
    void look_at_dependencies(Duration boot, Duration interval);
    Result<void> evaluate_alert(const Instant& now, std::int64_t limit,
                                const SourceFailing& failing, Sequence& sequence,
                                std::vector<Transition>& out);
    // Notes how an evaluation went; whether that is news.
    std::optional<HealthChange> note(const Result<void>& done, Timestamp at,
                                     const std::string& file);
};

struct PreparedGroup {
    std::string key;
    const RuleFile* file = nullptr;
    const RuleGroup* group = nullptr;
    Duration interval{0};
    std::vector<PreparedRule> rules;
    std::vector<std::size_t> order;  // of evaluation: as in the file, but after what they depend on
    bool dirty = false;              // has taken over state that was saved elsewhere
    std::uint64_t saved_revision = 0;
    Duration saved_at{0};

    std::uint64_t revision() const;
    PreparedRule* find_alert(const SavedRule& saved);
    PreparedRule* find_record(std::string_view rule_key);
    // What was held back goes on being.
    void take_holds(const PreparedGroup& from);
};

// Tells every rule who records what it reads. The rules must stay where they are afterwards.
void follow_records(std::vector<PreparedGroup>& groups);
// Tells every rule what it depends on, and each group in which order. Likewise.
void follow_dependencies(std::vector<PreparedGroup>& groups);

}  // namespace tocsin::rules
