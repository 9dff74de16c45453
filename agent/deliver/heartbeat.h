// What the agent tells the bridge every half minute: that it lives, and what the host is. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "agent/deliver/host_facts.h"
#include "agent/outbox/outbox.h"
#include "base/core/time.h"

namespace tocsin::agent {

struct FailingCollector {
    std::string name;
    std::string reason;
};

struct Heartbeat {
    std::string host;
    HostFacts facts;
    Timestamp started_at;  // the agent
    std::string version;
    Duration interval{30'000};
    std::vector<std::pair<std::string, std::string>> labels;
    std::string rules_hash;
    std::vector<FailingCollector> failing_collectors;
    OutboxStats outbox;
    bool goodbye = false;  // a clean stop: the bridge allows time for a reboot
};

std::string to_json(const Heartbeat& heartbeat);

}  // namespace tocsin::agent
