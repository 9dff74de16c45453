// Collect → append → evaluate → outbox, on the interval. On the loop; owns the history and the
// rules bound to it, so that both can be replaced together.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/pipeline/self_metrics.h"
#include "agent/pipeline/timeline.h"
#include "base/core/clock.h"
#include "base/core/result.h"
#include "base/net/loop.h"
#include "collector/api/runner.h"
#include "collector/api/target_runner.h"
#include "rules/alert/rule_set.h"
#include "rules/history/history.h"

namespace tocsin::agent {

// The state of a rule group as text, under its key; "" when there is nothing to remember.
struct SavedGroup {
    std::string key;
    std::string state;
};

// Where decisions go: the outbox, in the pipeline's words. All of it is on disk when it returns
// success; nothing is when it does not. No two states have one key.
class TransitionSink {
  public:
    virtual ~TransitionSink() = default;
    virtual Result<void> commit(std::span<const rules::Transition> transitions,
                                std::span<const SavedGroup> states) = 0;
};

// Makes the rules in force on a history; `history_since` is the boottime it began at.
using RuleFactory =
    std::function<Result<rules::RuleSet>(rules::History& history, Duration history_since)>;

struct PipelineParts {
    net::Loop& loop;
    const Clock& clock;
    collector::Runner& runner;
    collector::TargetRunner& targets;
    SeriesTable& series;
    TransitionSink& sink;
    // Fills in what other parts count, before each cycle's readings are made; may be empty.
    std::function<void(SelfCounts&)> count;
};

struct PipelineOptions {
    Duration interval{15s};
    rules::HistoryOptions history;
};

class Pipeline {
  public:
    Pipeline(PipelineParts parts, PipelineOptions options);

    // Before start(): the rules, and the states that the last run saved. A state that does not
    // read is left out and logged. What was saved for groups of `unread` files (there, but not in
    // force) is neither restored nor ended: it waits for a reload without them among the unread.
    Result<void> load(const RuleFactory& factory, const std::vector<SavedGroup>& saved,
                      const std::vector<std::string>& unread = {});
    // The rules anew (a reload); the old ones stay when the factory fails.
    Result<void> reload(const RuleFactory& factory, const std::vector<std::string>& unread = {});
    void start();
    // No more cycles; a collection under way is let go.
    void stop();

    // The readings of the last cycle and the last of every target, for /metrics.
    const collector::Readings& readings() const { return readings_; }
    bool ready() const { return counts_.cycles > 0; }
    rules::History& history() { return *history_; }
    const rules::RuleSet& rules() const { return *rules_; }
    SelfCounts& counts() { return counts_; }

  private:
    void tick();
    void schedule();
    void collected(Timeline::Moment moment, const collector::Readings& readings);
    void start_over(Timeline::Moment moment);
    void evaluate(const rules::Instant& now);
    void commit();
    void keep(SavedGroup group);
    void forget(const std::vector<std::string>& groups);
    void restore(const SavedGroup& group, const rules::Instant& now);
    Result<rules::RuleSet> make(const RuleFactory& factory, rules::History& history,
                                Duration since);

    PipelineParts parts_;
    PipelineOptions options_;
    SelfMetrics self_;
    SelfCounts counts_;
    RuleFactory factory_;
    std::unique_ptr<rules::History> history_;
    Duration history_since_{0};  // boottime
    std::optional<rules::RuleSet> rules_;
    std::vector<std::optional<Duration>> evaluated_;  // by group: boottime of its last evaluation
    collector::Readings readings_;
    // Decided but not on disk yet: kept and tried again when the disk was full.
    std::vector<rules::Transition> undelivered_;
    std::vector<SavedGroup> unsaved_;  // of each group the newest alone
    std::vector<SavedGroup> waiting_;  // on disk, of rule files that have not read since the start
    Timeline timeline_;
    net::Timer timer_;
    Duration next_tick_{0};
    bool collecting_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::agent
