// A small on-call world for tests of the incident core: two teams, three people, a ladder of three
// steps, and shorthand for alerts and for incidents in each state.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/incident/types.h"
#include "bridge/oncall/ladder.h"

namespace tocsin::bridge {

inline constexpr Timestamp kStart = from_unix_ms(1'795'000'000'000);

inline std::vector<Priority> all_priorities() {
    return {kPriorities.begin(), kPriorities.end()};
}

struct World {
    Oncall oncall;
    PriorityRules priorities;
    IncidentSettings settings;
    Route route;
    Timestamp now = kStart;

    World() {
        const auto person = [](std::string name, std::vector<Priority> priorities_for) {
            Person p;
            p.name = p.display = name;
            p.contacts = {{"mail", name + "@example.com", std::move(priorities_for), Duration{0}}};
            return p;
        };
        oncall.people = {person("li.na", all_priorities()), person("zhao.lei", all_priorities()),
                         person("wang.wei", {Priority::kP1, Priority::kP2}),
                         person("chen.yu", all_priorities())};
        oncall.teams = {{"web", "web", "wang.wei", "zhao.lei", {"li.na", "zhao.lei"}},
                        {"dba", "dba", "", "", {"chen.yu"}}};
        oncall.policies = {
            {"web",
             {{Duration{0}, {{Target::Kind::kPerson, "li.na"}}},
              {10min, {{Target::Kind::kTeam, "web"}}},
              {20min, {{Target::Kind::kManager, "web"}}}}},
            {"dba", {{Duration{0}, {{Target::Kind::kTeam, "dba"}}}}},
        };
        oncall.vendors = {person("acme", all_priorities())};
        route.name = "web";
        route.team = "web";
        route.policy = "web";
    }

    [[nodiscard]] Context context() const { return {route, oncall, priorities, settings}; }

    [[nodiscard]] AlertRecord alert(std::string_view name, std::string_view severity) const {
        AlertRecord a;
        a.identity = "web-17/" + std::string(name);
        a.labels = {{"alertname", name}, {"host", "web-17"}, {"severity", severity}};
        a.fingerprint = fingerprint(a.labels);
        a.severity = std::string(severity);
        a.host = "web-17";
        a.source = "agents";
        a.seq = 1;
        a.starts_at = now;
        a.last_seen = now;
        a.ends_at = now + 4min;
        a.levels[a.severity] = {a.fingerprint, now, a.ends_at};
        return a;
    }
    [[nodiscard]] AlertFiring firing(std::string_view name, std::string_view severity) const {
        return {alert(name, severity)};
    }
    [[nodiscard]] AlertResolved cleared(std::string_view name,
                                        std::string_view severity = "warning") const {
        AlertRecord a = alert(name, severity);
        a.status = AlertStatus::kResolved;
        a.levels.clear();
        a.ends_at = now;
        return {a, ""};
    }
    [[nodiscard]] AlertUnknown silent(std::string_view name,
                                      std::string_view severity = "warning") const {
        AlertRecord a = alert(name, severity);
        a.status = AlertStatus::kUnknown;
        a.ends_at = now;
        return {a, "no news"};
    }
    [[nodiscard]] Suppressor silence(std::optional<Timestamp> until = std::nullopt) const {
        return {SuppressorKind::kSilence, "6f1c", "by li.na: disk", now, until};
    }
    [[nodiscard]] AlertSuppressed held(std::string_view name, std::string_view severity,
                                       const Suppressor& by) const {
        AlertRecord a = alert(name, severity);
        a.suppressor = by;
        return {a};
    }
    [[nodiscard]] AlertReleased released(std::string_view name, std::string_view severity,
                                         const Suppressor& by) const {
        return {alert(name, severity), by};
    }
    [[nodiscard]] static UserAction act(ActionKind kind, std::string_view actor = "li.na") {
        UserAction action;
        action.kind = kind;
        action.actor = std::string(actor);
        return action;
    }

    [[nodiscard]] Decision on(const Incident& incident, const Event& event) const {
        return decide(incident, event, context(), now);
    }
    [[nodiscard]] Decision opened(std::string_view severity = "warning") const {
        const Opening opening{"INC-2026-000001", "web:disk", alert("disk", severity), {}};
        return open(opening, context(), now);
    }
    // From a warning, by the shortest way.
    [[nodiscard]] Incident in_state(State state) const {
        const Incident triggered = opened().next;
        if (state == State::kTriggered) return triggered;
        const Incident owned = on(triggered, act(ActionKind::kAcknowledge)).next;
        if (state == State::kAcknowledged) return owned;
        if (state == State::kPending) {
            UserAction pend = act(ActionKind::kPend);
            pend.text = "waits for the vendor";
            pend.until = now + 24h;
            return on(owned, pend).next;
        }
        World later = *this;
        const Incident clear = later.on(owned, later.cleared("disk")).next;
        later.now += settings.stable;
        const Incident resolved = later.on(clear, TimerDue{TimerKind::kStability, later.now}).next;
        if (state == State::kResolved) return resolved;
        return later.on(resolved, act(ActionKind::kClose)).next;
    }
};

// The people that a decision tells, with why: "li.na opened, zhao.lei opened".
inline std::string told(const Decision& decision) {
    std::string out;
    for (const Effect& effect : decision.effects) {
        if (const auto* notify = std::get_if<Notify>(&effect)) {
            if (!out.empty()) out += ", ";
            out += notify->person + " " + std::string(to_string(notify->kind));
        }
    }
    return out;
}

// "li.na,zhao.lei".
inline std::string people(const std::vector<Tell>& tells) {
    std::string out;
    for (const Tell& tell : tells) out += (out.empty() ? "" : ",") + tell.person;
    return out;
}

// When a decision's last word sets a timer of this kind for; nothing when it does not, or cancels.
inline std::optional<Timestamp> timer(const Decision& decision, TimerKind kind) {
    std::optional<Timestamp> due;
    for (const Effect& effect : decision.effects) {
        if (const auto* set = std::get_if<SetTimer>(&effect); set != nullptr && set->kind == kind) {
            due = set->due;
        }
        if (const auto* cancel = std::get_if<CancelTimer>(&effect);
            cancel != nullptr && cancel->kind == kind) {
            due.reset();
        }
    }
    return due;
}

inline bool cancels(const Decision& decision, TimerKind kind) {
    for (const Effect& effect : decision.effects) {
        const auto* cancel = std::get_if<CancelTimer>(&effect);
        if (cancel != nullptr && cancel->kind == kind) return true;
    }
    return false;
}

// "opened step": the kinds of a decision's timeline.
inline std::string kinds(const Decision& decision) {
    std::string out;
    for (const TimelineEntry& entry : decision.timeline) {
        if (!out.empty()) out += " ";
        out += entry.kind;
    }
    return out;
}

}  // namespace tocsin::bridge
