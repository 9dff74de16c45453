#include "rules/alert/prepared.h"

#include <algorithm>
#include <map>
#include <utility>

namespace tocsin::rules {
namespace {

// A rule's result as a vector: a scalar is one sample without labels, as in Prometheus.
Result<promql::Vector> vector_at(promql::Query& query, Timestamp now) {
    TOCSIN_TRY(promql::Value value, query.at(now));
    if (auto* vector = std::get_if<promql::Vector>(&value)) return std::move(*vector);
    if (const auto* scalar = std::get_if<promql::Scalar>(&value)) {
        return promql::Vector{{Labels(), now, scalar->v}};
    }
    return Error(ErrorCode::kInvalid, "rule result is not a vector or scalar");
}

class QueryInputs final : public AlertInputs {
  public:
    QueryInputs(PreparedRule& rule, Timestamp now, const SourceFailing& failing,
                promql::Vector values)
        : rule_(rule), now_(now), failing_(failing), values_(std::move(values)) {}

    const promql::Vector& values() override { return values_; }
    Result<promql::Vector> gate(std::size_t level) override {
        return vector_at(*rule_.gates[level], now_);
    }
    Result<promql::Vector> level_values(std::size_t level) override {
        return vector_at(*rule_.own[level], now_);
    }
    bool source_failing() override { return rule_.source_failing(failing_); }
    bool held_back() override { return rule_.held_back; }

