#include "bridge/silence/inhibit.h"

#include <algorithm>

namespace tocsin::bridge {
namespace {

constexpr std::string_view kHostUnreachable = "HostUnreachable";

bool both_sides(const InhibitRule& rule, const Labels& labels) {
    return matches_all(rule.source, labels) && matches_all(rule.target, labels);
}

bool agree(const InhibitRule& rule, const Labels& a, const Labels& b) {
    return std::all_of(rule.equal.begin(), rule.equal.end(),
                       [&](const std::string& name) { return a.get(name) == b.get(name); });
}

bool holds_back(const std::vector<InhibitRule>& rules, const InhibitSource& source,
                const AlertRecord& alert, Timestamp now) {
    if (source.identity == alert.identity) return false;
    if (source.ends_at && *source.ends_at <= now) return false;
    return std::any_of(rules.begin(), rules.end(), [&](const InhibitRule& rule) {
        return matches_all(rule.target, alert.labels) && matches_all(rule.source, source.labels) &&
               agree(rule, source.labels, alert.labels) &&
               !(both_sides(rule, alert.labels) && both_sides(rule, source.labels));
    });
}

bool is_by(const AlertRecord& alert, const InhibitSource& source) {
    return alert.suppressor && alert.suppressor->kind == SuppressorKind::kInhibit &&
           alert.suppressor->id == source.identity;
}

// An agent's alert of which nothing is heard any more, because its host is gone: however old, it
// stands under its host's.
bool is_silent_of(const AlertRecord& alert, const InhibitSource& source) {
    return alert.status == AlertStatus::kUnknown && alert.from_agent() &&
           source.labels.get("alertname") == kHostUnreachable &&
           source.labels.get("host") == alert.host;
}

bool absorbs(const InhibitSource& source, const AlertRecord& alert, Standing standing) {
    if (standing == Standing::kOutside || is_by(alert, source)) return true;
    return standing == Standing::kAsked &&
           (alert.starts_at >= source.since - kAbsorbsBack || is_silent_of(alert, source));
}

}  // namespace

std::vector<InhibitRule> default_inhibition() {
    InhibitRule rule;
    const auto unreachable = Matcher::create(MatchOp::kEqual, "alertname", kHostUnreachable);
    if (unreachable) rule.source = {unreachable.value()};
    rule.equal = {"host"};
    return {rule};
}

bool is_source(const std::vector<InhibitRule>& rules, const Labels& labels) {
    return std::any_of(rules.begin(), rules.end(),
                       [&](const InhibitRule& rule) { return matches_all(rule.source, labels); });
}

InhibitSource source_of(const AlertRecord& alert, const InhibitSource* known, Timestamp now) {
    InhibitSource out;
    if (known != nullptr) out = *known;
    out.identity = alert.identity;
    out.labels = alert.labels;
    out.incident = alert.incident;
    out.name = std::string(alert.labels.get("alertname"));
    if (!alert.host.empty()) out.name += " on " + alert.host;
    if (alert.status != AlertStatus::kResolved) {
        if (known == nullptr) out.since = alert.starts_at;
        out.ends_at.reset();
    } else if (!out.ends_at) {
        out.ends_at = now + kInhibitSettle;
    }
    return out;
}

const InhibitSource* inhibitor_of(const std::vector<InhibitRule>& rules,
                                  const std::vector<InhibitSource>& sources,
                                  const AlertRecord& alert, Standing standing, Timestamp now) {
    const InhibitSource* first = nullptr;
    for (const InhibitSource& source : sources) {
        if (!holds_back(rules, source, alert, now) || !absorbs(source, alert, standing)) continue;
        if (is_by(alert, source)) return &source;
        if (first == nullptr) first = &source;
    }
    return first;
}

const InhibitSource* cause_of(const std::vector<InhibitRule>& rules,
                              const std::vector<InhibitSource>& sources, const AlertRecord& alert,
                              Timestamp now) {
    for (const InhibitSource& source : sources) {
        if (!source.ends_at && holds_back(rules, source, alert, now)) return &source;
    }
    return nullptr;
}

Suppressor suppressor_by(const InhibitSource& source, Timestamp now) {
    Suppressor by;
    by.kind = SuppressorKind::kInhibit;
    by.id = source.identity;
    by.name = source.name;
    by.since = now;
    by.until = source.ends_at;
    return by;
}

}  // namespace tocsin::bridge
