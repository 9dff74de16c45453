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
    std::vector<std::string> metrics;
    Duration reach{0};

    RuleHealth health = RuleHealth::kUnknown;
    std::string last_error;
    Timestamp last_evaluation;

    Result<void> evaluate_record(Timestamp now, std::int64_t limit, SeriesTable& series,
                                 History& history);
    Result<void> evaluate_alert(const Instant& now, std::int64_t limit,
                                const SourceFailing& failing, Sequence& sequence,
                                std::vector<Transition>& out);
};

struct PreparedGroup {
    std::string key;
    const RuleFile* file = nullptr;
    const RuleGroup* group = nullptr;
    Duration interval{0};
    std::vector<PreparedRule> rules;
    bool dirty = false;  // has taken over state that was saved elsewhere
    std::uint64_t saved_revision = 0;
    Duration saved_at{0};

    std::uint64_t revision() const;
    PreparedRule* find_alert(const SavedRule& saved);
    PreparedRule* find_record(std::string_view rule_key);
};

}  // namespace tocsin::rules
