#include "bridge/incident/report.h"

#include <fmt/format.h>

#include "base/core/strings.h"
#include "bridge/incident/moves.h"
#include "bridge/incident/ownership.h"
#include "bridge/incident/person_moves.h"
#include "bridge/incident/sla_moves.h"

namespace tocsin::bridge {
namespace {

Incident blank(const Report& report, const std::vector<const Route*>& also, const Context& context,
               const Labels& labels, Timestamp now) {
    Incident in;
    in.key = report.key;
    in.opened_at = now;
    in.title = report.symptom;
    in.labels = labels;
    in.route = context.route.name;
    in.service = report.service;
    const Service* service = context.priorities.service_named(report.service);
    if (service == nullptr) service = context.priorities.service(labels);
    if (service != nullptr) in.service = service->name;
    const Ownership owner = ownership_of(context.route, service, context.oncall);
    in.team = owner.team;
    in.policy = owner.policy;
    for (const Route* route : also) {
        for (const Target& target : route->tell) in.watchers.push_back(to_string(target));
    }
    in.facts.request = report.request;
    in.facts.category = report.category;
    in.facts.reporter = report.reporter;
    in.facts.since = report.since;
    return in;
}

ImpactOf impact_of(const Report& report, const Incident& in, const PriorityRules& rules) {
    if (report.impact) return {*report.impact, ImpactBy::kReport, ""};
    return rules.impact_of(rules.service_named(in.service), in.labels);
}

}  // namespace

Labels labels_of(const Report& report) {
    LabelsBuilder labels(report.labels);
    if (!report.service.empty()) labels.set("service", report.service);
    if (!report.category.empty()) labels.set("category", report.category);
    return labels.build();
}

Decision open_report(const Report& report, const std::vector<const Route*>& also,
                     const Context& context, Timestamp now) {
    const Incident in = blank(report, also, context, labels_of(report), now);
    Draft d(in, context, now);
    const PriorityRules& rules = context.priorities;
    const ImpactOf impact = impact_of(report, in, rules);
    const Urgency urgency = report.urgency.value_or(Urgency::kMedium);
    const Priority by_matrix = rules.matrix.at(static_cast<std::size_t>(impact.impact))
                                   .at(static_cast<std::size_t>(urgency));
    d.in().priority = priority_by(context.route, by_matrix);
    EntryData data{{"reporter", report.reporter.name},
                   {"priority", std::string(to_string(d.in().priority))},
                   {"matrix", std::string(to_string(by_matrix))},
                   {"impact", std::string(to_string(impact.impact))},
                   {"impact_by", std::string(to_string(impact.by))},
                   {"urgency", std::string(to_string(urgency))},
                   {"urgency_by", report.urgency ? "report" : ""},
                   {"service", in.service},
                   {"tier", impact.tier},
                   {"route", in.route},
                   {"type", report.request ? "request" : "incident"}};
    if (report.since) data["since"] = format_rfc3339(*report.since);
    if (!report.text.empty()) data["text"] = report.text;
    // Of one who is told by a channel the address is nobody else's to know.
    if (report.reporter.channel.empty() && !report.reporter.address.empty()) {
        data["contact"] = report.reporter.address;
    }
    d.say(
        "reported", report.actor,
        fmt::format("{} reports {}: {} (impact {}, urgency {}){}{}", report.reporter.name,
                    report.request ? "a service request" : "an incident", data["priority"],
                    data["impact"], data["urgency"], report.text.empty() ? "" : ": ", report.text),
        data);
    start_clocks(d);
    keep_facts(d);
    start_ladder(d, MessageKind::kOpened);
    d.tell_watchers(MessageKind::kOpened);
    tell_reporter(d, MessageKind::kReceived);
    return d.done("reported");
}

}  // namespace tocsin::bridge
