#include "bridge/why/link.h"

#include "bridge/incident/title.h"

namespace tocsin::bridge {
namespace {

std::string annotation(const AlertRecord& alert, std::string_view name) {
    const auto found = alert.annotations.find(name);
    return found == alert.annotations.end() ? std::string() : found->second;
}

std::string matchers_text(const Matchers& matchers) {
    std::string out;
    for (const Matcher& matcher : matchers) out += (out.empty() ? "" : ", ") + matcher.text();
    return out;
}

}  // namespace

std::string labels_text(const Labels& labels) {
    std::string out;
    for (const Label& label : labels) {
        out += out.empty() ? "" : ", ";
        out += std::string(label.name.view()) + "=\"" + std::string(label.value.view()) + "\"";
    }
    return out;
}

std::string names_of(const std::vector<Tell>& tells) {
    std::string out;
    for (const Tell& tell : tells) {
        out += out.empty() ? "" : ", ";
        out += tell.person + " by " + tell.channel;
    }
    return out;
}

WhyLink alert_link(const AlertRecord& alert) {
    return {"alert",
            "alert",
            alert.starts_at,
            {{"name", std::string(alert.labels.get("alertname"))},
             {"host", alert.host},
             {"severity", alert.severity},
             {"status", std::string(to_string(alert.status))},
             {"last_seen", format_rfc3339(alert.last_seen)},
             {"source", alert.source},
             {"summary", annotation(alert, "summary")},
             {"fingerprint", alert.fingerprint}},
            "",
            "",
            own_words(alert)};
}

WhyLink rule_link(const AlertRecord& alert) {
    WhyLink link{"rule", "rule", alert.starts_at, {}};
    const std::string rule = annotation(alert, kAnnotationRule);
    if (alert.source == kSourceBridge) {
        link.phrase = "rule.bridge";
    } else if (rule.empty()) {
        link.phrase = "rule.foreign";
        link.data = {{"source", alert.source}, {"url", alert.generator_url}};
    } else {
        link.data = {{"rule", rule},
                     {"version", annotation(alert, kAnnotationRuleVersion)},
                     {"expr", annotation(alert, kAnnotationExpr)},
                     {"value", annotation(alert, kAnnotationValue)},
                     {"reason", annotation(alert, kAnnotationReason)},
                     {"url", alert.generator_url}};
    }
    return link;
}

Priority put_route_priority(const Route& route, Priority wanted, EntryData& data) {
    const Priority out = priority_by(route, wanted);
    data["route"] = route.name;
    data["priority"] = std::string(to_string(out));
    if (out != wanted) data[route.priority ? "fixed" : "cap"] = std::string(to_string(out));
    return out;
}

PriorityOf priority_link(const PriorityRules& rules, const Route& route, const Labels& labels,
                         std::string_view severity) {
    const Service* const service = rules.service(labels);
    const ImpactOf impact = rules.impact_of(service, labels);
    const Priority by_matrix = rules.priority(labels, severity);
    EntryData data = {
        {"severity", std::string(severity)},
        {"urgency", std::string(to_string(rules.level(severity).urgency))},
        {"urgency_by", severity.empty() ? "" : "severity"},
        {"service", service == nullptr ? "" : service->name},
        {"tier", impact.tier},
        {"impact", std::string(to_string(impact.impact))},
        {"impact_by", std::string(to_string(impact.by))},
        {"matrix", std::string(to_string(by_matrix))},
    };
    const Priority priority = put_route_priority(route, by_matrix, data);
    return {WhyLink{"priority", "priority", std::nullopt, std::move(data)}, priority};
}

WhyLink reported_priority_link(const EntryData& reported, const Route& route) {
    EntryData data;
    for (const char* name :
         {"impact", "impact_by", "urgency", "urgency_by", "service", "tier", "matrix"}) {
        const auto found = reported.find(name);
        data[name] = found == reported.end() ? "" : found->second;
    }
    const auto wanted = parse_priority(data["matrix"]);
    if (wanted) put_route_priority(route, *wanted, data);
    return {"priority", "priority", std::nullopt, std::move(data)};
}

WhyLink route_link(const Route* route, std::string_view name, std::string_view team,
                   std::string_view policy) {
    return {"route",
            route == nullptr ? "route.gone" : "route",
            std::nullopt,
            {{"route", std::string(name)},
             {"match", route == nullptr ? "" : matchers_text(route->match)},
             {"team", std::string(team)},
             {"policy", std::string(policy)}}};
}

}  // namespace tocsin::bridge
