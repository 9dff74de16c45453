// All rules of an agent, their queries bound to one History, ready to evaluate group by group.
//
// The pipeline owns it and calls it on the loop's thread; nothing here reads a clock or a file.
// A reload makes a new set and lets it take_over() the old one's states.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/alert/alert_state.h"
#include "rules/file/rule_file.h"

namespace tocsin::rules {

struct RuleSetOptions {
    // Go onto every alert: `host` over whatever the rule says, the others where the rule says
    // nothing. Templates see them as $externalLabels.
    Labels external;
    std::string external_url;           // "http://127.0.0.1:9841"; "" leaves generatorURL out
    Duration default_interval{15s};     // of groups without one
    Duration history_since{0};          // boottime at which the history began
    RuleMode mode = RuleMode::kActive;  // kObserve: all of them are observed, whatever they say
};

// Whether the collector behind a metric failed in its last cycle. Asked for what a recording rule
// reads, and for an alert's metrics when a series that is pending or firing gives no value.
using SourceFailing = std::function<bool(std::string_view metric)>;

// A rule that begins to fail, or is well again.
struct HealthChange {
    std::string rule;
    std::string place;  // "<file>:<line>"
    std::string error;  // "": it is well again
};

struct EvaluationResult {
    std::size_t rules = 0;
    std::size_t failures = 0;
    std::vector<HealthChange> changes;
};

enum class RuleHealth { kUnknown, kOk, kError };  // "unknown", "ok", "err" in Prometheus's API

struct RuleStatus {
    const Rule* rule = nullptr;  // lives as long as the set
    RuleHealth health = RuleHealth::kUnknown;
    std::string last_error;
    Timestamp last_evaluation;
    std::vector<AlertStatus> alerts;  // of an alerting rule
};

struct GroupStatus {
    std::string name;
    std::string file;
    Duration interval{0};
    std::int64_t limit = 0;
    std::vector<RuleStatus> rules;
};

class RuleSet {
  public:
    // kInvalid names the rule whose expression does not prepare. `history` and `series` outlive it.
    static Result<RuleSet> create(std::vector<RuleFile> files, RuleSetOptions options,
                                  History& history, SeriesTable& series);
    RuleSet(RuleSet&&) noexcept;
    RuleSet& operator=(RuleSet&&) noexcept;
    ~RuleSet();

    std::size_t groups() const;
    Duration interval(std::size_t group) const;
    const std::string& key(std::size_t group) const;  // "<file>;<group>"
    bool has_group(std::string_view key) const;
    std::size_t rules() const;
    Duration reach() const;  // how far back any rule looks

    // Evaluates a group's rules in file order, one that depends on a later one after that; recorded
    // series are in the history at once.
    EvaluationResult evaluate(std::size_t group, const Instant& now, const SourceFailing& failing,
                              std::vector<Transition>& out);

    // Everything that fires now, for the resends.
    std::vector<Alert> firing(Timestamp now, Duration ends_in) const;
    std::vector<GroupStatus> status() const;

    // The group's state as text to keep; "" when there is nothing to remember. Keep it whenever
    // needs_save() says so: after a change, and every minute while a timer runs.
    bool needs_save(std::size_t group, const Instant& now) const;
    std::string save(std::size_t group, const Instant& now);
    // After a restart, before the first evaluation: what save() gave. Alerts whose group or rule is
    // gone are resolved into `out`; a saved group that has_group() does not know is to be forgotten
    // with the commit that holds them. kInvalid for a text that is not ours; nothing has changed
    // then.
    Result<void> restore(std::string_view saved, const Instant& now, std::vector<Transition>& out);
    // After a reload: the old set's states go on here; what has no rule any more is resolved. With
    // another history than the old set's, alerts are held as after a restart.
    // A rule that was moved to another group keeps its state. Returns the keys of groups that are
    // gone: what was saved for them must be forgotten, or a restart would end those alerts again.
    std::vector<std::string> take_over(RuleSet& old, const Instant& now,
                                       std::vector<Transition>& out);

    struct Impl;

  private:
    explicit RuleSet(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace tocsin::rules
