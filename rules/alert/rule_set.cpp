#include "rules/alert/rule_set.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "rules/alert/facts.h"
#include "rules/alert/generator_url.h"
#include "rules/alert/prepared.h"

namespace tocsin::rules {
namespace {

// Of a saved timer so much of the time between saving and starting again counts as observed: as
// long as Prometheus's lookback, the gap that a query would bridge too.
constexpr Duration kLongestGap = 5min;
// How old a saved timer may grow.
constexpr Duration kSaveEvery = 1min;

// Name and labels as written, and which one of several such rules it is: what survives an edit of
// the expression or of a level.
class KeyMaker {
  public:
    std::string make(std::string_view name, const StringPairs& labels) {
        std::string key(name);
        for (const auto& [label, value] : labels) {
            key.append("\n").append(label).append("=").append(value);
        }
        const int n = ++count_[key];
        return n == 1 ? key : key + "\n#" + std::to_string(n);
    }

  private:
    std::map<std::string, int> count_;
};

// What every alert of the rule says of where it comes from.
Annotations origin_of(const RuleFile& file, const AlertRule& rule, RuleMode agent) {
    Annotations out;
    out.emplace(kAnnotationRule, file.path + ":" + std::to_string(rule.at.line));
    out.emplace(kAnnotationRuleVersion, file.version);
    out.emplace(kAnnotationExpr, rule.expr.text);
    if (rule.mode == RuleMode::kObserve || agent == RuleMode::kObserve) {
        out.emplace(kAnnotationMode, kModeObserve);
    }
    return out;
}

Result<promql::Query> prepare(const Expression& expr, const std::string& rule, History& history) {
    auto query = promql::Query::prepare(expr.text, history);
    if (!query) return query.error().in(rule);
    const promql::ValueType type = query.value().type();
    if (type == promql::ValueType::kMatrix || type == promql::ValueType::kString) {
        return Error(ErrorCode::kInvalid, rule + ": rule result is not a vector or scalar");
    }
    return query;
}

Result<std::optional<promql::Query>> prepare_level(const std::optional<Expression>& expr,
                                                   const std::string& rule, History& history,
                                                   ExprFacts& facts) {
    if (!expr) return std::optional<promql::Query>();
    auto query = prepare(*expr, rule, history);
    if (!query) return query.error();
    merge(facts, facts_of(query.value()));
    return std::optional<promql::Query>(std::move(query.value()));
}

void resolve_orphans(const SavedRule& saved, const Instant& now, std::string_view reason,
                     const AlertEnvironment& environment, Sequence& sequence,
                     std::vector<Transition>& out) {
    AlertRule gone;
    if (saved.is_threshold) {
        gone.levels.push_back(Level{"", {}, Condition(Line{}), {}, {}, {}});
    }
    AlertState state(gone, {}, "", environment);
    state.restore(saved.alerts, {}, now);
    state.end_all(now, reason, sequence, out);
}

}  // namespace

struct RuleSet::Impl {
    Impl(std::vector<RuleFile> f, RuleSetOptions o, History& h, SeriesTable& s)
        : files(std::move(f)), options(std::move(o)), history(h), series(s) {
        environment.render.external = options.external;
        environment.render.external_url = options.external_url;
        environment.render.query = [this](std::string_view expr) { return template_query(expr); };
        environment.history_since = options.history_since;
    }

    Result<text::ValueList> template_query(std::string_view expr) const;
    Result<PreparedRule> prepare_rule(const RuleFile& file, const Rule& rule, KeyMaker& keys);
    Result<void> prepare_all();
    void restore_group(const SavedGroup& saved, const Instant& now, bool restarted,
                       std::string_view reason, std::vector<Transition>& out);
    PreparedGroup* find(std::string_view key);
    PreparedRule* find_record(std::string_view group, std::string_view rule);
    SavedGroup saved_group(const PreparedGroup& group, const Instant& now) const;

