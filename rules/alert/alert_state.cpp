#include "rules/alert/alert_state.h"

#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "rules/alert/active.h"

namespace tocsin::rules {
namespace {

Labels without_name(const Labels& labels) {
    return LabelsBuilder(labels).remove(kMetricName).build();
}

bool has_template(const StringPairs& labels) {
    return std::any_of(labels.begin(), labels.end(),
                       [](const auto& label) { return is_template(label.second); });
}

// What is held back stays pending, however long it is.
constexpr Duration kForever = Duration::max();

Duration capped(Duration d) {
    return std::min(d, Duration(kNoDataHold));
}

}  // namespace

std::uint64_t Sequence::next(Timestamp now) {
    const auto ms = to_unix_ms(now);
    last_ = std::max(last_ + 1, ms > 0 ? static_cast<std::uint64_t>(ms) : 0);
    return last_;
}

AlertState::AlertState(const AlertRule& rule, RuleReach reach, std::string generator_url,
                       const AlertEnvironment& environment, Annotations origin)
    : rule_(rule),
      reach_(reach),
      generator_url_(std::move(generator_url)),
      environment_(environment),
      origin_(std::move(origin)),
      templated_labels_(has_template(rule.labels)) {}

bool AlertState::keeps_all() const {
    return rule_.no_data == NoData::kLevel;
}

// The first of the rule's whose matchers match; kept, for it is asked of every sample each time.
std::size_t AlertState::variation_of(const Labels& labels) {
    if (rule_.vary.empty()) return kOwnLevels;
    const auto [known, fresh] = variations_.try_emplace(labels, kOwnLevels);
    if (!fresh) return known->second;
    const Labels all = wire_labels(labels);
    const auto found =
        std::find_if(rule_.vary.begin(), rule_.vary.end(),
                     [&](const Variation& variation) { return matches_all(variation.where, all); });
    if (found != rule_.vary.end()) {
        known->second = static_cast<std::size_t>(found - rule_.vary.begin());
    }
    return known->second;
}

AlertState::Terms AlertState::terms_of(std::size_t variation, std::size_t level) const {
    if (!rule_.is_threshold()) return {nullptr, rule_.hold};
    if (variation == kOwnLevels) {
        return {&rule_.levels[level].condition, rule_.levels[level].hold};
    }
    const std::optional<LevelTerms>& terms = rule_.vary[variation].levels[level];
    if (!terms) return {nullptr, Duration{0}};
    return {&terms->condition, terms->hold};
}

// For any alert of the rule.
bool AlertState::may_hold(std::size_t level, double v) const {
    if (rule_.levels[level].condition.holds(v)) return true;
    return std::any_of(rule_.vary.begin(), rule_.vary.end(), [&](const Variation& variation) {
        return variation.levels[level] && variation.levels[level]->condition.holds(v);
    });
}

Result<void> AlertState::evaluate(const Instant& now, AlertInputs& inputs, std::int64_t limit,
                                  Sequence& sequence, std::vector<Transition>& out) {
    const promql::Vector& values = inputs.values();
    if (alerts_.empty() && !anything_holds(values)) return success();
    Look seen;
    TOCSIN_TRY(look(inputs, seen));
    const auto advance = [&](Active& active) {
        const std::vector<LevelState> before = active.levels;
        const auto sample = seen.samples.find(active.labels);
        const bool has_value = sample != seen.samples.end() &&
                               (!rule_.is_threshold() || !std::isnan(sample->second->v));
        update(active, seen, has_value ? sample->second : nullptr, inputs, now);
        settle(active, now, sequence, out);
        if (active.levels != before) ++revision_;
    };
    // What ends makes room within the limit for what begins.
    for (auto it = alerts_.begin(); it != alerts_.end();) {
        advance(it->second);
        it = is_idle(it->second) ? alerts_.erase(it) : std::next(it);
    }
    TOCSIN_TRY(const std::vector<Active*> begun, create_new(now, seen, limit));
    for (Active* const active : begun) advance(*active);
    return success();
}

// Decides most evaluations: nothing is active and nothing is bad.
bool AlertState::anything_holds(const promql::Vector& values) const {
    if (values.empty()) return false;
    if (!rule_.is_threshold() || keeps_all()) return true;
    for (std::size_t i = 0; i < rule_.levels.size(); ++i) {
        if (rule_.levels[i].expr) return true;
        const bool any = std::any_of(values.begin(), values.end(),
                                     [&](const auto& sample) { return may_hold(i, sample.v); });
        if (any) return true;
    }
    return false;
}

Labels AlertState::alert_labels(const promql::VectorSample& sample) {
    if (!templated_labels_) {
        const auto known = labels_of_sample_.find(sample.labels);
        if (known != labels_of_sample_.end()) return known->second;
    }
    LabelsBuilder builder(sample.labels);
    builder.remove(kMetricName);
    for (const auto& [name, value] : rule_.labels) {
        builder.set(name, render(value, {sample.labels, sample.v, {}}, environment_.render));
    }
    builder.set(kAlertName, rule_.alert);
    // The level is the severity, whatever a series brought along under that name.
    if (rule_.is_threshold()) builder.remove(kSeverityLabel);
    Labels labels = builder.build();
    if (!templated_labels_) labels_of_sample_.emplace(sample.labels, labels);
    return labels;
}

Result<void> AlertState::look(AlertInputs& inputs, Look& look) {
    const promql::Vector& values = inputs.values();
    if (labels_of_sample_.size() > 4 * values.size() + 64) labels_of_sample_.clear();
    if (variations_.size() > 4 * values.size() + 64) variations_.clear();
    look.samples.reserve(values.size());
    for (const promql::VectorSample& sample : values) {
        if (!look.samples.emplace(alert_labels(sample), &sample).second) {
            return Error(ErrorCode::kInvalid,
                         "vector contains metrics with the same labelset after applying alert "
                         "labels");
        }
    }
    look.gates.resize(rule_.levels.size());
    look.own.resize(rule_.levels.size());
    for (std::size_t i = 0; i < rule_.levels.size(); ++i) {
        const Level& level = rule_.levels[i];
        if (level.expr) {
            TOCSIN_TRY(const promql::Vector own, inputs.level_values(i));
            for (const auto& s : own) look.own[i].emplace(without_name(s.labels), s.v);
        }
        if (!level.gate) continue;
        const bool matters =
            level.expr || std::any_of(values.begin(), values.end(),
                                      [&](const auto& sample) { return may_hold(i, sample.v); });
        if (!matters) continue;
        TOCSIN_TRY(const promql::Vector gate, inputs.gate(i));
        for (const auto& s : gate) look.gates[i].insert(without_name(s.labels));
    }
    return success();
}

std::optional<double> AlertState::level_value(const Look& look, std::size_t level,
                                              const Labels& source, double v) const {
    if (!rule_.levels[level].expr) return v;
    const auto own = look.own[level].find(without_name(source));
    if (own == look.own[level].end() || std::isnan(own->second)) return std::nullopt;
    return own->second;
}

bool AlertState::level_enters(const Look& look, const Terms& terms, std::size_t level,
                              const Labels& source, double v) const {
    if (terms.condition == nullptr) return false;
    const auto value = level_value(look, level, source, v);
    if (!value || !terms.condition->holds(*value)) return false;
    return !rule_.levels[level].gate || look.gates[level].contains(without_name(source));
}

bool AlertState::begins(const Look& look, const Labels& labels,
                        const promql::VectorSample& sample) {
    if (!rule_.is_threshold()) return true;
    if (std::isnan(sample.v)) return false;
    const std::size_t variation = variation_of(labels);
    for (std::size_t i = 0; i < rule_.levels.size(); ++i) {
        if (level_enters(look, terms_of(variation, i), i, sample.labels, sample.v)) return true;
    }
    return false;
}

Result<std::vector<AlertState::Active*>> AlertState::create_new(const Instant& now,
                                                                const Look& look,
                                                                std::int64_t limit) {
    std::vector<Active*> begun;
    // Right after a start everything is absent that has merely not been seen yet.
    if (reach_.uses_absent && now.boot < environment_.history_since + capped(reach_.reach)) {
        return begun;
    }
    std::vector<std::pair<Labels, const promql::VectorSample*>> fresh;
    std::int64_t beginning = 0;
    for (const auto& [labels, sample] : look.samples) {
        if (alerts_.contains(labels)) continue;
        // One that is kept only because its silence will count is no alert yet.
        const bool bad = begins(look, labels, *sample);
        if (bad) ++beginning;
        if (bad || keeps_all()) fresh.emplace_back(labels, sample);
    }
    const std::int64_t total =
        beginning + std::count_if(alerts_.begin(), alerts_.end(), [](const auto& entry) {
            return is_pending_or_held(entry.second);
        });
    if (limit > 0 && beginning > 0 && total > limit) {
        return Error(ErrorCode::kTooLarge, "exceeded limit of " + std::to_string(limit) + " with " +
                                               std::to_string(total) + " alerts");
    }
    const std::size_t levels = rule_.is_threshold() ? rule_.levels.size() : 1;
    for (const auto& [labels, sample] : fresh) {
        Active active;
        active.labels = labels;
        active.source = sample->labels;
        active.variation = variation_of(labels);
        active.levels.resize(levels);
        active.value = sample->v;
        active.active_at = now.wall;
        begun.push_back(&alerts_.emplace(labels, std::move(active)).first->second);
        ++revision_;
    }
    return begun;
}

Evidence AlertState::judge(const Look& look, Active& active, std::size_t level, double v,
                           AlertInputs& inputs, const Instant& now) const {
    if (!rule_.is_threshold()) return Evidence::kEnters;
    const Terms terms = terms_of(active.variation, level);
    if (terms.condition == nullptr) return Evidence::kClears;
    if (level_enters(look, terms, level, active.source, v)) return Evidence::kEnters;
    // After a restart a value from a window that is still short proves only the bad, not the good.
    if (active.restored_at && now.boot < *active.restored_at + capped(reach_.window)) {
        return Evidence::kWaits;
    }
    const auto value = level_value(look, level, active.source, v);
    if (!value) {
        // The series gives its value, so a level for series that give nothing is not meant.
        if (rule_.no_data == NoData::kLevel) return Evidence::kStays;
        return judge_missing(active, level, inputs, now);
    }
    return terms.condition->cleared(*value) ? Evidence::kClears : Evidence::kStays;
}

Evidence AlertState::judge_missing(Active& active, std::size_t level, AlertInputs& inputs,
                                   const Instant& now) const {
    if (active.restored_at && now.boot < *active.restored_at + capped(reach_.reach)) {
        return Evidence::kWaits;
    }
    if (!rule_.is_threshold() || terms_of(active.variation, level).condition == nullptr) {
        return Evidence::kClears;
    }
    switch (rule_.no_data) {
        case NoData::kHold:
            return Evidence::kStays;
        case NoData::kClear:
            return Evidence::kClears;
        case NoData::kLevel:
            return level <= rule_.no_data_level ? Evidence::kEnters : Evidence::kStays;
        case NoData::kDefault:
            break;
    }
    const bool refilling = active.restored_at && now.boot < *active.restored_at + reach_.reach;
    if (!refilling && !inputs.source_failing()) return Evidence::kClears;
    if (!active.level.empty() && active.missing_since &&
        now.boot - *active.missing_since >= kNoDataHold) {
        active.unknown = true;
    }
    return Evidence::kStays;
}

void AlertState::update(Active& active, const Look& look, const promql::VectorSample* sample,
                        AlertInputs& inputs, const Instant& now) {
    if (sample != nullptr) {
        active.source = sample->labels;
        active.value = sample->v;
    }
    const auto told = level_index(active.level);
    if (sample != nullptr &&
        (!told || !rule_.is_threshold() || level_value(look, *told, sample->labels, sample->v))) {
        active.missing_since.reset();
        active.unknown = false;
    } else if (!active.missing_since) {
        active.missing_since = now.boot;
    }
    const bool held_back = active.level.empty() && inputs.held_back();
    for (std::size_t i = 0; i < active.levels.size(); ++i) {
        const bool was_open = active.levels[i].phase == LevelPhase::kNone;
        const Evidence evidence = sample != nullptr ? judge(look, active, i, sample->v, inputs, now)
                                                    : judge_missing(active, i, inputs, now);
        const Terms terms = terms_of(active.variation, i);
        const bool exists = terms.condition != nullptr || !rule_.is_threshold();
        active.levels[i] = step(active.levels[i], evidence, held_back ? kForever : terms.hold,
                                exists ? rule_.keep_firing_for : Duration{0}, now.boot);
        const bool alone =
            std::none_of(active.levels.begin(), active.levels.end(), [&](const LevelState& other) {
                return &other != &active.levels[i] && other.phase != LevelPhase::kNone;
            });
        if (was_open && alone && active.levels[i].phase != LevelPhase::kNone) {
            active.active_at = now.wall;
        }
    }
    if (sample != nullptr) {
        // Another level than the one that has no value is vouched for; a rise is by a value.
        const auto level = level_index(current_level(active));
        if (level != told) active.unknown = false;
        if (level > told) active.missing_since.reset();
    }
    if (active.restored_at && now.boot >= *active.restored_at + reach_.reach) {
        active.restored_at.reset();
    }
}

bool AlertState::is_pending_or_held(const Active& active) {
    return std::any_of(active.levels.begin(), active.levels.end(),
                       [](const LevelState& level) { return level.phase != LevelPhase::kNone; });
}

bool AlertState::is_idle(const Active& active) const {
    if (!active.level.empty() || keeps_all()) return false;
    return !is_pending_or_held(active);
}

std::optional<std::size_t> AlertState::level_index(std::string_view name) const {
    if (!rule_.is_threshold()) return name.empty() ? std::nullopt : std::optional<std::size_t>(0);
    for (std::size_t i = 0; i < rule_.levels.size(); ++i) {
        if (rule_.levels[i].name == name) return i;
    }
    return std::nullopt;
}

std::string AlertState::current_level(const Active& active) const {
    for (std::size_t i = active.levels.size(); i-- > 0;) {
        if (active.levels[i].phase != LevelPhase::kHeld) continue;
        if (rule_.is_threshold()) return rule_.levels[i].name;
        const std::string_view severity = active.labels.get(kSeverityLabel);
        return std::string(severity.empty() ? kFiring : severity);
    }
    return {};
}

}  // namespace tocsin::rules
