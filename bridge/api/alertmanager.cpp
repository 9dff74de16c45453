#include "bridge/api/alertmanager.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <map>

namespace json = boost::json;

namespace tocsin::bridge {
namespace {

// Who gets told, under Alertmanager's word for it; an incident without a policy is on the page.
constexpr std::string_view kPageReceiver = "page";

std::string receiver_of(const Incident& incident) {
    return incident.policy.empty() ? std::string(kPageReceiver) : incident.policy;
}

json::object labels_object(const Labels& labels) {
    json::object out;
    for (const Label& label : labels) out[label.name.view()] = label.value.view();
    return out;
}

json::object named(std::string_view name) {
    json::object out;
    out["name"] = name;
    return out;
}

bool passes(const AlertFilter& filter, const Labels& labels, const Incident& incident) {
    if (!filter.active || !matches_all(filter.matchers, labels)) return false;
    return filter.receiver.empty() || filter.receiver.front().matches(receiver_of(incident));
}

json::object gettable(const AlertRecord& alert, const Labels& labels, const FiringLevel& level,
                      const Incident& incident, Timestamp now) {
    json::object out;
    out["annotations"] = [&] {
        json::object all;
        for (const auto& [name, value] : alert.annotations) all[name] = value;
        return all;
    }();
    // One that never expires (the bridge's own) still needs an end in this shape.
    out["endsAt"] = format_rfc3339(level.ends_at.value_or(now + 5min));
    out["fingerprint"] = level.fingerprint;
    json::array receivers;
    receivers.push_back(named(receiver_of(incident)));
    out["receivers"] = std::move(receivers);
    out["startsAt"] = format_rfc3339(level.starts_at);
    json::object status;
    status["inhibitedBy"] = json::array();
    status["silencedBy"] = json::array();
    status["state"] = "active";
    out["status"] = std::move(status);
    out["updatedAt"] = format_rfc3339(alert.last_seen);
    if (!alert.generator_url.empty()) out["generatorURL"] = alert.generator_url;
    out["labels"] = labels_object(labels);
    return out;
}

void add_gettable(json::array& out, const AlertRecord& alert, const Incident& incident,
                  const AlertFilter& filter, Timestamp now) {
    for (const auto& [severity, level] : alert.levels) {
        const Labels labels = LabelsBuilder(alert.labels).set("severity", severity).build();
        if (passes(filter, labels, incident)) {
            out.push_back(gettable(alert, labels, level, incident, now));
        }
    }
}

Result<bool> flag(const net::Request& request, std::string_view name) {
    const std::string_view value = request.param(name);
    if (value.empty() || value == "true" || value == "1") return true;
    if (value == "false" || value == "0") return false;
    return Error(ErrorCode::kInvalid, "parameter " + std::string(name) + " must be true or false");
}

}  // namespace

Result<AlertFilter> parse_alert_filter(const net::Request& request) {
    AlertFilter out;
    for (const std::string& text : request.params("filter")) {
        auto matcher = parse_matcher(text);
        if (!matcher) {
            return Error(ErrorCode::kInvalid, "bad matcher format: " + matcher.error().message);
        }
        out.matchers.push_back(std::move(matcher).value());
    }
    TOCSIN_TRY(out.active, flag(request, "active"));
    for (const char* name : {"silenced", "inhibited", "unprocessed"}) {
        TOCSIN_TRY(flag(request, name));
    }
    if (const std::string_view pattern = request.param("receiver"); !pattern.empty()) {
        auto regex = Regex::compile(pattern);
        if (!regex) {
            return Error(ErrorCode::kInvalid,
                         "failed to parse receiver param: " + regex.error().message);
        }
        out.receiver.push_back(std::move(regex).value());
    }
    return out;
}

std::string gettable_alerts(const CurrentAlerts& alerts, const AlertFilter& filter, Timestamp now) {
    json::array out;
    for (const auto& [alert, summary] : alerts) {
        add_gettable(out, alert, summary.incident, filter, now);
    }
    return json::serialize(out);
}

std::string alert_groups(const CurrentAlerts& alerts, const AlertFilter& filter, Timestamp now) {
    std::map<IncidentId, json::array> by_incident;
    std::map<IncidentId, const Incident*> incidents;
    for (const auto& [alert, summary] : alerts) {
        const IncidentId id = summary.incident.id;
        incidents[id] = &summary.incident;
        add_gettable(by_incident[id], alert, summary.incident, filter, now);
    }
    json::array out;
    for (auto& [id, items] : by_incident) {
        if (items.empty()) continue;
        const Incident& incident = *incidents[id];
        json::object group;
        group["labels"] = labels_object(incident.labels);
        group["receiver"] = named(receiver_of(incident));
        group["alerts"] = std::move(items);
        out.push_back(std::move(group));
    }
    return json::serialize(out);
}

std::string receivers_json(const BridgeConfig& config) {
    json::array out;
    for (const Policy& policy : config.oncall.policies) out.push_back(named(policy.name));
    out.push_back(named(kPageReceiver));
    return json::serialize(out);
}

std::string status_json(std::string_view version, Timestamp started) {
    json::object info;
    info["version"] = version;
    for (const char* name : {"revision", "branch", "buildUser", "buildDate", "goVersion"}) {
        info[name] = "";
    }
    json::object cluster;
    cluster["name"] = "";
    cluster["status"] = "disabled";
    cluster["peers"] = json::array();
    json::object out;
    out["cluster"] = std::move(cluster);
    out["versionInfo"] = std::move(info);
    json::object original;
    original["original"] = "";
    out["config"] = std::move(original);
    out["uptime"] = format_rfc3339(started);
    return json::serialize(out);
}

}  // namespace tocsin::bridge
