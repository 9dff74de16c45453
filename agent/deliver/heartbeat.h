// What the agent tells the bridge from time to time: that it lives, and what the host is. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/deliver/host_facts.h"
#include "agent/outbox/outbox.h"
#include "base/core/time.h"

namespace tocsin::agent {

// The pace of one that has not heard of another.
inline constexpr Duration kHeartbeat{30'000};

struct FailingCollector {
    std::string name;
    std::string reason;
};

struct Heartbeat {
    std::string host;
    HostFacts facts;
    Timestamp started_at;  // the agent
    std::string version;
    Duration interval = kHeartbeat;
    std::vector<std::pair<std::string, std::string>> labels;
    std::string rules_hash;
    std::vector<FailingCollector> failing_collectors;
    OutboxStats outbox;
    bool goodbye = false;  // a clean stop: the bridge allows time for a reboot
};

std::string to_json(const Heartbeat& heartbeat);

// The pace that the bridge's answer asks for, within 1 s and 10 min; `otherwise` where it asks for
// none.
Duration asked_interval(std::string_view answer, Duration otherwise);

}  // namespace tocsin::agent
