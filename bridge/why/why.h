// Why an incident is as it is: its alerts and their rules, what holds it back, who owns it by which
// route, what it told whom, and what comes next. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bridge/config/config.h"
#include "bridge/why/link.h"

namespace tocsin::bridge {

// What became of a message so far.
struct WhyMessage {
    Notify notify;
    std::string state;  // "waiting", "claimed", "delivered", "dead", "dropped"
    int attempts = 0;
    Timestamp at;  // of its last change
    std::string result;
    std::optional<Timestamp> due{};  // while it waits: not before
};

struct WhyFacts {
    Incident incident;  // with its alerts
    std::vector<TimelineEntry> timeline;
    std::vector<WhyMessage> messages;
    std::vector<std::pair<TimerKind, Timestamp>> timers;
};

// The causes first (alerts, rules, what holds back, key, route, priority, storm, observe mode),
// then what happened by time, then what comes next.
WhyLinks why(const WhyFacts& facts, const BridgeConfig& config);

}  // namespace tocsin::bridge
