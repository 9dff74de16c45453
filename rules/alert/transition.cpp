#include "rules/alert/transition.h"

#include "base/core/strings.h"

namespace tocsin::rules {
namespace {

constexpr std::string_view kSeverity = "severity";

Labels with_level(const Transition& t, const std::string& level) {
    if (!t.is_threshold) return t.labels;
    return LabelsBuilder(t.labels).set(kSeverity, level).build();
}

// What tocsin_level says: the level that holds after the transition.
std::string level_after(const Transition& t) {
    if (t.to.empty() || t.is_threshold) return t.to;
    return std::string(t.labels.get(kSeverity));
}

Alert make_alert(const Transition& t, const std::string& level, const Annotations& annotations) {
    Alert alert;
    alert.labels = with_level(t, level);
    alert.annotations = annotations;
    for (const auto& [name, text] : t.origin) alert.annotations.insert_or_assign(name, text);
    alert.annotations.insert_or_assign(std::string(kAnnotationValue), format_double(t.value));
    alert.annotations.insert_or_assign(std::string(kAnnotationAlert), t.identity);
    alert.annotations.insert_or_assign(std::string(kAnnotationSeq), std::to_string(t.seq));
    alert.annotations.insert_or_assign(std::string(kAnnotationLevel), level_after(t));
    if (!t.reason.empty()) {
        alert.annotations.insert_or_assign(std::string(kAnnotationReason), t.reason);
    }
    alert.generator_url = t.generator_url;
    return alert;
}

}  // namespace

std::string_view to_string(Change change) {
    switch (change) {
        case Change::kFire:
            return "fire";
        case Change::kRise:
            return "rise";
        case Change::kFall:
            return "fall";
        case Change::kResolve:
            return "resolve";
        case Change::kUnknown:
            return "unknown";
        case Change::kKnown:
            return "known";
    }
    return "";
}

std::vector<Alert> to_alerts(const Transition& t, Duration ends_in) {
    std::vector<Alert> alerts;
    if (!t.to.empty()) {
        Alert firing = make_alert(t, t.to, t.annotations);
        firing.starts_at = t.starts_at;
        firing.ends_at = t.at + ends_in;
        alerts.push_back(std::move(firing));
    }
    if (!t.from.empty() && t.from != t.to) {
        Alert ended = make_alert(t, t.from, t.from_annotations);
        ended.starts_at = t.from_starts_at;
        ended.ends_at = t.at;
        alerts.push_back(std::move(ended));
    }
    return alerts;
}

}  // namespace tocsin::rules
