// `tocsin incidents simulate`: lines in, what came of them out.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bridge/simulate/lines.h"
#include "bridge/simulate/simulation.h"

namespace tocsin::bridge {

struct SimulateOptions {
    Duration run_on = 1h;  // after the last line
    // Whoever is asked acknowledges so long after; none: nobody does but by the lines.
    std::optional<Duration> answer_after;
    std::set<std::string> ringing;  // channels that wake people; see night.h
    Zone zone;                      // whose night
};

struct RefusedLine {
    int number = 0;
    std::string why;
};

struct SimulatedMessage {
    SentMessage message;
    std::set<std::string> wakes;
};

struct Simulated {
    Timestamp from;
    Timestamp to;
    int alerts = 0;                          // taken, resends too
    std::vector<IncidentSummary> incidents;  // as they stand in the end, the oldest first
    std::vector<SimulatedMessage> messages;  // in the order in which they went
    std::vector<AlertRecord> held;           // held back in the end, outside of any incident
    std::vector<RefusedLine> refused;        // what people could not do, as the bridge says it
    int wake_ups = 0;                        // people woken, each time
};

// The lines as read_lines() gives them, at least one.
Result<Simulated> simulate(std::shared_ptr<const BridgeConfig> config,
                           const std::vector<Line>& lines, const SimulateOptions& options);

std::string simulated_json(const Simulated& outcome);

}  // namespace tocsin::bridge