  private:
    PreparedRule& rule_;
    Timestamp now_;
    const SourceFailing& failing_;
    promql::Vector values_;
};

}  // namespace

bool PreparedRule::source_failing(const SourceFailing& failing) const {
    if (!failing) return false;
    const auto any_fails = [&](const std::vector<std::string>& names) {
        return std::any_of(names.begin(), names.end(), failing);
    };
    // What was recorded while a collector failed is missing until it is recorded again.
    return any_fails(metrics) ||
           std::any_of(recorded_by.begin(), recorded_by.end(), [&](const PreparedRule* from) {
               return from->source_failed || any_fails(from->metrics);
           });
}

Result<void> PreparedRule::evaluate_record(Timestamp now, std::int64_t limit,
                                           const SourceFailing& failing, SeriesTable& series,
                                           History& history) {
    source_failed = failing && std::any_of(metrics.begin(), metrics.end(), failing);
    TOCSIN_TRY(const promql::Vector values, vector_at(*query, now));
    return record->evaluate(now, values, limit, series, history);
}

Result<void> PreparedRule::evaluate_alert(const Instant& now, std::int64_t limit,
                                          const SourceFailing& failing, Sequence& sequence,
                                          std::vector<Transition>& out) {
    TOCSIN_TRY(promql::Vector values, vector_at(*query, now.wall));
    QueryInputs inputs(*this, now.wall, failing, std::move(values));
    return alert->evaluate(now, inputs, limit, sequence, out);
}

void PreparedRule::look_at_dependencies(Duration boot, Duration interval) {
    const bool over =
        std::none_of(depends_on.begin(), depends_on.end(),
                     [](const PreparedRule* on) { return on->alert->any_pending_or_firing(); });
    if (!over) {
        held_back = true;
        quiet_since.reset();
    } else if (held_back) {
        if (!quiet_since) quiet_since = boot;
        held_back = boot - *quiet_since < interval;
    }
}

std::optional<HealthChange> PreparedRule::note(const Result<void>& done, Timestamp at,
                                               const std::string& file) {
    const bool failed = health == RuleHealth::kError;
    last_evaluation = at;
    health = done ? RuleHealth::kOk : RuleHealth::kError;
    last_error = done ? std::string() : done.error().message;
    if (failed == !done) return std::nullopt;
    const auto* as_record = std::get_if<RecordRule>(rule);
    const auto* as_alert = std::get_if<AlertRule>(rule);
    const int line = as_record != nullptr ? as_record->at.line : as_alert->at.line;
    return HealthChange{as_record != nullptr ? as_record->record : as_alert->alert,
                        file + ":" + std::to_string(line), last_error};
}

std::uint64_t PreparedGroup::revision() const {
    std::uint64_t sum = 0;
    for (const PreparedRule& rule : rules) sum += rule.alert ? rule.alert->revision() : 0;
    return sum;
}

PreparedRule* PreparedGroup::find_alert(const SavedRule& saved) {
    const auto it = std::find_if(rules.begin(), rules.end(), [&](const PreparedRule& rule) {
        return rule.alert && rule.key == saved.key &&
               std::get<AlertRule>(*rule.rule).is_threshold() == saved.is_threshold;
    });
    return it == rules.end() ? nullptr : &*it;
}

void PreparedGroup::take_holds(const PreparedGroup& from) {
    for (const PreparedRule& old : from.rules) {
        if (!old.alert || old.depends_on.empty()) continue;
        for (PreparedRule& rule : rules) {
            if (!rule.alert || rule.key != old.key || rule.depends_on.empty()) continue;
            rule.held_back = old.held_back;
            rule.quiet_since = old.quiet_since;
        }
    }
}

PreparedRule* PreparedGroup::find_record(std::string_view rule_key) {
    const auto it = std::find_if(rules.begin(), rules.end(), [&](const PreparedRule& rule) {
        return rule.record && rule.key == rule_key;
    });
    return it == rules.end() ? nullptr : &*it;
}

namespace {

// As in the file, but for those that depend on a later one, which come right after it.
void put_in_order(PreparedGroup& group) {
    std::vector<bool> placed(group.rules.size());
    const auto waits = [&](const PreparedRule& rule) {
        return std::any_of(rule.depends_on.begin(), rule.depends_on.end(), [&](const auto* on) {
            for (std::size_t i = 0; i < group.rules.size(); ++i) {
                if (&group.rules[i] == on) return !placed[i];
            }
            return false;  // another group's
        });
    };
    for (std::size_t i = 0; i < group.rules.size();) {
        if (placed[i] || waits(group.rules[i])) {
            ++i;
            continue;
        }
        placed[i] = true;
        group.order.push_back(i);
        i = 0;
    }
}

}  // namespace

void follow_dependencies(std::vector<PreparedGroup>& groups) {
    std::multimap<std::string_view, const PreparedRule*> alerts;
    for (const PreparedGroup& group : groups) {
        for (const PreparedRule& rule : group.rules) {
            if (rule.alert) alerts.emplace(std::get<AlertRule>(*rule.rule).alert, &rule);
        }
    }
    for (PreparedGroup& group : groups) {
        for (PreparedRule& rule : group.rules) {
            if (!rule.alert) continue;
            for (const Dependency& on : std::get<AlertRule>(*rule.rule).depends_on) {
                const auto [first, last] = alerts.equal_range(on.alert);
                for (auto it = first; it != last; ++it) rule.depends_on.push_back(it->second);
            }
        }
        put_in_order(group);
    }
}

void follow_records(std::vector<PreparedGroup>& groups) {
    std::multimap<std::string_view, const PreparedRule*> records;
    for (const PreparedGroup& group : groups) {
        for (const PreparedRule& rule : group.rules) {
            if (rule.record) records.emplace(std::get<RecordRule>(*rule.rule).record, &rule);
        }
    }
    const auto add_recorders = [&](const PreparedRule& reader, auto& found) {
        for (const std::string& metric : reader.metrics) {
            const auto [first, last] = records.equal_range(metric);
            for (auto it = first; it != last; ++it) {
                // Once each: rules may read what they record themselves.
                if (std::find(found.begin(), found.end(), it->second) == found.end()) {
                    found.push_back(it->second);
                }
            }
        }
    };
    for (PreparedGroup& group : groups) {
        for (PreparedRule& rule : group.rules) {
            add_recorders(rule, rule.recorded_by);
            for (std::size_t i = 0; i < rule.recorded_by.size(); ++i) {
                add_recorders(*rule.recorded_by[i], rule.recorded_by);
            }
        }
    }
}

}  // namespace tocsin::rules