    std::vector<RuleFile> files;
    RuleSetOptions options;
    History& history;
    SeriesTable& series;
    AlertEnvironment environment;
    Timestamp evaluating;  // the instant that templates query at
    Sequence sequence;
    std::vector<PreparedGroup> groups;
};

Result<text::ValueList> RuleSet::Impl::template_query(std::string_view expr) const {
    TOCSIN_TRY(auto query, promql::Query::prepare(expr, history));
    TOCSIN_TRY(const promql::Value value, query.at(evaluating));
    text::ValueList out;
    const auto add = [&out](const Labels& labels, double v) {
        text::ValueMap map;
        for (const Label& label : labels) {
            map.emplace(std::string(label.name.view()), std::string(label.value.view()));
        }
        out.emplace_back(
            text::ValueMap{{"Labels", text::Value(std::move(map))}, {"Value", text::Value(v)}});
    };
    if (const auto* vector = std::get_if<promql::Vector>(&value)) {
        for (const auto& sample : *vector) add(sample.labels, sample.v);
    } else if (const auto* scalar = std::get_if<promql::Scalar>(&value)) {
        add({}, scalar->v);
    } else {
        return Error(ErrorCode::kInvalid, "query result is not a vector or scalar");
    }
    return out;
}

Result<PreparedRule> RuleSet::Impl::prepare_rule(const RuleFile& file, const Rule& rule,
                                                 KeyMaker& keys) {
    PreparedRule out;
    out.rule = &rule;
    if (const auto* record = std::get_if<RecordRule>(&rule)) {
        out.key = keys.make(record->record, record->labels);
        TOCSIN_TRY(auto query, prepare(record->expr, record->record, history));
        out.reach = query.reach();
        out.metrics = facts_of(query).metrics;
        out.query.emplace(std::move(query));
        out.record = std::make_unique<RecordState>(*record);
        return out;
    }
    const auto& alert = std::get<AlertRule>(rule);
    out.key = keys.make(alert.alert, alert.labels);
    TOCSIN_TRY(auto query, prepare(alert.expr, alert.alert, history));
    ExprFacts facts = facts_of(query);
    out.query.emplace(std::move(query));
    for (const Level& level : alert.levels) {
        TOCSIN_TRY(auto gate, prepare_level(level.gate, alert.alert, history, facts));
        TOCSIN_TRY(auto own, prepare_level(level.expr, alert.alert, history, facts));
        out.gates.push_back(std::move(gate));
        out.own.push_back(std::move(own));
    }
    out.metrics = std::move(facts.metrics);
    out.reach = facts.reach.reach;
    out.alert = std::make_unique<AlertState>(alert, facts.reach,
                                             generator_url(options.external_url, alert.expr.text),
                                             environment, origin_of(file, alert, options.mode));
    return out;
}

Result<void> RuleSet::Impl::prepare_all() {
    for (const RuleFile& file : files) {
        for (const RuleGroup& from : file.groups) {
            PreparedGroup group;
            group.key = file.path + ";" + from.name;
            group.file = &file;
            group.group = &from;
            group.interval = from.interval.value_or(options.default_interval);
            KeyMaker keys;
            for (const Rule& rule : from.rules) {
                TOCSIN_TRY(auto prepared, prepare_rule(file, rule, keys));
                group.rules.push_back(std::move(prepared));
            }
            groups.push_back(std::move(group));
        }
    }
    follow_records(groups);
    follow_dependencies(groups);
    return success();
}

PreparedGroup* RuleSet::Impl::find(std::string_view key) {
    const auto it =
        std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.key == key; });
    return it == groups.end() ? nullptr : &*it;
}

// The recording rule of that key in the group, else wherever it was moved to.
PreparedRule* RuleSet::Impl::find_record(std::string_view group, std::string_view rule) {
    PreparedGroup* const home = find(group);
    PreparedRule* heir = home == nullptr ? nullptr : home->find_record(rule);
    for (std::size_t i = 0; heir == nullptr && i < groups.size(); ++i) {
        heir = groups[i].find_record(rule);
    }
    return heir;
}

SavedGroup RuleSet::Impl::saved_group(const PreparedGroup& group, const Instant& now) const {
    SavedGroup saved;
    saved.key = group.key;
    saved.saved_at = now.wall;
    saved.seq = sequence.last();
    for (const PreparedRule& rule : group.rules) {
        if (!rule.alert || rule.alert->empty()) continue;
        saved.rules.push_back(
            {rule.key, std::get<AlertRule>(*rule.rule).is_threshold(), rule.alert->save(now.boot)});
    }
    return saved;
}

void RuleSet::Impl::restore_group(const SavedGroup& saved, const Instant& now, bool restarted,
                                  std::string_view reason, std::vector<Transition>& out) {
    sequence.at_least(saved.seq);
    Duration gap = now.wall - saved.saved_at;
    if (gap < Duration{0} || gap > kLongestGap) gap = Duration{0};
    PreparedGroup* const home = find(saved.key);
    for (const SavedRule& rule : saved.rules) {
        PreparedRule* heir = home == nullptr ? nullptr : home->find_alert(rule);
        PreparedGroup* group = home;
        // A rule that was moved to another group or file is still the same alert.
        for (std::size_t i = 0; heir == nullptr && i < groups.size(); ++i) {
            group = &groups[i];
            heir = group->find_alert(rule);
        }
        if (heir == nullptr) {
            resolve_orphans(rule, now, reason, environment, sequence, out);
        } else {
            heir->alert->restore(rule.alerts, {gap, restarted, group != home}, now);
            // Whether it was held back is not saved: it is for an interval at least.
            heir->held_back = !heir->depends_on.empty();
        }
        for (PreparedGroup* changed : {home, group}) {
            if (changed != nullptr) changed->dirty = true;
        }
    }
}

RuleSet::RuleSet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RuleSet::RuleSet(RuleSet&&) noexcept = default;
RuleSet& RuleSet::operator=(RuleSet&&) noexcept = default;
RuleSet::~RuleSet() = default;

Result<RuleSet> RuleSet::create(std::vector<RuleFile> files, RuleSetOptions options,
                                History& history, SeriesTable& series) {
    auto impl = std::make_unique<Impl>(std::move(files), std::move(options), history, series);
    TOCSIN_TRY(impl->prepare_all());
    return RuleSet(std::move(impl));
}

