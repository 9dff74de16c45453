// What an agent's heartbeat says: that it lives, and the host's inventory. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"

namespace tocsin::bridge {

struct FailingCollector {
    std::string name;
    std::string reason;
};

struct HostReport {
    std::string host;
    std::string boot_id;
    std::optional<Timestamp> started_at;  // of the agent
    std::string version;
    Duration interval{30s};
    std::vector<std::pair<std::string, std::string>> labels;
    std::string os;
    std::string kernel;
    std::int64_t cpus = 0;
    std::int64_t memory_bytes = 0;
    std::vector<std::string> addresses;
    std::string rules_hash;
    std::vector<FailingCollector> failing_collectors;
    std::int64_t outbox_rows = 0;
    std::int64_t outbox_bytes = 0;
    std::int64_t outbox_dropped = 0;
    bool goodbye = false;  // a clean stop: nothing more will come for a while
};

Result<HostReport> parse_host_report(std::string_view json);
std::string inventory_json(const HostReport& report);

}  // namespace tocsin::bridge
