// The outgoing side of AlertState: transitions, resends, status, and what is kept over a restart.
#include <algorithm>
#include <utility>

#include "base/core/strings.h"
#include "rules/alert/active.h"

namespace tocsin::rules {
namespace {

Change change_of(const std::string& from, const std::string& to, std::optional<std::size_t> from_at,
                 std::optional<std::size_t> to_at) {
    if (from.empty()) return Change::kFire;
    if (to.empty()) return Change::kResolve;
    // A level that the rule no longer has counts as the mildest.
    if (!from_at) return Change::kRise;
    return to_at > from_at ? Change::kRise : Change::kFall;
}

}  // namespace

Labels AlertState::wire_labels(const Labels& labels) const {
    LabelsBuilder builder(labels);
    for (const Label& label : environment_.render.external) {
        if (label.name == kHost || labels.get(label.name).empty()) {
            builder.set(label.name, label.value);
        }
    }
    // An agent's own label must not make two levels of one alert into two alerts.
    if (rule_.is_threshold()) builder.remove(kSeverityLabel);
    return builder.build();
}

// Which layer has the line, where it is not the rule's own.
std::string AlertState::place_of(const Active& active) const {
    if (active.variation == kOwnLevels) return "";
    return " (" + rule_.vary[active.variation].place + ")";
}

std::string AlertState::explain(const Active& active, const std::string& to, Change change) const {
    if (change == Change::kKnown) return "data are back";
    if (change == Change::kUnknown) {
        return "no data for " + format_duration(kNoDataHold) + "; the last value was " +
               format_double(active.value);
    }
    const auto index = level_index(to);
    if (!rule_.is_threshold()) {
        if (change == Change::kResolve) return "the expression gives no result any more";
        return rule_.hold > Duration{0} ? "true for " + format_duration(rule_.hold) : "true";
    }
    if (active.missing_since) {
        if (rule_.no_data == NoData::kLevel && index) return "no data";
        return rule_.no_data == NoData::kClear ? "no data, so cleared" : "series gone";
    }
    const std::string value = format_double(active.value);
    if ((change == Change::kFire || change == Change::kRise) && index) {
        const Level& level = rule_.levels[*index];
        if (level.expr) return level.name + " by its own expression";
        const Terms terms = terms_of(active.variation, *index);
        const std::string spell =
            terms.hold > Duration{0} ? " for " + format_duration(terms.hold) : "";
        return value + " " + terms.condition->when().text() + spell + place_of(active);
    }
    if (const auto left = level_index(active.level); left && !rule_.levels[*left].expr) {
        const Terms terms = terms_of(active.variation, *left);
        if (terms.condition == nullptr) return "the rule has no " + active.level + " here any more";
        return value + " " + terms.condition->clear_text();
    }
    return "cleared";
}

Transition AlertState::describe(const Active& active, const std::string& to, Change change,
                                const Instant& now) const {
    Transition t;
    t.labels = wire_labels(active.labels);
    t.identity = fingerprint(t.labels);
    t.change = change;
    t.from = active.level;
    t.to = to;
    t.is_threshold = rule_.is_threshold();
    const auto annotate = [&](const std::string& level) {
        return render_annotations(rule_.annotations,
                                  {active.source, active.value, t.is_threshold ? level : ""},
                                  environment_.render);
    };
    if (!to.empty()) t.annotations = annotate(to);
    if (!t.from.empty()) t.from_annotations = annotate(t.from);
    t.value = active.value;
    t.origin = origin_;
    t.at = now.wall;
    t.starts_at = t.from == to ? active.level_since : now.wall;
    t.from_starts_at = active.level_since;
    t.generator_url = generator_url_;
    t.reason = explain(active, to, change);
    return t;
}

void AlertState::settle(Active& active, const Instant& now, Sequence& sequence,
                        std::vector<Transition>& out) {
    const std::string level = current_level(active);
    const bool same = level == active.level;
    // Told once each way; `missing_since` is what the next evaluation of the kind starts from.
    const bool unknown_now = active.unknown && !active.told_unknown;
    const bool known_again = !active.unknown && active.told_unknown;
    if (same && !unknown_now && !known_again) return;
    Change change = change_of(active.level, level, level_index(active.level), level_index(level));
    if (same) change = unknown_now ? Change::kUnknown : Change::kKnown;
    Transition t = describe(active, level, change, now);
    t.seq = sequence.next(now.wall);
    active.seq = t.seq;
    active.told_value = t.value;
    active.told_reason = t.reason;
    out.push_back(std::move(t));
    if (!same) active.level_since = now.wall;
    active.level = level;
    if (level.empty()) active.unknown = false;
    active.told_unknown = active.unknown;
    ++revision_;
}

void AlertState::firing(Timestamp now, Duration ends_in, std::vector<Alert>& out) const {
    for (const auto& [labels, active] : alerts_) {
        if (active.level.empty() || active.unknown) continue;
        Transition t = describe(active, active.level, Change::kKnown, Instant{now, {}});
        t.seq = active.seq;
        t.value = active.told_value;
        t.reason = active.told_reason;
        for (Alert& alert : to_alerts(t, ends_in)) out.push_back(std::move(alert));
    }
}

std::vector<AlertStatus> AlertState::status() const {
    std::vector<AlertStatus> out;
    for (const auto& [labels, active] : alerts_) {
        AlertStatus status;
        status.firing = !active.level.empty();
        status.level = active.level;
        std::optional<Duration> keeping;
        for (std::size_t i = 0; i < active.levels.size(); ++i) {
            if (active.levels[i].phase == LevelPhase::kNone) continue;
            if (active.levels[i].leaving) keeping = active.levels[i].leaving;
            if (!status.firing && rule_.is_threshold()) status.level = rule_.levels[i].name;
        }
        const bool pending = std::any_of(
            active.levels.begin(), active.levels.end(),
            [](const LevelState& level) { return level.phase == LevelPhase::kPending; });
        if (!status.firing && !pending) continue;  // only remembered
        status.labels = rule_.is_threshold()
                            ? LabelsBuilder(labels).set(kSeverityLabel, status.level).build()
                            : labels;
        status.annotations = render_annotations(
            rule_.annotations,
            {active.source, active.value, rule_.is_threshold() ? status.level : std::string()},
            environment_.render);
        status.unknown = active.unknown;
        status.active_at = active.active_at;
        status.keep_firing_since = keeping;
        status.value = active.value;
        out.push_back(std::move(status));
    }
    return out;
}

bool AlertState::any_timer() const {
    return std::any_of(alerts_.begin(), alerts_.end(), [](const auto& entry) {
        const Active& active = entry.second;
        if (active.missing_since) return true;
        return std::any_of(active.levels.begin(), active.levels.end(), [](const LevelState& level) {
            return level.phase == LevelPhase::kPending || level.leaving.has_value();
        });
    });
}

bool AlertState::any_pending_or_firing() const {
    return std::any_of(alerts_.begin(), alerts_.end(), [](const auto& entry) {
        return !entry.second.level.empty() || is_pending_or_held(entry.second);
    });
}

bool AlertState::any_firing() const {
    return std::any_of(alerts_.begin(), alerts_.end(),
                       [](const auto& entry) { return !entry.second.level.empty(); });
}

std::vector<SavedAlert> AlertState::save(Duration boot) const {
    std::vector<SavedAlert> out;
    for (const auto& [labels, active] : alerts_) {
        SavedAlert saved;
        saved.labels = labels;
        saved.source = active.source;
        saved.level = active.level;
        saved.value = active.value;
        saved.told_value = active.told_value;
        saved.told_reason = active.told_reason;
        saved.active_at = active.active_at;
        saved.level_since = active.level_since;
        saved.seq = active.seq;
        saved.unknown = active.unknown;
        if (active.missing_since) saved.missing = boot - *active.missing_since;
        for (std::size_t i = 0; i < active.levels.size(); ++i) {
            const LevelState& level = active.levels[i];
            if (level.phase == LevelPhase::kNone) continue;
            SavedLevel kept{rule_.is_threshold() ? rule_.levels[i].name : std::string(kFiring),
                            level.phase, boot - level.since, std::nullopt};
            if (level.leaving) kept.leaving = boot - *level.leaving;
            saved.levels.push_back(std::move(kept));
        }
        out.push_back(std::move(saved));
    }
    return out;
}

void AlertState::restore(const std::vector<SavedAlert>& saved, const RestoreTerms& terms,
                         const Instant& now) {
    const Duration gap = terms.gap;
    const std::size_t levels = rule_.is_threshold() ? rule_.levels.size() : 1;
    for (const SavedAlert& from : saved) {
        Active active;
        active.labels = from.labels;
        active.source = from.source;
        active.variation = variation_of(from.labels);
        active.levels.resize(levels);
        active.level = from.level;
        active.value = from.value;
        active.told_value = from.told_value;
        active.told_reason = from.told_reason;
        active.active_at = from.active_at;
        active.level_since = from.level_since;
        active.seq = from.seq;
        active.unknown = active.told_unknown = from.unknown;
        if (terms.restarted) active.restored_at = now.boot;
        if (from.missing) active.missing_since = now.boot - *from.missing - gap;
        for (const SavedLevel& level : from.levels) {
            const auto index = level_index(level.name);
            if (!index) continue;
            LevelState& state = active.levels[*index];
            state.phase = level.phase;
            state.since = now.boot - level.elapsed - gap;
            if (level.leaving) state.leaving = now.boot - *level.leaving - gap;
        }
        if (terms.moved) {
            alerts_.emplace(from.labels, std::move(active));
        } else {
            alerts_.insert_or_assign(from.labels, std::move(active));
        }
    }
}

void AlertState::end_all(const Instant& now, std::string_view reason, Sequence& sequence,
                         std::vector<Transition>& out) {
    for (auto& [labels, active] : alerts_) {
        if (active.level.empty()) continue;
        Transition t = describe(active, "", Change::kResolve, now);
        t.seq = sequence.next(now.wall);
        t.reason = std::string(reason);
        out.push_back(std::move(t));
    }
    alerts_.clear();
    ++revision_;
}

}  // namespace tocsin::rules
