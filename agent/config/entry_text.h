// What a part of agent.yml says, whatever its layout, so that a reload sees what is another now.
#pragma once

#include <string>

#include "base/text/yaml.h"
#include "collector/api/target.h"

namespace tocsin::agent {

// The same for two nodes exactly if they say the same: comments, blanks and places do not count.
std::string text_of(const text::YamlNode& node);

// Gives each target the text of its entry, or of the section where it has none of its own.
void set_sources(const text::YamlNode& section, const collector::TargetConfigs& targets);

}  // namespace tocsin::agent
