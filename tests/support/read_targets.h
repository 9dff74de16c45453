// A kind's section of agent.yml, read: its targets, and what was said of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/text/yaml.h"
#include "collector/api/target.h"

namespace tocsin::test {

template <typename Config>
struct ReadTargets {
    std::vector<std::shared_ptr<const Config>> targets;
    std::vector<std::string> said;  // each with its place
    std::string text;               // all of it
    const Config& at(std::size_t i) const { return *targets.at(i); }
};

template <typename Config>
ReadTargets<Config> read_targets(collector::TargetConfigs (*read)(const text::YamlNode&,
                                                                  Diagnostics&),
                                 const std::string& section) {
    Diagnostics diagnostics("agent.yml");
    ReadTargets<Config> out;
    for (const auto& target : read(text::parse_yaml(section, diagnostics), diagnostics)) {
        out.targets.push_back(std::static_pointer_cast<const Config>(target));
    }
    for (const Diagnostic& d : diagnostics.all()) out.said.push_back(d.text());
    out.text = diagnostics.text();
    return out;
}

}  // namespace tocsin::test
