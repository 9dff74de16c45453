// The state of one alerting rule, plain or threshold: which alerts are pending or firing, at which
// level, and what has changed. Pure: values and both clocks come in, transitions go out.
//
// A plain rule is one nameless level that enters where the expression gives a sample and clears
// where it gives none, exactly as in Prometheus. A threshold rule's expression gives values for all
// series, and its levels are compared here. Not thread-safe.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "rules/alert/level_state.h"
#include "rules/alert/render.h"
#include "rules/alert/saved.h"
#include "rules/alert/transition.h"
#include "rules/promql/engine.h"

namespace tocsin::rules {

// What an evaluation may ask for. The queries of levels run only when they can matter.
class AlertInputs {
  public:
    virtual ~AlertInputs() = default;
    virtual const promql::Vector& values() = 0;
    virtual Result<promql::Vector> gate(std::size_t level) = 0;
    virtual Result<promql::Vector> level_values(std::size_t level) = 0;
    // Whether the collector behind the rule's series failed in its last cycle.
    virtual bool source_failing() = 0;
    // Whether an alert that the rule depends on holds back what is new of it.
    virtual bool held_back() { return false; }
};

// How far the rule's queries look back.
struct RuleReach {
    Duration reach{0};   // at most, with the lookback of instant selectors
    Duration window{0};  // of ranges, offsets and subqueries alone: 0 when one sample is enough
    bool uses_absent = false;
};

// Numbers transitions: never twice the same, never falling, whatever the wall clock does.
class Sequence {
  public:
    std::uint64_t next(Timestamp now);
    std::uint64_t last() const { return last_; }
    void at_least(std::uint64_t value) { last_ = std::max(last_, value); }

  private:
    std::uint64_t last_ = 0;
};

// What all rules of an agent share; outlives them.
struct AlertEnvironment {
    RenderEnvironment render;   // its external labels go onto every alert; `host` over the rule's
    Duration history_since{0};  // boottime at which the history began
};

struct AlertStatus {
    Labels labels;  // with the level as severity, without the agent's own
    Annotations annotations;
    bool firing = false;  // else pending
    bool unknown = false;
    std::string level;
    Timestamp active_at;
    std::optional<Duration> keep_firing_since;  // boottime
    double value = 0;
};

// On which terms saved alerts come back.
struct RestoreTerms {
    Duration gap{0};         // since they were saved, as far as it counts for running timers
    bool restarted = false;  // the history began anew, so that short windows prove nothing yet
    bool moved = false;      // from another group's rule: what is here already is newer
};

// No data are believed for so long, and a restart's short windows at most (semantics 1.5).
inline constexpr Duration kNoDataHold = 15min;

class AlertState {
  public:
    AlertState(const AlertRule& rule, RuleReach reach, std::string generator_url,
               const AlertEnvironment& environment, Annotations origin = {});

    // One evaluation. On an error (two samples become one alert, a level's query fails) nothing has
    // changed. With more than `limit` alerts, which is one too, none has begun.
    Result<void> evaluate(const Instant& now, AlertInputs& inputs, std::int64_t limit,
                          Sequence& sequence, std::vector<Transition>& out);

    // What fires now and is vouched for, for resending.
    void firing(Timestamp now, Duration ends_in, std::vector<Alert>& out) const;
    std::vector<AlertStatus> status() const;
    bool any_firing() const;
    bool any_pending_or_firing() const;
    // Whether a `for`, a keep_firing_for or a wait for data is running: then what is saved ages.
    bool any_timer() const;
    bool empty() const { return alerts_.empty(); }
    // Counts changes of state worth saving.
    std::uint64_t revision() const { return revision_; }

    std::vector<SavedAlert> save(Duration boot) const;
    void restore(const std::vector<SavedAlert>& saved, const RestoreTerms& terms,
                 const Instant& now);
    // Ends everything, with a reason: the rule is gone.
    void end_all(const Instant& now, std::string_view reason, Sequence& sequence,
                 std::vector<Transition>& out);

  private:
    static constexpr std::size_t kOwnLevels = static_cast<std::size_t>(-1);
    // What a level is for an alert; `condition` is null where it does not exist.
    struct Terms {
        const Condition* condition;
        Duration hold;
    };

    // One alert that is pending, firing, or remembered because its silence would count.
    struct Active {
        Labels labels;  // the key
        Labels source;
        std::size_t variation = kOwnLevels;  // index into the rule's
        std::vector<LevelState> levels;
        std::string level;  // as last told
        double value = 0;
        double told_value = 0;  // as last told, so that resends say nothing new
        std::string told_reason;
        Timestamp active_at;
        Timestamp level_since;
        std::optional<Duration> missing_since;  // of the series, or of the told level's own value
        std::optional<Duration> restored_at;
        bool unknown = false;       // no data for so long that the level is not vouched for
        bool told_unknown = false;  // and that has been said
        std::uint64_t seq = 0;      // of the last transition
    };
    struct Look;
    using Actives = std::map<Labels, Active>;

    Result<void> look(AlertInputs& inputs, Look& look);
    bool begins(const Look& look, const Labels& labels, const promql::VectorSample& sample);
    std::size_t variation_of(const Labels& labels);
    Terms terms_of(std::size_t variation, std::size_t level) const;
    bool may_hold(std::size_t level, double v) const;
    Result<std::vector<Active*>> create_new(const Instant& now, const Look& look,
                                            std::int64_t limit);
    bool anything_holds(const promql::Vector& values) const;
    bool level_enters(const Look& look, const Terms& terms, std::size_t level, const Labels& source,
                      double v) const;
    std::optional<double> level_value(const Look& look, std::size_t level, const Labels& source,
                                      double v) const;
    Evidence judge(const Look& look, Active& active, std::size_t level, double v,
                   AlertInputs& inputs, const Instant& now) const;
    Evidence judge_missing(Active& active, std::size_t level, AlertInputs& inputs,
                           const Instant& now) const;
    void update(Active& active, const Look& look, const promql::VectorSample* sample,
                AlertInputs& inputs, const Instant& now);
    void settle(Active& active, const Instant& now, Sequence& sequence,
                std::vector<Transition>& out);
    Transition describe(const Active& active, const std::string& to, Change change,
                        const Instant& now) const;
    std::string place_of(const Active& active) const;
    std::string explain(const Active& active, const std::string& to, Change change) const;
    static bool is_pending_or_held(const Active& active);
    bool is_idle(const Active& active) const;
    std::optional<std::size_t> level_index(std::string_view name) const;
    std::string current_level(const Active& active) const;
    Labels alert_labels(const promql::VectorSample& sample);
    Labels wire_labels(const Labels& labels) const;
    bool keeps_all() const;

    const AlertRule& rule_;
    RuleReach reach_;
    std::string generator_url_;
    const AlertEnvironment& environment_;
    Annotations origin_;  // goes onto every alert of it
    bool templated_labels_ = false;
    Actives alerts_;
    std::unordered_map<Labels, Labels> labels_of_sample_;  // for rules without label templates
    std::unordered_map<Labels, std::size_t> variations_;   // by an alert's labels
    std::uint64_t revision_ = 0;
};

}  // namespace tocsin::rules
