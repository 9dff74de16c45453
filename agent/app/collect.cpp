#include "agent/app/collect.h"

#include <ostream>
#include <string>

#include "agent/app/options.h"
#include "agent/app/sources.h"
#include "collector/collect_once.h"

namespace tocsin::agent {
namespace {

// Targets have a pace of their own, and ports and positions that a running agent holds.
std::string kinds_of_targets(const Config& config) {
    std::string kinds;
    for (const TargetSection& section : config.collect.targets) {
        if (section.targets.empty()) continue;
        if (!kinds.empty()) kinds += ", ";
        kinds += section.kind;
    }
    return kinds;
}

}  // namespace

int collect(const Config& config, std::ostream& out, std::ostream& err) {
    collector::CollectOptions options;
    options.paths = config.path;
    options.names = enabled_collectors(config);
    for (const auto& section : config.collect.collectors) {
        options.settings[section.name] = section.settings;
    }
    if (const std::string kinds = kinds_of_targets(config); !kinds.empty()) {
        err << "tocsin-agent: not collected here, but by the running agent: " << kinds << "\n";
    }
    const auto collected = collector::collect_once(options);
    if (!collected) {
        err << "tocsin-agent: " << collected.error().message << "\n";
        return exit_status(collected.error());
    }
    out << collected.value().text;
    return 0;
}

}  // namespace tocsin::agent
