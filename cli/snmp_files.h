// What `tocsin check` says of the files that `snmp` and `snmp_traps` name: what the agent would.
#pragma once

#include <functional>
#include <vector>

#include "agent/config/config.h"
#include "base/core/diagnostics.h"
#include "base/core/result.h"

namespace tocsin::cli {

struct SnmpFiles {
    int files = 0;                 // that are there
    std::vector<Diagnostic> said;  // of those
    std::vector<Error> unread;
};
// A module of agent.yml that is nowhere goes to its `diagnostics`: an error, or a warning where a
// file that could have it cannot be read here.
SnmpFiles check_snmp_files(const agent::Config& config, Diagnostics& diagnostics);

}  // namespace tocsin::cli
