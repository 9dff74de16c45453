// One collection of a host without a daemon: what `tocsin-agent collect` prints.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "base/core/time.h"
#include "collector/api/collector.h"

namespace tocsin::collector {

struct CollectOptions {
    Paths paths;
    std::vector<std::string> names;            // of the registry; empty: those on by default
    std::map<std::string, Settings> settings;  // by collector
    Duration timeout{10s};                     // for each collector
};

struct Collected {
    std::string text;                                          // Prometheus's text format
    std::vector<std::pair<std::string, std::string>> failing;  // collector, why
};

// kNotFound for a name that the registry does not have; a collector that cannot be made (a bad
// setting, a module that is not installed) is an error. One that fails is in `failing`.
Result<Collected> collect_once(const CollectOptions& options);

}  // namespace tocsin::collector