std::size_t RuleSet::groups() const {
    return impl_->groups.size();
}
Duration RuleSet::interval(std::size_t group) const {
    return impl_->groups[group].interval;
}
const std::string& RuleSet::key(std::size_t group) const {
    return impl_->groups[group].key;
}

bool RuleSet::has_group(std::string_view key) const {
    return impl_->find(key) != nullptr;
}

std::size_t RuleSet::rules() const {
    std::size_t count = 0;
    for (const PreparedGroup& group : impl_->groups) count += group.rules.size();
    return count;
}

Duration RuleSet::reach() const {
    Duration most{0};
    for (const PreparedGroup& group : impl_->groups) {
        for (const PreparedRule& rule : group.rules) most = std::max(most, rule.reach);
    }
    return most;
}

EvaluationResult RuleSet::evaluate(std::size_t index, const Instant& now,
                                   const SourceFailing& failing, std::vector<Transition>& out) {
    PreparedGroup& group = impl_->groups[index];
    impl_->evaluating = now.wall;
    EvaluationResult result;
    for (const std::size_t place : group.order) {
        PreparedRule& rule = group.rules[place];
        ++result.rules;
        const std::int64_t limit = group.group->limit;
        if (!rule.depends_on.empty()) rule.look_at_dependencies(now.boot, group.interval);
        const auto done =
            rule.record
                ? rule.evaluate_record(now.wall, limit, failing, impl_->series, impl_->history)
                : rule.evaluate_alert(now, limit, failing, impl_->sequence, out);
        if (!done) ++result.failures;
        if (auto change = rule.note(done, now.wall, group.file->path)) {
            result.changes.push_back(std::move(*change));
        }
    }
    return result;
}

std::vector<Alert> RuleSet::firing(Timestamp now, Duration ends_in) const {
    impl_->evaluating = now;
    std::vector<Alert> out;
    for (const PreparedGroup& group : impl_->groups) {
        for (const PreparedRule& rule : group.rules) {
            if (rule.alert) rule.alert->firing(now, ends_in, out);
        }
    }
    return out;
}

std::vector<GroupStatus> RuleSet::status() const {
    std::vector<GroupStatus> out;
    for (const PreparedGroup& group : impl_->groups) {
        GroupStatus status{
            group.group->name, group.file->path, group.interval, group.group->limit, {}};
        for (const PreparedRule& rule : group.rules) {
            status.rules.push_back(
                {rule.rule, rule.health, rule.last_error, rule.last_evaluation,
                 rule.alert ? rule.alert->status() : std::vector<AlertStatus>()});
        }
        out.push_back(std::move(status));
    }
    return out;
}

bool RuleSet::needs_save(std::size_t index, const Instant& now) const {
    const PreparedGroup& group = impl_->groups[index];
    if (group.dirty || group.revision() != group.saved_revision) return true;
    return now.boot - group.saved_at >= kSaveEvery &&
           std::any_of(group.rules.begin(), group.rules.end(),
                       [](const PreparedRule& r) { return r.alert && r.alert->any_timer(); });
}

std::string RuleSet::save(std::size_t index, const Instant& now) {
    PreparedGroup& group = impl_->groups[index];
    group.saved_revision = group.revision();
    group.saved_at = now.boot;
    group.dirty = false;
    const SavedGroup saved = impl_->saved_group(group, now);
    return saved.rules.empty() ? std::string() : to_text(saved);
}

Result<void> RuleSet::restore(std::string_view saved, const Instant& now,
                              std::vector<Transition>& out) {
    if (saved.empty()) return success();
    TOCSIN_TRY(const SavedGroup group, parse_saved_group(saved));
    impl_->evaluating = now.wall;
    impl_->restore_group(group, now, true, "the rule is gone", out);
    return success();
}

std::vector<std::string> RuleSet::take_over(RuleSet& old, const Instant& now,
                                            std::vector<Transition>& out) {
    std::vector<std::string> gone;
    impl_->evaluating = now.wall;
    impl_->sequence.at_least(old.impl_->sequence.last());
    // On another history every window is short again, as after a restart.
    const bool restarted = &impl_->history != &old.impl_->history;
    for (PreparedGroup& from : old.impl_->groups) {
        impl_->restore_group(old.impl_->saved_group(from, now), now, restarted,
                             "the rule was removed", out);
        if (!has_group(from.key)) gone.push_back(from.key);
        if (PreparedGroup* const home = impl_->find(from.key)) home->take_holds(from);
        for (PreparedRule& rule : from.rules) {
            if (!rule.record) continue;
            PreparedRule* const heir = impl_->find_record(from.key, rule.key);
            if (heir != nullptr) {
                heir->record->take_over(*rule.record);
                heir->source_failed = rule.source_failed;
            } else {
                rule.record->end_all(now.wall, impl_->history);
            }
        }
    }
    return gone;
}

}  // namespace tocsin::rules
