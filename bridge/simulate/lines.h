// The lines of a simulation (docs/simulate.md): what comes to the bridge, and when. Read with the
// live readers of each kind. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/core/diagnostics.h"
#include "bridge/ingest/input.h"

namespace tocsin::bridge {

// The incident of this key, or the newest that has these labels.
struct WhichIncident {
    std::string key;
    std::vector<std::pair<std::string, std::string>> labels;
};

// What a person does to an incident.
struct ActLine {
    WhichIncident which;
    UserAction action;
};

// A silence or a maintenance window that a person begins.
struct HoldLine {
    std::string id;  // that of the file, or the line's own
    Silence silence;
    std::optional<WhichIncident> about;  // it lasts until this one has cleared
};

// Nothing but time: it passes until then.
struct WaitLine {};

struct Line {
    int number = 0;  // in the file, from 1
    Timestamp at;
    std::variant<WaitLine, AlertsIn, HeartbeatIn, ActLine, HoldLine, ExpireSilenceIn, ReportIn>
        what;
};

// In the order of their times, in which those that have an "at" of their own must stand. Of an
// alert that several lines post (the same labels, the same startsAt) the last one says when it
// ends. Everything that is wrong goes to the diagnostics, with its line.
std::vector<Line> read_lines(std::string_view text, Diagnostics& diagnostics);

}  // namespace tocsin::bridge
