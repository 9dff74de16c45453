// The section `plugins` of agent.yml: programs that speak as Nagios plugins do.
#pragma once

#include <string>
#include <vector>

#include "collector/api/target.h"

namespace tocsin::collector {

struct PluginConfig final : TargetConfig {
    // Its name is the label `check`.
    std::vector<std::string> command;  // argv, the program by its absolute path
};

TargetConfigs read_plugins(const text::YamlNode& section, Diagnostics& diagnostics);

}  // namespace tocsin::collector
