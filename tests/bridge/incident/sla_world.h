// A world with targets, reasons to wait and a resolution ladder.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "bridge/incident/sla_moves.h"
#include "tests/support/incident_world.h"

namespace tocsin::bridge::sla_test {

struct SlaWorld : World {
    SlaWorld() {
        settings.sla.targets = {{Priority::kP1, {15min, 4h, "7x24"}},
                                {Priority::kP2, {30min, 8h, "7x24"}},
                                {Priority::kP3, {4h, 48h, "7x24"}}};
        settings.sla.reasons = {{"vendor", 5h}, {"window", Duration{0}}};
        oncall.policies[0].resolution = {{50, {{Target::Kind::kLead, "web"}}},
                                         {100, {{Target::Kind::kManager, "web"}}}};
    }
    [[nodiscard]] Decision fire(const Incident& incident, TimerKind kind) const {
        return on(incident, TimerDue{kind, now});
    }
    [[nodiscard]] Incident acked(std::string_view severity = "critical") const {
        return on(opened(severity).next, act(ActionKind::kAcknowledge)).next;
    }
    [[nodiscard]] Incident pended(const Incident& incident, Duration time,
                                  const std::string& reason) const {
        UserAction pend = act(ActionKind::kPend);
        pend.text = "waits";
        pend.until = now + time;
        pend.reason = reason;
        return on(incident, pend).next;
    }
    [[nodiscard]] Incident prioritised(const Incident& incident, Priority priority) const {
        UserAction action = act(ActionKind::kPriority, "zhao.lei");
        action.priority = priority;
        action.text = "because";
        const Decision d = on(incident, action);
        CHECK_FALSE(d.refusal);
        return d.next;
    }
};

inline std::string entry(const Decision& d, std::string_view kind, const std::string& key) {
    for (const TimelineEntry& line : d.timeline) {
        if (line.kind == kind && line.data.contains(key)) return line.data.at(key);
    }
    return "";
}

}  // namespace tocsin::bridge::sla_test
