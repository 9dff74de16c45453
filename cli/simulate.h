// `tocsin incidents simulate`: what a bridge.yml would make of a file of alerts. Asks no bridge:
// the live engine runs here, in fast time (docs/adr/0019-simulate.md).
#pragma once

#include <string>
#include <vector>

#include "cli/session.h"

namespace tocsin::cli {

struct SimulateArguments {
    std::string config;  // bridge.yml
    std::string lines;   // the file of lines
    std::string run_on = "1h";
    std::string answer_after;         // "" for never
    std::vector<std::string> waking;  // channels; none: by their types
};

// 1 when either file is wrong, with all that is wrong in it.
int simulate_incidents(const Session& session, const SimulateArguments& arguments);

}  // namespace tocsin::cli
