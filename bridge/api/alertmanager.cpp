#include "bridge/api/alertmanager.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <map>

#include "bridge/api/alertmanager_words.h"
#include "bridge/incident/ownership.h"

namespace json = boost::json;

namespace tocsin::bridge {
namespace {

// Who gets told, under Alertmanager's word for it; what has no policy is on the page.
constexpr std::string_view kPageReceiver = "page";
// Whose API this is: clients (karma) choose their reading by it.
constexpr std::string_view kApiVersion = "0.25.0";

std::string receiver_by(const std::string& policy) {
    return policy.empty() ? std::string(kPageReceiver) : policy;
}

// Of what such a route would open. Of a service only an alert's labels know.
std::string receiver_by(const Route& route, const Service* service, const BridgeConfig& config) {
    return receiver_by(ownership_of(route, service, config.oncall).policy);
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

// One alert of one severity as the API shows it, whether in an incident or held back outside.
struct Shown {
    const AlertRecord* alert = nullptr;
    std::string receiver;
    std::string group;
    Labels group_labels;
};

// By the route's group_by, as the alert itself has these labels: whatever incident it is in, by a
// merge, a split or a storm.
Shown shown_as(const AlertRecord& alert, const Route& owner, std::string receiver) {
    LabelsBuilder labels;
    for (const std::string& name : key_labels(owner, alert.annotations)) {
        labels.set(name, alert.labels.get(name));
    }
    return {&alert, std::move(receiver), dedup_key(owner, alert.labels, alert.annotations),
            labels.build()};
}

std::vector<Shown> shown(const AlertsView& view, const BridgeConfig& config) {
    std::vector<Shown> out;
    for (const auto& [alert, summary] : view.alerts) {
        const Route& owner = *route(config.routes, alert.labels).owner;
        out.push_back(shown_as(alert, owner, receiver_by(summary.incident.policy)));
    }
    for (const AlertRecord& alert : view.held) {
        const Route& owner = *route(config.routes, alert.labels).owner;
        const Service* const service = config.priorities.service(alert.labels);
        out.push_back(shown_as(alert, owner, receiver_by(owner, service, config)));
    }
    return out;
}

struct HeldBy {
    std::vector<std::string> silences;  // ids, sorted
    std::vector<std::string> sources;   // fingerprints
    // By these, or by what Alertmanager has no list for: a window, a condition of opening. Of that
    // the state alone speaks, for what is in the lists clients look up.
    bool held = false;
};

// Silences by the labels of this very severity, as Alertmanager does it.
HeldBy held_by(const AlertsView& view, const AlertRecord& alert, const Labels& labels,
               Timestamp now) {
    HeldBy out;
    for (const Silence& silence : view.silences) {
        const bool silences = silence.kind == SuppressorKind::kSilence;
        if (silences && hides(silence, labels, now)) out.silences.push_back(silence.id);
    }
    const auto& by = alert.suppressor;
    if (by && by->kind == SuppressorKind::kSilence && out.silences.empty()) {
        out.silences.push_back(by->id);
    }
    if (by && by->kind == SuppressorKind::kInhibit) {
        for (const InhibitSource& source : view.sources) {
            if (source.identity == by->id) out.sources.push_back(fingerprint(source.labels));
        }
    }
    std::sort(out.silences.begin(), out.silences.end());
    out.held = by || !out.silences.empty();
    return out;
}

bool passes(const AlertFilter& filter, const Labels& labels, const Shown& shown, const HeldBy& by) {
    if (!filter.active && !by.held) return false;
    if (!filter.silenced && !by.silences.empty()) return false;
    if (!filter.inhibited && !by.sources.empty()) return false;
    // Who leaves out both (amtool, unless it is told otherwise) wants what nothing holds back.
    if (!filter.silenced && !filter.inhibited && by.held) return false;
    if (!matches_all(filter.matchers, labels)) return false;
    return filter.receiver.empty() || filter.receiver.front().matches(shown.receiver);
}

json::object gettable(const Shown& shown, const Labels& labels, const FiringLevel& level,
                      const HeldBy& by, Timestamp now) {
    const AlertRecord& alert = *shown.alert;
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
    receivers.push_back(named(shown.receiver));
    out["receivers"] = std::move(receivers);
    out["startsAt"] = format_rfc3339(level.starts_at);
    json::object status;
    status["inhibitedBy"] = json::array(by.sources.begin(), by.sources.end());
    status["silencedBy"] = json::array(by.silences.begin(), by.silences.end());
    status["state"] = by.held ? "suppressed" : "active";
    out["status"] = std::move(status);
    out["updatedAt"] = format_rfc3339(alert.last_seen);
    if (!alert.generator_url.empty()) out["generatorURL"] = alert.generator_url;
    out["labels"] = labels_object(labels);
    return out;
}

void add_gettable(std::vector<json::object>& out, const AlertsView& view, const Shown& shown,
                  const AlertFilter& filter, Timestamp now) {
    for (const auto& [severity, level] : shown.alert->levels) {
        const Labels labels = LabelsBuilder(shown.alert->labels).set("severity", severity).build();
        const HeldBy by = held_by(view, *shown.alert, labels, now);
        if (passes(filter, labels, shown, by)) {
            out.push_back(gettable(shown, labels, level, by, now));
        }
    }
}

json::array sorted(std::vector<json::object> alerts) {
    std::sort(alerts.begin(), alerts.end(), [](const json::object& a, const json::object& b) {
        return a.at("fingerprint").as_string() < b.at("fingerprint").as_string();
    });
    json::array out;
    for (json::object& alert : alerts) out.push_back(std::move(alert));
    return out;
}

}  // namespace

Result<AlertFilter> parse_alert_filter(const net::Request& request) {
    AlertFilter out;
    TOCSIN_TRY(out.matchers, parse_matcher_filter(request));
    // `unprocessed` may be anything: here no alert is.
    out.active = query_flag(request, "active", true);
    out.silenced = query_flag(request, "silenced", true);
    out.inhibited = query_flag(request, "inhibited", true);
    if (const std::string_view pattern = request.param("receiver"); !pattern.empty()) {
        auto regex = Regex::compile(pattern);
        if (!regex) {
            return Error(ErrorCode::kInvalid,
                         "failed to parse receiver param: " + anchored_regex_problem(pattern));
        }
        out.receiver.push_back(std::move(regex).value());
    }
    return out;
}

Result<AlertsView> read_alerts(Queries& queries, Timestamp now) {
    AlertsView out;
    TOCSIN_TRY(out.alerts, queries.current_alerts());
    TOCSIN_TRY(out.held, queries.held_alerts());
    TOCSIN_TRY(auto silences, queries.silences(now - kMaintenanceSettle));
    out.silences = std::move(silences);
    TOCSIN_TRY(out.sources, queries.inhibitors());
    return out;
}

std::string gettable_alerts(const AlertsView& view, const BridgeConfig& config,
                            const AlertFilter& filter, Timestamp now) {
    std::vector<json::object> out;
    for (const Shown& one : shown(view, config)) add_gettable(out, view, one, filter, now);
    return json::serialize(sorted(std::move(out)));
}

std::string alert_groups(const AlertsView& view, const BridgeConfig& config,
                         const AlertFilter& filter, Timestamp now) {
    struct Group {
        Labels labels;
        std::string receiver;
        std::vector<json::object> alerts;
    };
    std::map<std::pair<std::string, std::string>, Group> groups;
    for (const Shown& one : shown(view, config)) {
        auto [at, fresh] = groups.try_emplace({one.group, one.receiver});
        if (fresh) {
            at->second.labels = one.group_labels;
            at->second.receiver = one.receiver;
        }
        add_gettable(at->second.alerts, view, one, filter, now);
    }
    json::array out;
    for (auto& [key, group] : groups) {
        if (group.alerts.empty()) continue;
        json::object item;
        item["labels"] = labels_object(group.labels);
        item["receiver"] = named(group.receiver);
        item["alerts"] = sorted(std::move(group.alerts));
        out.push_back(std::move(item));
    }
    return json::serialize(out);
}

std::string receivers_json(const BridgeConfig& config) {
    json::array out;
    for (const Policy& policy : config.oncall.policies) out.push_back(named(policy.name));
    out.push_back(named(kPageReceiver));
    return json::serialize(out);
}

namespace {

// A JSON string is a YAML string as well.
std::string quoted(std::string_view text) {
    return json::serialize(json::string(text));
}

// The routes as `amtool config routes` reads them.
std::string config_yaml(const BridgeConfig& config) {
    const auto receiver = [&config](const Route& route) {
        return quoted(receiver_by(route, nullptr, config));
    };
    const auto group_by = [](const Route& route) {
        std::string out = "[";
        for (const std::string& name : route.group_by) {
            out += (out.size() > 1 ? ", " : "") + quoted(name);
        }
        return out + "]";
    };
    std::string out = "route:\n  receiver: " + receiver(config.routes.back()) +
                      "\n  group_by: " + group_by(config.routes.back()) + "\n";
    bool any = false;
    for (const Route& route : config.routes) {
        if (route.also || route.match.empty()) continue;
        if (!any) out += "  routes:\n";
        any = true;
        out += "  - receiver: " + receiver(route) + "\n    group_by: " + group_by(route) +
               "\n    matchers:\n";
        for (const Matcher& matcher : route.match) out += "    - " + quoted(matcher.text()) + "\n";
    }
    out += "receivers:\n";
    for (const Policy& policy : config.oncall.policies) {
        out += "- name: " + quoted(policy.name) + "\n";
    }
    return out + "- name: " + quoted(kPageReceiver) + "\n";
}

}  // namespace

std::string status_json(const BridgeConfig& config, std::string_view version, Timestamp started) {
    json::object info;
    info["branch"] = "tocsin";
    info["buildDate"] = "";
    info["buildUser"] = "";
    info["goVersion"] = "";
    info["revision"] = "tocsin " + std::string(version);
    info["version"] = kApiVersion;
    json::object cluster;
    cluster["peers"] = json::array();
    cluster["status"] = "disabled";
    json::object original;
    original["original"] = config_yaml(config);
    json::object own;
    own["version"] = version;
    json::object out;
    out["cluster"] = std::move(cluster);
    out["config"] = std::move(original);
    out["tocsin"] = std::move(own);
    out["uptime"] = format_rfc3339(started);
    out["versionInfo"] = std::move(info);
    return json::serialize(out);
}

}  // namespace tocsin::bridge
