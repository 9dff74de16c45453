// `metric_relabel_configs` as Prometheus's configuration has it. Pure.
#pragma once

#include <vector>

#include "base/core/diagnostics.h"
#include "base/text/yaml.h"
#include "collector/service/scrape/relabel.h"

namespace tocsin::collector {

// Reads the list, absent or not; every mistake goes to the diagnostics with its place. What is
// wrong is left out, so that the rest can be applied safely.
std::vector<RelabelRule> read_relabel(const text::YamlNode& list, Diagnostics& diagnostics);

}  // namespace tocsin::collector
