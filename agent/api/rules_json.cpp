#include "agent/api/rules_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "agent/api/prometheus_json.h"
#include "base/core/strings.h"

namespace tocsin::agent {

using rules::AlertRule;
using rules::AlertStatus;
using rules::GroupStatus;
using rules::RecordRule;
using rules::RuleHealth;
using rules::RuleStatus;

namespace {

// {"a":1,"b":2} from members that are JSON already.
class Object {
  public:
    Object& raw(std::string_view name, std::string_view json) {
        text_ += text_.size() > 1 ? "," : "";
        text_ += json_string(name);
        text_ += ':';
        text_ += json;
        return *this;
    }
    Object& text(std::string_view name, std::string_view value) {
        return raw(name, json_string(value));
    }
    Object& seconds(std::string_view name, Duration value) {
        return raw(name, format_double(static_cast<double>(value.count()) / 1000.0));
    }
    std::string done() && { return std::move(text_) + "}"; }

  private:
    std::string text_ = "{";
};

template <class Items, class Make>
std::string list(const Items& items, Make make) {
    std::string out = "[";
    for (const auto& item : items) {
        if (out.size() > 1) out += ',';
        out += make(item);
    }
    return out + "]";
}

std::string pairs_json(const rules::StringPairs& pairs) {
    Object object;
    for (const auto& [name, value] : pairs) object.text(name, value);
    return std::move(object).done();
}

// As Prometheus writes the values of alerts, with an exponent always: 5.77e+00.
std::string value_text(double value) {
    if (!std::isfinite(value)) return format_double(value);
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.begin(), text.end(), value, std::chars_format::scientific);
    return {text.begin(), end.ptr};
}

std::string alert_json(const AlertStatus& alert) {
    Object annotations;
    for (const auto& [name, value] : alert.annotations) annotations.text(name, value);
    return std::move(Object()
                         .raw("labels", labels_json(alert.labels))
                         .raw("annotations", std::move(annotations).done())
                         .text("state", alert.firing ? "firing" : "pending")
                         .text("activeAt", format_rfc3339(alert.active_at))
                         .text("value", value_text(alert.value)))
        .done();
}

std::string_view health(RuleHealth health) {
    switch (health) {
        case RuleHealth::kUnknown:
            return "unknown";
        case RuleHealth::kOk:
            return "ok";
        case RuleHealth::kError:
            return "err";
    }
    return "unknown";
}

std::string_view state(const std::vector<AlertStatus>& alerts) {
    std::string_view worst = "inactive";
    for (const auto& alert : alerts) {
        if (alert.firing) return "firing";
        worst = "pending";
    }
    return worst;
}

std::string rule_json(const RuleStatus& status) {
    Object object;
    if (const auto* alert = std::get_if<AlertRule>(status.rule)) {
        object.text("state", state(status.alerts))
            .text("name", alert->alert)
            .text("query", alert->expr.text)
            .seconds("duration", alert->hold)
            .seconds("keepFiringFor", alert->keep_firing_for)
            .raw("labels", pairs_json(alert->labels))
            .raw("annotations", pairs_json(alert->annotations))
            .raw("alerts", list(status.alerts, alert_json));
    } else {
        const auto& record = std::get<RecordRule>(*status.rule);
        object.text("name", record.record)
            .text("query", record.expr.text)
            .raw("labels", pairs_json(record.labels));
    }
    object.text("health", health(status.health));
    if (!status.last_error.empty()) object.text("lastError", status.last_error);
    return std::move(object.text("lastEvaluation", format_rfc3339(status.last_evaluation))
                         .text("type", std::holds_alternative<AlertRule>(*status.rule)
                                           ? "alerting"
                                           : "recording"))
        .done();
}

bool is_of(RuleKinds kinds, const RuleStatus& status) {
    switch (kinds) {
        case RuleKinds::kAll:
            return true;
        case RuleKinds::kAlert:
            return std::holds_alternative<AlertRule>(*status.rule);
        case RuleKinds::kRecord:
            return std::holds_alternative<RecordRule>(*status.rule);
    }
    return true;
}

std::string group_json(const GroupStatus& group, RuleKinds kinds) {
    std::vector<RuleStatus> shown;
    std::copy_if(group.rules.begin(), group.rules.end(), std::back_inserter(shown),
                 [&](const RuleStatus& rule) { return is_of(kinds, rule); });
    Timestamp last;
    for (const RuleStatus& rule : group.rules) last = std::max(last, rule.last_evaluation);
    return std::move(Object()
                         .text("name", group.name)
                         .text("file", group.file)
                         .raw("rules", list(shown, rule_json))
                         .seconds("interval", group.interval)
                         .raw("limit", std::to_string(group.limit))
                         .text("lastEvaluation", format_rfc3339(last)))
        .done();
}

}  // namespace

std::string rules_json(const rules::RuleSet& rules, RuleKinds kinds) {
    const auto group = [&](const GroupStatus& status) { return group_json(status, kinds); };
    return R"({"groups":)" + list(rules.status(), group) + "}";
}

std::string alerts_json(const rules::RuleSet& rules) {
    std::vector<AlertStatus> alerts;
    for (auto& group : rules.status()) {
        for (auto& rule : group.rules) {
            for (auto& alert : rule.alerts) alerts.push_back(std::move(alert));
        }
    }
    return R"({"alerts":)" + list(alerts, alert_json) + "}";
}

}  // namespace tocsin::agent
