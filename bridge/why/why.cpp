#include "bridge/why/why.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace tocsin::bridge {
namespace {

constexpr std::size_t kMostAlerts = 10;

// What an entry of the timeline speaks of. Those not listed are not part of the chain: they are the
// alerts' own news, which the chain's first links tell as they are now.
struct EntryStep {
    std::string_view kind;
    std::string_view step;
};
constexpr std::array kEntrySteps = {
    EntryStep{"suppressed", "suppression"},
    EntryStep{"unsuppressed", "suppression"},
    EntryStep{"alert_suppressed", "suppression"},
    EntryStep{"alert_released", "suppression"},
    EntryStep{"linked", "suppression"},
    EntryStep{"flapping", "suppression"},
    EntryStep{"flapping_ended", "suppression"},
    EntryStep{"absorbed", "storm"},
    EntryStep{"left_storm", "storm"},
    EntryStep{"storm", "storm"},
    EntryStep{"overflow", "storm"},
    EntryStep{"storm_over", "storm"},
    EntryStep{"observed", "observe"},
    EntryStep{"observed_ended", "observe"},
    EntryStep{"step", "policy"},
    EntryStep{"step_repeated", "policy"},
    EntryStep{"step_skipped", "policy"},
    EntryStep{"step_waits", "policy"},
    EntryStep{"rotation_empty", "policy"},
    EntryStep{"nobody", "policy"},
    EntryStep{"fell_back", "policy"},
    EntryStep{"handed_over", "policy"},
    EntryStep{"escalated", "policy"},
    EntryStep{"opened", "state"},
    EntryStep{"acknowledged", "state"},
    EntryStep{"unacknowledged", "state"},
    EntryStep{"declined", "state"},
    EntryStep{"assigned", "state"},
    EntryStep{"lapsed", "state"},
    EntryStep{"snoozed", "state"},
    EntryStep{"snooze_ended", "state"},
    EntryStep{"pended", "state"},
    EntryStep{"resumed", "state"},
    EntryStep{"resolved", "state"},
    EntryStep{"reopened", "state"},
    EntryStep{"confirmed", "state"},
    EntryStep{"closed", "state"},
    EntryStep{"superseded", "state"},
    EntryStep{"merged", "state"},
    EntryStep{"merged_in", "state"},
    EntryStep{"reported", "state"},
};

std::string_view step_of(std::string_view kind) {
    const auto* const found =
        std::find_if(kEntrySteps.begin(), kEntrySteps.end(),
                     [&](const EntryStep& entry) { return entry.kind == kind; });
    return found == kEntrySteps.end() ? std::string_view() : found->step;
}

const Route* route_of(const BridgeConfig& config, std::string_view name) {
    const auto found = std::find_if(config.routes.begin(), config.routes.end(),
                                    [&](const Route& r) { return r.name == name; });
    return found == config.routes.end() ? nullptr : &*found;
}

void add_alerts(const Incident& in, WhyLinks& out) {
    for (std::size_t i = 0; i < std::min(in.alerts.size(), kMostAlerts); ++i) {
        out.push_back(alert_link(in.alerts[i]));
        out.push_back(rule_link(in.alerts[i]));
    }
    if (in.alerts.size() > kMostAlerts) {
        const std::string more = std::to_string(in.alerts.size() - kMostAlerts);
        out.push_back({"alert", "alert.more", std::nullopt, {{"count", more}}});
    }
}

void add_suppression(const Incident& in, WhyLinks& out) {
    for (const AlertRecord& alert : in.alerts) {
        if (!alert.suppressor || alert.status == AlertStatus::kResolved) continue;
        EntryData data = facts_of(*alert.suppressor);
        data["name"] = std::string(alert.labels.get("alertname"));
        data["host"] = alert.host;
        out.push_back(
            {"suppression", "suppression.held", alert.suppressor->since, std::move(data)});
    }
    if (in.suppressed) {
        out.push_back(
            {"suppression", "suppression.all", in.suppressed->since, facts_of(*in.suppressed)});
    }
}

void add_route(const Incident& in, const BridgeConfig& config, WhyLinks& out) {
    if (!in.dedup_key.empty()) {
        out.push_back({"incident", "dedup", in.opened_at, {{"key", in.dedup_key}}});
    }
    const Route* const route = route_of(config, in.route);
    out.push_back(route_link(route, in.route, in.team, in.policy));
    std::string watchers;
    for (const std::string& one : in.watchers) watchers += (watchers.empty() ? "" : ", ") + one;
    if (!watchers.empty()) {
        out.push_back({"route", "route.watchers", std::nullopt, {{"watchers", watchers}}});
    }
}

// The worst alert speaks for all.
const AlertRecord* worst_of(const Incident& in, const BridgeConfig& config) {
    const AlertRecord* worst = nullptr;
    const auto rank = [&](const AlertRecord& alert) {
        return std::make_pair(alert.status == AlertStatus::kResolved,
                              config.priorities.priority(alert.labels, alert.severity));
    };
    for (const AlertRecord& alert : in.alerts) {
        if (worst == nullptr || rank(alert) < rank(*worst)) worst = &alert;
    }
    return worst;
}

// Where it comes from, each source on its own; what happened tells of each change since.
void add_priority(const WhyFacts& facts, const BridgeConfig& config, WhyLinks& out) {
    const Incident& in = facts.incident;
    const Route& route = config.route_named(in.route);
    WhyLinks links;
    for (const TimelineEntry& entry : facts.timeline) {
        // Entries of before the matrix was written down say impact and urgency themselves, no more.
        const bool whole = entry.kind == "reported" && entry.data.contains("matrix");
        if (whole) links.push_back(reported_priority_link(entry.data, route));
    }
    if (const AlertRecord* const worst = worst_of(in, config)) {
        links.push_back(
            priority_link(config.priorities, route, worst->labels, worst->severity).link);
    }
    if (in.is_parent()) {
        EntryData data = {{"hosts", std::to_string(5 * config.incidents.storms.more_than)}};
        const bool storm = in.kind == Incident::Kind::kStorm;
        links.push_back({"priority", storm ? "priority.storm" : "priority.overflow", std::nullopt,
                         std::move(data)});
    }
    if (!links.empty()) links.back().data["now"] = std::string(to_string(in.priority));
    for (WhyLink& link : links) out.push_back(std::move(link));
}

void add_storm(const Incident& in, WhyLinks& out) {
    if (in.absorbed) {
        out.push_back({"storm", "storm.child", std::nullopt, {{"parent", in.parent}}});
    }
    if (in.is_parent()) {
        out.push_back({"storm",
                       "storm.parent",
                       in.opened_at,
                       {{"children", std::to_string(in.children)},
                        {"hosts", std::to_string(in.hosts)},
                        {"group", in.storm_group}}});
    }
    if (in.kind == Incident::Kind::kJoin) {
        out.push_back({"host", "host.joined", in.opened_at, {}});
    }
    if (in.observed) out.push_back({"observe", "observe", std::nullopt, {}});
}

WhyLink message_link(const WhyMessage& message) {
    return {"message",
            "message",
            message.at,
            {{"person", message.notify.person},
             {"channel", message.notify.channel},
             {"address", shown_address(message.notify)},
             {"kind", std::string(to_string(message.notify.kind))},
             {"priority", std::string(to_string(message.notify.priority))},
             {"delivery", message.state},
             {"attempts", std::to_string(message.attempts)},
             {"result", message.result},
             {"due", message.due ? format_rfc3339(*message.due) : ""}}};
}

// Who changed the priority, which the timeline's own words leave to the column of its actor.
std::optional<WhyLink> priority_change(const TimelineEntry& entry) {
    if (entry.kind != "priority_raised" && entry.kind != "priority_lowered") return std::nullopt;
    EntryData data = entry.data;
    data["person"] = entry.actor;
    const bool by_hand = entry.actor != kSystem;
    return WhyLink{"priority", by_hand ? "priority.by_hand" : "priority.risen", entry.at,
                   std::move(data)};
}

// What happened, by time; what a step queued stands after it.
void add_history(const WhyFacts& facts, WhyLinks& out) {
    WhyLinks history;
    for (const TimelineEntry& entry : facts.timeline) {
        if (auto change = priority_change(entry)) history.push_back(std::move(*change));
        const std::string_view step = step_of(entry.kind);
        if (step.empty()) continue;
        EntryData data = entry.data;
        data["kind"] = entry.kind;
        history.push_back({std::string(step), std::string(kWhyTimeline), entry.at, std::move(data),
                           entry.text, entry.actor});
    }
    for (const WhyMessage& message : facts.messages) history.push_back(message_link(message));
    std::stable_sort(history.begin(), history.end(),
                     [](const WhyLink& a, const WhyLink& b) { return *a.at < *b.at; });
    for (WhyLink& link : history) out.push_back(std::move(link));
}

void add_next(const WhyFacts& facts, WhyLinks& out) {
    const Incident& in = facts.incident;
    EntryData data = {{"state", std::string(to_string(in.state))},
                      {"owner", in.acknowledged_by},
                      {"successor", in.successor}};
    out.push_back({"next", "next.state", std::nullopt, std::move(data)});
    if (in.state == State::kTriggered && in.told.empty() && !in.observed && !in.absorbed) {
        out.push_back({"next", "next.nobody", std::nullopt, {}});
    }
    for (const auto& [kind, due] : facts.timers) {
        out.push_back({"next",
                       "next.timer",
                       std::nullopt,
                       {{"timer", std::string(to_string(kind))}, {"due", format_rfc3339(due)}}});
    }
}

}  // namespace

WhyLinks why(const WhyFacts& facts, const BridgeConfig& config) {
    WhyLinks out;
    add_alerts(facts.incident, out);
    add_suppression(facts.incident, out);
    add_route(facts.incident, config, out);
    add_priority(facts, config, out);
    add_storm(facts.incident, out);
    add_history(facts, out);
    add_next(facts, out);
    return out;
}

}  // namespace tocsin::bridge
